"""The reports of promised and booked money, gathered by project and by area."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.common.words import local
from projects.models import Division
from projects.reports.cells import EXECUTION_RATE, PLEDGED, SUM_COLUMNS, beside
from projects.reports.money import FILTERS
from projects.rollups import Beside, beside_by_area, beside_by_project, beside_total
from projects.rollups.funding import SUMS
from projects.rollups.places import asked_of_place, child_level, name_children


class FundingByProject(Report):
    """Promised and booked money of each project."""

    slug = "funding-by-project"
    title = _("Funding by project")
    description = _(
        "Promised, allocated, disbursed, spent and refunded money of each project; what is tied to none is a row of "
        "its own, and a project outside the reader's area is not named. Promised money is never added to what is "
        "booked. Execution rate: spent ÷ allocated."
    )
    permission = Right.VIEW_FIGURES
    filters = FILTERS
    columns = (
        Column("project_code", _("Project code"), Kind.CODE),
        Column("project", _("Project")),
        *PLEDGED,
        *SUM_COLUMNS,
        EXECUTION_RATE,
        MADE_UP,
    )
    added = tuple(SUMS)

    def rows(self, query: Query) -> Iterable[Row]:
        return (_project_row(one, query.user.area) for one in beside_by_project(query))

    def total(self, query: Query) -> Row:
        return beside(beside_total(query))


class FundingByArea(Report):
    """Promised and booked money of the places right below the one asked about."""

    slug = "funding-by-area"
    title = _("Funding by area")
    description = _(
        "Promised, allocated, disbursed, spent and refunded money of the places right below the area asked about, "
        "former places under the code they have today; what belongs to none of them is the last row. Money handed "
        "down counts where it went. Promised money is never added to what is booked. Execution rate: spent ÷ "
        "allocated."
    )
    permission = Right.VIEW_FIGURES
    filters = FILTERS
    columns = (
        Column("place_code", _("Division code"), Kind.CODE),
        Column("place", _("Area")),
        *PLEDGED,
        *SUM_COLUMNS,
        EXECUTION_RATE,
        MADE_UP,
    )
    empty = _("There is no smaller place, or no money is recorded for this filter.")
    added = tuple(SUMS)

    def rows(self, query: Query) -> Iterable[Row]:
        division = _asked_place(query)
        level = child_level(division)
        sums = beside_by_area(query, division)
        names = name_children((one.key for one in sums), level) if level is not None else {}
        for one in sums:
            name = names[one.key].words if one.key in names else one.key or gettext("Not tied to a smaller place")
            yield {
                "place_code": one.key,
                "place": name,
                **beside(one),
                "_asked": asked_of_place(one.key, level),
            }

    def total(self, query: Query) -> Row:
        # A village has no rows: a total would look as if some were missing.
        return beside(beside_total(query)) if child_level(_asked_place(query)) is not None else {}


def _asked_place(query: Query) -> Division | None:
    return Division.objects.latest_of(query.area_code) if query.area_code else None


def _project_row(one: Beside, area: str) -> Row:
    code, name, name_zh, _is_made_up, place_code, number = one.key
    if code is None:
        return {"project": gettext("Not tied to a project"), **beside(one), "_asked": {"project_id": "0"}}
    is_seen = covers(area, place_code or "")
    return {
        "project_code": code if is_seen else "",
        "project": local(name, name_zh) if is_seen else gettext("A project outside your area"),
        **beside(one),
        "_asked": {"project_id": str(number)},
    }
