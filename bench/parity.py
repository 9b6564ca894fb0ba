"""Hold our answers beside those of a running Matomo: `python bench/parity.py DIR`.

The directory has `replay.py`, `compare.py` and a folder for each scenario: `scenario.json` and Matomo's answers in
`expected`. A server is started for each scenario, on a data directory of its own.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from flow.server import Server


def main() -> None:
    """Replay and compare every scenario of the directory."""
    given = sys.argv[1:2]
    if not given or not Path(given[0], "replay.py").exists():
        sys.exit("make parity needs PARITY=DIR, a directory with replay.py, compare.py and scenarios.")
    parity = Path(given[0])
    for scenario in sorted(parity.glob("*/scenario.json")):
        print(f"{scenario.parent.name}:")
        with TemporaryDirectory() as kept, Server(Path(kept) / "data") as server:
            answers = Path(kept) / "answers"
            asked = [sys.executable, parity / "replay.py", scenario, answers]
            where = ["--server", server.url, "--token", server.token()]
            subprocess.run([*asked, *where, "--only", "send"], check=True)
            _settled(server)
            subprocess.run([*asked, *where, "--only", "ask"], check=True)
            subprocess.run([sys.executable, parity / "compare.py", scenario.parent / "expected", answers], check=True)


def _settled(server: Server) -> None:
    """Return when no more events come into the store."""
    store, before, now = server.store(), -1, 0
    while now != before:
        sleep(1.5)
        before, now = now, int(str(store.ask("select count() from events").rows[0][0]))
    store.close()


if __name__ == "__main__":
    main()
