"""`docs/cookies.md`: what is kept in a browser and what is sent, state by state, from the declaration alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from pellucid.cli.markdown import MADE, SOURCE, span, table
from pellucid.policy import requests, retention
from pellucid.policy.engines import ENGINES, WEBKITS, Engine
from pellucid.policy.presets import DEFAULT, PRESETS
from pellucid.policy.requests import READ, REQUESTS, UNASKED
from pellucid.policy.state import Client, Outcome, Script, Server, Signal, State, Step
from pellucid.policy.states import STATES, rows
from pellucid.policy.storage import COOKIE_CONSENT, IGNORE, ITEMS, OPT_OUT, VISITOR, Item, Setter

_GROUPS: Mapping[str, Mapping[str, str]] = {
    "Always": requests.OF_THE_REQUEST,
    "The page": requests.OF_THE_PAGE,
    "What the visitor did": requests.OF_AN_ACTION,
    "Who the visitor is, where that may be kept": requests.OF_THE_VISITOR,
    "The browser, where the site measures it": requests.OF_THE_BROWSER,
}


def cookies() -> str:
    """Return the page."""
    return f"""{MADE}
# Cookies and requests

What Pellucid keeps in a visitor's browser, what the browser sends, and what becomes of that. The *site* is what you
visit; its *owner* runs it and chooses its settings (a [preset](presets.md) is where they begin). The *server* is the
Pellucid that measures the site, run by the owner or for them. The *tracker* is Pellucid's script in the site's pages. A
server tells the same about itself: for one site and your browser at `/privacy/SITE`, in plain words, and the tables to
programs at `/.well-known/analytics-storage.json` (its schema is beside it, `analytics-storage.schema.json`).

## In short

