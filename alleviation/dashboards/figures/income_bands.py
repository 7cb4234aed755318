"""The tables of who lives below a line, how incomes are spread, and how far they have been looked at."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, mark_of
from alleviation.common.words import sentences
from beneficiaries.choices import LineKind
from beneficiaries.reports.cells import WHY_WITHHELD
from beneficiaries.rollups import Bands, all_lines, asked_of_line, is_cut, line_bands, years_told_in_bands
from beneficiaries.rollups.checks import Checked, checked_by_year
from beneficiaries.rollups.telling import Spread, income_spread, told_years

Row = dict[str, Any]

YEAR = Column("year", _("Year"), Kind.YEAR)
BANDS = (
    Column("below_households", _("Households below"), Kind.COUNT, explained="households-below-line"),
    Column("below_persons", _("Persons below"), Kind.COUNT, explained="persons-below-line"),
    Column("share", _("Share of persons below"), Kind.RATIO, explained="share-below-line"),
    Column(
        "share_of_households", _("Share of households below"), Kind.RATIO, explained=("share-of-households-below-line")
    ),
    Column("near_households", _("Households near"), Kind.COUNT, explained="households-near-line"),
    Column("near_persons", _("Persons near"), Kind.COUNT, explained="persons-near-line"),
    Column("above_households", _("Households above"), Kind.COUNT, explained="households-above-line"),
    Column("above_persons", _("Persons above"), Kind.COUNT, explained="persons-above-line"),
    Column("apart_households", _("Households without a line"), Kind.COUNT, explained="households-without-line"),
)
TITLES = {
    LineKind.POVERTY: _("Below, near and above the poverty line"),
    LineKind.MONITORING: _("Below, near and above the monitoring line"),
}
HEADS = ("households", "persons")
RANKS = {"p10": _("P10"), "p25": _("P25"), "median": _("Median"), "p75": _("P75"), "p90": _("P90")}
BAND_NOTE = _(
    "Below: net income per person under the line of the year and place. Near: on the line or above it, under one "
    "and a half times it. Above: one and a half times it or more. A share is of those who are held against a line. "
    "Income of another definition than the line is drawn for is held against none, and no line is guessed for a year "
    "without one."
)


def bands_tables(query: Query) -> list[Table]:
    """One for the poverty line; one for the monitoring line where any is recorded."""
    kinds = {line.kind for line in all_lines(query)}
    return [bands_table(query, kind) for kind in LineKind if kind == LineKind.POVERTY or kind in kinds]


def bands_table(query: Query, kind: LineKind) -> Table:
    """Households and persons below, near and above a line by year; a year without a line says so."""
    line = Column("line", kind.label.capitalize(), Kind.FIGURE, unit="CNY", explained="poverty-line")
    told = years_told_in_bands(query, kind)
    rows = [_bands_row(one, kind, told) for one in line_bands(query, kind)]
    return Table(
        slug=f"{kind}-line-bands",
        title=TITLES[kind],
        columns=(YEAR, line, Column("remark", _("Remark")), *BANDS),
        rows=rows,
        note=_note(BAND_NOTE, rows),
        empty=_("No income is recorded for this filter, so nothing can be held against a line."),
        asked=query.asked(),
    )


def band_cells(bands: Bands) -> Row:
    """The numbers of bands; where nothing is held against a line, nobody is known to be below or above it."""
    if not bands.compared.households:
        return {"apart_households": bands.total.households}
    return {
        "below_households": bands.below.households,
        "below_persons": bands.below.persons,
        "share": bands.share_below,
        "share_of_households": bands.share_of_households_below,
        "near_households": bands.near.households,
        "near_persons": bands.near.persons,
        "above_households": bands.above.households,
        "above_persons": bands.above.persons,
        "apart_households": bands.without_line.households + bands.other_concept.households,
    }


def remark_on(bands: Bands) -> str:
    """What a reader must know of the lines that incomes were held against."""
    told = [
        (bands.without_line.households and not bands.lines, gettext("no line is recorded for this year")),
        (bands.without_line.households and bands.lines, gettext("no line is recorded for a part of the places")),
        (bands.other_concept.households, gettext("income of another definition than the line is held against none")),
        (len(bands.lines) > 1, gettext("lines of several areas")),
        (bands.is_about, gettext("the line is only about known")),
    ]
    return "; ".join(words for holds, words in told if holds)


def spread_table(query: Query) -> Table:
    """Quantiles of per-capita income by year."""
    rows = [_spread_row(one) for one in income_spread(query)]
    return Table(
        slug="income-quantiles",
        title=_("How per-capita income is spread"),
        columns=(
            YEAR,
            Column("households", _("Households"), Kind.COUNT, explained="households"),
            Column("persons", _("Persons"), Kind.COUNT, explained="persons"),
            *(
                Column(name, title, Kind.YUAN, unit=_("yuan per person"), explained="income-quantile")
                for name, title in RANKS.items()
            ),
        ),
        rows=rows,
        note=_note(
            _(
                "All persons in the order of what each lives on: P10 is what the poorest tenth live on at most, the "
                "median what half of them do. A figure that a household has (nearest rank), at current prices."
            ),
            rows,
        ),
        empty=_("No income is recorded for this filter."),
        asked=query.asked(),
    )


def checks_table(query: Query) -> Table:
    """How many records of each year nobody has verified, were returned, or tell what is expected."""
    rows = [_checks_row(one, query) for one in checked_by_year(query)]
    return Table(
        slug="income-checks",
        title=_("How far incomes have been looked at"),
        columns=(
            YEAR,
            Column("records", _("Records"), Kind.COUNT, explained="households"),
            Column("unverified", _("Not verified yet"), Kind.COUNT, explained="unverified-incomes"),
            Column("returned", _("Of these returned"), Kind.COUNT, explained="returned-incomes"),
            Column("expected", _("Only expected in part"), Kind.COUNT, explained="expected-incomes"),
        ),
        rows=rows,
        note=_note(
            _("All records are in the sums as they stand. A year is closed when all of it is verified by another."),
            rows,
        ),
        empty=_("No income is recorded for this filter."),
        asked=query.asked(),
    )


def _bands_row(one: Bands, kind: LineKind, told: Iterable[int]) -> Row:
    row = {"year": one.key, "_asked": {"year": str(one.key), "of": kind.value}, "_narrows": {"year": str(one.key)}}
    if one.key not in told:
        return {**row, "_withheld": [column.key for column in BANDS]}
    lines = list(one.lines)
    (line,) = lines if len(lines) == 1 else (None,)
    mark = mark_of(one.total.made_up, one.total.households)
    line_cells = {"line": line.figure, "_asked_of": {"line": asked_of_line(line)}} if line else {}
    return {**row, **band_cells(one), "remark": remark_on(one), "_made_up": mark, **line_cells}


def _spread_row(one: Spread) -> Row:
    untold = [name for name, value in one.told.items() if value is None]
    return {
        "year": one.key,
        "households": one.households,
        "persons": one.persons,
        **one.told,
        "_asked": {"year": str(one.key)},
        "_narrows": {"year": str(one.key)},
        "_asked_of": {name: {"of": name} for name in RANKS},
        "_withheld": untold if one.households else [*HEADS, *untold],
        "_made_up": mark_of(one.made_up, one.households or 0),
    }


def _checks_row(one: Checked, query: Query) -> Row:
    numbers = {"unverified": one.unverified, "returned": one.returned, "expected": one.expected}
    asked = {"year": one.key, "_asked": {"year": str(one.key)}, "_narrows": {"year": str(one.key)}}
    if one.key in told_years(query):
        return {**asked, **numbers, "records": one.records, "_made_up": mark_of(one.made_up, one.records)}
    if is_cut(query):
        return {**asked, "_withheld": ["records", *numbers]}
    return {**asked, "records": one.records, "_withheld": list(numbers), "_made_up": mark_of(one.made_up, one.records)}


def _note(note: Any, rows: Iterable[Row]) -> str:
    return sentences(note, WHY_WITHHELD) if any(row.get("_withheld") for row in rows) else str(note)
