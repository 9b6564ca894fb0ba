"""`docs/cookies.md`: what is kept in a browser and what is sent, state by state, from the declaration alone."""

from collections.abc import Iterable, Mapping, Sequence

from pellucid.cli.markdown import MADE, SOURCE, span, table
from pellucid.policy import requests
from pellucid.policy.requests import REQUESTS, UNASKED
from pellucid.policy.states import Client, Outcome, Signal, State, rows
from pellucid.policy.storage import ITEMS, Item, Setter

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

What Pellucid keeps in a browser and what it sends, in every state a visitor can be in. It is made from the same tables
that the tracker and the server obey ([storage]({SOURCE}/policy/storage.py), [requests]({SOURCE}/policy/requests.py),
[states]({SOURCE}/policy/states.py)), and each row below is held against real browsers whenever Pellucid is tested:
nothing that is not declared, and everything that is. A server tells the same to programs at
`/.well-known/analytics-storage.json` (its schema is beside it, `analytics-storage.schema.json`), and to a visitor in
plain words, for one site and one browser, at `/privacy/SITE`.

## In short

**Which cookies are set if I opt out?** One: `mtm_consent_removed`, which holds the time of your choice, no more. All
that recognised you is deleted. An objection to all sites of a server is a cookie of the server, `matomo_ignore`.

**Which are set if I do not?** That depends on the site's [preset](presets.md). With `cookieless`, the default, and with
`strict`: none. With `matomo` and `exempt-fr`: `_pk_id` and `_pk_ses`, and `_pk_ref` if you came from another site.

**And if I give consent, or refuse it?** Given and remembered: `mtm_consent`, besides what the site then measures with.
Refused: as if you opted out. Not asked yet, on a site that needs consent: none, and nothing is sent.

**What is the session cookie on the opt-out page for?** There is none. Looking at the page sets no cookie of any kind.

**Why is a request still sent after I opted out?** It is not. The tracker asks for your objection before each request.
Three things it can not do: the script itself is fetched before it can ask, an image in a page without JavaScript asks
for nothing, and a browser does not show a page the cookie of another server. The server refuses what reaches it all the
same, and says so in the answer's header `Pellucid-Verdict`.

**How can I trust what the server does?** You see what your browser keeps and sends, and this page says what that has to
be. What a server does with a request can not be seen from outside; the header is its word, and the source is open.

**Has a lawyer looked at this?** No. For each item the ground is named on which it may be set, and whose text says so:
facts to judge by, not a judgement.

## What is kept

Cookies, and nothing else: no local storage, no session storage, no database, no cache, no worker.

{table(("name", "what it holds", "what for", "set by", "for how long", "where"), map(_of_item, _ours()))}
Browsers may keep a cookie for a shorter time: Chromium at most 400 days, WebKit 7 days for one that a script has set.
Global Privacy Control and Do Not Track are settings of your browser, and leave nothing of ours in it. That they count
as an objection to statistics is our policy; their own texts speak of sale and sharing, and of tracking across sites.

Never set by Pellucid, and honoured where it is found:

{table(("name", "what it says", "set by"), map(_of_earlier, _earlier()))}
### On what ground

{table(("name", "ground", "whose text says so"), map(_of_ground, _ours()))}
## What is sent

{table(("request", "address", "what for", "what it carries", "what the answer sets"), map(_of_request, REQUESTS))}
Whoever takes a request sees the address it comes from; how much of it is kept stands in [presets.md](presets.md). A
browser adds to each request, to anyone, whatever a page wants: {_sentence(UNASKED)}.

A tracking request carries:

{_parameters()}
## State by state

*Sends* are tracking requests; *id* says whether they carry an identifier of the visitor, *browser* whether they tell of
the browser. What is not said is not done. Without another word the site has the preset `matomo`.

{table(("state", "step", "sends", "id", "browser", "kept in the browser"), _of_states())}"""


def _ours() -> Iterable[Item]:
    return (item for item in ITEMS if item.set_by is not Setter.EARLIER)


def _earlier() -> Iterable[Item]:
    return (item for item in ITEMS if item.set_by is Setter.EARLIER)


def _of_item(item: Item) -> Sequence[str]:
    attributes = [f"path `{item.path}`", f"SameSite {item.same_site}"]
    attributes += ["https alone"] * item.secure + ["not for scripts"] * item.http_only
    attributes += ["for each site apart"] * item.partitioned
    return (f"`{item.name}`", item.value, item.purpose, str(item.set_by), span(item.lifetime), ", ".join(attributes))


def _of_earlier(item: Item) -> Sequence[str]:
    return (f"`{item.name}`", item.purpose, str(item.set_by))


def _of_ground(item: Item) -> Sequence[str]:
    return (f"`{item.name}`", item.ground.reason, item.ground.source)


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


def told(outcome: Outcome) -> tuple[str, str, str, str]:
    """Return what an outcome is, in words: what is sent, with an identifier, of the browser, and what is kept."""
    if not outcome.sends:
        sent = ("nothing", "", "")
    else:
        actions = " and ".join(outcome.sends)
        also = ", saying that the visitor consented" if outcome.consent else ""
        refused = "" if outcome.recorded else "; the server refuses it"
        sent = (f"{actions}{also}{refused}", _yes(outcome.recognised), _yes(outcome.features))
    return (*sent, _names(outcome.keeps) or "nothing")


def _circumstances(state: State) -> str:
    parts = [f"`{command}` on each page" for command in state.page]
    parts += [f"then `{command}`" for command in state.chooses]
    parts += [f"had before: {_names(state.had)}"] if state.had else []
    parts += [str(state.signal)] if state.signal is not Signal.NONE and str(state.signal) not in state.name else []
    parts += [str(state.client)] if state.client is not Client.BROWSER else []
    return f"<br>{'; '.join(parts)}" if parts else ""


def _names(items: Iterable[Item]) -> str:
    return ", ".join(f"`{item.name.partition('.')[0]}`" for item in items)


def _yes(answer: bool) -> str:  # noqa: FBT001 -- it is what is said
    return "yes" if answer else "no"
