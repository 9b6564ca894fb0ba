"""Where Matomo's Reporting API is asked: `/index.php?module=API&method=...`, GET or POST."""

from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import status_of
from pellucid.errors import PellucidError, RequestError
from pellucid.matomo.methods import Answer, Call, answer
from pellucid.matomo.parameters import Parameters, parameters_of
from pellucid.matomo.reports import Answers
from pellucid.model.account import Account
from pellucid.registry.registry import Registry
from pellucid.store.client import Store

_SIGNED_OUT = "anonymous"
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes(registry: Registry, reports: Answers, store: Store, now: Callable[[], datetime]) -> list[BaseRoute]:
    """Return the routes of the Reporting API."""

    async def ask(request: Request) -> Response:
        form = await request.form() if request.method == "POST" else None
        body = [(name, str(value)) for name, value in form.multi_items()] if form else []
        given = parameters_of([*request.query_params.multi_items(), *body])
        token = given.text("token_auth", "") or _bearer(request)
        try:
            told = await run_in_threadpool(_answer, token, given)
        except PellucidError as error:
            return JSONResponse({"result": "error", "message": _without(token, error)}, status_of(error), _NO_STORE)
        return JSONResponse(told, headers=_NO_STORE)

    def _answer(token: str, given: Parameters) -> Answer:
        if given.text("module", "API") != "API":
            raise RequestError("Only module=API is answered here; the dashboard is at /dashboard.")
        form = given.text("format", "json").lower()
        if form not in {"json", "original"}:
            raise RequestError(f"The format {form!r} is not answered yet; ask for format=JSON.")
        account = _account(registry, token)
        return answer(Call(account, given, registry, reports, store, now()))

    return [Route("/index.php", ask, methods=["GET", "POST"])]


def _account(registry: Registry, token: str) -> Account | None:
    return None if token in {"", _SIGNED_OUT} else registry.bearer(token)


def _without(token: str, error: PellucidError) -> str:
    """Return what an error says, without a token that was given as something else."""
    return str(error).replace(token, "…") if token else str(error)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
