"""Hold our answers beside those of a running Matomo: `python bench/matomo.py [DIR] [NAME]`.

Without a directory it is the recorded scenario of the tests; of a question whose name is given, each difference is
printed. A directory has `replay.py`, `compare.py` and a folder for each scenario: `scenario.json`, and Matomo's answers
in `expected`. A server is started for each scenario, on a data directory of its own.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from flow.server import Server
from parity.agreement import differences
from parity.record import Replay, record

SAME = 0.9995


def main() -> None:
    """Replay and compare."""
    given = sys.argv[1:]
    if given and Path(given[0], "replay.py").exists():
        for scenario in sorted(Path(given[0]).glob("*/scenario.json")):
            _other(Path(given[0]), scenario)
    else:
        _recorded(given[0] if given else "")


def _recorded(shown: str) -> None:
    shop = record()
    with (
        TemporaryDirectory() as kept,
        Server(Path(kept) / "data", environment={"PELLUCID_BULK_PATIENCE": "60"}) as server,
        Replay(server) as replay,
    ):
        replay.set_up()
        replay.send(shop.hits)
        answers = dict(replay.answers(shop.questions))
    agreement = {name: differences(shop.questions[name].answered, answers[name]) for name in shop.questions}
    for name, (share, wrong) in sorted(agreement.items(), key=lambda one: one[1][0]):
        if share < SAME:
            print(f"{share:7.1%}  {name}")
        if shown == name:
            print(*wrong, sep="\n")
    shares = [share for share, _ in agreement.values()]
    same = sum(share >= SAME for share in shares)
    print(
        f"{same} of {len(shares)} questions are answered the same; {sum(shares) / len(shares):.1%} of each on average."
    )


def _other(parity: Path, scenario: Path) -> None:
    print(f"{scenario.parent.name}:")
    with (
        TemporaryDirectory() as kept,
        Server(Path(kept) / "data", environment={"PELLUCID_BULK_PATIENCE": "60"}) as server,
    ):
        answers = Path(kept) / "answers"
        asked: list[str | Path] = [sys.executable, parity / "replay.py", scenario, answers]
        where = ["--server", server.url, "--token", server.token()]
        subprocess.run([*asked, *where, "--only", "send"], check=True)
        with Replay(server) as replay:
            replay.settle()
        subprocess.run([*asked, *where, "--only", "ask"], check=True)
        subprocess.run([sys.executable, parity / "compare.py", scenario.parent / "expected", answers], check=True)


if __name__ == "__main__":
    main()
