"""The reports of promised and booked money, by year and by the finest cells."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.common.words import local
from alleviation.common.years import plan_period_of
from projects.models import Division
from projects.reports.cells import (
    EXECUTION_RATE,
    PLEDGED,
    SUM_COLUMNS,
    beside,
    project_cells,
    source_cells,
    source_row,
)
from projects.rollups import Beside, beside_by_year_and_source, beside_cells, beside_total
from projects.rollups.funding import SUMS

FILTERS = ("year", "plan", "area", "kind", "source", "as_of")


class AnnualFunding(Report):
    """Booked money by year and source, with what was promised beside it."""

    slug = "annual-funding"
    title = _("Annual funding")
    description = _(
        "Booked money by year and funding source; execution rate: spent ÷ allocated. Pledged money stands beside what "
        "is booked and is never added to it; a pledge whose start is not stated counts from the year of its document."
    )
    permission = Right.VIEW_FIGURES
    filters = FILTERS
    added = tuple(SUMS)
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("source_code", _("Source code"), Kind.CODE, file_only=True),
        Column("source", _("Funding source")),
        Column("level", _("Level"), file_only=True),
        *SUM_COLUMNS,
        EXECUTION_RATE,
        *PLEDGED,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        for one in beside_by_year_and_source(query):
            year, code, name, name_zh, level = one.key
            asked = {"year": str(year), "source_code": code}
            yield {"year": year, **source_cells(code, local(name, name_zh), level), **beside(one), "_asked": asked}

    def total(self, query: Query) -> Row:
        return beside(beside_total(query))


class PledgesAndFunding(Report):
    """Promised, allocated, disbursed, spent and refunded by the finest cells there are."""

    slug = "pledges-and-funding"
    title = _("Pledges and funding")
    description = _(
        "Promised, allocated, disbursed, spent and refunded money side by side, by year, five-year plan, funding "
        "source, project and area: any of these can be gathered from the rows, which add up to the total. Promised "
        "money is never added to what is booked. Execution rate: spent ÷ allocated. A dash: not known."
    )
    permission = Right.VIEW_FIGURES
    filters = FILTERS
    added = tuple(SUMS)
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("plan", _("Five-year plan")),
        Column("source_code", _("Source code"), Kind.CODE, file_only=True),
        Column("source", _("Funding source")),
        Column("level", _("Level"), file_only=True),
        Column("project_code", _("Project code"), Kind.CODE, file_only=True),
        Column("project", _("Project")),
        Column("place_code", _("Division code"), Kind.CODE, file_only=True),
        Column("place", _("Area")),
        *PLEDGED,
        *SUM_COLUMNS,
        EXECUTION_RATE,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        cells = beside_cells(query)
        places = {place.code: place for place in _places(one.key[3] for one in cells)}
        return (_cell_row(one, places, query.user.area) for one in cells)

    def total(self, query: Query) -> Row:
        return beside(beside_total(query))


def _places(codes: Iterable[str]) -> Iterable[Division]:
    """The places of these codes, the latest list's last."""
    return Division.objects.filter(code__in=set(codes)).order_by("vintage", "level")


def _cell_row(one: Beside, places: dict[str, Division], area: str) -> Row:
    year, source, project, code = one.key
    plan = plan_period_of(year)
    return {
        "year": year,
        "plan": str(plan) if plan else "",
        **source_row(source),
        **project_cells(project, area),
        "place_code": code,
        "place": places[code].local_name,
        **beside(one),
        "_asked": {
            "year": str(year),
            "source_code": source.code,
            "project_id": str(project.pk if project else 0),
            "at": code,
        },
    }
