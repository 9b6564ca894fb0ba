"""The way in and out: signing in and out, and the link with which an account chooses its password."""

from asyncio import Semaphore
from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pellucid.edge import Attempts, delete_cookie, set_cookie
from pellucid.errors import RequestError
from pellucid.model.account import Account
from pellucid.policy.storage import SIGN_IN
from pellucid.registry.registry import LONGEST_LOGIN, Registry
from pellucid.web.access import fields, from_our_own_pages
from pellucid.web.pages import HOME, NOT_FOUND, SEE_OTHER, Pages

DOOR = f"{HOME}/sign-in"
# Each takes 64 MiB of memory and a core for a moment, on purpose.
_PASSWORDS_AT_ONCE = 2
_BAD_REQUEST = 400
_UNAUTHORIZED = 401
_TOO_MANY = 429


class Door:
    """Answers the pages that need nobody to be signed in; `secure` tells whether a request came by https."""

    def __init__(
        self,
        registry: Registry,
        pages: Pages,
        now: Callable[[], datetime],
        secure: Callable[[Request], bool],
    ) -> None:
        self._registry = registry
        self._pages = pages
        self._now = now
        self._secure = secure
        self._attempts = Attempts(lambda: now().timestamp())
        self._checking = Semaphore(_PASSWORDS_AT_ONCE)

    async def signed_in(self, request: Request) -> Account | None:
        """Return who sends a request."""
        secret = request.cookies.get(SIGN_IN.name)
        return await run_in_threadpool(self._registry.signed_in, secret, self._now()) if secret else None

    async def sign_in(self, request: Request) -> Response:
        """Answer the form, or sign in who knows the password."""
        if request.method != "POST":
            if await self.signed_in(request):
                return RedirectResponse(HOME, SEE_OTHER)
            return self._form("")
        form = await fields(request)
        login, password = form.get("login", "")[:LONGEST_LOGIN], form.get("password", "")
        if not self._attempts.may_try(login):
            return self._form(login, "That was wrong too often. Wait a minute, then try again.", _TOO_MANY)
        async with self._checking:
            account = await run_in_threadpool(self._registry.check_password, login, password)
        if account is None:
            return self._form(login, "Login or password is wrong.", _UNAUTHORIZED)
        self._attempts.succeeded(login)
        return await self._let_in(request, account)

    def _form(self, login: str, wrong: str = "", status: int = 200) -> Response:
        return self._pages.answer("sign_in.html", {"login": login, "wrong": wrong}, status)

    async def sign_out(self, request: Request) -> Response:
        """End the sign-in of this browser."""
        from_our_own_pages(request)
        secret = request.cookies.get(SIGN_IN.name)
        if secret:
            await run_in_threadpool(self._registry.sign_out, secret)
        response = RedirectResponse(DOOR, SEE_OTHER)
        delete_cookie(response, SIGN_IN, secure=self._secure(request))
        return response

    async def welcome(self, request: Request) -> Response:
        """Answer the form behind a one-time link, or set the password and sign in."""
        secret = request.path_params["secret"]
        login = await run_in_threadpool(self._registry.login_of_link, secret, self._now())
        if login is None:
            return self._pages.answer("welcome.html", {"login": "", "wrong": ""}, NOT_FOUND)
        if request.method != "POST":
            return self._pages.answer("welcome.html", {"login": login, "wrong": ""})
        password = (await fields(request)).get("password", "")
        try:
            async with self._checking:
                account = await run_in_threadpool(self._registry.use_link, secret, password, self._now())
        except RequestError as error:
            return self._pages.answer("welcome.html", {"login": login, "wrong": str(error)}, _BAD_REQUEST)
        return await self._let_in(request, account)

    async def _let_in(self, request: Request, account: Account) -> Response:
        secret = await run_in_threadpool(self._registry.sign_in, account.login, self._now())
        response = RedirectResponse(HOME, SEE_OTHER)
        set_cookie(response, SIGN_IN, secret, secure=self._secure(request))
        return response
