"""The tracking address: a bare ASGI application, because everything here happens for every page view.

Statuses, headers and bodies are those of Matomo's tracking API: what is wrong with a hit stands behind the image, or
alone where no image was asked for. The header `Pellucid-Verdict` says besides what was done, so that a visitor can see
it. A refused hit answers as a recorded one does. What a browser has said with its cookies, a page of a registered site
may read there, and no other page: it would learn whether its visitor objected.
"""

from base64 import b64decode
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from time import time

from msgspec import json
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope, Send

from pellucid.collect.collector import Asker, Collector
from pellucid.collect.parse import bulk_of, parameters_of, parameters_of_entry
from pellucid.edge import renewals_of, status_of
from pellucid.errors import PellucidError, RequestError, TooLarge, Unavailable
from pellucid.policy.decision import Refusal

LARGEST_BODY = 10 * 1024 * 1024
MOST_HITS = 10_000
LONGEST_QUERY = 8 * 1024

VERDICT = b"pellucid-verdict"
_GIF = b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_NOTICE = b"""<!doctype html>
<title>Pellucid</title>
<p>This is the tracking address of a Pellucid server. It records page views that visitors do not object to.</p>
"""
_ANYONE = (b"access-control-allow-origin", b"*")
_WITH_COOKIES = (b"access-control-allow-credentials", b"true")
_EXPOSED = (b"access-control-expose-headers", b"Pellucid-Verdict")
_NO_STORE = (b"cache-control", b"no-store")
_RETRY = (b"retry-after", b"5")
_IMAGE = (b"content-type", b"image/gif")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_METHODS = frozenset({"GET", "HEAD", "POST"})
_TAKEN = (b"allow", b"GET, HEAD, POST, OPTIONS")
_RECORDED = (VERDICT, b"recorded")
_NOTHING_RIGHT = (VERDICT, b"invalid")
_NOT_TRACKED = (b"tk", b"N")
"""The answer that the text on Do Not Track asks for: https://www.w3.org/TR/tracking-dnt/#tracking-status-value."""
_REFUSED = {reason: (VERDICT, f"refused; reason={reason.value}".encode()) for reason in Refusal}
_JOINED: Mapping[bytes, bytes] = {
    b"cookie": b"; ",
    **dict.fromkeys((b"dnt", b"sec-gpc", b"x-do-not-track", b"x-forwarded-for"), b", "),
}
"""By what several headers of a name are one: https://www.rfc-editor.org/rfc/rfc9110#section-5.3, and cookies of HTTP/2
https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3."""

Header = tuple[bytes, bytes]


