"""What is told when a question is not answered: each kind of problem is one row (RFC 9457).

A kind's address leads to what it means: https://www.rfc-editor.org/rfc/rfc9457
"""

import re
from collections.abc import Mapping

from msgspec import DecodeError, Struct, ValidationError, json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pellucid.errors import (
    NotAllowed,
    NotFound,
    NotSignedIn,
    PellucidError,
    RequestError,
    TooExpensive,
    TooLarge,
    Unavailable,
)

ROOT = "/api/v1"
MEDIA_TYPE = "application/problem+json"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_PLACE = re.compile(r"(?P<what>.*) - at `\$(?P<path>.*)`", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<place>[^\]]*)\]")


class Kind(Struct, frozen=True):
    """One kind of problem: its name, the status it answers with, what happened, and what to do."""

    name: str
    status: int
    title: str
    meaning: str

    @property
    def address(self) -> str:
        """The address that stands for it, and tells of it."""
        return f"{ROOT}/problems/{self.name}"


INVALID = Kind(
    "invalid-request",
    400,
    "The request is not as its schema says",
    "`errors` says what is wrong where. The schema is in /api/v1/openapi.json.",
)
UNKNOWN_TOKEN = Kind(
    "unknown-token",
    401,
    "No good token came with the request",
    "Send a token in the header `Authorization: Bearer TOKEN`, and nowhere else. 'pellucid token create' makes one; "
    "one that has expired is good no more.",
)
NOT_ALLOWED = Kind(
    "not-allowed", 403, "This may not be asked", "The owner of the site hides what is asked; `detail` says what it is."
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is no such thing, or it is not yours to see",
    "Look for it in the list it should be in: /api/v1/sites has the sites that the token may read.",
)
WRONG_METHOD = Kind(
    "method-not-allowed", 405, "This address does not take this method", "The header `Allow` says what it takes."
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    406,
    "There is no answer of an accepted kind",
    "Questions are answered as application/json, text/csv or application/vnd.apache.parquet.",
)
UNANSWERABLE = Kind(
    "unanswerable",
    409,
    "The parts of the question contradict each other",
    "Each part is as it should be, and together they have no answer: a metric that can not be told by a dimension, a "
    "period that ends before it begins, an order by what is not asked for, the cursor of another question. `detail` "
    "says which.",
)
TOO_LARGE = Kind("too-large", 413, "The request is too large", "A body has at most 100,000 bytes.")
NOT_JSON = Kind("not-json", 415, "The body is not JSON", "Send it with `Content-Type: application/json`.")
TOO_EXPENSIVE = Kind(
    "query-too-expensive",
    422,
    "The question takes more time or memory than one may",
    "Ask for a shorter period, fewer dimensions or a narrower segment.",
)
BROKEN = Kind("internal-error", 500, "Something is broken here", "The server's log says what; please report it.")
UNAVAILABLE = Kind("unavailable", 503, "A part does not answer now", "Ask again later.")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        INVALID,
        UNKNOWN_TOKEN,
        NOT_ALLOWED,
        NOT_FOUND,
        WRONG_METHOD,
        NOT_ACCEPTABLE,
        UNANSWERABLE,
        TOO_LARGE,
        NOT_JSON,
        TOO_EXPENSIVE,
        BROKEN,
        UNAVAILABLE,
    )
}
# The first that fits.
_OF_ERRORS: Mapping[type[PellucidError], Kind] = {
    TooExpensive: TOO_EXPENSIVE,
    Unavailable: UNAVAILABLE,
    TooLarge: TOO_LARGE,
    NotSignedIn: UNKNOWN_TOKEN,
    NotAllowed: NOT_ALLOWED,
    NotFound: NOT_FOUND,
    RequestError: UNANSWERABLE,
    PellucidError: BROKEN,
}
_OF_STATUS = {404: NOT_FOUND, 405: WRONG_METHOD}


class Place(Struct, frozen=True, omit_defaults=True):
    """What is wrong, and where: a JSON Pointer into the body, or the name of a parameter."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Told(Struct, frozen=True, omit_defaults=True):
    """A problem: its kind by address and in words, the status, what happened here, and where."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Place, ...] = ()


class Problem(Exception):
    """A question that is not answered, with the kind of the problem."""

    def __init__(self, kind: Kind, detail: str, *errors: Place) -> None:
        super().__init__(detail)
        self.told = Told(kind.address, kind.title, kind.status, detail, errors)


def answer_to(error: Exception) -> Response:
    """Return what is answered to an error."""
    headers: Mapping[str, str] = {}
    if isinstance(error, HTTPException):
        headers = error.headers or {}
        problem = Problem(_OF_STATUS.get(error.status_code, INVALID), str(error.detail))
    else:
        problem = _problem(error)
    if problem.told.status == UNKNOWN_TOKEN.status:
        headers = {"WWW-Authenticate": "Bearer"}
    return Response(json.encode(problem.told), problem.told.status, {**HEADERS, **headers}, MEDIA_TYPE)


def _problem(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case PellucidError():
            return Problem(next(kind for base, kind in _OF_ERRORS.items() if isinstance(error, base)), str(error))
        case _:
            return Problem(BROKEN, BROKEN.meaning)


def of_body(error: DecodeError) -> Problem:
    """Return the problem that a body is not as its schema says."""
    found = _PLACE.fullmatch(str(error)) if isinstance(error, ValidationError) else None
    what, path = (found["what"], found["path"]) if found else (str(error), "")
    steps = (step["name"] or step["place"] for step in _STEP.finditer(path))
    return Problem(INVALID, what, Place(what, pointer="".join(f"/{step}" for step in steps)))


def of_parameter(name: str, detail: str) -> Problem:
    """Return the problem that a parameter is not as it should be."""
    return Problem(INVALID, f"The parameter {name!r}: {detail}", Place(detail, parameter=name))
