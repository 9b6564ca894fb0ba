"""What changed between two periods: what grew, shrank, came and went, and whether that is worth a word."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import ceil

from msgspec import Struct

_WHOLE = 100
_FEW = 200
_LEAST_CHANGE = 2
"""Of few visits in all, fewer than these are chance."""


class ChangeKind(StrEnum):
    """What happened to a value."""

    MOVER = "mover"
    NEW = "new"
    DISAPPEARED = "disappeared"


class ChangeOrder(StrEnum):
    """By what changes are told: by how much, by how many percent, or by how much in either direction."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    IMPORTANCE = "importance"


class Change(Struct, frozen=True):
    """How often something was counted in the period before, and in this one."""

    label: str
    before: float
    now: float

    @property
    def kind(self) -> ChangeKind:
        """Whether it moved, came or went."""
        if not self.before:
            return ChangeKind.NEW
        return ChangeKind.MOVER if self.now else ChangeKind.DISAPPEARED

    @property
    def difference(self) -> float:
        """How much more there is now."""
        return self.now - self.before

    @property
    def growth(self) -> float:
        """How much more in percent, with one digit; what is new has grown by a whole."""
        return growth(self.before, self.now)


class Worth(Struct, frozen=True):
    """From when on a change is told: percents of growth, and by kind the least difference (None: not told at all)."""

    grown: float
    shrunk: float
    least: Mapping[ChangeKind, float | None]

    def tells(self, change: Change) -> bool:
        """Return whether a change is told."""
        least = self.least[change.kind]
        if least is None or abs(change.difference) < least:
            return False
        return change.growth >= self.grown or change.growth <= self.shrunk


def growth(before: float, now: float) -> float:
    """Return how much more there is now than before, in percent with one digit."""
    if not before:
        return float(_WHOLE if now else 0)
    share = Decimal(str(now - before)) * _WHOLE / Decimal(str(before))
    return float(share.quantize(Decimal("0.1"), ROUND_HALF_UP))


def changes(before: Mapping[str, float], now: Mapping[str, float]) -> list[Change]:
    """Return the change of everything that was counted in either period."""
    return [Change(label, before.get(label, 0), now.get(label, 0)) for label in dict.fromkeys((*now, *before))]


def part(total: float, percent: float) -> float | None:
    """Return how many of a total a percentage is, one at least; None where it is negative."""
    if percent < 0:
        return None
    return max(ceil(total * percent / _WHOLE), 1) if percent else 0


def movers_and_shakers(before: float, now: float) -> Worth:
    """Return from when on a change stands out against how all visits changed (Matomo's thresholds)."""
    evolution = growth(before, now)
    moved, new, gone = 1.0, 5.0, 7.0
    if evolution >= _WHOLE:
        grown, shrunk = evolution + ceil(evolution / 500) * 40, -70.0
        new, gone = min(evolution * 3 / _WHOLE, 10), 8
    else:
        grown = abs(evolution) + 20
        shrunk = -grown
    if 0 < now < _FEW:
        moved = ceil(_LEAST_CHANGE * _WHOLE / now)
        new, gone = max(new, moved), max(gone, moved)
    by_kind = {ChangeKind.MOVER: moved, ChangeKind.NEW: new, ChangeKind.DISAPPEARED: gone}
    return Worth(grown, shrunk, {kind: part(now, percent) for kind, percent in by_kind.items()})


def foremost(
    found: Sequence[Change],
    worth: Worth,
    most_grown: int | None,
    most_shrunk: int | None,
    order: ChangeOrder = ChangeOrder.ABSOLUTE,
) -> list[Change]:
    """Return the changes that are told, the largest first: so many that grew, and so many that did not; None for all.

    What grew stands before what shrank, except by importance.
    """

    def rank(change: Change) -> tuple[tuple[bool, float], ...]:
        absolute, relative = change.difference, change.growth
        match order:
            case ChangeOrder.ABSOLUTE:
                by = (absolute, relative)
            case ChangeOrder.RELATIVE:
                by = (relative, absolute)
            case ChangeOrder.IMPORTANCE:
                by = (abs(absolute), relative)
        return tuple((number < 0, -abs(number)) for number in by)

    told = sorted((change for change in found if worth.tells(change)), key=rank)
    grown = [change for change in told if change.growth >= 0][:most_grown]
    shrunk = [change for change in told if change.growth < 0][:most_shrunk]
    return sorted([*grown, *shrunk], key=rank)
