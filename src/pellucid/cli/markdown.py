"""What documents that are made from code are written with."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

MADE = "<!-- Made from the code by `make format`; change it there. -->\n"
SOURCE = "../src/pellucid"
_DAYS_OF_A_YEAR, _DAYS_OF_A_DECADE = 365, 3650


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    body = (f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows)
    return lines((f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body))


def lines(texts: Iterable[str]) -> str:
    """Return lines, each with its end."""
    return "".join(f"{text}\n" for text in texts)


def span(time: timedelta | None) -> str:
    """Return how long something is kept."""
    if time is None:
        return "until the browser closes"
    if time.days >= _DAYS_OF_A_DECADE:
        return f"{time.days // _DAYS_OF_A_YEAR} years"
    return f"{time.days} days" if time.days else f"{time.seconds // 60} minutes"
