"""What the rules about households share: whose they may count, and where one is opened."""

from django.db.models import Q
from django.urls import reverse

from alleviation.accounts.rights import Right
from alleviation.common.areas import within
from alleviation.common.query import Query


def countable(query: Query, village: str) -> Q:
    """A filter for rows whose village, by this key, lies where the person works and the question asks.

    To count them needs the right to see figures; which they are is another right (Flag.of_households).
    """
    if not query.user.may(Right.VIEW_FIGURES):
        return Q(pk__in=[])
    return within(query.user.area, village) & query.located(village)


def household_url(number: int) -> str:
    """The page of one household, for those who may see households; names are masked there."""
    return reverse("dashboards:household", args=[number])
