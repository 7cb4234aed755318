"""Every check there is, subject by subject; later ones are added to the lists of their floor."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models.base import Model
from django.utils.translation import gettext_lazy as _

from alleviation.audit.verification import records_without_event
from alleviation.common.checks import Check
from beneficiaries import verification as of_beneficiaries
from projects import verification as of_projects
from projects.models import Division, Succession, VoucherSeries

# The lists of places come from the national list by the hundred thousand, and a series is only a counter.
UNTOLD: frozenset[type[Model]] = frozenset({Division, Succession, VoucherSeries})


def business_models() -> list[type[Model]]:
    """The models whose every record someone entered."""
    found = [model for app in ("projects", "beneficiaries") for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model not in UNTOLD and not getattr(model, "is_key_table", False)]


def records_that_nobody_entered() -> Iterator[str]:
    """Business records without an event that tells of their creation."""
    return records_without_event(business_models())


CHECKS: tuple[Check, ...] = (
    *of_projects.CHECKS,
    *of_beneficiaries.CHECKS,
    Check(_("The trail tells who entered each record"), records_that_nobody_entered),
)
