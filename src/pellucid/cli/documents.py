"""Documents that are made from code, so that they say what is so: `python -m pellucid.cli.documents [--check]`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from pellucid.cli.cookies_page import cookies
from pellucid.cli.main import commands
from pellucid.cli.markdown import MADE, SOURCE, lines, table
from pellucid.config import FILE, PREFIX, SETTINGS
from pellucid.matomo.methods import MATOMO_VERSION, METHODS
from pellucid.matomo.segments import NAMES
from pellucid.model.site import ConsentRule, Privacy, Recognition
from pellucid.policy.decision import EXPLANATIONS, Refusal
from pellucid.policy.presets import DEFAULT, DESCRIPTIONS, PRESETS

DIRECTORY = Path(__file__).parents[3] / "docs"
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
    return f"""{MADE}
# In place of Matomo

A site moves by changing one address: that of the server, in its snippet, in the clients of its tracking API, and in
what reads its reports. Names, parameters, statuses and shapes are Matomo's {MATOMO_VERSION}.

## Tracking

`/matomo.php`, `/piwik.php` and `/js/` take hits by GET, as a form, as a beacon, and as JSON in bulk. Hits of every kind
are recorded. Of these are reported today: page views, searches, events, downloads, outlinks, and that a goal was named
or an order made. The rest is kept as it came.

## Reporting API

`/index.php?module=API` answers these methods, in JSON; periods, forms of date, several sites, segments, `flat`,
`expanded`, `idSubtable` and the filters of rows work as in Matomo. Any other method is answered with Matomo's error,
which names what is missing.

{table(("module", "methods"), rows)}
A segment may use {", ".join(f"`{name}`" for name in sorted(NAMES))}.

## What differs

- A visitor's signals count: who sends Global Privacy Control or Do Not Track is not recorded unless they have consented
  (Matomo records them). Sites of preset `matomo` too; see [presets.md](presets.md).
- The answer to a hit says in the header `Pellucid-Verdict` what was done with it, see [refusals.md](refusals.md).
  Status and body are Matomo's.
- Reports are computed when they are asked for, from events that are a second or two old. There is nothing to archive,
  and no row is summed into "Others".
- Place is found by the address as far as the preset lets it be seen: masked to /24 by default.
- What differs in a recorded scenario of 453 questions stands, each with its reason, in `tests/parity/exceptions.toml`.
"""


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
        "user ids of the site's own": lambda kept: _yes(kept.user_ids),
        "asks for consent first": lambda kept: _yes(kept.consent is ConsentRule.TRACKING),
        "Global Privacy Control is an objection": lambda kept: _yes(kept.honour_gpc),
        "Do Not Track is an objection": lambda kept: _yes(kept.honour_dnt),
        "address kept (IPv4, IPv6)": lambda kept: _bits(kept.kept_address_bits, kept.kept_address_bits_v6),
        "address the place is found by": lambda kept: _bits(kept.located_address_bits, kept.located_address_bits_v6),
        "it is counted how often hits are refused": lambda kept: _yes(kept.counts_refusals),
        "events are deleted after": lambda kept: f"{kept.retention_days} days" if kept.retention_days else "never",
    }
    rows = ((question, *(answer(PRESETS[name]) for name in names)) for question, answer in questions.items())
    described = (f"- **`{name}`**: {DESCRIPTIONS[name]}" for name in names)
    return f"""{MADE}
# Presets

The privacy settings a site starts with: `pellucid site add ... --preset NAME`. `{DEFAULT}` is the default. From
[policy/presets.py]({SOURCE}/policy/presets.py).

{lines(described)}
{table(("", *(f"`{name}`" for name in names)), rows)}
The address and the user agent stay in memory in every preset; what the table calls kept is a part of the address that
is stored with a visit. The full address and the user agent have no column.
"""


def refusals() -> str:
    """Return why a hit may not be recorded."""
    rows = ((f"`{refusal}`", EXPLANATIONS[refusal]) for refusal in Refusal)
    return f"""{MADE}
# Refusals

Why a hit is not recorded: the first of these that applies. A refused hit leaves no byte on disk and no line in a log;
it is counted under its site, day and reason, and that is all. The number is told in whole tens, not at all below ten,
and is not kept where the site's [preset](presets.md) says so; visitors whose browser sent nothing are not in it. The
answer looks as that to a recorded hit does, but for the header
`Pellucid-Verdict: refused; reason=...`, in which a visitor can read it. From
[policy/decision.py]({SOURCE}/policy/decision.py) and [collect/gate.py]({SOURCE}/collect/gate.py).

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
