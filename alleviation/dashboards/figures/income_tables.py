"""The tables of incomes, for the income, area and overview pages."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table
from alleviation.common.words import sentences
from alleviation.common.years import FIRST_YEAR
from alleviation.scrutiny.figures.lines import line_row
from alleviation.scrutiny.remembered import remembered
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine
from beneficiaries.reports.cells import WHY_WITHHELD, income_cells
from beneficiaries.reports.incomes import BELOW, below_cells
from beneficiaries.rollups import (
    Break,
    Income,
    all_lines,
    asked_of_line,
    income_by_area,
    income_total,
    is_told_in_bands,
    line_bands_total,
    per_capita_income,
    poverty_lines,
)
from beneficiaries.rollups.breaks import Kept, breaks_in, kept_by_year
from beneficiaries.rollups.telling import bands_by_area_told
from projects.models import Division
from projects.rollups.places import asked_of_place, child_level, name_children

Row = dict[str, Any]

PEOPLE = (
    Column("households", _("Households"), Kind.COUNT, explained="households"),
    Column("persons", _("Persons"), Kind.COUNT, explained="persons"),
)
PER_CAPITA = Column("per_capita", _("Per capita"), Kind.YUAN, unit=_("yuan per person"), explained="per-capita-income")
NET = Column("net_income", _("Net income"), Kind.YUAN, explained="net-income")
COMPONENTS = (
    Column("wage_income", _("Wages"), Kind.YUAN, explained="wage-income"),
    Column("business_income", _("Business"), Kind.YUAN, explained="business-income"),
    Column("property_income", _("Property"), Kind.YUAN, explained="property-income"),
    Column("transfer_income", _("Transfers"), Kind.YUAN, explained="transfer-income"),
    Column("expenses", _("Expenses"), Kind.YUAN, explained="expenses"),
)
LINE = Column("line", _("Poverty line"), Kind.FIGURE, unit="CNY", explained="poverty-line")
MONITORING = Column("monitoring", _("Monitoring line"), Kind.FIGURE, unit="CNY", explained="poverty-line")
BELOW_SHOWN = tuple(column for column in BELOW if column.key != "compared_persons")
OF_POVERTY = {column.key: {"of": LineKind.POVERTY.value} for column in BELOW}
KEPT = Column("kept", _("What is counted"))
BREAK = Column("break", _("Series"))
NOTE = _(
    "Per capita: Σ net income ÷ Σ persons, over the households whose income is recorded, at current prices. "
    "In a total over several years a household and its persons count once in each year."
)
EMPTY = _("No income is recorded for this filter. Widen the filter, or enter incomes in the admin.")


def cells(income: Income) -> Row:
    """The cells of every income table."""
    return income_cells(income)


def line_cells(line: PovertyLine | None, monitoring: PovertyLine | None = None) -> Row:
    """The cells of a year's lines, which open to that line whatever else is asked."""
    both = {"line": line, "monitoring": monitoring}
    asked = {key: asked_of_line(one) for key, one in both.items() if one}
    return {**{key: one.figure if one else None for key, one in both.items()}, "_asked_of": asked}


def kept_cells(ways: tuple[Kept, ...], broken: Break | None) -> Row:
    """How the incomes of a year are counted, and whether the series breaks there."""
    return {
        "kept": "; ".join(one.words for one in ways),
        "break": gettext("the series breaks here") if broken else "",
        "_breaks": broken,
    }


