"""What a chart is made of before it is drawn: named values, a round axis, and where things are on the sheet."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.translation import gettext, gettext_noop, pgettext

from alleviation.common.svg import ZERO
from alleviation.common.words import MONEY_UNITS, decimals, is_chinese, rounded, unit_words

Value = Decimal | int | None
Amounts = list[Decimal | None]

PLOT_HEIGHT = Decimal(190)

# From which height on an axis counts in larger units; Chinese counts in ten thousands.
WESTERN_SCALES = (
    (Decimal(10) ** 9, Decimal(10) ** 9, gettext_noop("billion {unit}")),
    (Decimal(10) ** 6, Decimal(10) ** 6, gettext_noop("million {unit}")),
)
CHINESE_SCALES = (
    (Decimal(10) ** 8, Decimal(10) ** 8, gettext_noop("hundred million {unit}")),
    (Decimal(10) ** 5, Decimal(10) ** 4, gettext_noop("ten thousand {unit}")),
)


@dataclass(frozen=True)
class Series:
    """A name and one value for each category; None where the value is not known, which is not the same as 0."""

    name: str
    values: Sequence[Value]
    signs: Sequence[str] = ()
    """What stands before each value where it is not exact, such as "≈ "."""

    def sign(self, index: int) -> str:
        """What stands before a value: "" for one that is exact."""
        return self.signs[index] if index < len(self.signs) else ""

    @property
    def amounts(self) -> Amounts:
        """The values as Decimal."""
        return [None if value is None else Decimal(value) for value in self.values]

    @property
    def known(self) -> list[tuple[int, Decimal]]:
        """The places of the known values, and the values."""
        return [(index, value) for index, value in enumerate(self.amounts) if value is not None]


@dataclass(frozen=True)
class Axis:
    """A value axis that contains zero and ends on round ticks."""

    low: Decimal
    high: Decimal
    step: Decimal
    divisor: Decimal
    caption: str

    @property
    def ticks(self) -> list[Decimal]:
        """Round values from low to high, both included."""
        return [self.low + self.step * n for n in range(int((self.high - self.low) / self.step) + 1)]

    def part(self, value: Decimal) -> Decimal:
        """How far up the axis a value lies, from 0 at its low end to 1 at its high end."""
        return (value - self.low) / (self.high - self.low)

    def tick_label(self, value: Decimal) -> str:
        """A tick in the unit of the caption, with as many places as the step needs."""
        return f"{rounded(value / self.divisor, decimals(self.step / self.divisor)):,f}"

    def value_label(self, value: Decimal) -> str:
        """A value in the unit of the caption, three digits and two places at most; what is not 0 never reads 0."""
        scaled = value / self.divisor
        whole_enough = self.divisor == 1 and abs(scaled) >= 100
        places = 0 if whole_enough else min(2, decimals(scaled), max(0, 2 - scaled.adjusted()))
        shown = rounded(scaled, places)
        return f"{shown:,f}" if shown or not value else "≈0"


def nice_step(span: Decimal, *, parts: int = 5, whole: bool = False) -> Decimal:
    """The smallest of 1, 2, 5 × 10ⁿ that covers the span in at most so many parts; never below 1 if whole."""
    rough = span / parts
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough)
    return max(step, Decimal(1)) if whole else step


def axis_of(values: Sequence[Decimal], unit: str, *, parts: int = 5) -> Axis:
    """The axis for these values. It holds zero, since a bar that starts elsewhere lies about proportions."""
    low, high = min([ZERO, *values]), max([ZERO, *values])
    if low == high:
        high = Decimal(1)
    step = nice_step(high - low, parts=parts, whole=all(value == value.to_integral_value() for value in values))
    low = (low / step).to_integral_value(ROUND_FLOOR) * step
    high = (high / step).to_integral_value(ROUND_CEILING) * step
    divisor, caption = _scale(max(high, -low), unit)
    return Axis(low, high, step, divisor, caption)


def _scale(size: Decimal, unit: str) -> tuple[Decimal, str]:
    scales = CHINESE_SCALES if is_chinese() else WESTERN_SCALES
    for threshold, divisor, caption in scales:
        if size >= threshold:
            return divisor, gettext(caption).format(unit=unit).strip()
    return Decimal(1), unit


def named_unit(unit: str) -> str:
    """A unit in the reader's language; "CNY" is yuan."""
    return pgettext("unit", "yuan") if unit in MONEY_UNITS else unit_words(str(unit), 2)


def uid_of(*told: object) -> str:
    """A name for a chart that was given none: the same for the same data, so that a page is the same each time."""
    return f"chart-{zlib.crc32('|'.join(map(str, told)).encode()):08x}"


@dataclass(frozen=True)
class Sheet:
    """What every chart is made of, whatever its marks."""

    title: str
    description: str
    series: Sequence[Series]
    categories: Sequence[str | int]
    unit: str = ""
    reference: Series | None = None
    uid: str = ""

    @property
    def unit_words(self) -> str:
        """The unit in the reader's language; "CNY" is yuan."""
        return named_unit(self.unit)

    @property
    def key(self) -> str:
        """What the ids of its parts begin with."""
        return self.uid or uid_of(self.title, self.description, self.series)

    @property
    def called(self) -> tuple[str, str, str]:
        """Its uid, title and description."""
        return self.key, self.title, self.description

    @property
    def names(self) -> list[str]:
        """The categories as text; a year may be given as a number."""
        return [str(category) for category in self.categories]

    @property
    def rows(self) -> list[Series]:
        """The series and, last, the reference line."""
        return [*self.series, self.reference] if self.reference else list(self.series)

    @property
    def known(self) -> list[Decimal]:
        """All values that are known. Raises ValueError if a series does not match the categories."""
        for row in self.rows:
            if len(row.values) != len(self.categories):
                raise ValueError(f"{row.name}: {len(row.values)} values for {len(self.categories)} categories")
        return [value for row in self.rows for _index, value in row.known]

    def tip(self, row: Series, index: int, value: Decimal) -> str:
        """What a mark says when pointed at: category, series and the value as given, a ratio to two places."""
        return f"{self.categories[index]} · {row.name}: {row.sign(index)}{in_full(value, self.unit_words)}"


def in_full(value: Decimal, unit: str) -> str:
    """A value as a tip tells it: as given, a ratio to two places."""
    shown = rounded(value, min(2, max(0, -int(value.as_tuple().exponent))))
    return f"{shown:,f} {unit}".strip()


@dataclass(frozen=True)
class Plot:
    """Where things are: the rectangle that values are drawn in, cut into one slot for each category."""

    sheet: Sheet
    axis: Axis
    left: Decimal
    top: Decimal
    width: Decimal
    height: Decimal = PLOT_HEIGHT
    breaks: frozenset[str] = frozenset()

    @property
    def slot(self) -> Decimal:
        """The width of one category."""
        return self.width / len(self.sheet.categories)

    def x(self, index: int) -> Decimal:
        """The middle of a category's slot."""
        return self.left + self.slot * index + self.slot / 2

    def y(self, value: Decimal) -> Decimal:
        """How far down the sheet a value is drawn."""
        return self.top + self.height * (1 - self.axis.part(value))
