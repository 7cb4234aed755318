"""The quotient of two numbers that are known as bounds only: exact where it ends, else rounded outwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, Inexact
from fractions import Fraction
from itertools import product
from math import ceil, floor

from alleviation.common.fields import EXACT

PLACES = 10
# A number, or how far beyond all numbers: -1 below, 1 above.
Extended = tuple[int, Fraction]
ZERO: Extended = (0, Fraction(0))
BELOW: Extended = (-1, Fraction(0))
ABOVE: Extended = (1, Fraction(0))


@dataclass(frozen=True)
class End:
    """One end of what a number may be; `is_reached` where the number may be the end itself."""

    at: Extended
    is_reached: bool


@dataclass(frozen=True)
class Span:
    """All that a number may be, from one end to the other."""

    low: End
    high: End


def span(low: Decimal | None, high: Decimal | None, *, is_strict: bool) -> Span:
    """The span of a figure's bounds; None is without end. `is_strict`: it never is its one bound."""
    first = End(BELOW, False) if low is None else End((0, Fraction(low)), not is_strict)
    last = End(ABOVE, False) if high is None else End((0, Fraction(high)), not is_strict)
    return Span(first, last)


def quotient(one: Span, other: Span) -> Span:
    """The narrowest span that holds x / y for every x of one and every y of the other but 0.

    Raises ValueError where y can only be 0.
    """
    pieces = [_product(one, inverse) for inverse in _inverses(other)]
    if not pieces:
        raise ValueError("nothing can be divided by 0")
    low = min((piece.low for piece in pieces), key=lambda end: (end.at, not end.is_reached))
    high = max((piece.high for piece in pieces), key=lambda end: (end.at, end.is_reached))
    return Span(low, high)


def rounded_down(end: End) -> Decimal | None:
    """The end as a Decimal: itself where its digits end, else the next 10-place number below; None without end."""
    return None if end.at[0] else _decimal(end.at[1], floor(end.at[1] * 10**PLACES))


def rounded_up(end: End) -> Decimal | None:
    """As rounded_down, with the next number above."""
    return None if end.at[0] else _decimal(end.at[1], ceil(end.at[1] * 10**PLACES))


def _decimal(number: Fraction, nearby: int) -> Decimal:
    try:
        return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    except Inexact:
        return Decimal(f"{nearby}E-{PLACES}")


def _inverses(of: Span) -> Iterator[Span]:
    """What 1 / y may be, above 0 and below 0."""
    if of.high.at > ZERO:
        yield Span(_inverse(of.high, ZERO), _inverse(max(of.low, End(ZERO, False), key=lambda end: end.at), ABOVE))
    if of.low.at < ZERO:
        yield Span(_inverse(min(of.high, End(ZERO, False), key=lambda end: end.at), BELOW), _inverse(of.low, ZERO))


def _inverse(end: End, limit: Extended) -> End:
    """1 / the end, or the limit where that is 0 or without end."""
    if end.at[0] or end.at == ZERO:
        return End(limit, False)
    return End((0, 1 / end.at[1]), end.is_reached)


def _product(one: Span, other: Span) -> Span:
    corners = [_times(a, b) for a, b in product((one.low, one.high), (other.low, other.high))]
    low = min(corners, key=lambda end: (end.at, not end.is_reached))
    high = max(corners, key=lambda end: (end.at, end.is_reached))
    return Span(low, high)


def _times(one: End, other: End) -> End:
    """The corner of a product. 0 times anything is 0, and is reached as soon as the 0 is."""
    if ZERO in (one.at, other.at):
        return End(ZERO, any(end.at == ZERO and end.is_reached for end in (one, other)))
    if one.at[0] or other.at[0]:
        return End(ABOVE if (one.at > ZERO) == (other.at > ZERO) else BELOW, False)
    return End((0, one.at[1] * other.at[1]), one.is_reached and other.is_reached)
