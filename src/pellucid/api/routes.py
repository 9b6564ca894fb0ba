"""Where the API is asked: `/api/v1` and what stands below it. Tokens come in the header `Authorization` alone."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import DecodeError, Struct, ValidationError, convert, json
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from pellucid.api.native import EXPORTS, Call, Export, Native
from pellucid.api.openapi import PATH, document
from pellucid.api.operations import OPERATIONS, Operation
from pellucid.api.problem import (
    HEADERS,
    INVALID,
    NOT_ACCEPTABLE,
    NOT_JSON,
    ROOT,
    TOO_LARGE,
    UNKNOWN_TOKEN,
    Problem,
    answer_to,
    of_body,
    of_parameter,
)
from pellucid.edge import accepted
from pellucid.errors import PellucidError
from pellucid.model.account import Account
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store

LARGEST_BODY = 100_000
_JSON = "application/json"
_WHOLE = 2.0**63
_NOBODY = Account("")


def routes(registry: Registry, reports: Reports, store: Store, now: Callable[[], datetime]) -> list[BaseRoute]:
    """Return the routes of the native API, which answers its own errors."""
    native = Native(registry, reports, store, now)
    description = json.encode(document())

    def described(_request: Request) -> Response:
        return Response(description, headers=HEADERS, media_type=_JSON)

    def told(_request: Request, error: Exception) -> Response:
        return answer_to(error)

    api = Starlette(
        routes=[Route(PATH, described), *(_route(operation, native, registry) for operation in OPERATIONS)],
        exception_handlers=dict.fromkeys((Problem, PellucidError, HTTPException, Exception), told),
    )
    api.router.redirect_slashes = False
    below = Mount(ROOT, api)
    # A line break in an address is below this one too, and no case for the answers of others.
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)
    return [below]


def _route(operation: Operation, native: Native, registry: Registry) -> Route:
    async def answer(request: Request) -> Response:
        account = _NOBODY if operation.public else await run_in_threadpool(_account, registry, _token(request))
        parameters = _parameters(operation, request)
        body = _decoded(operation, await _body(request)) if operation.body else None
        call = Call(account, body, parameters, _format(request, body) if operation.exports else "json")
        given = (call,) if body is None else (call, body)
        answered = await run_in_threadpool(operation.call, native, *given)
        if isinstance(answered, Export):
            headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{answered.name}"'}
            return StreamingResponse(
                iterate_in_threadpool(answered.pieces), headers=headers, media_type=answered.media_type
            )
        return Response(json.encode(answered), headers=HEADERS, media_type=_JSON)

    return Route(operation.path, answer, methods=[operation.method], name=operation.name)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _account(registry: Registry, token: str) -> Account:
    account = registry.bearer(token) if token else None
    if account is None:
        raise Problem(UNKNOWN_TOKEN, UNKNOWN_TOKEN.meaning)
    return account


def _parameters(operation: Operation, request: Request) -> Mapping[str, int | str]:
    kinds = {parameter.name: parameter.kind for parameter in operation.parameters}
    given = [*request.path_params.items(), *request.query_params.multi_items()]
    read: dict[str, int | str] = {}
    for name, text in given:
        if name not in kinds:
            # What is in an address is in logs and histories too: a token that is sent there is not taken silently.
            raise of_parameter(name, "this address takes no such parameter.")
        if name in read:
            raise of_parameter(name, "it is given twice.")
        try:
            read[name] = convert(text, kinds[name], strict=False)
        except ValidationError as error:
            raise of_parameter(name, str(error)) from None
    return read


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise Problem(NOT_JSON, NOT_JSON.meaning)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Problem(TOO_LARGE, TOO_LARGE.meaning)
    return body


def _decoded(operation: Operation, body: bytes) -> Struct:
    try:
        return convert(_whole_numbers(json.decode(body)), operation.body)
    except DecodeError as error:
        raise of_body(error) from None
    except UnicodeDecodeError:
        raise Problem(INVALID, "The body is not UTF-8.") from None
    except RecursionError:
        raise Problem(INVALID, "The body is nested too deep.") from None


def _whole_numbers(told: object) -> object:
    """Return what JSON tells, with 1.0 as 1: to JSON, and to its schemas, they are one number."""
    match told:
        case float() if told.is_integer() and abs(told) < _WHOLE:
            return int(told)
        case list():
            return [_whole_numbers(one) for one in told]
        case dict():
            return {name: _whole_numbers(one) for name, one in told.items()}
        case _:
            return told


def _format(request: Request, body: Struct | None) -> str:
    """Return the format that a body asks for, or the first that is accepted most."""
    wished = getattr(body, "format", None)
    if wished:
        return str(wished)
    formats = {_JSON: "json", **{media_type.partition(";")[0]: name for name, (media_type, _) in EXPORTS.items()}}
    formats |= {"*/*": "json", "application/*": "json", "text/*": "csv"}
    for media_type in accepted(request.headers.get("accept") or "*/*"):
        if media_type in formats:
            return formats[media_type]
    raise Problem(NOT_ACCEPTABLE, NOT_ACCEPTABLE.meaning)