def by_year(query: Query) -> Table:
    """Incomes by year with the lines of the year beside them, what is counted, and where the series breaks."""
    whole, sums = remembered(query, "incomes", lambda: (income_total(query), tuple(per_capita_income(query))))
    # The first year asked for may break with the one before it.
    kept = kept_by_year(replace(query, first_year=max(query.first_year - 1, FIRST_YEAR)))
    lines, monitoring = poverty_lines(query), poverty_lines(query, LineKind.MONITORING)
    breaks = breaks_in(kept)
    # Where nothing breaks, a page need not say so in every row; nor what is counted, where that is always the same.
    series = replace(BREAK, file_only=not breaks)
    rows = [
        {
            "year": one.key,
            "_asked": {"year": str(one.key)},
            "_narrows": {"year": str(one.key)},
            **line_cells(lines.get(one.key), monitoring.get(one.key)),
            **kept_cells(kept.get(one.key, ()), breaks.get(one.key)),
            **cells(one),
            "_income": one,
        }
        for one in sums
    ]
    told = {row["kept"] for row in rows if row["kept"]}
    always = gettext("All of it is %(definition)s.") % {"definition": "".join(told)} if len(told) == 1 else ""
    counted = replace(KEPT, file_only=bool(always))
    return Table(
        slug="per-capita-income",
        title=_("Per-capita income by year"),
        columns=(Column("year", _("Year"), Kind.YEAR), *PEOPLE, NET, PER_CAPITA, LINE, MONITORING, counted, series),
        rows=rows,
        total={"year": gettext("All years"), **cells(whole)} if whole.households or whole.withheld else None,
        note=sentences(note(whole, *sums), always),
        empty=EMPTY,
        asked=query.asked(),
    )


def note(*sums: Income) -> str:
    """What per capita is, and where a sum is withheld from this reader, why."""
    return f"{NOTE} {WHY_WITHHELD}" if any(one.withheld for one in sums) else str(NOTE)


def components(years: Table) -> Table:
    """What incomes are made of, by year: the same rows as the table of years, cut the other way."""
    return Table(
        slug="income-components",
        title=_("What incomes are made of"),
        columns=(Column("year", _("Year"), Kind.YEAR), *COMPONENTS, NET),
        rows=years.rows,
        total=years.total,
        note=_("Net income: wages + business + property + transfers − expenses, at current prices."),
        empty=EMPTY,
        asked=years.asked,
    )


def by_area(query: Query, division: Division | None) -> Table:
    """Incomes of a year by the places right below one, with how many are below the poverty line."""
    sums, bands = income_by_area(query, division), bands_by_area_told(query, division)
    level, year = child_level(division), query.first_year
    names = name_children((one.key for one in sums), level) if level is not None else {}
    rows = [
        {
            "area": names[one.key].words if one.key in names else one.key or gettext("Not tied to a smaller place"),
            "_aside": names[one.key].other_name if one.key in names else "",
            "_url": reverse("dashboards:area", args=[one.key]) if one.key else "",
            "_narrows": {"area": one.key} if one.key else {},
            "_asked": asked_of_place(one.key, level),
            "_asked_of": OF_POVERTY,
            **cells(one),
            **below_cells(one, bands.get((year, one.key))),
        }
        for one in sums
    ]
    return Table(
        slug="income-by-area",
        title=gettext("Per-capita income by area, %(year)s") % {"year": year},
        columns=(Column("area", _("Area")), *PEOPLE, NET, PER_CAPITA, *BELOW_SHOWN),
        rows=rows,
        # A total of no rows would look as if rows were missing.
        total=_total_of_areas(query) if level is not None else None,
        note=note(*sums),
        empty=EMPTY if level is not None else _("A village has no smaller places."),
        asked=query.asked(),
    )


def _total_of_areas(query: Query) -> Row:
    whole = income_total(query)
    bands = line_bands_total(query) if is_told_in_bands(query, LineKind.POVERTY) else None
    return {"area": gettext("Total"), "_asked_of": OF_POVERTY, **cells(whole), **below_cells(whole, bands)}


def lines_table(query: Query) -> Table:
    """The poverty lines that are recorded, each with its concept and source."""
    return Table(
        slug="poverty-lines",
        title=_("Poverty and monitoring lines"),
        columns=(
            Column("year", _("Year"), Kind.YEAR),
            Column("area", _("Area")),
            Column("kind", _("Kind")),
            Column("amount", _("Amount"), Kind.FIGURE, unit="CNY", explained="poverty-line"),
            Column("concept", _("Income concept")),
            Column("price_base", _("Price base")),
            Column("source", _("Source")),
        ),
        rows=[{**line_row(line), "_asked": asked_of_line(line)} for line in all_lines(query)],
        note=_(
            "Per person and year. A year without a line has none here: no line is invented. Administrators keep the "
            "lines as reference data; the kind of each leads to its trail."
        ),
        empty=_("No line is recorded. An administrator enters them as reference data."),
        asked=query.asked(),
    )
