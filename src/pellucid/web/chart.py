"""Numbers as the geometry of a chart. Everything is in per cent of its width and height, so that it fits any screen."""

from collections.abc import Sequence
from math import ceil, log10

from msgspec import Struct

_STEPS = (1, 2, 2.5, 5, 10)
_LINES = 4
_MOST_LABELS = 7


class Point(Struct, frozen=True):
    """One step: where it is across, its name, its number and that of the period before (None: not yet, or none)."""

    x: float
    name: str
    now: int | None
    before: int | None


class Chart(Struct, frozen=True):
    """A line, the area below it and the line it is compared with, as paths of SVG; `ticks` from the top down."""

    line: str
    area: str
    before: str
    ticks: tuple[int, ...]
    labels: tuple[str, ...]
    points: tuple[Point, ...]


def chart(names: Sequence[str], now: Sequence[int | None], before: Sequence[int | None]) -> Chart:
    """Return the chart of a series; `now` is None for what has not come yet."""
    top = ceiling(max((number for number in (*now, *before) if number is not None), default=0))
    places = [_across(place, len(names)) for place in range(len(names))]
    drawn = [(x, _down(number, top)) for x, number in zip(places, now, strict=True) if number is not None]
    compared = [(x, _down(number, top)) for x, number in zip(places, before, strict=False) if number is not None]
    points = tuple(
        Point(x, name, number, before[place] if place < len(before) else None)
        for place, (x, name, number) in enumerate(zip(places, names, now, strict=True))
    )
    line = _path(drawn)
    area = f"{line}L{drawn[-1][0]:g} 100L{drawn[0][0]:g} 100Z" if drawn else ""
    return Chart(line, area, _path(compared), _ticks(top), _labels(names), points)


def ceiling(most: int) -> int:
    """Return the least round number that a chart up to `most` can end at, so that its ticks are round too."""
    if most <= _LINES:
        return _LINES
    step = most / _LINES
    magnitude = float(10 ** int(log10(step)))
    return max(_LINES, next(ceil(magnitude * factor) for factor in _STEPS if magnitude * factor >= step) * _LINES)


def _ticks(top: int) -> tuple[int, ...]:
    return tuple(top - top * place // _LINES for place in range(_LINES + 1))


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    """Return a label for each step; most are empty where there are many, those that are not stand equally far apart."""
    gap = max(1, ceil((len(names) - 1) / (_MOST_LABELS - 1)))
    return tuple("" if place % gap else name for place, name in enumerate(names))


def _across(place: int, count: int) -> float:
    return 50.0 if count == 1 else round(100 * place / (count - 1), 3)


def _down(number: int, top: int) -> float:
    return round(100 - 100 * number / top, 3)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))
