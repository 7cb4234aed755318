"""The tables of a project's page about the people it reaches."""

from dataclasses import replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.charts import Series, bar_chart
from alleviation.common.drawings import Drawing
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table
from alleviation.scrutiny.benefit_tables import NOTE, SUMS, VERDICT, YEAR, benefit_row, total_row
from alleviation.scrutiny.benefits import benefits, benefits_total
from beneficiaries.reports.reach import PEOPLE, SERVICES, few_each, not_opened, reach_cells
from beneficiaries.rollups import reach, reach_by_year
from beneficiaries.rollups.few import FEW_EACH, told, told_apart


def people_tables(query: Query) -> list[Table]:
    """Whom a project reaches by year, and what they received beside what was disbursed; as recorded today."""
    today = replace(query, as_of=None)
    found = reach(today)
    by_year = Table(
        slug="reach-by-year",
        title=_("Whom it reaches"),
        # Words, since a row can be of several years.
        columns=(Column("years", _("Year"), Kind.CODE), *PEOPLE, *SERVICES),
        rows=_year_rows(today),
        total=reach_cells(told(today, found), today) if found.services else None,
        note=_(
            "As the register has it today. Households and persons count once in each year and once in the total, "
            "which is less than the sum of the years where somebody has a part in several. Enrolments are not people."
        ),
        empty=_("Nobody is enrolled in this project. Parts in projects are entered with the household in the admin."),
        asked=today.asked(),
    )
    return [by_year, *([_benefits_table(today)] if found.services else [])]


def reached_drawing(table: Table) -> Drawing:
    """Households and persons that a project reached, by year; what is not told to the reader is a gap."""
    rows = [row for row in table.rows if row["years"] != few_each()]
    title = gettext("Households and persons reached, by year")
    series = [Series(str(one.title), [row.get(one.key) for row in rows]) for one in PEOPLE]
    about = gettext("Each counts once in a year. The table beneath has the figures.")
    svg = bar_chart(title, about, series, [row["years"] for row in rows], uid="drawing-reached") if rows else ""
    return Drawing("reached", title, svg, table.slug)


def _year_rows(query: Query) -> list[dict[str, object]]:
    rows = []
    for one in told_apart(query, reach_by_year(query), "year"):
        cells = reach_cells(one, query)
        if one.key is FEW_EACH:
            rows.append(not_opened({"years": few_each(), **cells}))
        else:
            rows.append({"years": str(one.key), "_asked": {"year": str(one.key)}, **cells})
    return rows


def _benefits_table(query: Query) -> Table:
    rows = [benefit_row(one, query) for one in benefits(query)]
    return Table(
        slug="benefits",
        title=_("Received and disbursed"),
        columns=(replace(YEAR, key="years", kind=Kind.CODE), *SUMS, VERDICT),
        rows=[{**row, "years": row.get("year") or row["project"], "_url": ""} for row in rows],
        # Of one project, its money is asked for by its code.
        total={**total_row(benefits_total(query), query), "_explained": {}},
        note=NOTE,
        asked=query.asked(),
    )
