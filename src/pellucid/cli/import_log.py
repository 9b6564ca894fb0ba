"""`pellucid import-log`: page views from access logs."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from msgspec import convert, json, structs
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pellucid.app.importing import importer
from pellucid.cli.options import data_option, example, settings_of
from pellucid.collect.access_log import Skip, Wanted
from pellucid.collect.log_file import LogFile
from pellucid.collect.log_formats import NAMES
from pellucid.collect.log_import import LogImport, Outcome
from pellucid.enrich.patient import exactly, quickly
from pellucid.policy.decision import Refusal

EXPLANATIONS = {
    Skip.UNREADABLE: "in no format that is known, or not in the one that was named",
    Skip.COMMENT: "a comment that says what the lines hold",
    Skip.OBJECTED: "of somebody who objected: the log says so",
    Skip.METHOD: "other than GET",
    Skip.ERROR: "answered with an error; --errors imports them",
    Skip.REDIRECT: "sent elsewhere; --redirects imports them",
    Skip.STATUS: "a further piece of a file, or no answer",
    Skip.STATIC_FILE: "an image, a script, a style, a feed; --static imports them",
    Skip.HIT: "what a tracker sent: it was counted when it came",
    Skip.OTHER_HOST: "asks for a page of somebody else's",
    Skip.ROBOT: "a robot or a program, by its user agent or its address; --robots imports them",
    Skip.TIME: "in the future, or of more than 20 years ago",
    Refusal.REFERRER_SPAM: "a referrer that nobody followed",
}


@click.command(
    "import-log",
    epilog=example(
        "pellucid import-log /var/log/nginx/access.log* --site 1",
        "zcat old/*.gz | pellucid import-log - --site 1 --json",
        "pellucid import-log u_ex*.log --site 1 --format w3c --errors",
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--site", "site_id", type=int, required=True, metavar="ID", help="The site whose log it is.")
@click.option("--format", type=click.Choice(NAMES), help="Read this format alone, and do not find it out.")
@click.option("--static", is_flag=True, help="Import images, scripts, styles and feeds, too.")
@click.option("--robots", is_flag=True, help="Import robots and programs, too.")
@click.option("--errors", is_flag=True, help="Import what was answered with an error, too, titled '404/URL = ...'.")
@click.option("--redirects", is_flag=True, help="Import what was redirected, too, titled '301/URL = ...'.")
@click.option("--exact-devices", is_flag=True, help="Tell brands and models, too; takes longer (see above).")
@click.option("--json", "as_json", is_flag=True, help="Print what became of the lines as JSON.")
@data_option
def import_log(
    files: tuple[Path, ...],
    site_id: int,
    data: Path,
    *,
    exact_devices: bool,
    as_json: bool,
    **wanted: bool | str | None,
) -> None:
    """Import page views from access logs, whatever server wrote them: the format is found out.

    A FILE may be compressed (gzip, bzip2, xz); - is standard input. Each line is imported once, however often this is
    run and whatever interrupts it: a file that has grown, was renamed or compressed is known by how it begins, and read
    on from where it was left. A last line without an end is left for the next time.

    Formats, as --format names them: combined (Apache, nginx; also common, also with the host before it); json (Caddy,
    Traefik, nginx); w3c (W3C extended, as of IIS and CloudFront); elb (Amazon's load balancers); s3 (Amazon's buckets);
    haproxy.

    Page views of people are imported, and downloads. What is not, unless an option asks for it: images and scripts,
    robots, errors, redirects. Ask the first time: what was read is not read again. What never is: methods other than
    GET, other hosts, and lines that carry an objection (Global Privacy Control, Do Not Track, a cookie of the opt-out),
    where a format has them. At the end a table says what became of the lines; its rows add up.

    Most logs do not show who objected. A site that records only with consent takes no log, and the visitor's page of
    any other says that logs were imported. Visitors are told apart by address and browser, neither of which is kept.
    Hits wait in the data directory until the server runs.

    Browser, system and kind of device are told at once; brand and model only by a parser that takes some 20
    milliseconds for each browser that is new to it. --exact-devices asks that one.
    """
    messages = Console(stderr=True, highlight=False)
    with importer(
        settings_of(data), site_id, exactly if exact_devices else quickly, convert(wanted, Wanted)
    ) as importing:
        messages.print(
            "Few logs show who objected: page views of visitors who opted out elsewhere, or whose browser sends Global "
            "Privacy Control, are imported as well unless the log carries that.",
            style="yellow",
        )
        try:
            for path in files:
                asyncio.run(_read(importing, path, messages))
        finally:
            # Also of what is broken off, what came before is imported.
            _tell(importing.outcome, as_json=as_json)
    if importing.expired:
        messages.print(
            f"{importing.expired:,} of these are older than the site keeps page views, and are deleted within the "
            "hour. A site of the preset 'matomo' keeps them.",
            style="yellow",
        )


async def _read(importing: LogImport, path: Path, messages: Console) -> None:
    with _progress(importing, path, messages) as tell:
        whole = await importing.read(path, tell)
    if not whole:
        messages.print(f"The last line of {path} has no end yet; it is left for the next time.", style="yellow")


@contextmanager
def _progress(importing: LogImport, path: Path, messages: Console) -> Iterator[Callable[[LogFile], None]]:
    """Show how far a file was read, at what rate, and how long the rest will take."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,} lines, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    before = importing.outcome.read
    with Progress(*columns, console=messages, disable=not messages.is_terminal) as progress:
        task = progress.add_task(path.name, total=None, lines=0, rate=0.0)

        def tell(log: LogFile) -> None:
            lines = importing.outcome.read - before
            seconds = progress.tasks[task].elapsed or 0.0
            rate = lines / seconds if seconds else 0.0
            progress.update(task, completed=log.taken, total=log.size, lines=lines, rate=rate)

        yield tell


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.encode(structs.asdict(outcome)).decode())
        return
    table = Table("", "lines", "", show_edge=False)
    table.columns[1].justify = "right"
    table.add_row("read", f"{outcome.read:,}", "")
    table.add_row("imported", f"{outcome.imported:,}", "page views and downloads")
    for reason, lines in outcome.skipped.most_common():
        table.add_row(f"skipped: {reason}", f"{lines:,}", EXPLANATIONS.get(reason, ""))  # type: ignore[call-overload]
    Console(highlight=False).print(table)
