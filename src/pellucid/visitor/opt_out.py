"""`/optout`: where a visitor objects to being measured, by itself or framed by any page, and takes it back.

Looking at it sets nothing. A choice is a POST that only a page of ours can send, and that page was seen lately. Since a
frame can be laid under a button of another page's, an objection is taken back only in a window of the server's own.
"""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from pellucid.edge import OBJECTED, OBJECTED_HERE, Marks, delete_cookie, marks_of, set_cookie
from pellucid.policy.storage import IGNORE, IGNORE_PARTITIONED, PIWIK_IGNORE
from pellucid.visitor.languages import language_of, marked, named_language, translations
from pellucid.visitor.lifetimes import kept_for, told
from pellucid.visitor.opt_out_look import Look, look_of
from pellucid.visitor.opt_out_pages import BACK, NO_STORE, OPT_OUT, Pages, file_routes
from pellucid.visitor.opt_out_tokens import Purpose, Standing, Tokens

LARGEST_FORM = 10_000
_SEE_OTHER = 303
_FORBIDDEN = 403
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
_CHOSEN = "chosen"

UNCHANGED = marked("Nothing was changed.")
FROM_ELSEWHERE = marked("This request did not come from a page of this server.")
TOO_OLD = marked("The page was open for too long. Load it again, and choose once more.")
NOT_OURS = marked("This request does not carry the mark of a page of this server.")


