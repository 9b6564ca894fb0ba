"""Which address shows what: `/dashboard` and what stands below it."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route

from pellucid.registry.registry import Registry
from pellucid.store.client import Store
from pellucid.web.board import Answers
from pellucid.web.dashboard import Dashboard
from pellucid.web.door import DOOR, Door
from pellucid.web.pages import HOME, SEE_OTHER, Pages, address, file


def routes(
    registry: Registry,
    reports: Answers,
    store: Store,
    now: Callable[[], datetime],
    secure: Callable[[Request], bool],
) -> list[BaseRoute]:
    """Return the routes of the dashboard; `secure` tells whether a request came by https."""
    pages = Pages()
    door = Door(registry, pages, now, secure)
    dashboard = Dashboard(registry, reports, store, door, pages, now, secure)
    return [
        Route("/", lambda _request: RedirectResponse(HOME, SEE_OTHER)),
        Route(HOME, dashboard.page),
        Route(f"{HOME}/panels", dashboard.panels),
        Route(f"{HOME}/live", dashboard.live),
        Route(DOOR, door.sign_in, methods=["GET", "POST"]),
        Route(f"{HOME}/sign-out", door.sign_out, methods=["POST"]),
        Route(f"{HOME}/welcome/{{secret}}", door.welcome, methods=["GET", "POST"]),
        Route(f"{HOME}/static/{{hash}}/{{name}}", file),
        Route("/favicon.ico", lambda _request: RedirectResponse(address("favicon.svg"))),
    ]