class TrackingEndpoint:
    """Answers GET, POST (form, JSON in bulk) and OPTIONS at `/matomo.php` and its other names."""

    def __init__(
        self,
        collector: Collector,
        address: Callable[[str, bytes], str],
        is_ours: Callable[[str], bool],
        now: Callable[[], float] = time,
    ) -> None:
        self._collector = collector
        self._address = address
        self._is_ours = is_ours
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one tracking request."""
        method = scope["method"]
        headers = _each_once(scope["headers"])
        if method == "OPTIONS":
            allowed = [(b"access-control-allow-methods", b"GET, POST"), (b"access-control-allow-headers", b"*")]
            await _answer(send, 204, [_ANYONE, *allowed])
            return
        if method not in _METHODS:
            await _answer(send, 405, [_ANYONE, _TAKEN, _TEXT], b"A hit comes by GET or POST.")
            return
        common = [_NO_STORE, _ANYONE, _EXPOSED] if method == "GET" else self._allowed_origin(headers)
        common += renewals_of(headers, self._now())
        try:
            body = await _body(receive, headers) if method == "POST" else b""
            await self._track(scope, headers, body, common, send)
        except PellucidError as error:
            again = [_RETRY] if isinstance(error, Unavailable) else []
            await _answer(send, status_of(error), [*common, *again, _TEXT], str(error).encode())

    async def _track(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        body: bytes,
        common: list[Header],
        send: Send,
    ) -> None:
        query: bytes = scope["query_string"]
        if len(query) > LONGEST_QUERY:
            await _answer(send, HTTPStatus.REQUEST_URI_TOO_LONG, [*common, _TEXT], b"The query is longer than 8 KB.")
            return
        client = scope.get("client")
        asker = Asker(
            address=self._address(client[0] if client else "", headers.get(b"x-forwarded-for", b"")),
            headers=headers,
        )
        if body.lstrip()[:1] == b"{":
            await self._track_bulk(asker, body, common, send)
            return
        parameters = parameters_of(query)
        if body:
            # Of what stands in both, the address counts, as in Matomo.
            parameters = await _form(body, headers) | parameters
        if not parameters:
            await _answer(send, 200, [*common, (b"content-type", b"text/html; charset=utf-8")], _NOTICE)
            return
        parameters = _on_page(parameters, headers)
        has_image = parameters.get("send_image") != "0"
        try:
            outcome = await self._collector.collect(asker, parameters, _bearer(headers))
        except RequestError as error:
            if not has_image:
                raise
            await _answer(send, status_of(error), [*common, _IMAGE], _GIF + str(error).encode())
            return
        told = [*common, _REFUSED[outcome] if outcome else _RECORDED]
        if outcome is Refusal.DO_NOT_TRACK:
            told.append(_NOT_TRACKED)
        if has_image:
            await _answer(send, 200, [*told, _IMAGE], _GIF)
        else:
            await _answer(send, 204, told)

    def _allowed_origin(self, headers: dict[bytes, bytes]) -> list[Header]:
        origin = headers.get(b"origin")
        if origin is None:
            return [_ANYONE, _EXPOSED]
        allowed = [(b"access-control-allow-origin", origin), _WITH_COOKIES]
        return [*allowed, _EXPOSED] if self._is_ours(origin.decode("latin-1")) else allowed

    async def _track_bulk(self, asker: Asker, body: bytes, common: list[Header], send: Send) -> None:
        bulk = bulk_of(body)
        if len(bulk.entries) > MOST_HITS:
            raise TooLarge(f"A bulk request may hold {MOST_HITS} hits; this one has {len(bulk.entries)}.")
        token = bulk.token or _bearer(asker.headers)
        entries = (_on_page(parameters_of_entry(entry), asker.headers) for entry in bulk.entries)
        collected = await self._collector.collect_each(asker, entries, token)
        verdict = _verdict(collected.outcomes)
        if str(bulk.send_image) in {"0", "False"}:
            await _answer(send, 204, [*common, verdict])
            return
        told = {"status": "success", "tracked": len(collected.outcomes), "invalid": len(collected.invalid)}
        places = {"invalid_indices": collected.invalid} if collected.authorised else {}
        answer = json.encode(told | places)
        await _answer(send, 200, [*common, verdict, (b"content-type", b"application/json")], answer)


def _verdict(outcomes: Sequence[Refusal | None]) -> Header:
    reasons = {outcome for outcome in outcomes if outcome}
    if not reasons:
        return _RECORDED if outcomes else _NOTHING_RIGHT
    named = ", ".join(sorted(reasons))
    done = "refused" if all(outcomes) else "partly recorded"
    return (VERDICT, f"{done}; reason={named}".encode())


def _on_page(parameters: dict[str, str], headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return what a hit says, and where it names no page the one that asks for it; in a bulk, too, as in Matomo."""
    if b"referer" in headers and not (parameters.get("url") or parameters.get("urlref")):
        parameters["url"] = headers[b"referer"].decode(errors="replace")
    return parameters


async def _form(body: bytes, headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return the fields of a form, in whichever of the two ways it is written: a beacon does not say in which."""
    if not headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data"):
        return parameters_of(body)

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        # A file would be written down while it is read, and no hit has one.
        form = await MultiPartParser(Headers(raw=list(headers.items())), whole(), max_files=0).parse()
    except (MultiPartException, ValueError) as error:
        raise RequestError(f"The form can not be read: {error}") from error
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _bearer(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.decode("latin-1") if scheme.lower() == b"bearer" else ""


def _each_once(told: Sequence[Header]) -> dict[bytes, bytes]:
    """Return headers by name; of those by which an objection or an address may be told several times, all of them."""
    headers = dict(told)
    if len(headers) < len(told):
        for name in headers.keys() & _JOINED.keys():
            headers[name] = _JOINED[name].join(value for given, value in told if given == name)
    return headers


async def _body(receive: Receive, headers: dict[bytes, bytes]) -> bytes:
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise TooLarge("A tracking request's body may have 10 MB.")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError("The request ended before its body did.")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise TooLarge("A tracking request's body may have 10 MB.")
        more = message.get("more_body", False)
    return bytes(body)


async def _answer(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    length = [] if status == HTTPStatus.NO_CONTENT else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
