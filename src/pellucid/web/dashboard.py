"""The dashboard of a site: the page, the part of it that renews itself, and whether it has to."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pellucid.edge import status_of
from pellucid.errors import NotFound, NotSignedIn, StoreUnavailable
from pellucid.model.account import Access, Account
from pellucid.model.period import Period
from pellucid.model.site import Site
from pellucid.policy.decision import Refusal
from pellucid.registry.registry import Registry
from pellucid.report.live import Counters, VisitDetails, counters, last_visits
from pellucid.report.untold import recognises
from pellucid.snippet import snippet
from pellucid.store.client import Store
from pellucid.web.board import HEADS, Answers, Head, board, heads
from pellucid.web.door import DOOR, Door
from pellucid.web.explore import FIRST, Explored, explored
from pellucid.web.pages import HEADERS, HOME, NOT_FOUND, SEE_OTHER, Pages
from pellucid.web.spans import CHOICES, Span, choice, earlier, later, span_of

LIVE_MINUTES = 30
VISITS_SHOWN = 8
_QUERIES_AT_ONCE = 8
_FIRST = next(iter(HEADS.values()))
_NO_SUCH_SITE = "There is no such site, or it is not yours to see."


class Dashboard:
    """Answers who is signed in, with the sites that are theirs to see."""

    def __init__(
        self,
        registry: Registry,
        reports: Answers,
        store: Store,
        door: Door,
        pages: Pages,
        now: Callable[[], datetime],
        secure: Callable[[Request], bool],
    ) -> None:
        self._registry = registry
        self._reports = reports
        self._store = store
        self._door = door
        self._pages = pages
        self._now = now
        self._secure = secure
        self._pool = ThreadPoolExecutor(_QUERIES_AT_ONCE, "dashboard")

    async def page(self, request: Request) -> Response:
        """Answer the dashboard of a site, or of the first one."""
        account = await self._door.signed_in(request)
        if account is None:
            return RedirectResponse(DOOR, SEE_OTHER)
        sites = await run_in_threadpool(self._visible, account)
        if not sites:
            return self._pages.answer("no_sites.html", {"account": account, "sites": (), "site": None})
        try:
            site = _chosen(sites, request)
            shown = await run_in_threadpool(self._shown, request, site)
        except NotFound as error:
            return self._pages.notice("Nothing here", str(error), NOT_FOUND)
        except StoreUnavailable as error:
            text = "Hits are still recorded, and will be in the reports when it is back."
            return self._pages.notice("The engine does not answer just now", text, status_of(error))
        # Without https here, whether a page asks by https is up to the page.
        origin = f"{'https:' if self._secure(request) else ''}//{request.headers.get('host', '')}"
        code = snippet(origin, site.id)
        return self._pages.answer("dashboard.html", shown | {"account": account, "sites": sites, "snippet": code})

    async def panels(self, request: Request) -> Response:
        """Answer the part of the dashboard that renews itself."""
        site = await self._site(request)
        return self._pages.answer("panels.html", await run_in_threadpool(self._shown, request, site))

    async def live(self, request: Request) -> Response:
        """Answer how much is going on, and a mark that changes whenever a visit does."""
        site = await self._site(request)
        lately, newest = await run_in_threadpool(self._lately, site, 1)
        return JSONResponse(_going_on(site, lately) | {"mark": _mark(lately, newest)}, headers=HEADERS)

    def _shown(self, request: Request, site: Site) -> dict[str, object]:
        now = self._now().astimezone(ZoneInfo(site.timezone))
        span = span_of(request.query_params, now.date())
        told = heads(site)
        head = told.get(request.query_params.get("show", ""), next(iter(told.values())))
        chosen = explored(site, request.query_params.get("by", ""))
        lately = self._pool.submit(self._lately, site, VISITS_SHOWN)
        shown = board(self._reports, self._pool, site, span, head, chosen, now)
        counted, newest = lately.result()
        return {
            "site": site,
            "board": shown,
            "chosen": chosen,
            "lately": _going_on(site, counted),
            "newest": newest,
            "mark": _mark(counted, newest),
            "refused": self._refused(site, span.period),
            "untouched": shown.empty and shown.latest is None and not newest,
            "span": span,
            "choices": CHOICES,
            "choice": choice(span, now.date()),
            "earlier": earlier(span),
            "later": later(span, now.date()),
            "today": now.date(),
            "link": partial(_link, site.id, span, head, chosen),
            "moment": partial(_moment, ZoneInfo(site.timezone)),
        }

    def _lately(self, site: Site, number: int) -> tuple[Counters, list[VisitDetails]]:
        now = self._now()
        today = now.astimezone(ZoneInfo(site.timezone)).date()
        span = Period(today - timedelta(days=1), today)
        newest = last_visits(self._store, site.id, span, number) if site.privacy.shows_visits else []
        return counters(self._store, site.id, LIVE_MINUTES, int(now.timestamp() * 1000)), newest

    def _refused(self, site: Site, period: Period) -> dict[Refusal, int] | None:
        if not site.privacy.counts_refusals:
            return None
        first, last = ((day - date(1970, 1, 1)).days for day in (period.first, period.last))
        return self._registry.refusals.told(site.id, first, last)

    def _visible(self, account: Account) -> tuple[Site, ...]:
        return tuple(site for site in self._registry.sites() if account.may(site.id, Access.VIEW))

    async def _site(self, request: Request) -> Site:
        account = await self._door.signed_in(request)
        if account is None:
            raise NotSignedIn("Sign in to see this.")
        return _chosen(await run_in_threadpool(self._visible, account), request)


def _chosen(sites: tuple[Site, ...], request: Request) -> Site:
    wanted = request.query_params.get("site", "")
    if not wanted and sites:
        return sites[0]
    for site in sites:
        if str(site.id) == wanted:
            return site
    raise NotFound(_NO_SUCH_SITE)


def _going_on(site: Site, lately: Counters) -> dict[str, int | str]:
    """Return how many came of late: visitors, or visits where nobody is recognised."""
    number, one = (lately.visitors, "visitor") if recognises(site) else (lately.visits, "visit")
    return {"number": number, "what": one if number == 1 else f"{one}s"}


def _mark(lately: Counters, newest: list[VisitDetails]) -> str:
    """Return what changes whenever the newest visit does, or where none is shown, how much is going on."""
    if newest:
        return f"{newest[0].visit.visit_id}-{newest[0].visit.version}"
    return f"{lately.visits}-{lately.actions}"


def _link(
    site_id: int,
    span: Span,
    head: Head,
    chosen: Explored,
    /,
    *,
    site: int | None = None,
    asked: Mapping[str, str] | None = None,
    show: Head | None = None,
) -> str:
    """Return the address of what is shown, with something else chosen."""
    shown = show or head
    told = {"site": str(site or site_id), **(span.asked if asked is None else asked)}
    others = {"show": (shown.metric, _FIRST.metric), "by": (chosen.name, FIRST)}
    return f"{HOME}?{urlencode(told | {name: now for name, (now, first) in others.items() if now != first})}"


def _moment(zone: ZoneInfo, milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, zone):%H:%M}"