**Which cookies are set if I opt out, if I do not, if I agree, if I refuse?** That depends on the site's settings, which
`/privacy/SITE` tells. [What is kept](#what-is-kept) says what each cookie is for.

{table(("if you", "cookies", "besides"), _answers())}
**Am I recognised without a cookie?** For a day, unless the preset is `strict`: the server calculates a number from your
address, your user agent (what your browser calls itself) and a secret that it has for that site and day, and destroys
{_hours(retention.SALT_AFTER_ITS_DAY)} after the day. Until then the number is a pseudonym, and not anonymous; later
nobody can calculate it again. **What was recorded of you on the day stays joined under it until that is deleted**
(when, is said below): its page views can still be read as one visitor's, and who knows one of them to be yours knows
the others. Where there are cookies, the number is stored besides. If you are signed in to a site, that may tell its own
name of you (`uid`), which is known again for as long as it is kept; with `strict` and `exempt-fr` it is not.

**What is the session cookie on the opt-out page for?** There is none: looking at the page sets no cookie. Matomo sets
one, `MATOMO_SESSID`, so that no other page can choose for you. Here the form itself carries a signed mark for that,
good for an hour: a time, and nothing of you.

**Why is a request still sent after I opted out?** No tracking request is, if you opted out on the site and its pages
run the tracker: it looks for your objection before each. What was sent before, such as the page on which you chose,
stays recorded. These are the exceptions:

- *The script itself.* Matomo's snippet fetches it before anything can look; [the stub](snippet.md#the-stub) looks
  first.
- *You opted out on the server's page, or in its frame on a page without the tracker.* The tracker does not see that;
  the server does if your browser shows it ([which do](#browser-by-browser)). Then it refuses what is sent, or the
  tracker asks it first (`/optout/state`), where the owner wants that, and sends nothing. If not, **you are recorded**:
  opt out on the site, too.
- *The page says that you agreed* (`setConsentGiven`), as another consent program does after a yes: what comes last
  counts, and it takes your objection back, but only once you have clicked or typed something on that page. Programs
  that say so again and again may remember an earlier yes. Change your answer there, too.
- *Without JavaScript*, by an image, if the page has one: recorded, unless the browser sends `{IGNORE.name}`, Global
  Privacy Control or Do Not Track, or `{OPT_OUT.name}`, which it does where the server has the site's own host.
- *No browser at all:* programs of the owner, and access logs that are imported. They are recorded unless they say that
  you objected, which a log can seldom do.

Of what the server refuses it writes nothing but a count: site, day and [reason](refusals.md), with some presets not
even that. The header `Pellucid-Verdict` of the answer says whether it did, and why.

**How far does my no reach, and for how long?** To this browser, and to this site under this name (`www.example.org` may
not be `example.org`; the owner can widen that). It is kept for {span(retention.OBJECTION)} from your last page there,
with WebKit's tracking prevention for {span(WEBKITS)}, or as long as elsewhere if the site has the tracker from its own
host, and no stub. What the server itself keeps (`{IGNORE.name}`) counts from
the last time that your browser showed it, for as long as your browser allows. All is gone when cookies are deleted. No
other browser or device knows of it, and a private window forgets it when it is closed. To say no to all sites at once,
switch on Global Privacy Control, where your browser has it: it counts unless you agreed on the site or its owner has
decided otherwise, which `/privacy/SITE` would tell.

**Who prolongs it?** Each page of the site that has the tracker does, and the server whenever a request that it answers
anyway shows it your objection. Nothing is asked of the server for that. Looking at the opt-out page prolongs nothing,
and nothing but an objection is prolonged: neither a yes, nor what recognises you.

**What does the server see of me unasked, and keep?** Each request shows it your address and some headers
([which](#what-is-sent)), the one for the script too. Only tracking requests are recorded. Address and user agent are in
its memory alone: to answer, for the number of the day, and to find country and device (with the address masked, but
for `matomo`); what was looked up is forgotten there within {_hours(retention.USER_AGENT_IN_MEMORY)}. Stored
are time, device, language and place, and of what [the request carries](#what-is-sent) what the server understands; with
`matomo` half of the address, too. By default that is for {PRESETS[DEFAULT].retention_days} days, with `exempt-fr`
{PRESETS["exempt-fr"].retention_days}, with `matomo` without end. Backups, and logs of a proxy in front, are the owner's
to see to.

**Who answers for it, and what are my rights?** The owner decides what is measured and why, and so is the controller
(GDPR, article 4(7)); who runs the server for them is a processor (article 28). Pellucid's authors get nothing: tracker
and server send nothing to anyone whom the owner has not named. The owner has to tell you the ground, and for how long
(articles 6 and 13), and is whom to ask for access, deletion or an end of it (15 to 21), also of what was recorded
before you opted out: opting out does not delete that. Tell them the value of `_pk_id`, if you have it; without a cookie
the owner may not be able to find what is yours (article 11). You may complain to an authority (article 77).

**How can I trust what the server does?** What your browser keeps and sends you can see in its developer tools, and hold
against this page. The script can be held against its source: each server has it byte for byte as it was built, at
`/pellucid.<hash>.js`. What a server does with a request can not be seen from outside. The header is its word; the
source is open; tests send marked requests and search disk and log for them. Whether a given server runs this source
unchanged, and what stands in front of it, only its owner can tell you.

**Has a lawyer looked at this?** No, and nothing here says that a site is lawful. What is kept and sent is a claim about
the code, and tested. The [grounds](#on-what-ground) are Pellucid's reading of the texts beside them: the condition is
the text's, that something meets it is Pellucid's claim. That Global Privacy Control and Do Not Track are objections to
statistics is Pellucid's policy; their own texts speak of sale and sharing, and of tracking across sites.

## How this is checked

This page is made from the tables that the tracker and the server obey ([storage]({SOURCE}/policy/storage.py),
[requests]({SOURCE}/policy/requests.py), [states]({SOURCE}/policy/states.py)). Tests go through each state in real
browsers, or with a program or a log where that is what sends, and compare both ways: nothing that is not declared, and
everything that is. They do that on pages of their own. Another browser may send other headers, and a page can add what
it likes to the requests of its tracker (`appendToTrackingUrl`); the server stores what it understands.

## What is kept

Cookies, and nothing else: no local storage, no session storage, no database, no cache of a script's own, no worker. The
browser's own cache keeps the scripts as it does any file; their tags (`ETag`) are of their content, the same for
everyone.

{table(("name", "what it holds", "what for", "set by", "for how long", "where"), map(_of_item, _ours()))}
The *tracker* here is any of Pellucid's scripts in the page: the stub, the banner and the opt-out's checkbox, too. Times
are the longest: a page may ask for less, and browsers may forget sooner ([below](#browser-by-browser)). For consent a
site may settle another number of days, {retention.LONGEST_CHOICE.days} at most, which `/privacy/SITE` tells. `<site>`
is the site's number, `<hash>` is made from domain and path. A page may have its tracker's cookies begin otherwise than
with `_pk_`, and be valid for another path or all names of its domain. Global Privacy Control and Do Not Track are
settings of the browser, and leave no cookie.

A page can have links to other names of its site carry the identifier (`pk_vid`), where cookies may be kept
(`enableCrossDomainLinking`); the server strikes it out of addresses.

Never set by Pellucid, and honoured where it is found:

{table(("name", "what it says", "set by"), map(_of_earlier, _earlier()))}
What the server renews of it, it keeps as `{IGNORE.name}`.

### On what ground

{table(("what", "ground, as Pellucid reads it", "the text to hold it against"), _grounds())}
Presets `matomo` and `exempt-fr` set cookies without asking; whether they may on a site is for its owner to find out.
The CNIL's exemption has conditions, and software meets some of them at most. Preset `exempt-fr` meets these: the
identifier lives for {span(VISITOR.lifetime)} from its creation, events for {PRESETS["exempt-fr"].retention_days} days;
a place is found by an address without its last two bytes, of which nothing is kept; no screen, client hints or user ids
are told; where the visitor came from before is neither remembered nor told; single visits and profiles are shown to
nobody. It leaves these to the owner: to inform, and offer the opt-out; to do without campaigns and numbers of orders;
to keep personal data out of addresses; to have a contract with who runs the server. The law in Germany names no such
exemption.

## What is sent

{table(("request", "address", "what for", "what it carries", "what the answer sets"), map(_of_request, REQUESTS))}
Whoever takes a request sees the address it comes from; how much of it is kept stands in [presets.md](presets.md). A
browser adds headers by itself, to requests to anyone: {_sentence(UNASKED)}. Of cookies the server looks for the names
of objections, and at its privacy page for all those above; it keeps none of them.

The opt-out page and the choice: {_sentence({**requests.OF_THE_OPT_OUT_PAGE, **requests.OF_THE_CHOICE})}.

A tracking request carries:

{_parameters()}
## Browser by browser

The states below were gone through with the first three of these, but where an engine can not be brought into one; this
table says where they differ. Of the last, the lives of cookies alone were measured. It holds for the versions and the
protection from tracking that it names. WebKitGTK is WebKit on Linux: what Safari does may be something else.

{table(_OF_ENGINES, map(_of_engine, ENGINES))}
*Of a script* and *of a server* are the longest lives of cookies that these set. *Frame* says whether the server can
keep an objection for the site whose page shows it in a frame; that page itself keeps one everywhere. *Shown* says
whether pages of other sites have the browser show the server your objection to all sites: where not, object on each
site, or have your browser say so to all. *Signals* are what it can say; where there are none, an extension may. *Hints*
says whether pages can ask it for client hints: names and versions of browser and system, and the model.

## State by state

*Sends* are tracking requests, which are recorded unless it says otherwise; *id* says whether they carry an identifier
of the visitor, *browser* whether they tell of the browser. Without an identifier the server calculates the number of
the day, but with preset `strict`. *Fetches* is what else is asked for, where the browser does not have it already. What
is not said is not done. Without another word the site has the preset `matomo`, and the page the tracker.

{table(("state", "step", "fetches", "sends", "id", "browser", "kept in the browser"), _of_states())}"""


def _answers() -> Iterator[Sequence[str]]:
    """Yield what is kept, by what a visitor does."""
    opted_out, agreed = _kept("opted out before"), _kept("consent required, given and remembered")
    of_cookies = _kept("consent for cookies required, given and remembered")
    yield ("do nothing: preset `cookieless`, the default", _kept("preset cookieless"), "")
    yield ("do nothing: preset `strict`", _kept("preset strict"), "")
    yield ("do nothing: preset `consent`", _kept("preset consent, none given"), "No tracking request is sent, either.")
    came = "`_pk_ref` if you came from another site or by a campaign's link; `_pk_cvar` if the page asks for it."
    yield ("do nothing: presets `exempt-fr` and `matomo`", _kept("preset exempt-fr"), came)
    frame = f"In the frame of the opt-out page also `{IGNORE.name}`: for this site, and for all if the browser lets it."
    yield ("opt out on the site", opted_out, f"What recognised you there is deleted. {frame}")
    yield ("opt out on the server's own page", f"`{IGNORE.name}`", "The cookies of sites stay.")
    yield (
        "agree to be measured",
        agreed,
        "The last, where no other consent program remembers your yes; the others, if the preset has cookies.",
    )
    refused = "As if you opted out; where another consent program remembers your no, perhaps nothing."
    yield ("refuse, or take your yes back", _kept("consent required, withdrawn"), refused)
    yield ("agree to cookies, where a site asks for them alone", of_cookies, "")
    measured = (
        f"`{COOKIE_CONSENT.name}` with 0 in it, if the banner asks. **You are measured all the same**, without cookies."
    )
    yield ("refuse them there", _kept("consent for cookies required, withdrawn"), measured)


def _kept(name: str) -> str:
    """Return what is kept in a state from the second page on."""
    (state,) = (state for state in STATES if state.name == name)
    return _names(state.steps[Step.NEXT_PAGE].keeps) or "none"


def _hours(time: timedelta) -> str:
    hours = int(time.total_seconds()) // 3600
    return f"{hours} hours" if hours > 1 else "an hour"


_OF_ENGINES = ("engine", "protection from tracking", "of a script", "of a server", "frame", "shown", "signals", "hints")


def _of_engine(engine: Engine) -> Sequence[str]:
    lives = (span(life) if life else "as it was set" for life in (engine.of_a_script, engine.of_a_server))
    apart = "not measured" if engine.keeps_apart is None else _yes(engine.keeps_apart)
    shows, signals = engine.shows or "not measured", ", ".join(engine.signals) or "none"
    return (f"{engine.name} {engine.version}", engine.mode, *lives, apart, shows, signals, _yes(engine.tells_hints))


def _ours() -> Iterable[Item]:
    return (item for item in ITEMS if item.set_by is not Setter.EARLIER)


def _earlier() -> Iterable[Item]:
    return (item for item in ITEMS if item.set_by is Setter.EARLIER)


def _of_item(item: Item) -> Sequence[str]:
    attributes = [f"path `{item.path}`", f"SameSite {item.same_site}"]
    attributes += ["https alone"] * item.secure + ["not for scripts"] * item.http_only
    attributes += ["for each site apart"] * item.partitioned
    lives = f"{span(item.lifetime)} from {item.since}"
    renewed = {Setter.TRACKER: "; the server renews it", Setter.SERVER: ""}[item.set_by] if item.is_renewed else ""
    setter = f"{item.set_by}{renewed}"
    return (f"`{item.name}`", item.value, item.purpose, setter, lives, ", ".join(attributes))


def _of_earlier(item: Item) -> Sequence[str]:
    return (f"`{item.name}`", item.purpose, str(item.set_by))


def _grounds() -> Iterator[Sequence[str]]:
    """Yield each ground with what it is one for."""
    for ground in dict.fromkeys(item.ground for item in _ours()):
        names = dict.fromkeys(f"`{item.name}`" for item in _ours() if item.ground == ground)
        yield (", ".join(names), ground.reason, ground.source)
    for read in READ:
        yield (read.what, read.ground.reason, read.ground.source)


def _of_request(asked: requests.Asked) -> Sequence[str]:
    paths = ", ".join(f"`{path}`" for path in asked.paths)
    return (asked.name, paths, asked.purpose, asked.carries, asked.answer_sets)


def _sentence(meanings: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` ({meaning})" for name, meaning in meanings.items())


def _parameters() -> str:
    lines = ((group, _sentence(meanings)) for group, meanings in _GROUPS.items())
    return table(("about", "parameters"), lines)


def _of_states() -> Iterable[Sequence[str]]:
    before = ""
    for state, step, outcome in rows():
        name = state.name if state.name != before else ""
        before = state.name
        yield (f"**{name}**{_circumstances(state)}" if name else "", str(step), *told(outcome))


def told(outcome: Outcome) -> tuple[str, str, str, str, str]:
    """Return what an outcome is, in words: what is fetched, sent, with an identifier, of the browser, and kept."""
    if not outcome.sends:
        sent = ("nothing", "", "")
    else:
        actions = " and ".join(", ".join(outcome.sends).rsplit(", ", 1))
        also = ", saying that the visitor consented" if outcome.consent else ""
        refused = "" if outcome.recorded else "; the server refuses it"
        sent = (f"{actions}{also}{refused}", _yes(outcome.recognised), _yes(outcome.features))
    fetched = ", ".join(asked.name for asked in outcome.asks) or "nothing"
    return (fetched, *sent, _names(outcome.keeps) or "nothing")


def _circumstances(state: State) -> str:
    commands = ", ".join(f"`{command}`" for command in (*state.page, *state.tells))
    parts = [f"{commands} on each page"] if commands else []
    parts += [f"then `{command}`" for command in state.chooses]
    parts += [f"had before: {_names(state.had)}"] if state.had else []
    parts += [str(state.signal)] if state.signal is not Signal.NONE and str(state.signal) not in state.name else []
    parts += [f"objects {state.objects}"] if state.objects else []
    parts += [f"measured by {state.server}"] if state.server is not Server.HERE else []
    parts += [str(state.script)] if state.script is not Script.TRACKER and str(state.script) not in state.name else []
    parts += [str(state.client)] if state.client is not Client.BROWSER else []
    return f"<br>{'; '.join(parts)}" if parts else ""


def _names(items: Iterable[Item]) -> str:
    apart = {False: "", True: " for this site"}
    return ", ".join(f"`{item.name.partition('.')[0]}`{apart[item.partitioned]}" for item in items)


def _yes(answer: bool) -> str:  # noqa: FBT001 -- it is what is said
    return "yes" if answer else "no"
