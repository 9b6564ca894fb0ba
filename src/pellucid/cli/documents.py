"""Documents that are made from code, so that they say what is so: `python -m pellucid.cli.documents [--check]`."""

import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from pellucid.cli.api_page import api
from pellucid.cli.cookies_page import cookies
from pellucid.cli.main import commands
from pellucid.cli.markdown import MADE, SOURCE, lines, table
from pellucid.config import FILE, PREFIX, SETTINGS
from pellucid.matomo.absent import ABSENT
from pellucid.matomo.methods import MATOMO_VERSION, METHODS
from pellucid.matomo.segments import NAMES, SEVERAL
from pellucid.model.site import ConsentRule, Privacy, Recognition
from pellucid.policy.decision import EXPLANATIONS, Refusal
from pellucid.policy.presets import DEFAULT, DESCRIPTIONS, PRESETS
from pellucid.report import untold
from pellucid.report.metrics import METRICS

DIRECTORY = Path(__file__).parents[3] / "docs"
_EXCEPTIONS = DIRECTORY.parent / "tests" / "parity" / "exceptions.toml"
_WIDTH = 100
_RECOGNITION = {
    Recognition.COOKIE: "by a cookie; without it, for a day by a keyed hash",
    Recognition.DAILY: "for a day, by a keyed hash",
    Recognition.NONE: "not at all",
}


def documents() -> dict[str, str]:
    """Return every document that is made from code, by name."""
    return {
        "settings.md": settings(),
        "commands.md": "\n".join(command_pages()),
        "presets.md": presets(),
        "cookies.md": cookies(),
        "refusals.md": refusals(),
        "matomo.md": matomo(),
        "api.md": api(),
    }


def settings() -> str:
    """Return what can be set, and how."""
    rows = (
        (f"`{setting.name}`", f"`{PREFIX}{setting.name.upper()}`", _default(setting.default), setting.help)
        for setting in SETTINGS
    )
    return f"""{MADE}
# Settings

A setting is read from the environment, or else from `{FILE}` in the data directory, once at the start. In the
environment lists have commas; in the file they are lists:

```toml
workers = 2
trusted_proxies = ["127.0.0.1", "::1"]
```

`{PREFIX}DATA` names the data directory for every command, as `--data` does.

{table(("in the file", "in the environment", "default", "what it is"), rows)}
What a site keeps of its visitors is no setting of the server: see [presets.md](presets.md).
"""


