"""A process lives for as long as one of its threads does: until then it has its port."""

import subprocess
import sys
from pathlib import Path

from flow.server import lives, until

_ENDS_ITS_FIRST_THREAD = """
import ctypes, sys, threading
threading.Thread(target=sys.stdin.read).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_lives_until_its_last_thread_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDS_ITS_FIRST_THREAD], stdin=subprocess.PIPE) as process:
        state = Path(f"/proc/{process.pid}/stat")
        until(lambda: state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z")
        assert lives(process.pid)

        process.communicate()
        assert not lives(process.pid)
