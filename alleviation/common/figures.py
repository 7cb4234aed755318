"""Figures as documents state them: a number with its qualifier, and sums that never say more than their parts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import nonmember
from functools import reduce
from operator import add

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext, pgettext_lazy

from alleviation.common import figure_words, words
from alleviation.common.fields import EXACT, PLAIN_NUMBER
from alleviation.common.quotients import Span, quotient, rounded_down, rounded_up, span


class Qualifier(TextChoices):
    """How a source hedges a number."""

    EXACT = "exact", pgettext_lazy("qualifier", "exact")
    OVER = "over", pgettext_lazy("qualifier", "over")
    AT_LEAST = "at_least", pgettext_lazy("qualifier", "at least")
    UNDER = "under", pgettext_lazy("qualifier", "under")
    AT_MOST = "at_most", pgettext_lazy("qualifier", "at most")
    ABOUT = "about", pgettext_lazy("qualifier", "about")
    RANGE = "range", pgettext_lazy("qualifier", "from-to")
    MOST = "most", pgettext_lazy("qualifier", "most")
    UNSTATED = "unstated", pgettext_lazy("qualifier", "not stated")

    OPEN_ABOVE = nonmember(frozenset({"over", "at_least"}))
    OPEN_BELOW = nonmember(frozenset({"under", "at_most"}))
    NOT_SUMMED = nonmember(frozenset({"most", "unstated"}))
    # Never equal to the bound.
    STRICT = nonmember(frozenset({"over", "under"}))


Bound = Decimal | None


@dataclass(frozen=True)
class Figure:
    """What a source says of a number: bounds, and how it says them.

    exact: low = high · over, at_least: low alone · under, at_most: high alone · range, about: low <= high ·
    most, unstated: neither. Only a sum may be a range without any bound, or an about that is open on a side.
    Two figures are equal when they say the same, whether stated or added up. Raises ValueError for anything else.
    """

    low: Bound
    high: Bound
    qualifier: Qualifier
    is_sum: bool = field(default=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if bound is not None and not (isinstance(bound, Decimal) and bound.is_finite()):
                raise ValueError(f"a bound is a finite Decimal or None, not {bound!r}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the low bound is above the high bound")
        if not self._fits():
            raise ValueError(f"these bounds do not make a figure that is {self.qualifier}")

    def _fits(self) -> bool:
        has_low, has_high = self.low is not None, self.high is not None
        if self.qualifier in Qualifier.OPEN_ABOVE:
            return has_low and not has_high
        if self.qualifier in Qualifier.OPEN_BELOW:
            return has_high and not has_low
        if self.qualifier in Qualifier.NOT_SUMMED:
            return not has_low and not has_high
        if self.qualifier == Qualifier.EXACT:
            return has_low and self.low == self.high
        return (has_low and has_high) or (self.is_sum and (self.qualifier == Qualifier.ABOUT or has_low == has_high))

    @classmethod
    def exact(cls, value: Decimal | int | str) -> "Figure":
        """Just this number."""
        return cls(_number(value), _number(value), Qualifier.EXACT)

    @classmethod
    def over(cls, low: Decimal | int | str) -> "Figure":
        """More than this, never equal to it."""
        return cls(_number(low), None, Qualifier.OVER)

    @classmethod
    def at_least(cls, low: Decimal | int | str) -> "Figure":
        """This or more."""
        return cls(_number(low), None, Qualifier.AT_LEAST)

    @classmethod
    def under(cls, high: Decimal | int | str) -> "Figure":
        """Less than this, never equal to it."""
        return cls(None, _number(high), Qualifier.UNDER)

    @classmethod
    def at_most(cls, high: Decimal | int | str) -> "Figure":
        """This or less."""
        return cls(None, _number(high), Qualifier.AT_MOST)

    @classmethod
    def about(cls, value: Decimal | int | str) -> "Figure":
        """Near this number; how near is not known."""
        return cls(_number(value), _number(value), Qualifier.ABOUT)

    @classmethod
    def between(cls, low: Decimal | int | str, high: Decimal | int | str) -> "Figure":
        """From low to high, both included."""
        return cls(_number(low), _number(high), Qualifier.RANGE)

    @classmethod
    def most(cls) -> "Figure":
        """The greater part of something that is not counted."""
        return cls(None, None, Qualifier.MOST)

    @classmethod
    def unstated(cls) -> "Figure":
        """Mentioned without a number."""
        return cls(None, None, Qualifier.UNSTATED)

    @property
    def is_summable(self) -> bool:
        """Whether it can enter a sum; otherwise it is counted beside it."""
        return self.qualifier not in Qualifier.NOT_SUMMED

    def __add__(self, other: "Figure") -> "Figure":
        """The sum of two figures of one class, which the caller guarantees (design: measure, unit, basis, status).

        Bounds add up; a side that is open in either part is open in the sum. The first line that holds names it:

        | parts                                        | sum                                    |
        |----------------------------------------------|----------------------------------------|
        | most or unstated among them                  | ValueError                             |
        | about among them                             | about, open where a part is open       |
        | one open above, one open below               | range without bounds                   |
        | open above, over among them / not among them | over / at_least the sum of the lows    |
        | open below, under among them / not           | under / at_most the sum of the highs   |
        | all exact / not all                          | exact / range                          |

        So exact + about + over is "about x or more": the sum of all three numbers, near it or above. Each line asks
        only which kinds are among the parts, hence the order and the grouping of a sum do not matter.
        """
        if not isinstance(other, Figure):
            return NotImplemented
        if not (self.is_summable and other.is_summable):
            raise ValueError("a figure without a number cannot be added")
        low, high = _sum(self.low, other.low), _sum(self.high, other.high)
        return Figure(low, high, _sum_qualifier(low, high, {self.qualifier, other.qualifier}), is_sum=True)

    def times(self, factor: Decimal | int) -> "Figure":
        """As many times this figure; unstated stays unstated, and no times anything that has a number is exactly 0.

        Raises ValueError for a negative factor, which would turn the bounds round, and for a float.
        """
        number = _number(factor)
        if number < 0:
            raise ValueError("a figure is multiplied by 0 or more")
        if not self.is_summable:
            return self
        if number == 0:
            return Figure.exact(0)
        return Figure(_product(self.low, number), _product(self.high, number), self.qualifier, is_sum=self.is_sum)

    def divided_by(self, other: "Figure") -> "Figure":
        """What x / y may be, whatever x this figure and whatever y but 0 the other one allows.

        Low is divided by high and high by low, where both are above 0; below 0 the bounds turn round.

        | this ÷ the other                             | quotient                                          |
        |----------------------------------------------|---------------------------------------------------|
        | most or unstated among them                  | unstated                                          |
        | anything ÷ what can only be 0                | ValueError                                        |
        | about among them                             | about, open where it may be of any size           |
        | exact ÷ exact, its digits end                | exact                                             |
        | exact ÷ exact, they do not                   | about: the 10-place numbers next to it            |
        | above 0 ÷ what may come down to 0            | over / at_least: open above                       |
        | above 0 ÷ what is open above                 | down to 0: over 0, or under / range down to 0     |
        | over, at_least ÷ exact or range above 0      | over / at_least the low ÷ the high                |
        | under, at_most ÷ exact above 0               | under / at_most the high ÷ the low                |
        | what may be on both sides of 0 is divided by | range without bounds, unless 0 is divided         |
        | else                                         | range, bounds rounded outwards at 10 places       |

        `under` and `at_most` are open below, hence on both sides of 0.
        """
        if not (self.is_summable and other.is_summable):
            return Figure.unstated()
        found = quotient(self._span(), other._span())
        low, high = rounded_down(found.low), rounded_up(found.high)
        return Figure(low, high, self._quotient_qualifier(other, found, low, high), is_sum=True)

    def outward(self) -> "Figure":
        """The same in whole numbers: the low bound rounded down, the high one up; what was exact is then a range."""
        low = None if self.low is None else self.low.to_integral_value(ROUND_FLOOR, EXACT)
        high = None if self.high is None else self.high.to_integral_value(ROUND_CEILING, EXACT)
        is_split = self.qualifier == Qualifier.EXACT and low != high
        return Figure(low, high, Qualifier.RANGE if is_split else self.qualifier, is_sum=self.is_sum)

    def _span(self) -> Span:
        return span(self.low, self.high, is_strict=self.qualifier in Qualifier.STRICT)

    def _quotient_qualifier(self, other: "Figure", found: Span, low: Bound, high: Bound) -> Qualifier:
        among = {self.qualifier, other.qualifier}
        if Qualifier.ABOUT in among or (among == {Qualifier.EXACT} and low != high):
            return Qualifier.ABOUT
        if low is None and high is None:
            return Qualifier.RANGE
        if high is None:
            return Qualifier.AT_LEAST if found.low.is_reached else Qualifier.OVER
        if low is None:
            return Qualifier.AT_MOST if found.high.is_reached else Qualifier.UNDER
        return Qualifier.EXACT if low == high else Qualifier.RANGE

    @property
    def width(self) -> tuple[int, bool, Decimal]:
        """How much it leaves open, to compare: open sides, then whether it is about, then from low to high.

        A sum is never narrower than any of its parts.
        """
        sides = (self.low is None) + (self.high is None)
        spread = EXACT.subtract(self.high, self.low) if self.low is not None and self.high is not None else Decimal(0)
        return sides, self.qualifier == Qualifier.ABOUT, spread

    def words(self, unit: str = "", basis: str = "") -> str:
        """In the reader's language: "over RMB 300,000", "RMB 20,000–100,000", "about RMB 2,640 per person a year".

        With all the digits that were stated; a quotient's further digits are rounded outwards.
        """
        return figure_words.told(self.low, self.high, self.qualifier.value, unit=unit, basis=basis)

    def short_words(self, unit: str = "") -> str:
        """For a glance, money with two decimals at most: "over RMB 4.33 million", rounded so that it stays true."""
        return figure_words.told(self.low, self.high, self.qualifier.value, unit=unit, basis="", in_short=True)

    def __str__(self) -> str:
        return self.words()


@dataclass(frozen=True)
class FigureSum:
    """A total (None when nothing could be added) and how many figures without a number stand beside it."""

    figure: Figure | None
    not_stated: int

    def words(self, unit: str = "", basis: str = "") -> str:
        """ "over RMB 4,332,000 and 2 not stated"; a dash for a sum of nothing."""
        return self._told(self.figure.words(unit, basis) if self.figure else "")

    def short_words(self, unit: str = "") -> str:
        """The same for a glance: "over RMB 4.33 million and 2 not stated"."""
        return self._told(self.figure.short_words(unit) if self.figure else "")

    def _told(self, figure: str) -> str:
        beside = ngettext("%(count)d not stated", "%(count)d not stated", self.not_stated) % {"count": self.not_stated}
        if not figure:
            return beside if self.not_stated else words.NOTHING
        if not self.not_stated:
            return figure
        return gettext("%(figure)s and %(beside)s") % {"figure": figure, "beside": beside}

    def __str__(self) -> str:
        return self.words()


def total(figures: Iterable[Figure]) -> FigureSum:
    """The sum of figures of one class by the rule of Figure.__add__; most and unstated are counted, not added."""
    stated = list(figures)
    parts = [figure for figure in stated if figure.is_summable]
    return FigureSum(reduce(add, parts) if parts else None, len(stated) - len(parts))


def _number(value: Decimal | int | str) -> Decimal:
    if isinstance(value, (float, bool)) or (isinstance(value, str) and not PLAIN_NUMBER.fullmatch(value)):
        raise ValueError(f"{value!r} is not an exact number")
    return Decimal(value)


def _sum(one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else EXACT.add(one, other)


def _product(bound: Bound, factor: Decimal) -> Bound:
    return None if bound is None else EXACT.multiply(bound, factor)


def _sum_qualifier(low: Bound, high: Bound, among: set[Qualifier]) -> Qualifier:
    if Qualifier.ABOUT in among:
        return Qualifier.ABOUT
    if low is None and high is None:
        return Qualifier.RANGE
    if high is None:
        return Qualifier.OVER if Qualifier.OVER in among else Qualifier.AT_LEAST
    if low is None:
        return Qualifier.UNDER if Qualifier.UNDER in among else Qualifier.AT_MOST
    return Qualifier.EXACT if among == {Qualifier.EXACT} else Qualifier.RANGE