def matomo() -> str:
    """Return what of Matomo works here, and what differs."""
    modules: dict[str, list[str]] = {}
    for name in sorted(METHODS):
        modules.setdefault(name.partition(".")[0], []).append(f"`{name.partition('.')[2]}`")
    rows = ((f"`{module}`", ", ".join(methods)) for module, methods in modules.items())
    absent = (f"- `{name}`: {why}" for name, why in ABSENT.items())
    known = tomllib.loads(_EXCEPTIONS.read_text(encoding="utf-8"))
    exceptions = ((f"`{question}`", f"{told['agrees']:.0%}", told["why"]) for question, told in known.items())
    return f"""{MADE}
# In place of Matomo

A site moves by changing one address: that of the server, in its snippet, in the clients of its tracking API, and in
what reads its reports. Names, parameters, statuses and shapes are Matomo's {MATOMO_VERSION}.

## Tracking

`/matomo.php`, `/piwik.php` and `/js/` take hits by GET, as a form, as a beacon, and as JSON in bulk. Hits of every kind
are recorded and reported: page views, searches, downloads, outlinks, events, contents, goals, carts and orders, with
dimensions, custom variables and times of loading.

## Reporting API

`/index.php?module=API` answers these methods, as XML, JSON, CSV, TSV, HTML, RSS or PHP's own; periods, forms of date,
several sites, segments, `flat`, `expanded`, `idSubtable` and the filters of rows work as in Matomo. Any other method is
answered with Matomo's error, which names what is missing.

{table(("module", "methods"), rows)}
Of what programs ask for, this is answered with why it is not there:

{lines(absent)}
A segment may use {", ".join(f"`{name}`" for name in sorted((*NAMES, *SEVERAL)))}.

## What differs

- A program whose user agent is a library's, or that sends none, is recorded if it says for whom it asks, or who it is:
  with `_id`, `cid`, `uid` or a token. Otherwise it is taken for a robot.
- By their address, search engines' crawlers alone are taken for robots: the ranges that Google and Microsoft publish of
  them, and some older ones. Matomo also takes whole networks of both for robots, in which people rent machines, and the
  proxies through which Gmail shows people the images of a mail.
- A visitor's signals count: who sends Global Privacy Control or Do Not Track is not recorded unless they have consented
  (Matomo records them). Sites of preset `matomo` too; see [presets.md](presets.md).
- The answer to a hit says in the header `Pellucid-Verdict` what was done with it, see [refusals.md](refusals.md).
  Status and body are Matomo's.
- Reports are computed when they are asked for, from events that are a second or two old. Hits of the past that were
  sent with a token before are waited for, for five seconds and unless more of them are sent meanwhile: who imports and
  then asks sees all of it ([0035](decisions/0035-who-tells-of-the-past.md)). What is told of the pages of
  days that are over is counted once, by itself, and anew when a late hit changes it. There is nothing to archive,
  and no row is summed into "Others".
- A page that was seen by several addresses, which differ in their scheme and `www.` alone, is shown by the one with
  `www.` and `https`, as far as there are such in the period. Matomo shows the one that it ever saw first.
- The products of an order or a cart stand in the order in which the site told them. In Matomo they stand by when each
  was seen first by the server.
- How many different campaigns or websites there were counts those that visits came from; Matomo counts those too that
  a conversion alone is attributed to.
- `pivotBy` takes every dimension that Matomo can pivot a report by, as if `pivot_by_filter_enable_fetch_by_segment`
  were set. Of a report whose rows have to be asked for one by one (pages by countries, say) the 100 rows are pivoted
  that have the most visits.
- Place is found by the address as far as the preset lets it be seen: masked to /24 by default.
- AI assistants are a channel of their own (`ai`), and more social networks are known than in 5.2.0, which takes both
  for websites.
- Hours in a segment (`visitServerHour`, `visitStartServerHour`) are those of the site's time zone, not of UTC.
- A goal that is reached by how long a visit takes counts from when that visit began. In Matomo whoever comes back
  reaches it at once.
- What Matomo's configuration calls `exclude_requests` is a site's own here: `SitesManager.updateSite` takes it as
  `excludedRequests` (`e_c==Media,action_name=@draft`).
- A custom dimension that is switched off (`active=0`) tells nothing until it is switched on again. What Matomo does not
  have: `CustomDimensions.deleteCustomDimension` (`idSite`, `idDimension`) deletes one, with the rights that
  `configureExistingCustomDimension` asks for. What was collected under it is told no more, and its number and index are
  given to no other.
- Where nobody is recognised (preset `strict`), visits are estimated, and what needs more is in the reports and says
  nothing; see [presets.md](presets.md).
- Where an owner hides single visits or visitors, no segment and no report tells them apart.
- Nothing is told without a token, not even the list of currencies. Accounts are added and deleted by superusers alone;
  an account has no address beside its login, and the `email` of `UsersManager.addUser` is not kept. As in Matomo,
  `passwordConfirmation` is needed to make a superuser and to change a password, and not to add an account.

Of 453 questions about a recorded scenario all but these are answered as a running Matomo answered them:

{table(("question", "agrees at least", "why not all"), exceptions)}"""


def command_pages() -> Iterator[str]:
    """Yield what each command says of itself."""
    yield f"{MADE}\n# Commands\n\nWhat `--help` says of each.\n"
    context = click.Context(
        commands,
        info_name="pellucid",
        terminal_width=_WIDTH,
        **commands.context_settings,
    )
    for one in _listed(context):
        told = "\n".join(line.rstrip() for line in one.command.get_help(one).splitlines())
        yield f"## {one.command_path}\n\n```\n{told}\n```\n"


