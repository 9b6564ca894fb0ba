"""A few weeks on a site that does not exist, as the tracking requests its visitors' browsers would have sent.

The same seed and the same moment give the same weeks. Everything is made up; hosts are those that are kept for
examples, but for the search engines and networks that visitors come from.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from msgspec import Struct

SITE = "https://demo.example"
DAYS = 28
VISITS_A_DAY = 270
GOAL = "Newsletter"

_PAGES: Mapping[str, tuple[str, int]] = {
    "/": ("Lantern, the open-source reading lamp", 30),
    "/lamps": ("Lamps", 18),
    "/lamps/reading": ("The reading lamp", 16),
    "/lamps/desk": ("The desk lamp", 9),
    "/lamps/camping": ("The camping lamp", 7),
    "/build": ("Build your own", 12),
    "/build/parts": ("Parts and where to get them", 6),
    "/blog": ("Blog", 8),
    "/blog/why-warm-light": ("Why warm light helps you sleep", 14),
    "/blog/repairing-a-switch": ("Repairing a switch in ten minutes", 11),
    "/blog/a-year-of-batteries": ("A year of batteries", 5),
    "/about": ("About us", 4),
    "/contact": ("Contact", 3),
    "/newsletter": ("Newsletter", 3),
}
_SOURCES: Sequence[tuple[str, str, int]] = (
    # referrer, what is behind the page's address, how often
    ("", "", 34),
    ("https://www.google.com/", "", 27),
    ("https://duckduckgo.com/", "", 6),
    ("https://www.bing.com/", "", 4),
    ("https://chatgpt.com/", "", 3),
    ("https://www.reddit.com/r/lamps", "", 4),
    ("https://news.ycombinator.com/", "", 5),
    ("https://www.facebook.com/", "", 3),
    ("https://lamps.example/links", "", 5),
    ("https://repair.example/guides/switches", "", 4),
    ("", "?mtm_campaign=newsletter&mtm_kwd=november", 4),
    ("", "?utm_campaign=warm-light&utm_medium=cpc&utm_source=search", 3),
)
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BROWSERS: Mapping[str, tuple[str, int]] = {
    # the sizes of its screens, how often
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/142.0.0.0 Safari/537.36": ("1920x1080 1536x864", 30),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1": (
        "390x844 430x932",
        20,
    ),
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_BLINK} Chrome/142.0.0.0 Mobile Safari/537.36": ("412x924", 10),
    f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {_BLINK} Chrome/141.0.0.0 Mobile Safari/537.36": ("360x780", 9),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/18.6 Safari/605.1.15": ("1440x900", 9),
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": ("1920x1080", 7),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0": ("1920x1080", 6),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": ("1536x864", 6),
    f"Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) {_WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1": ("820x1180", 3),
}
_COUNTRIES: Mapping[str, tuple[str, int]] = {
    "de": ("de-de", 26),
    "us": ("en-us", 20),
    "at": ("de-at", 9),
    "gb": ("en-gb", 9),
    "fr": ("fr-fr", 8),
    "nl": ("nl-nl", 6),
    "ch": ("de-ch", 5),
    "es": ("es-es", 4),
    "in": ("en-in", 4),
    "ca": ("en-ca", 4),
    "jp": ("ja-jp", 3),
    "br": ("pt-br", 2),
}
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 9, 9, 9, 9, 9, 10, 11, 12, 12, 10, 7, 4)
_WEEKDAYS = (1.1, 1.15, 1.1, 1.05, 0.95, 0.7, 0.8)
_SEARCHES = (("warm light", 6), ("battery", 4), ("switch", 3), ("e27", 0), ("spare parts", 8))
_PAGES_OF_A_VISIT = ((1, 45), (2, 20), (3, 14), (4, 9), (6, 7), (9, 4), (14, 1))

Parameters = dict[str, str]
_Chosen = TypeVar("_Chosen")


class _Visitor(Struct, frozen=True):
    """Who visits: what all hits of a visit have in common."""

    fixed: Parameters
    referrer: str
    campaign: str


def hits(now: datetime, seed: int = 1) -> list[Parameters]:
    """Return the hits of the weeks before a moment, in the order of their times."""
    random = Random(seed)  # noqa: S311 -- nothing is kept secret with it
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    visits = [
        hit
        for age in range(DAYS, -1, -1)
        for moment in _moments(random, midnight - timedelta(days=age), 1 + (DAYS - age) / (2 * DAYS))
        for hit in _visit(random, moment)
        if int(hit["cdt"]) <= now.timestamp()
    ]
    return sorted(visits, key=lambda hit: int(hit["cdt"]))


def _moments(random: Random, day: datetime, growth: float) -> Iterator[datetime]:
    """Yield when visits of a day begin: by day, as on most sites, and more of them as time goes on."""
    count = int(VISITS_A_DAY * _WEEKDAYS[day.weekday()] * growth * random.uniform(0.9, 1.1))
    for hour in random.choices(range(24), _HOURS, k=count):
        yield day + timedelta(hours=hour, seconds=random.randrange(3600))


def _visit(random: Random, moment: datetime) -> Iterator[Parameters]:
    visitor = _visitor(random)
    pages = _chosen(random, [count for count, _ in _PAGES_OF_A_VISIT], [often for _, often in _PAGES_OF_A_VISIT])
    referrer, behind = visitor.referrer, visitor.campaign
    for _ in range(pages):
        path = _chosen(random, list(_PAGES), [often for _, often in _PAGES.values()])
        page = visitor.fixed | {"url": f"{SITE}{path}{behind}", "action_name": _PAGES[path][0]}
        yield page | {"urlref": referrer, "cdt": _second(moment)}
        moment += timedelta(seconds=random.randint(5, 40))
        for more in _on_a_page(random, path):
            yield page | more | {"cdt": _second(moment)}
        moment += timedelta(seconds=random.randint(5, 160))
        referrer, behind = f"{SITE}{path}", ""


def _on_a_page(random: Random, path: str) -> Iterator[Parameters]:
    """Yield what visitors do on a page besides looking at it."""
    if path == "/newsletter" and random.random() < 0.4:  # noqa: PLR2004 -- a made-up share, like those below
        yield {"idgoal": "1"}
    if path == "/build/parts" and random.random() < 0.3:  # noqa: PLR2004
        yield {"download": f"{SITE}/files/parts-list.pdf"}
    if path.startswith("/blog/") and random.random() < 0.1:  # noqa: PLR2004
        yield {"link": "https://repair.example/guides"}
    if path == "/lamps/reading" and random.random() < 0.25:  # noqa: PLR2004
        yield {"e_c": "Video", "e_a": random.choice(("play", "pause")), "e_n": "How it folds"}
    if random.random() < 0.02:  # noqa: PLR2004
        words, found = random.choice(_SEARCHES)
        yield {"search": words, "search_count": str(found)}


def _visitor(random: Random) -> _Visitor:
    referrer, campaign, _ = _chosen(random, _SOURCES, [often for *_, often in _SOURCES])
    user_agent = _chosen(random, list(_BROWSERS), [often for _, often in _BROWSERS.values()])
    country = _chosen(random, list(_COUNTRIES), [often for _, often in _COUNTRIES.values()])
    fixed = {
        "rec": "1",
        "ua": user_agent,
        # Addresses that are kept for measurements; few enough that some visitors come again.
        "cip": f"198.18.{random.randrange(16)}.{random.randrange(256)}",
        "country": country,
        "lang": _COUNTRIES[country][0],
        "res": random.choice(_BROWSERS[user_agent][0].split()),
    }
    return _Visitor(fixed, referrer, campaign)


def _chosen(random: Random, among: Sequence[_Chosen], often: Sequence[int]) -> _Chosen:
    return random.choices(among, often)[0]


def _second(moment: datetime) -> str:
    return str(int(moment.timestamp()))
