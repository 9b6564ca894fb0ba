"""What programs can ask of this server: what it keeps and sends, and whether it honours Global Privacy Control."""

from collections.abc import Callable, Sequence
from datetime import date
from http import HTTPStatus

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pellucid.model.site import Site
from pellucid.visitor.declaration import declaration, schema

CHANGED = date(2026, 11, 25)
"""When what we make of Global Privacy Control last changed (https://privacycg.github.io/gpc-spec/, section 4)."""

_DECLARATION = declaration()
_SCHEMA = schema()
_HEADERS = {
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
}


def routes(sites: Callable[[], Sequence[Site]]) -> list[BaseRoute]:
    """Return the routes below `/.well-known/`; `sites` gives all sites as they are now."""

    async def storage(_request: Request) -> Response:
        return _json(_DECLARATION)

    async def storage_schema(_request: Request) -> Response:
        return _json(_SCHEMA, "application/schema+json")

    async def gpc(_request: Request) -> Response:
        honoured = all(site.privacy.honour_gpc for site in sites())
        return _json(json.encode({"gpc": honoured, "lastUpdate": CHANGED.isoformat()}))

    return [
        Route("/.well-known/analytics-storage.json", storage),
        Route("/.well-known/analytics-storage.schema.json", storage_schema),
        Route("/.well-known/gpc.json", gpc),
    ]


def _json(content: bytes, media_type: str = "application/json") -> Response:
    return Response(content, HTTPStatus.OK, _HEADERS, media_type)
