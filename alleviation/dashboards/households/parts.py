"""What the pages of households share: where one is opened, and how its days and people are told."""

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.common.tables import Column, Row, Table, Text
from beneficiaries.choices import Cause
from beneficiaries.models import Household
from projects.models import Division


def household_url(number: int) -> str:
    """The handbook page of a household."""
    return reverse("dashboards:household", args=[number])


def entry_url(household: Household, user: User) -> str:
    """The form of the household, for those who may open it."""
    if not user.can_open_records:
        return ""
    return reverse("admin:beneficiaries_household_change", args=[household.pk])


def route(name: str, *args: Any) -> str:
    """The address of a page of the house; "" where there is none of this name."""
    try:
        return reverse(f"dashboards:{name}", args=args)
    except NoReverseMatch:
        return ""


def causes_in_words(household: Household) -> str:
    """Why the household is poor, the main cause first; "" where none is recorded."""
    causes = (household.main_cause, household.second_cause, household.third_cause)
    # Each by its own name: a separator that reads well in both languages.
    return " · ".join(str(Cause(one).label) for one in causes if one)


def place_in_words(village: Division) -> str:
    """A village with the places that it lies in, the largest first."""
    return " ".join(one.local_name for one in (*village.ancestors, village))


def bare_table(slug: str, title: Text, columns: tuple[Column, ...], rows: Iterable[Row], empty: Text) -> Table:
    """A table of a household's own page: it is in no file, since some of its columns are for nobody else."""
    return Table(slug=slug, title=title, columns=columns, rows=list(rows), empty=empty)


def nobody() -> str:
    """What stands for a household that is not the reader's to see."""
    return gettext("a household outside your area")
