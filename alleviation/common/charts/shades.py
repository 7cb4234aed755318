"""Five shades for values: where each class begins, and its bounds in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from alleviation.common.chart_layout import Axis, axis_of
from alleviation.common.words import decimals, grouped, rounded

SHADES = 5


@dataclass(frozen=True)
class Shades:
    """The lowest values of the classes, whether each class is but one value, and how values are written."""

    lows: Sequence[Decimal]
    is_each: bool
    axis: Axis
    unit: str
    uid: str

    def shade(self, value: Decimal) -> int:
        """From 1 to 5: few classes are as far apart as five."""
        number, last = sum(low <= value for low in self.lows) - 1, len(self.lows) - 1
        return 1 + (number * (SHADES - 1) + last // 2) // last if last else (SHADES + 1) // 2

    @property
    def words(self) -> list[str]:
        """The bounds of each class in words, the first in it and the second no more; or its one value."""
        if self.is_each:
            return self._told_apart()
        shown = [grouped(low / self.axis.divisor) for low in self.lows]
        return [*(f"{low} – <{high}" for low, high in pairwise(shown)), f"≥ {shown[-1]}"]

    def _told_apart(self) -> list[str]:
        """The values of the classes, with as few decimals as it takes to tell each from the others."""
        scaled = [low / self.axis.divisor for low in self.lows]
        finer = ([f"{rounded(low, places):,f}" for low in scaled] for places in range(max(map(decimals, scaled)) + 1))
        ways = ([self.axis.value_label(low) for low in self.lows], *finer)
        return next(shown for shown in ways if len(set(shown)) == len(shown))


def shades_of(values: Sequence[Decimal], unit: str, uid: str) -> Shades:
    """The shades of these values."""
    lows = class_lows(values)
    return Shades(lows, lows == sorted(set(values)), axis_of(values, unit), unit, uid)


def class_lows(values: Sequence[Decimal]) -> list[Decimal]:
    """Where each class begins, at most five: each value its own where they are so few, else about a fifth of all.

    Bounds are rounded down to a hundredth of what lies between the lowest and the highest value, in powers of ten.
    """
    ordered = sorted(values)
    few = sorted(set(ordered))
    if len(few) <= SHADES:
        return few
    step = Decimal(1).scaleb((ordered[-1] - ordered[0]).adjusted() - 1)
    cuts = [ordered[0], *(ordered[len(ordered) * n // SHADES] for n in range(1, SHADES))]
    return sorted({(cut / step).to_integral_value(ROUND_FLOOR) * step for cut in cuts})
