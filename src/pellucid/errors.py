"""Every error of ours, as one tree. Each message says what happened, to what, and what to do.

PellucidError
├── ConfigurationError      a setting or a file of this installation is wrong; the start ends
├── RequestError            the asker has to change the question (HTTP 400)
│   ├── TooLarge            more than one request may carry (413)
│   ├── NotSignedIn         nobody is known by this token, password or cookie (401)
│   ├── NotAllowed          who asks may not do this (403)
│   └── NotFound            there is no such thing (404)
└── Unavailable             a part does not answer now; asking again later is right (503)
    ├── JournalUnavailable  hits can not be written to disk
    └── StoreUnavailable    the engine does not answer, or gave up on a question
        └── TooExpensive    a question takes more time or memory than one may: ask for less

A refused hit is an answer and not an error: see `policy.decision`.
"""


class PellucidError(Exception):
    """Something a person can mend."""


class ConfigurationError(PellucidError):
    """A setting or a file of this installation is wrong."""


class RequestError(PellucidError):
    """The asker has to change the question."""


class TooLarge(RequestError):
    """The request carries more than one may."""


class NotSignedIn(RequestError):
    """Nobody is known by this token, password or cookie."""


class NotAllowed(RequestError):
    """Who asks may not do this."""


class NotFound(RequestError):
    """There is no such thing."""


class Unavailable(PellucidError):
    """A part does not answer now."""


class JournalUnavailable(Unavailable):
    """Hits can not be written to disk."""


class StoreUnavailable(Unavailable):
    """The engine does not answer, or gave up on a question."""


class TooExpensive(StoreUnavailable):
    """A question takes more time or memory than one may."""
