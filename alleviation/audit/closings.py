"""Which years are closed."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.audit.models import YearClosing


def is_closed(code: str, year: int) -> bool:
    """Whether a year of the place with this division code is closed, itself or with a place above it."""
    return YearClosing.objects.covering(code, year).exists()


def refuse_closed(code: str, year: int, *, field: str) -> None:
    """Refuse to write to a closed year. Raises ValidationError at the field to mend.

    The database refuses the same on its own (alleviation/audit/rules.py), also for whoever did not ask here.
    """
    closing = YearClosing.objects.covering(code, year).order_by("area").first()
    if closing is not None:
        told = {"year": year, "area": closing.area}
        message = _(
            "The year %(year)s of %(area)s is closed. Book a late correction in an open year with its reason, or ask "
            "for the year to be reopened."
        )
        raise ValidationError({field: ValidationError(message % told, code="closed")})
