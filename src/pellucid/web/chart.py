"""Numbers as the geometry of a chart. Everything is in per cent of its width and height, so that it fits any screen."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import count
from math import ceil

from msgspec import Struct


class Scale(StrEnum):
    """What numbers are, and with that which of them are round."""

    COUNT = "count"
    MEAN = "mean"
    SHARE = "share"
    TIME = "time"
    """Seconds: round as on a clock."""


_LEAST: Mapping[Scale, float] = {Scale.COUNT: 1, Scale.MEAN: 0.1, Scale.SHARE: 0.01, Scale.TIME: 3_600}
_OF_A_CLOCK = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800)
_MOST_STEPS = 5
_MOST_LABELS = 8

Number = int | float | None
"""None where there is nothing: not yet, or nothing to divide by."""


class Place(Struct, frozen=True):
    """Where one step is: across, and how far down its number stands (None: it has none)."""

    x: float
    y: float | None


class Tick(Struct, frozen=True):
    """A round number at the side, and how far down it stands."""

    y: float
    number: float


class Chart(Struct, frozen=True):
    """A line, the area below it and the line it is compared with, as paths of SVG.

    `running` is what leads on from the line to a step that is not over. `labelled` are the steps that have room for a
    label.
    """

    line: str
    running: str
    area: str
    before: str
    ticks: tuple[Tick, ...]
    places: tuple[Place, ...]
    labelled: tuple[int, ...]


def chart(now: Sequence[Number], before: Sequence[Number], scale: Scale, running: int | None = None) -> Chart:
    """Return the chart of a series and of the one before; step `running` is not over."""
    ticks = round_numbers(max((number for number in (*now, *before) if number is not None), default=0), scale)
    top = ticks[-1]
    places = [Place(_across(step, len(now)), _down(number, top)) for step, number in enumerate(now)]
    compared = [Place(place.x, _down(number, top)) for place, number in zip(places, before, strict=False)]
    over = places if running is None else places[:running]
    return Chart(
        line="".join(map(_path, _runs(over))),
        running="" if running is None else "".join(map(_path, _runs(places[max(0, running - 1) : running + 1]))),
        area="".join(f"{_path(run)}L{run[-1][0]:g} 100L{run[0][0]:g} 100Z" for run in _runs(over)),
        before="".join(map(_path, _runs(compared))),
        ticks=tuple(Tick(100 - 100 * number / top, number) for number in reversed(ticks)),
        places=tuple(places),
        labelled=tuple(range(0, len(now), max(1, ceil(len(now) / _MOST_LABELS)))),
    )


def round_numbers(most: float, scale: Scale) -> tuple[float, ...]:
    """Return round numbers from 0 up to `most` or just above it, equally far apart, and few."""
    step = next(step for step in _steps(scale) if step * _MOST_STEPS >= most)
    return tuple(round(step * place, 2) for place in range(max(1, ceil(round(most / step, 9))) + 1))


def _steps(scale: Scale) -> Iterator[float]:
    if scale is Scale.TIME:
        yield from _OF_A_CLOCK
    for power in count():
        # A quarter of what is counted by ones would be a fraction.
        factors = (1, 2, 2.5, 5) if power else (1, 2, 5)
        yield from (factor * _LEAST[scale] * 10.0**power for factor in factors)


def _across(step: int, steps: int) -> float:
    return 50.0 if steps == 1 else round(100 * step / (steps - 1), 3)


def _down(number: Number, top: float) -> float | None:
    return None if number is None else round(100 - 100 * number / top, 3)


def _runs(places: Sequence[Place]) -> Iterator[list[tuple[float, float]]]:
    """Yield the points that a line can join, without a gap."""
    run: list[tuple[float, float]] = []
    for place in places:
        if place.y is not None:
            run.append((place.x, place.y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(points: Sequence[tuple[float, float]]) -> str:
    joined = "".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))
    # A line of no length is drawn as a dot.
    return joined if len(points) > 1 else f"{joined}h0"
