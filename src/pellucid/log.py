"""What is written to the log: one line an event, to standard error.

Law: no value of a request is ever in it. A traceback shows where something failed and of which kind it was; what the
error says is left out unless it is one of ours and not meant for the asker, because it may repeat what a visitor sent.
For the same reason, what other programs' loggers say ends where a value could begin.
"""

import logging
import re
import sys
import threading
from copy import copy
from types import TracebackType

from pellucid.errors import PellucidError, RequestError

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_OURS = "pellucid"
_VALUE_BEGINS = re.compile(r"[\n(<{%'\"]")
_REPEAT_THEMSELVES = ("clickhouse_connect", "urllib3")
"""They tell of every try to reach an engine that is being started; `/health` says it too."""
_TELL_OF_REQUESTS = ("python_multipart",)
"""They tell what is wrong with a form; its sender is told."""


class _Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written."""
        if record.name.partition(".")[0] != _OURS:
            # asyncio, for one, tells of a failed task with all that its error says.
            record = copy(record)
            record.msg, record.args = _VALUE_BEGINS.split(str(record.msg), maxsplit=1)[0].strip(), None
        return super().format(record)

    def formatException(  # noqa: N802 -- the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        return "" if kind is None or error is None else discreet(error, trace)


def discreet(error: BaseException, trace: TracebackType | None) -> str:
    """Return where an error came from and its kind, with its message only if that can be no visitor's."""
    lines = []
    while trace:
        code = trace.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
        trace = trace.tb_next
    told = f": {error}" if isinstance(error, PellucidError) and not isinstance(error, RequestError) else ""
    return "\n".join([*lines, f"{type(error).__module__}.{type(error).__qualname__}{told}"])


def log_discreetly() -> None:
    """Make every log record, and the last words of a process, follow the law of this module."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in (*_REPEAT_THEMSELVES, *_TELL_OF_REQUESTS):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sys.excepthook = _last_words
    sys.unraisablehook = _unheard
    threading.excepthook = _last_words_of_a_thread


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger("pellucid").critical("This part ends:\n%s", discreet(error, trace))


def _last_words_of_a_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value and not isinstance(failed.exc_value, SystemExit):
        told = discreet(failed.exc_value, failed.exc_traceback)
        logging.getLogger("pellucid").critical("A thread ends:\n%s", told)


def _unheard(failed: "sys.UnraisableHookArgs") -> None:
    if failed.exc_value:
        logging.getLogger("pellucid").error("Nobody heard:\n%s", discreet(failed.exc_value, failed.exc_traceback))
