"""Where Matomo's Reporting API is asked: `/index.php?module=API&method=...` or `/?module=API...`, GET or POST."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from pellucid.edge import Attempts, status_of
from pellucid.errors import PellucidError, RequestError
from pellucid.matomo.answers import Answers
from pellucid.matomo.call import Asking, Call
from pellucid.matomo.feed import feed
from pellucid.matomo.formats import FEED, Written, error, format_of, written
from pellucid.matomo.methods import answer
from pellucid.matomo.parameters import Parameters, parameters_of
from pellucid.model.account import Account
from pellucid.model.hit import Place
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

_SIGNED_OUT = "anonymous"
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Outside(Struct, frozen=True):
    """What tells who sent a request, whether it came by https, and where a masked address is."""

    client_address: Callable[[str, bytes], str]
    is_secure: Callable[[Request], bool]
    place: Callable[[str], Place]

    def asking(self, request: Request) -> Asking:
        """Return what a request tells of where it came from."""
        peer = request.client.host if request.client else ""
        address = self.client_address(peer, request.headers.get("x-forwarded-for", "").encode("latin-1"))
        # Without https here, whether a page asks by https is up to the page.
        scheme = "https:" if self.is_secure(request) else ""
        return Asking(address, f"{scheme}//{request.headers.get('host', '')}")


def routes(
    registry: Registry,
    reports: Answers,
    store: Store,
    now: Callable[[], datetime],
    outside: Outside,
) -> list[BaseRoute]:
    """Return the routes of the Reporting API."""
    attempts = Attempts(lambda: now().timestamp())

    async def ask(request: Request) -> Response:
        form = await request.form() if request.method == "POST" else None
        body = [(name, str(value)) for name, value in form.multi_items()] if form else []
        given = parameters_of([*request.query_params.multi_items(), *body], request.url.query)
        token = given.text("token_auth", "") or _bearer(request)
        try:
            told, status = await run_in_threadpool(_answer, token, given, outside.asking(request)), int(HTTPStatus.OK)
        except PellucidError as wrong:
            told, status = error(_without(token, wrong), given), status_of(wrong)
        return Response(told.content, status, headers=_NO_STORE | {"Content-Type": told.kind})

    def _answer(token: str, given: Parameters, asking: Asking) -> Written:
        if given.text("module", "API") != "API":
            raise RequestError("Only module=API is answered here; the dashboard is at /dashboard.")
        wanted = format_of(given)
        account = _account(registry, token)
        at_once = reports.of_one_request()
        call = Call(account, given, registry, at_once, store, now(), attempts, asking, outside.place)
        told = answer(call)
        return feed(told, call) if wanted == FEED else written(told, given)

    return [Route("/index.php", ask, methods=["GET", "POST"]), _Index("/", ask, methods=["GET", "POST"])]


class _Index(Route):
    """The address that a web server answers with its `index.php`: whatever is sent there, and questions to the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what asks the API: without a question the dashboard is there."""
        # The path first: each hit passes here, and to take its query apart costs more than all the rest of it.
        found = super().matches(scope)
        if found[0] is Match.NONE or scope["method"] == "POST":
            return found
        return found if QueryParams(scope["query_string"]).get("module") == "API" else (Match.NONE, {})


def _account(registry: Registry, token: str) -> Account | None:
    return None if token in {"", _SIGNED_OUT} else registry.bearer(token)


def _without(token: str, error: PellucidError) -> str:
    """Return what an error says, without a token that was given as something else."""
    return str(error).replace(token, "…") if token else str(error)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
