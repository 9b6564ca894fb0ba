"""The dashboard and the way in: `/dashboard` and what stands below it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import files
from mimetypes import guess_type
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import delete_cookie, set_cookie, status_of
from pellucid.errors import NotFound, NotSignedIn, RequestError, StoreUnavailable
from pellucid.model.account import Access, Account
from pellucid.model.period import Period
from pellucid.model.site import Site
from pellucid.policy.storage import SIGN_IN
from pellucid.registry.registry import Registry
from pellucid.report.live import VisitDetails, counters, last_visits
from pellucid.store.client import Store
from pellucid.web import words
from pellucid.web.access import Attempts, from_our_own_pages
from pellucid.web.board import Answers, board
from pellucid.web.spans import CUSTOM, DEFAULT, NAMES, Span, neighbours, span_of

HOME = "/dashboard"
LIVE_MINUTES = 30
VISITS_SHOWN = 8
_QUERIES_AT_ONCE = 8
_SEE_OTHER = 303
_TOO_MANY = 429
_STATIC = files("pellucid.web") / "static"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FILES = {file.name: file.read_bytes() for file in _STATIC.iterdir()}


def _address(name: str) -> str:
    """Return where a file is served: its hash is in the address, so that browsers may keep it."""
    return f"{HOME}/static/{sha256(_FILES[name]).hexdigest()[:12]}/{name}"


class Dashboard:
    """Answers the pages of the dashboard; `secure` tells whether a request came by https."""

    def __init__(
        self,
        registry: Registry,
        reports: Answers,
        store: Store,
        now: Callable[[], datetime],
        secure: Callable[[Request], bool],
    ) -> None:
        self._registry = registry
        self._reports = reports
        self._store = store
        self._now = now
        self._secure = secure
        self._attempts = Attempts(lambda: now().timestamp())
        self._pool = ThreadPoolExecutor(_QUERIES_AT_ONCE, "dashboard")
        self._pages = Environment(
            loader=PackageLoader("pellucid.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals |= {"address": _address, "home": HOME}
        self._pages.filters |= {
            "days": words.days,
            "number": words.number,
            "path": words.path,
            "duration": words.duration,
            "points": lambda points: json.encode(points).decode(),
        }

    # Pages for people who are signed in

    async def home(self, request: Request) -> Response:
        """Answer the dashboard of a site, or of the first one."""
        account = await self._signed_in(request)
        if account is None:
            return RedirectResponse(f"{HOME}/sign-in", _SEE_OTHER)
        sites = await run_in_threadpool(self._visible, account)
        if not sites:
            return self._page("no_sites.html", {"account": account, "sites": (), "site": None})
        site = _chosen(sites, request)
        shown = await run_in_threadpool(self._shown, request, site)
        origin = f"{'https' if self._secure(request) else 'http'}://{request.headers.get('host', '')}"
        return self._page(
            "dashboard.html", shown | {"account": account, "sites": sites, "site": site, "origin": origin}
        )

    async def panels(self, request: Request) -> Response:
        """Answer the part of the dashboard that changes by itself."""
        site = await self._site(request)
        return self._page("panels.html", await run_in_threadpool(self._shown, request, site))

    async def live(self, request: Request) -> Response:
        """Answer how much is going on, and a mark that changes whenever a visit does."""
        site = await self._site(request)
        now = int(self._now().timestamp() * 1000)
        lately = await run_in_threadpool(counters, self._store, site.id, LIVE_MINUTES, now)
        newest = await run_in_threadpool(self._newest, site, 1)
        return JSONResponse({"visitors": lately.visitors, "mark": _mark(newest)}, headers=_HEADERS)

    def _shown(self, request: Request, site: Site) -> dict[str, object]:
        span = self._span(request, site)
        now = self._now()
        before, after = neighbours(span)
        today = now.astimezone(ZoneInfo(site.timezone)).date()
        newest = self._newest(site, VISITS_SHOWN)
        return {
            "site": site,
            "board": board(self._reports, self._pool, site, span, now),
            "newest": newest,
            "mark": _mark(newest),
            "lately": counters(self._store, site.id, LIVE_MINUTES, int(now.timestamp() * 1000)),
            "span": span,
            "spans": NAMES,
            "custom": CUSTOM,
            "before": before,
            "after": after if after <= today or span.period.last < today else None,
            "today": today,
            "link": partial(_link, site, span),
            "moment": partial(_moment, site),
            "words": words,
        }

    def _span(self, request: Request, site: Site) -> Span:
        given = request.query_params
        today = self._now().astimezone(ZoneInfo(site.timezone)).date()
        return span_of(
            given.get("span", DEFAULT),
            given.get("on", ""),
            given.get("from", ""),
            given.get("to", ""),
            today,
        )

    def _newest(self, site: Site, number: int) -> list[VisitDetails]:
        today = self._now().astimezone(ZoneInfo(site.timezone)).date()
        return last_visits(self._store, site.id, Period(today - timedelta(days=1), today), number)

    def _visible(self, account: Account) -> tuple[Site, ...]:
        return tuple(site for site in self._registry.sites() if account.may(site.id, Access.VIEW))

    async def _site(self, request: Request) -> Site:
        account = await self._signed_in(request)
        if account is None:
            raise NotSignedIn("Sign in to see this.")
        return _chosen(await run_in_threadpool(self._visible, account), request)

    async def _signed_in(self, request: Request) -> Account | None:
        secret = request.cookies.get(SIGN_IN.name)
        return await run_in_threadpool(self._registry.signed_in, secret, self._now()) if secret else None

    # The way in and out

    async def sign_in(self, request: Request) -> Response:
        """Answer the form, or sign in who knows the password."""
        if request.method == "GET":
            return self._page("sign_in.html", {"login": "", "wrong": ""})
        from_our_own_pages(request)
        form = await request.form()
        login, password = str(form.get("login", "")), str(form.get("password", ""))
        if not self._attempts.may_try(login):
            wrong = "That was wrong too often. Wait a minute, then try again."
            return self._page("sign_in.html", {"login": login, "wrong": wrong}, _TOO_MANY)
        account = await run_in_threadpool(self._registry.check_password, login, password)
        if account is None:
            self._attempts.failed(login)
            return self._page("sign_in.html", {"login": login, "wrong": "Login or password is wrong."}, 401)
        self._attempts.succeeded(login)
        return await self._welcomed(request, account)

    async def sign_out(self, request: Request) -> Response:
        """End the sign-in of this browser."""
        from_our_own_pages(request)
        secret = request.cookies.get(SIGN_IN.name)
        if secret:
            await run_in_threadpool(self._registry.sign_out, secret)
        response = RedirectResponse(f"{HOME}/sign-in", _SEE_OTHER)
        delete_cookie(response, SIGN_IN, secure=self._secure(request))
        return response

    async def welcome(self, request: Request) -> Response:
        """Answer the form behind a one-time link, or set the password and sign in."""
        secret = request.path_params["secret"]
        login = await run_in_threadpool(self._registry.login_of_link, secret, self._now())
        if login is None:
            return self._page("welcome.html", {"login": "", "wrong": ""}, 404)
        if request.method == "GET":
            return self._page("welcome.html", {"login": login, "wrong": ""})
        from_our_own_pages(request)
        password = str((await request.form()).get("password", ""))
        try:
            account = await run_in_threadpool(self._registry.use_link, secret, password, self._now())
        except RequestError as error:
            return self._page("welcome.html", {"login": login, "wrong": str(error)}, 400)
        return await self._welcomed(request, account)

    async def _welcomed(self, request: Request, account: Account) -> Response:
        secret = await run_in_threadpool(self._registry.sign_in, account.login, self._now())
        response = RedirectResponse(HOME, _SEE_OTHER)
        set_cookie(response, SIGN_IN, secret, secure=self._secure(request))
        return response

    def unavailable(self, error: StoreUnavailable) -> Response:
        """Answer while the engine does not."""
        return self._page("unavailable.html", {}, status_of(error))

    def _page(self, name: str, shown: Mapping[str, object], status: int = 200) -> Response:
        return HTMLResponse(self._pages.get_template(name).render(shown), status, _HEADERS)


def routes(
    registry: Registry,
    reports: Answers,
    store: Store,
    now: Callable[[], datetime],
    secure: Callable[[Request], bool],
) -> list[BaseRoute]:
    """Return the routes of the dashboard."""
    dashboard = Dashboard(registry, reports, store, now, secure)

    async def home(request: Request) -> Response:
        try:
            return await dashboard.home(request)
        except StoreUnavailable as error:
            return dashboard.unavailable(error)

    return [
        Route("/", lambda _request: RedirectResponse(HOME, _SEE_OTHER)),
        Route(HOME, home),
        Route(f"{HOME}/panels", dashboard.panels),
        Route(f"{HOME}/live", dashboard.live),
        Route(f"{HOME}/sign-in", dashboard.sign_in, methods=["GET", "POST"]),
        Route(f"{HOME}/sign-out", dashboard.sign_out, methods=["POST"]),
        Route(f"{HOME}/welcome/{{secret}}", dashboard.welcome, methods=["GET", "POST"]),
        Route(f"{HOME}/static/{{hash}}/{{name}}", _file),
        Route("/favicon.ico", lambda _request: RedirectResponse(_address("favicon.svg"))),
    ]


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_FILES[name], media_type=guess_type(name)[0], headers=headers)


def _chosen(sites: tuple[Site, ...], request: Request) -> Site:
    wanted = request.query_params.get("site", "")
    if not wanted and sites:
        return sites[0]
    for site in sites:
        if str(site.id) == wanted:
            return site
    raise NotFound("There is no such site, or it is not yours to see.")


def _mark(newest: list[VisitDetails]) -> str:
    """Return what changes whenever the newest visit does."""
    return f"{newest[0].visit.visit_id}-{newest[0].visit.version}" if newest else ""


def _link(site: Site, span: Span, /, **changes: object) -> str:
    """Return the address of the dashboard with something else chosen."""
    chosen: dict[str, object] = {"site": site.id, "span": span.name, "on": span.on.isoformat()} | changes
    return f"{HOME}?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value is not None)


def _moment(site: Site, milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, ZoneInfo(site.timezone)):%H:%M}"
