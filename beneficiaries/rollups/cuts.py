"""Incomes by how households stood: their status, their category, the main cause of their poverty."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import F

from alleviation.common.query import Query
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from beneficiaries.rollups.disclosure import guarded_by_code
from beneficiaries.rollups.standing import status_in_year
from beneficiaries.rollups.sums import Income, income_of, recorded, summed

# What tells the code of a record, by the name that a question has for it, and the codes in their order.
DIMENSIONS: Mapping[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "household_status": (status_in_year, tuple(HouseholdStatus.values)),
    "category": (lambda: F("household__category"), tuple(HouseholdCategory.values)),
    "cause": (lambda: F("household__main_cause"), tuple(Cause.values)),
}


def income_by_status(query: Query) -> list[Income]:
    """income_total by the status of the household at the end of each record's year; `key` is the HouseholdStatus.

    "" holds the households of which no status is known for the year, and stands last. The parts add up to
    income_total. Of several years, a household that exits in one is in another part before it than after.
    """
    return _by(query, "household_status")


def income_by_category(query: Query) -> list[Income]:
    """income_total by the category that the household has today, in whatever year; `key` is the HouseholdCategory.

    The register keeps no history of it. "" is not recorded, and stands last; the parts add up to income_total.
    """
    return _by(query, "category")


def income_by_cause(query: Query) -> list[Income]:
    """income_total by the main cause of poverty that the household has today, in whatever year; `key` is the Cause.

    A household counts once, under its main cause; the second and third are told on its own page alone. "" is not
    recorded, and stands last; the parts add up to income_total.
    """
    return _by(query, "cause")


def income_by_year_and(query: Query, dimension: str) -> list[Income]:
    """income_total by year and one of DIMENSIONS; `key` is (year, code), the codes of a year as in income_by_…."""
    order = _places(dimension)
    sums = _rows(query, dimension, "year")
    told = guarded_by_code(query, dimension, order, sums, lambda year, _village, code: (year, code))
    return sorted(told, key=lambda one: (one.key[0], order[one.key[1]]))


def _by(query: Query, dimension: str) -> list[Income]:
    order = _places(dimension)
    sums = _rows(query, dimension)
    told = guarded_by_code(query, dimension, order, sums, lambda _year, _village, code: code)
    return sorted(told, key=lambda one: order[one.key])


def _rows(query: Query, dimension: str, *names: str) -> Iterable[Income]:
    code, _order = DIMENSIONS[dimension]
    rows = recorded(query).order_by().annotate(code=code()).values(*names, "code").annotate(**summed())
    for row in rows:
        yield income_of(row, (*(row[name] for name in names), row["code"]) if names else row["code"])


def _places(dimension: str) -> dict[str, int]:
    """The place of each code in the order of the list, what is not recorded last."""
    _code, codes = DIMENSIONS[dimension]
    return {code: number for number, code in enumerate([*(one for one in codes if one), ""])}
