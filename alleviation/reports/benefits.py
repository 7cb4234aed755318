"""The report of what households got from projects beside what was disbursed."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.benefit_tables import EMPTY, NOTE, SUMS, VERDICT, YEAR, benefit_row, total_row
from alleviation.scrutiny.benefits import benefits, benefits_total


class BenefitsByProject(Report):
    """Received, disbursed and spent, by project and year."""

    slug = "benefits-by-project"
    title = _("Received and disbursed by project")
    description = NOTE
    permission = Right.VIEW_FIGURES
    filters = ("year", "plan", "area", "kind")
    # Its rows are not the same for every reader: cells of few households are gathered for some.
    is_of_the_day = True
    columns = (
        Column("project_code", _("Project code"), Kind.CODE),
        Column("project", _("Project")),
        YEAR,
        *SUMS,
        VERDICT,
        MADE_UP,
    )
    empty = EMPTY

    def rows(self, query: Query) -> Iterable[Row]:
        return (benefit_row(one, query) for one in benefits(query))

    def total(self, query: Query) -> Row:
        return total_row(benefits_total(query), query)
