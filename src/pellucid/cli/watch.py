"""The watcher: starts the parts of a server, starts again what ends, and ends them in order.

Each part is this program once more, as a process of its own. It holds the end of a pipe that is the part's standard
input, so that a part notices when the watcher is gone, however it went.
"""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from msgspec import Struct

log = logging.getLogger("pellucid.watch")

SECONDS_TO_END = 40
"""How long a part may take to drain; then it is killed."""

_SECONDS_BETWEEN_LOOKS = 0.1
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_SECONDS_TO_PROVE = 10.0
"""A part that has run for so long is started again at once."""


class Part(Struct):
    """One process that has to run: its command's arguments and the socket it is given."""

    name: str
    arguments: Sequence[str]
    listener: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the process."""
        given = [] if self.listener is None else ["--socket", str(self.listener.fileno())]
        self.started = monotonic()
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "pellucid", *self.arguments, "--watched", *given],
            stdin=subprocess.PIPE,
            pass_fds=[] if self.listener is None else [self.listener.fileno()],
            env=dict(environment),
            # A terminal's Ctrl-C is for the watcher, which ends its parts in order.
            start_new_session=True,
        )

    def look(self, environment: Mapping[str, str]) -> None:
        """Start the process again if it has ended, after a pause that grows while it ends soon after each start."""
        if self.process is None or self.process.poll() is None:
            return
        now = monotonic()
        if self.due is None:
            log.error("%s ended with status %s and is started again", self.name, self.process.returncode)
            steady = now - self.started > _SECONDS_TO_PROVE
            self.pause = 0.0 if steady else min(max(_FIRST_PAUSE, self.pause * 2), _LONGEST_PAUSE)
            self.due = now + self.pause
        if now >= self.due:
            self.due = None
            self._release()
            self.start(environment)

    def end(self) -> None:
        """Tell the process to end; `wait` waits for it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait until the process has drained, and kill it if it does not end."""
        if self.process is None:
            return
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            log.warning("%s did not end within %s seconds and is killed", self.name, SECONDS_TO_END)
            self.process.kill()
            self.process.wait()
        self._release()

    def _release(self) -> None:
        if self.process and self.process.stdin:
            self.process.stdin.close()


def watch(groups: Sequence[Sequence[Part]], environment: Mapping[str, str], ending: Event) -> None:
    """Keep all parts running until told to end; then end one group after the other, the last first."""
    try:
        for part in (part for group in groups for part in group):
            part.start(environment)
        while not ending.wait(_SECONDS_BETWEEN_LOOKS):
            for part in (part for group in groups for part in group):
                part.look(environment)
    finally:
        for group in reversed(groups):
            for part in group:
                part.end()
            for part in group:
                part.wait()


def shared_numbers(directory: Path) -> str:
    """Return an empty directory in which the web processes count together."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return os.fspath(directory)
