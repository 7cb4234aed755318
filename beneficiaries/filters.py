"""The filter of pages and files about households: beside what is asked everywhere, how they stood in each year."""

from dataclasses import replace
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from projects.filters import EVERYTHING, QueryForm

HOUSEHOLD_FIELDS = ("household_status", "category", "cause", "boundaries")
# The fields of every figure of incomes.
INCOME_FIELDS = ("year", "plan", "area", "household_status", "category", "cause", "boundaries", "as_of")
# What stands in an address for "not recorded", since nothing asks for everything.
UNKNOWN = "none"
RECORDED = "recorded"
BOUNDARIES = [("", _("as they are today")), (RECORDED, _("as they were then"))]


class IncomeQueryForm(QueryForm):
    """The filter of incomes, read from the URL as its base is."""

    household_status = forms.ChoiceField(
        label=_("Status of the household"), required=False, choices=lambda: _choices(HouseholdStatus)
    )
    category = forms.ChoiceField(label=_("Category"), required=False, choices=lambda: _choices(HouseholdCategory))
    cause = forms.ChoiceField(label=_("Main cause"), required=False, choices=lambda: _choices(Cause))
    boundaries = forms.ChoiceField(label=_("Villages"), required=False, choices=BOUNDARIES)

    field_order = INCOME_FIELDS

    def query(self) -> Query | None:
        """As its base, with how households stood and on which boundaries they are gathered."""
        asked = super().query()
        if asked is None:
            return None
        given: dict[str, Any] = {name: self.cleaned_data.get(name) or "" for name in HOUSEHOLD_FIELDS}
        return replace(asked, **given)


def _choices(known: type[models.TextChoices]) -> list[tuple[str, Any]]:
    """Everything, each choice, and what is not recorded."""
    return [EVERYTHING, *(one for one in known.choices if one[0]), (UNKNOWN, _("not recorded"))]
