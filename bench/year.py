"""Ten million events of two million visits over a year, on a site that does not exist.

One visit in twenty is made up hit by hit, and its hits take the way of any other: through a journal and ingest. The
engine then writes the rows of each nineteen times more, as other visits of other visitors, and the days that are over
are rolled up. The same day gives the same year.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from time import monotonic, sleep
from typing import Any, TypeVar

from msgspec import Struct, msgpack
from rich.console import Console

from load import Server
from pellucid.app.layout import Layout
from pellucid.collect.gate import day_in
from pellucid.journal.journal import Journal
from pellucid.model.column import Item
from pellucid.model.goal import DimensionScope, Goal, MatchAttribute
from pellucid.model.hit import (
    Content,
    Device,
    Hit,
    HitKind,
    Place,
    Product,
    Reached,
    Sale,
    Search,
    SiteEvent,
    Source,
    SourceKind,
    Timings,
)
from pellucid.model.site import Site
from pellucid.registry.registry import Registry
from pellucid.report.rolling import Rolling
from pellucid.store.client import Store

DAYS = 365
VISITS = 2_000_000
COPIES = 20

_VISITORS = VISITS // COPIES * 3 // 4
_PAGES = 3_000
_BATCH = 5_000
_LARGEST_JOURNAL = 1 << 32
_PAGES_OF_A_VISIT = {1: 30, 2: 17, 3: 12, 4: 11, 6: 12, 9: 10, 14: 6, 25: 3}
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 9, 9, 9, 9, 9, 10, 11, 12, 12, 10, 7, 4)
_SOURCES = {
    Source(): 34,
    Source(SourceKind.SEARCH, "Google", "", "https://www.google.com/"): 24,
    Source(SourceKind.SEARCH, "Bing", "", "https://www.bing.com/"): 4,
    Source(SourceKind.ASSISTANT, "ChatGPT", "", "https://chatgpt.com/"): 4,
    Source(SourceKind.SOCIAL, "Reddit", "", "https://www.reddit.com/r/shop"): 6,
    **{
        Source(SourceKind.WEBSITE, f"site-{one}.example", "", f"https://site-{one}.example/links/{one % 7}"): 1
        for one in range(20)
    },
    **{Source(SourceKind.CAMPAIGN, f"campaign {one}", f"word {one % 5}", ""): 1 for one in range(10)},
}
_DEVICES = {
    ("desktop", "", "", "Windows", "WIN", "10", "Chrome", "CH", "Blink"): ("1920x1080 1536x864", 34),
    ("desktop", "", "", "Windows", "WIN", "11", "Microsoft Edge", "PS", "Blink"): ("1920x1200", 9),
    ("desktop", "Apple", "", "Mac", "MAC", "15.6", "Safari", "SF", "WebKit"): ("1440x900 1728x1117", 10),
    ("desktop", "", "", "GNU/Linux", "LIN", "", "Firefox", "FF", "Gecko"): ("2560x1440", 6),
    ("smartphone", "Apple", "iPhone", "iOS", "IOS", "18.6", "Mobile Safari", "MF", "WebKit"): ("390x844 430x932", 20),
    ("smartphone", "Samsung", "Galaxy S24", "Android", "AND", "14", "Chrome Mobile", "CM", "Blink"): ("360x780", 12),
    ("smartphone", "Google", "Pixel 9", "Android", "AND", "15", "Chrome Mobile", "CM", "Blink"): ("412x924", 6),
    ("tablet", "Apple", "iPad", "iPadOS", "IPA", "17.6", "Mobile Safari", "MF", "WebKit"): ("820x1180", 3),
}
_COUNTRIES = {
    ("eur", "de"): 26,
    ("amn", "us"): 22,
    ("eur", "fr"): 9,
    ("eur", "gb"): 9,
    ("eur", "nl"): 6,
    ("asi", "in"): 6,
    ("ams", "br"): 5,
    ("asi", "jp"): 4,
    ("eur", "at"): 4,
    ("eur", "es"): 4,
    ("oce", "au"): 3,
    ("afr", "za"): 2,
}
_ACTIONS_BELOW = 1 << 52
"""Numbers of actions are below, those of other events above."""
_OTHER = f"bitAnd(cityHash64({{copy:UInt64}}), {_ACTIONS_BELOW - 1})"
"""A number of each copy: with it, numbers that differ become others that differ."""
_ANOTHER_VISIT = f"bitXor(visit_id, {_OTHER}) as visit_id, bitXor(visitor_id, {_OTHER}) as visitor_id"
_ANOTHER_EVENT = f"if(event_id < {_ACTIONS_BELOW}, event_id + {{copy:UInt64}} * 10000000, bitXor(event_id, {_OTHER}))"
_COPY = {
    "events": f"{_ANOTHER_EVENT} as event_id",
    "visits": (
        f"bitXor(fingerprint, {_OTHER}) as fingerprint, if(cart_id != 0, bitXor(cart_id, {_OTHER}), 0) as cart_id"
    ),
    "conversions": (
        f"bitXor(conversion_id, {_OTHER}) as conversion_id, if(event_id != 0, {_ANOTHER_EVENT}, 0) as event_id, "
        "if(order_id = '', '', concat(order_id, '-', toString({copy:UInt64}))) as order_id"
    ),
}
"""What is another in the rows of a copy, by table."""

_MONTHS = "select distinct table, partition from system.parts where active and table in ('visits', 'conversions')"
"""What is put together once nothing changes in it (`store/schema.py`); the bench does not wait for that."""

_Chosen = TypeVar("_Chosen")


class _Visitor(Struct, frozen=True):
    """Who visits: what all visits of a visitor have in common."""

    number: int
    device: Device
    screen: str
    place: Place
    user_id: str


def set_up(registry: Registry) -> Site:
    """Add the site, with the goal and the custom dimensions that the hits of its year name."""
    site = registry.add_site("Shop", ["http://shop.example"], preset="matomo", ecommerce=True)
    # Its hits reach it: no page does, neither a year's nor those that come in beside the reports.
    registry.add_goal(Goal(site_id=site.id, id=0, name="Newsletter", match_attribute=MatchAttribute.MANUALLY))
    registry.add_dimension(site.id, "Plan", DimensionScope.VISIT, active=True)
    registry.add_dimension(site.id, "Author", DimensionScope.ACTION, active=True)
    return registry.site(site.id)


def fill(server: Server, site: Site, console: Console) -> tuple[int, int]:
    """Put the year before today into the store of a running server, in some minutes; return its events and visits."""
    with closing(server.store()) as store:
        sent = asyncio.run(_send(server, _hits(site)))
        console.print(f"{sent:,} hits go through ingest; then the engine writes each of them {COPIES - 1} times more.")
        while _number(store, "select count() from events") < sent:
            sleep(1)
        for table, another in _COPY.items():
            columns = f"* replace ({_ANOTHER_VISIT}, {another})"
            store.command(f"create table first_{table} as {table}")
            store.command(f"insert into first_{table} select * from {table}{' final' * (table != 'events')}")
            for copy in range(1, COPIES):
                store.command(f"insert into {table} select {columns} from first_{table}", {"copy": copy})
            store.command(f"drop table first_{table}")
        for copied, month in store.ask(_MONTHS).rows:
            store.command(f"optimize table {copied} partition {month} final")
        while _number(store, "select count() from system.merges"):
            sleep(1)
        events, visits = (_number(store, f"select count() from {rows}") for rows in ("events", "visits final"))
        console.print(f"{events:,} events of {visits:,} visits are stored.")
        rolling, began = Rolling(store, lambda: datetime.now(UTC), lambda: {site.id: site.timezone}), monotonic()
        rolling.all_sent()
        days = rolling.once()
        console.print(f"{days} days are rolled up, {(monotonic() - began) / days:.2f} s each.")
    return events, visits


def _number(store: Store, sql: str) -> int:
    return int(str(store.ask(sql).rows[0][0]))


async def _send(server: Server, hits: Iterator[Hit]) -> int:
    encoder, sent = msgpack.Encoder(), 0
    with closing(Journal(Layout(server.data).journals, _LARGEST_JOURNAL)) as journal:
        while some := [(hit.received, encoder.encode(hit)) for hit in islice(hits, _BATCH)]:
            await journal.append(some)
            sent += len(some)
    return sent


def _hits(site: Site) -> Iterator[Hit]:
    """Yield the hits of one visit in `COPIES`, by the days on which the visits began."""
    random = Random(1)  # noqa: S311 -- nothing is kept secret with it
    visitors = [_visitor(random) for _ in range(_VISITORS)]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for age in range(DAYS, 0, -1):
        day = today - timedelta(days=age)
        for hour in sorted(random.choices(range(24), _HOURS, k=VISITS // COPIES // DAYS)):
            began = day + timedelta(hours=hour, seconds=random.randrange(3600))
            yield from _visit(random, site, random.choice(visitors), int(began.timestamp()) * 1000)


def _visit(random: Random, site: Site, visitor: _Visitor, time: int) -> Iterator[Hit]:
    received, source, local = _now(), _one(random, _SOURCES), random.randrange(86_400)
    for place in range(_one(random, _PAGES_OF_A_VISIT)):
        url, title = _page(random)
        for told in _on_a_page(random, url, title, may_order=place > 1):
            yield Hit(
                site_id=site.id,
                time=time,
                received=received,
                day=day_in(site.timezone, time),
                visitor_id=visitor.number,
                profilable=True,
                user_id=visitor.user_id,
                source=source if place == 0 else Source(url=url),
                device=visitor.device,
                place=visitor.place,
                language="de-de" if visitor.place.country in {"de", "at"} else f"en-{visitor.place.country}",
                resolution=visitor.screen,
                plugins=("cookie", "pdf"),
                local_second=local,
                pageview_id=f"{random.randrange(1 << 24):06x}",
                visit_dimensions={"1": ("free", "team", "firm")[visitor.number % 3]},
                **told,
            )
            time += random.randrange(2_000, 30_000)
        time += random.randrange(5_000, 150_000)


def _on_a_page(random: Random, url: str, title: str, *, may_order: bool) -> Iterator[dict[str, Any]]:
    """Yield what the hits of a page tell: that it was seen, and what its visitor did there."""
    times = Timings(*(random.randrange(5, most) for most in (40, 300, 60, 400, 200, 50)))
    number = int(url.rpartition("-")[2])
    product = Product(f"sku-{number}", title, (f"kind {number % 9}",), 10.0 + number % 90) if number % 5 == 0 else None
    seen = {"kind": HitKind.PAGEVIEW, "url": url, "title": title, "timings": times, "product": product}
    yield seen | {"dimensions": {"2": f"author {number % 40}"}}
    share, on = random.random(), {"url": url, "title": title}
    if share < 0.04:
        yield on | {"kind": HitKind.EVENT, "event": SiteEvent("video", ("play", "pause")[number % 2], title, 1.0)}
    elif share < 0.06:
        yield on | {"kind": HitKind.SEARCH, "search": Search(f"word {number % 300}", "", number % 4)}
    elif share < 0.08:
        yield on | {
            "kind": HitKind.CONTENT,
            "content": Content(f"banner {number % 12}", "image", "http://shop.example/"),
        }
    elif share < 0.09:
        yield on | {"kind": HitKind.DOWNLOAD, "url": f"http://shop.example/files/{number % 50}.pdf"}
    elif share < 0.10:
        yield on | {"kind": HitKind.OUTLINK, "url": f"http://site-{number % 80}.example/"}
    elif share < 0.11:
        yield on | {"kind": HitKind.GOAL, "reached": (Reached(1, 2.5),)}
    elif share < 0.12 and may_order:
        items = (Item(f"sku-{number}", title, (f"kind {number % 9}",), 10.0 + number % 90, 1 + number % 3),)
        order = Sale(items, 20.0 + number % 90, f"{random.randrange(1 << 40):x}", 20.0, 3.0, 5.0)
        yield on | {"kind": HitKind.ORDER, "sale": order}


def _page(random: Random) -> tuple[str, str]:
    # The cube makes some pages common, and most rare.
    number = int(_PAGES * random.random() ** 3)
    return f"http://shop.example/shelf-{number % 40}/board-{number % 200}/article-{number}", f"Article {number} | Shop"


def _visitor(random: Random) -> _Visitor:
    known = _one(random, {device: often for device, (_, often) in _DEVICES.items()})
    major = random.choice((142, 142, 142, 141, 140))
    number = random.getrandbits(63)
    place = _one(random, _COUNTRIES)
    return _Visitor(
        number=number,
        device=Device(*known[:8], str(major), known[8]),
        screen=random.choice(_DEVICES[known][0].split()),
        place=Place(*place, f"{number % 12:02}", f"Town {number % 25}"),
        user_id=f"member-{number % 100_000}" if number % 20 == 0 else "",
    )


def _one(random: Random, among: Mapping[_Chosen, int]) -> _Chosen:
    return random.choices(tuple(among), tuple(among.values()))[0]


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
