"""Ranges of numbers that are counted apart: visits that took 11 to 30 seconds, conversions after a day."""

Range = tuple[int, int | None]
"""From and to, both within; None has no end."""

DAYS: tuple[Range, ...] = (
    *((number, number) for number in range(8)),
    *((8, 14), (15, 30), (31, 60), (61, 120), (121, 364), (365, None)),
)
"""The ranges of days, whatever was so many days before."""


def ending(within: Range) -> str:
    """Return how the name of a metric ends that counts what lies in a range."""
    first, last = within
    return str(first) if last is None else f"{first}_to_{last}"


def in_words(within: Range) -> str:
    """Return a range as a sentence names it."""
    first, last = within
    if last is None:
        return f"{first} and more"
    return str(first) if first == last else f"{first} to {last}"


def lies_in(told: str, within: Range) -> str:
    """Return the condition that an expression lies in a range."""
    first, last = within
    return f"{told} >= {first}" if last is None else f"{told} between {first} and {last}"
