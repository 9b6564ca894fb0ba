"""What is written to the log: one line an event, to standard error.

Law: no value of a request is ever in it. A traceback shows where something failed and of which kind it was; what the
error says is left out unless it is one of ours, because it may repeat what a visitor sent.
"""

import logging
import sys
from types import TracebackType

from pellucid.errors import PellucidError

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Discreet(logging.Formatter):
    def formatException(  # noqa: N802 -- the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        return "" if kind is None or error is None else discreet(error, trace)


def discreet(error: BaseException, trace: TracebackType | None) -> str:
    """Return where an error came from and its kind, with its message only if it is one of ours."""
    lines = []
    while trace:
        code = trace.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
        trace = trace.tb_next
    told = f": {error}" if isinstance(error, PellucidError) else ""
    return "\n".join([*lines, f"{type(error).__module__}.{type(error).__qualname__}{told}"])


def log_discreetly() -> None:
    """Make every log record, and the last words of a process, follow the law of this module."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    sys.excepthook = _last_words


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger("pellucid").critical("This part ends:\n%s", discreet(error, trace))