class OptOut:
    """Answers the page, the frame and the window; `secure` tells whether a request came by https."""

    def __init__(self, tokens: Tokens, secure: Callable[[Request], bool]) -> None:
        self._tokens = tokens
        self._secure = secure
        self._pages = Pages()

    async def page(self, request: Request) -> Response:
        """Show the choice; it is the server's own page when it is what the window shows, else a frame."""
        query, destination = request.query_params, request.headers.get("sec-fetch-dest")
        own = destination == "document" or (destination not in _FRAMES and request.url.path == OPT_OUT)
        look = Look() if own else look_of(query)
        marks = shown_by(request)
        shown = {
            "own": own,
            "intro": query.get("showIntro") not in {"0", "false"},
            "host": request.headers.get("host", ""),
            "marks": marks,
            "chosen": query.get(_CHOSEN, ""),
            "secure": self._secure(request),
            "signal": request.headers.get("sec-gpc") == "1",
            "token": self._tokens.give(Purpose.OBJECT),
            "query": _query(query, look),
        }
        framed, language = destination != "document", _language(request)
        shown["kept"] = told(kept_for(request.headers.get("user-agent", "")), language)
        return self._pages.answer("opt_out.html", language, shown, look=look, framed=framed)

    async def choose(self, request: Request) -> Response:
        """Keep an objection, or do for a frame what was confirmed in the server's own window."""
        form = await _form(request)
        taken_back = form.get("choice") == "take back"
        wrong = self._wrong(request, form, Purpose.TAKEN_BACK if taken_back else Purpose.OBJECT)
        scripted = "application/json" in request.headers.get("accept", "")
        if wrong:
            return self._refused(request, wrong, scripted=scripted)
        if scripted:
            response: Response = JSONResponse({}, headers=NO_STORE)
        else:
            query = _query(request.query_params, look_of(request.query_params), chosen="objection")
            response = RedirectResponse(f"{OPT_OUT}?{query}", _SEE_OTHER, NO_STORE)
        if taken_back:
            self._take_back(request, response)
        else:
            self._object(request, response, form.get("layer", ""))
        return response

    async def window(self, request: Request) -> Response:
        """Ask once more whether an objection is to be taken back, and do it."""
        if request.method != "POST":
            shown = {"done": False, "token": self._tokens.give(Purpose.TAKE_BACK), **self._about(request)}
            return self._pages.answer("opt_out_back.html", _language(request), shown)
        wrong = self._wrong(request, await _form(request), Purpose.TAKE_BACK)
        if wrong:
            return self._refused(request, wrong, scripted=False)
        shown = {"done": True, "token": self._tokens.give(Purpose.TAKEN_BACK), **self._about(request)}
        response = self._pages.answer("opt_out_back.html", _language(request), shown)
        self._take_back(request, response)
        return response

    def _about(self, request: Request) -> dict[str, object]:
        return {"host": request.headers.get("host", ""), "query": _query(request.query_params, Look())}

    def _object(self, request: Request, response: Response, layer: str) -> None:
        """Set what a layer is made of; a form without a script asks for all that may work."""
        secure = self._secure(request)
        if layer != "here":
            set_cookie(response, IGNORE, OBJECTED, secure=secure)
        # The last one counts where a browser knows no partitions, and keeps all sites apart perhaps by itself.
        if layer != "all" and request.headers.get("sec-fetch-dest") != "document":
            set_cookie(response, IGNORE_PARTITIONED, OBJECTED_HERE, secure=secure)

    def _take_back(self, request: Request, response: Response) -> None:
        secure = self._secure(request)
        if secure:
            delete_cookie(response, IGNORE_PARTITIONED, secure=secure)
        delete_cookie(response, IGNORE, secure=secure)
        delete_cookie(response, PIWIK_IGNORE, secure=secure)

    def _wrong(self, request: Request, form: dict[str, str], purpose: Purpose) -> str:
        """Return why a form changes nothing, empty if it may."""
        if not self._from_our_own_page(request):
            return FROM_ELSEWHERE
        match self._tokens.look_at(form.get("token", ""), purpose):
            case Standing.GOOD:
                return ""
            case Standing.EXPIRED:
                return TOO_OLD
            case Standing.FORGED:
                return NOT_OURS

    def _from_our_own_page(self, request: Request) -> bool:
        """Return whether a browser says so. One says it in `Sec-Fetch-Site`, in `Origin`, or in both."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is None and origin is None:
            return False
        return site in {None, "same-origin"} and (origin is None or self._is_ours(request, origin))

    def _is_ours(self, request: Request, origin: str) -> bool:
        scheme, host = urlsplit(origin)[:2]
        return host == request.headers.get("host", "") and (scheme == "https" or not self._secure(request))

    def _refused(self, request: Request, why: str, *, scripted: bool) -> Response:
        language = _language(request)
        if scripted:
            said = " ".join(map(translations(language).gettext, (UNCHANGED, why)))
            return JSONResponse({"why": said}, _FORBIDDEN, NO_STORE)
        shown = {"why": why, "query": _query(request.query_params, Look())}
        return self._pages.answer(
            "opt_out_refused.html", language, shown, status=_FORBIDDEN, framed=request.url.path != BACK
        )


def routes(tokens: Tokens, secure: Callable[[Request], bool]) -> list[BaseRoute]:
    """Return the routes of the choice."""
    opt_out = OptOut(tokens, secure)
    return [
        Route(OPT_OUT, opt_out.page, methods=["GET"]),
        Route(OPT_OUT, opt_out.choose, methods=["POST"]),
        Route(BACK, opt_out.window, methods=["GET", "POST"]),
        AtMatomosAddress("optOut", opt_out.page),
        *file_routes(),
    ]


class AtMatomosAddress(Route):
    """A route by what Matomo has in the query: `/index.php?module=CoreAdminHome&action=...`."""

    def __init__(self, action: str, endpoint: Callable[..., object]) -> None:
        super().__init__("/index.php", endpoint, methods=["GET"])
        self._action = action

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the query, too: other modules have the same path."""
        query = QueryParams(scope.get("query_string", b""))
        if query.get("module") != "CoreAdminHome" or query.get("action") != self._action:
            return Match.NONE, {}
        return super().matches(scope)


def shown_by(request: Request) -> Marks:
    """Return the objections that came along with a request."""
    return marks_of(request.headers.get("cookie", "").encode("latin-1"))


def _language(request: Request) -> str:
    return language_of(request.query_params.get("language", ""), request.headers.get("accept-language", ""))


def _query(given: QueryParams, look: Look, *, chosen: str = "") -> str:
    """Return the parameters that a page hands to the next: known ones alone, as we write them."""
    kept = {
        "language": named_language(given.get("language", "")),
        "showIntro": "0" if given.get("showIntro") in {"0", "false"} else "",
        _CHOSEN: chosen,
    }
    return "&".join(filter(None, (urlencode({name: value for name, value in kept.items() if value}), look.query)))


async def _form(request: Request) -> dict[str, str]:
    """Return what a form says; nothing for one that is larger than any of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
