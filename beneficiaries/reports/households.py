"""The cells that reports of single households have in common, and where a row of theirs is opened."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from beneficiaries.models import Household, IncomeRecord

HOUSEHOLD = (
    Column("place_code", _("Division code"), Kind.CODE, file_only=True),
    Column("place", _("Village")),
    Column("household", _("Household number"), Kind.CODE),
)


def household_cells(household: Household) -> Row:
    """A household by its village of today and its number."""
    village = household.village
    return {"place_code": village.code, "place": village.local_name, "household": household.number}


def household_url(household: Household) -> str:
    """The page of a household."""
    return reverse("dashboards:household", args=[household.pk])


def income_url(income: IncomeRecord) -> str:
    """The page of an income record, with its evidence and its history."""
    return reverse("dashboards:record", args=[income._meta.label_lower, income.pk])