def _listed(context: click.Context) -> Iterator[click.Context]:
    """Yield a command and those below it, but for the parts of a server."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            found = context.command.get_command(context, name)
            if found and not found.hidden:
                yield from _listed(click.Context(found, parent=context, info_name=name))


def presets() -> str:
    """Return what the presets are."""
    names = list(PRESETS)
    questions: dict[str, Callable[[Privacy], str]] = {
        "a visitor is known again": lambda kept: _RECOGNITION[kept.recognition],
        "cookies": lambda kept: _yes(kept.cookies),
        "screen size and browser features": lambda kept: _yes(kept.browser_features),
        "the tracker tells where a visitor came from before": lambda kept: _yes(kept.attributes),
        "single visits and profiles are shown": lambda kept: _yes(kept.shows_visits),
        "user ids of the site's own": lambda kept: _yes(kept.user_ids),
        "asks for consent first": lambda kept: _yes(kept.consent is ConsentRule.TRACKING),
        "consent is remembered for": lambda kept: f"{kept.consent_days} days",
        "Global Privacy Control is an objection": lambda kept: _yes(kept.honour_gpc),
        "Do Not Track is an objection": lambda kept: _yes(kept.honour_dnt),
        "address kept (IPv4, IPv6)": lambda kept: _bits(kept.kept_address_bits, kept.kept_address_bits_v6),
        "address the place is found by": lambda kept: _bits(kept.located_address_bits, kept.located_address_bits_v6),
        "it is counted how often hits are refused": lambda kept: _yes(kept.counts_refusals),
        "events are deleted after": lambda kept: f"{kept.retention_days} days" if kept.retention_days else "never",
    }
    rows = ((question, *(answer(PRESETS[name]) for name in names)) for question, answer in questions.items())
    described = (f"- **`{name}`**: {DESCRIPTIONS[name]}" for name in names)
    alone = ", ".join(f"`{name}`" for name in names if PRESETS[name].recognition is Recognition.NONE)
    metrics = ", ".join(f"`{name}`" for name in METRICS if name in untold.METRICS and "_by_" not in name)
    dimensions = ", ".join(f"`{name}`" for name in sorted(untold.DIMENSIONS))
    return f"""{MADE}
# Presets

The privacy settings a site starts with: `pellucid site add ... --preset NAME`. `{DEFAULT}` is the default. From
[policy/presets.py]({SOURCE}/policy/presets.py).

{lines(described)}
{table(("", *(f"`{name}`" for name in names)), rows)}
The address and the user agent stay in memory in every preset; what the table calls kept is a part of the address that
is stored with a visit. The full address and the user agent have no column.

## What can not be told without recognition

With {alone} nobody is recognised, not even from one page to the next. Visits are estimated: a page view that came from
elsewhere, or without a referrer, begins one; a page view that came from the site itself begins none, and nor does what
is done on a page. Told of a page, visits are its views. Single visits are listed with the page they began with.

What needs more is in the reports all the same, with Matomo's shapes, and says nothing. The dashboard leaves it out, and
the [native API](api.md) adds a note. So it is with funnels, retention and paths, and with

- metrics: {metrics}, visits and conversions by ranges;
- dimensions: {dimensions}.
"""


def refusals() -> str:
    """Return why a hit may not be recorded."""
    rows = ((f"`{refusal}`", EXPLANATIONS[refusal]) for refusal in Refusal)
    return f"""{MADE}
# Refusals

Why a hit is not recorded: the first of these that applies. Of a refused hit nothing is on disk but a count under its
site, day and reason, and nothing in a log. The number is told in whole tens, not at all below ten, and is not kept
where the site's [preset](presets.md) says so; visitors whose browser sent nothing are not in it. The answer looks as
that to a recorded hit does, but for the header `Pellucid-Verdict: refused; reason=...`, in which a visitor can read it.
From [policy/decision.py]({SOURCE}/policy/decision.py) and [collect/gate.py]({SOURCE}/collect/gate.py).

{table(("reason", "what it means"), rows)}"""


def _default(default: str | int | tuple[str, ...]) -> str:
    return f"`{default}`" if default or default == 0 else "none"


def _yes(answer: bool) -> str:  # noqa: FBT001 -- it is what is said
    return "yes" if answer else "no"


def _bits(bits: int, bits_v6: int) -> str:
    return f"/{bits}, /{bits_v6}" if bits or bits_v6 else "nothing"


def main(arguments: Sequence[str]) -> int:
    """Write the documents, or with `--check` say which are not as they would be written; return an exit status."""
    made = documents()
    stale = [name for name, text in made.items() if not _is(DIRECTORY / name, text)]
    if "--check" in arguments:
        for name in stale:
            click.echo(f"docs/{name} is not what the code says: 'make format' writes it.", err=True)
        return 1 if stale else 0
    DIRECTORY.mkdir(exist_ok=True)
    for name in stale:
        (DIRECTORY / name).write_text(made[name], encoding="utf-8")
    return 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
