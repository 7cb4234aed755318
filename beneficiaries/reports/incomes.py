"""The reports of incomes."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind
from beneficiaries.models import PovertyLine
from beneficiaries.reports.cells import income_cells
from beneficiaries.rollups import (
    Income,
    as_public,
    asked_of_line,
    income_by_year_and_area,
    income_total,
    poverty_lines,
)
from projects.models import Division
from projects.rollups.places import Child, asked_of_place, child_level, name_children


class PerCapitaIncome(Report):
    """Net income per person, by year and the places right below the one asked for."""

    slug = "per-capita-income"
    title = _("Per-capita income")
    description = _(
        "Per capita: Σ net income ÷ Σ persons of the households whose income is recorded, by year and area; never a "
        "mean of means. Over several years, a household and its persons count once in each year."
    )
    permission = Right.VIEW_FIGURES
    tells_of_few = True
    filters = ("year", "plan", "area", "as_of")
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("place_code", _("Division code"), Kind.CODE),
        Column("place", _("Area")),
        Column("households", _("Households"), Kind.COUNT, explained="households"),
        Column("persons", _("Persons"), Kind.COUNT, explained="persons"),
        Column("wage_income", _("Wages"), Kind.YUAN, explained="wage-income"),
        Column("business_income", _("Business"), Kind.YUAN, explained="business-income"),
        Column("property_income", _("Property"), Kind.YUAN, explained="property-income"),
        Column("transfer_income", _("Transfers"), Kind.YUAN, explained="transfer-income"),
        Column("expenses", _("Expenses"), Kind.YUAN, explained="expenses"),
        Column("net_income", _("Net income"), Kind.YUAN, explained="net-income"),
        Column(
            "per_capita",
            _("Per capita"),
            Kind.YUAN,
            unit=_("yuan per person and year"),
            explained="per-capita-income",
        ),
        Column("line", _("Poverty line"), Kind.FIGURE, unit="CNY", explained="poverty-line"),
        Column("concept", _("Income concept of the line")),
        WITHHELD,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        division = Division.objects.latest_of(query.area_code) if query.area_code else None
        sums = income_by_year_and_area(query, division)
        level = child_level(division) or (division.level if division else None)
        names = name_children((one.key[1] for one in sums), level) if level is not None else {}
        lines = poverty_lines(query)
        return (_row(one, names, lines.get(one.key[0]), level) for one in sums)

    def total(self, query: Query) -> Row:
        total = income_total(query)
        # Where nothing is recorded, nothing is known to be zero.
        return income_cells(total) if total.households or total.withheld else {}


class PublicPerCapitaIncome(PerCapitaIncome):
    """The same for everybody, as it may be published: what could tell of a single family is withheld, whoever asks."""

    slug = "per-capita-income-public"
    title = _("Per-capita income, to be published")
    description = _(
        "As the report of per-capita income, without the sums that are of too few households or would let such a sum "
        "be computed; their rows say so, and the totals are exact. The same file for every reader of an area."
    )
    tells_of_few = False
    # What may be told of a place depends on what is recorded of those beside it, on the day.
    is_of_the_day = True

    def rows(self, query: Query) -> Iterable[Row]:
        return super().rows(as_public(query))

    def total(self, query: Query) -> Row:
        return super().total(as_public(query))


def _row(income: Income, names: dict[str, Child], line: PovertyLine | None, level: int | None) -> Row:
    year, code = income.key
    return {
        "year": year,
        "place_code": code,
        "place": names[code].words if code in names else code or gettext("Not tied to a smaller place"),
        "_asked": {"year": str(year), **asked_of_place(code, level)},
        "_asked_of": {"line": asked_of_line(line)} if line else {},
        **income_cells(income),
        "line": line.figure if line else None,
        "concept": line.get_concept_display() if line else "",
    }
