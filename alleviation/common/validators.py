"""What must hold of days and years wherever they are entered."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.common.years import FIRST_YEAR, LAST_YEAR

YEAR_VALIDATORS = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


def refuse_day_to_come(day: date) -> None:
    """For a day on which something was done: it cannot lie after today. Raises ValidationError."""
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="future")


def refuse_year_to_come(year: int) -> None:
    """For a year in which something was done or earned: it has begun. Raises ValidationError."""
    if year > timezone.localdate().year:
        raise ValidationError(_("This year has not begun."), code="future")
