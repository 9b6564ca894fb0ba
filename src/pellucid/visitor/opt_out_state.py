"""`/optout/state`: whether this browser shows an objection to all sites of this server. One bit, and it is not noted.

A page of a registered site may read it, with credentials. No other page does: it would learn what its visitor chose.
"""

from collections.abc import Callable

from msgspec import json, to_builtins
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid.edge import Marks, marks_renewed
from pellucid.visitor.opt_out import shown_by
from pellucid.visitor.opt_out_pages import NO_STORE, OPT_OUT

STATE = f"{OPT_OUT}/state"
_FORBIDDEN = 403
# Pages that may not read an answer can still find out how long it is.
_ANSWERS = {True: b'{"objected":true }', False: b'{"objected":false}'}
_HEADERS = {**NO_STORE, "Vary": "Origin", "Cross-Origin-Resource-Policy": "same-origin"}


def routes(is_ours: Callable[[str], bool]) -> list[BaseRoute]:
    """Return the route of the question; `is_ours` says whether an origin is a registered site's."""

    async def state(request: Request) -> Response:
        response = answer_to(request)
        # Not a site's own: pages of the server's ask here, too, and the site could not take back what they keep.
        response.raw_headers += marks_renewed(dict(request.headers.raw))
        return response

    def answer_to(request: Request) -> Response:
        origin, relation = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        marks = shown_by(request)
        if origin is None:
            # Another site's page asks without an origin for what it can not read: a picture, a script.
            if relation not in {None, "same-origin", "none"}:
                return _not_allowed()
            if relation == "same-origin":
                return JSONResponse({"objected": marks.some} | to_builtins(marks), headers=_HEADERS)
            return _answer(marks)
        if not is_ours(origin):
            return _not_allowed()
        response = _answer(marks)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    return [Route(STATE, state, methods=["GET"])]


def _answer(marks: Marks) -> Response:
    return Response(_ANSWERS[marks.some], headers=_HEADERS, media_type="application/json")


def _not_allowed() -> Response:
    told = json.encode({"error": "Only a page of a site that is registered here may ask this."})
    return Response(told, _FORBIDDEN, _HEADERS, "application/json")
