"""The rules of a stated figure: a low and a high number with a qualifier."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.common.figures import Figure, Qualifier

ONE_NUMBER = frozenset({"exact", "about"})
NEEDS_LOW = frozenset({"exact", "over", "at_least", "about", "range"})
NEEDS_HIGH = frozenset({"exact", "under", "at_most", "about", "range"})


def numbers_fit() -> models.Q:
    """What the columns `low`, `high` and `qualifier` of a stated figure must always be.

    The rules of Figure; and what is promised, given or counted is never below zero.
    """
    both = models.Q(low__isnull=False, high__isnull=False, low__lte=models.F("high"))
    none_below_zero = ~models.Q(low__lt=0) & ~models.Q(high__lt=0)
    return none_below_zero & (
        (models.Q(qualifier=Qualifier.EXACT, low=models.F("high")) & both)
        | (models.Q(qualifier__in=[Qualifier.ABOUT, Qualifier.RANGE]) & both)
        | models.Q(qualifier__in=sorted(Qualifier.OPEN_ABOVE), low__isnull=False, high__isnull=True)
        | models.Q(qualifier__in=sorted(Qualifier.OPEN_BELOW), low__isnull=True, high__isnull=False)
        | models.Q(qualifier__in=sorted(Qualifier.NOT_SUMMED), low__isnull=True, high__isnull=True)
    )


def settled_high(qualifier: str, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """The upper bound of a form's three fields: one number is enough for a figure that is exact or about."""
    return low if high is None and qualifier in ONE_NUMBER else high


def figure_or_refusal(qualifier: str, low: Decimal | None, high: Decimal | None) -> Figure:
    """The figure of a form's three fields.

    Raises ValidationError, at the field to mend, where they contradict each other.
    """
    kind = Qualifier(qualifier)
    wrong = {"low": _wrong(low, kind in NEEDS_LOW), "high": _wrong(high, kind in NEEDS_HIGH)}
    if low is None and high is None and kind in ONE_NUMBER:
        # The second box is for a range.
        wrong["high"] = None
    if low is not None and high is not None and not any(wrong.values()):
        if low > high:
            wrong["high"] = _("The upper number is below the lower one.")
        elif kind == Qualifier.EXACT and low != high:
            wrong["high"] = _("An exact figure is one number: leave the upper one empty, or choose from-to.")
    if found := {name: text for name, text in wrong.items() if text}:
        words = {"qualifier": kind.label}
        raise ValidationError({name: ValidationError(text, "figure", words) for name, text in found.items()})
    return Figure(low, high, kind)


def _wrong(bound: Decimal | None, is_needed: bool) -> Any:
    """What is wrong with one of the two numbers, in words; None where nothing is."""
    if is_needed and bound is None:
        return _("“%(qualifier)s” needs this number.")
    if bound is not None and bound < 0:
        return _("A stated figure is not below zero.")
    if not is_needed and bound is not None:
        return _("“%(qualifier)s” has no number here: leave it empty.")
    return None
