"""The reports of incomes."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind
from beneficiaries.choices import LineKind
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import PovertyLine
from beneficiaries.reports.cells import income_cells, withheld_cells
from beneficiaries.rollups import (
    Bands,
    Income,
    as_public,
    asked_of_line,
    income_by_year_and_area,
    income_total,
    is_told_in_bands,
    line_bands_total,
    poverty_lines,
)
from beneficiaries.rollups.breaks import breaks_in, kept_by_year
from beneficiaries.rollups.telling import bands_by_area_told
from projects.models import Division
from projects.rollups.places import Child, asked_of_place, child_level, name_children

INCOME = (
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
)
BELOW = (
    Column("below_households", _("Households below"), Kind.COUNT, explained="households-below-line"),
    Column("below_persons", _("Persons below"), Kind.COUNT, explained="persons-below-line"),
    Column("compared_persons", _("Persons held against a line"), Kind.COUNT, explained="persons-held-against-line"),
    Column("share_below", _("Share of persons below"), Kind.RATIO, explained="share-below-line"),
)
BELOW_KEYS = [column.key for column in BELOW]


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
    filters = INCOME_FIELDS
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("place_code", _("Division code"), Kind.CODE),
        Column("place", _("Area")),
        *INCOME,
        Column("kept", _("What is counted")),
        Column("break", _("Series")),
        Column("line", _("Poverty line"), Kind.FIGURE, unit="CNY", explained="poverty-line"),
        Column("concept", _("Income concept of the line")),
        Column("monitoring", _("Monitoring line"), Kind.FIGURE, unit="CNY", explained="poverty-line"),
        *BELOW,
        WITHHELD,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        division = Division.objects.latest_of(query.area_code) if query.area_code else None
        sums = income_by_year_and_area(query, division)
        bands = bands_by_area_told(query, division)
        level = child_level(division) or (division.level if division else None)
        names = name_children((one.key[1] for one in sums), level) if level is not None else {}
        years = _years(query)
        for one in sums:
            yield {
                **_place_cells(one, names, level),
                **years.get(one.key[0], {}),
                **income_cells(one),
                **below_cells(one, bands.get(one.key)),
            }

    def total(self, query: Query) -> Row:
        total = income_total(query)
        # Where nothing is recorded, nothing is known to be zero.
        if not total.households and not total.withheld:
            return {}
        asked = {key: {"of": LineKind.POVERTY.value} for key in BELOW_KEYS}
        total_bands = line_bands_total(query) if is_told_in_bands(query, LineKind.POVERTY) else None
        return {"_asked_of": asked, **income_cells(total), **below_cells(total, total_bands)}


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


def below_cells(income: Income, bands: Bands | None) -> Row:
    """How many are below the poverty line, where any is held against one; without the bands they are not told."""
    if bands is None:
        kept_back = withheld_cells(income).get("_withheld", [])
        return {"withheld": gettext("withheld"), "_withheld": [*kept_back, *BELOW_KEYS]}
    if not bands.compared.households:
        return {}
    return {
        "below_households": bands.below.households,
        "below_persons": bands.below.persons,
        "compared_persons": bands.compared.persons,
        "share_below": bands.share_below,
    }


def _place_cells(income: Income, names: dict[str, Child], level: int | None) -> Row:
    year, code = income.key
    return {
        "year": year,
        "place_code": code,
        "place": names[code].words if code in names else code or gettext("Not tied to a smaller place"),
        "_asked": {"year": str(year), **asked_of_place(code, level)},
    }


def _years(query: Query) -> dict[int, Row]:
    """What holds for a whole year: its lines, what is counted, and whether the series breaks there."""
    kept, poverty = kept_by_year(query), poverty_lines(query)
    monitoring, breaks = poverty_lines(query, LineKind.MONITORING), breaks_in(kept)
    return {
        year: {
            "kept": "; ".join(one.words for one in ways),
            "break": gettext("the series breaks here") if year in breaks else "",
            **_line_cells(poverty.get(year), monitoring.get(year)),
        }
        for year, ways in kept.items()
    }


def _line_cells(line: PovertyLine | None, monitoring: PovertyLine | None) -> Row:
    both = {"line": line, "monitoring": monitoring}
    asked = {key: {"of": LineKind.POVERTY.value} for key in BELOW_KEYS}
    return {
        **{key: one.figure if one else None for key, one in both.items()},
        "concept": line.get_concept_display() if line else "",
        "_asked_of": {**asked, **{key: asked_of_line(one) for key, one in both.items() if one}},
    }
