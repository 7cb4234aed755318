"""The charts of the dashboards, drawn from the rows of the tables beneath them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.common.charts import (
    Break,
    Series,
    bar_chart,
    horizontal_bars,
    line_chart,
    stacked_bars,
    stated_series,
)
from alleviation.common.charts.findings import contributions, largest_part, ranking, trend
from alleviation.common.drawings import Drawing
from alleviation.common.tables import Row, Table

Rows = list[dict[str, Any]]


def booked_by_year(table: Table) -> Drawing:
    """Allocated, disbursed and spent, side by side by year."""
    kinds = ("allocated", "disbursed", "spent")
    rows, years = _every_year([row for row in table.rows if any(row.get(kind) is not None for kind in kinds)])
    series = [
        Series(_("Allocated"), [row.get("allocated") for row in rows]),
        Series(_("Disbursed"), [row.get("disbursed") for row in rows]),
        Series(_("Spent"), [row.get("spent") for row in rows]),
    ]
    description = _("Money booked in the ledger by year, in yuan. The table beneath has the figures.")
    title = _("Money booked by year")
    svg = bar_chart(title, description, series, years, "CNY", uid="drawing-booked-by-year")
    seen = (trend(row, years, "CNY", so_far=timezone.localdate().year) for row in series)
    return Drawing("booked-by-year", title, svg, table.slug, next(filter(None, seen), ""))


def per_capita(table: Table) -> Drawing:
    """Per-capita income by year with the poverty line where one is recorded; where the series breaks, so does it."""
    rows, years = _every_year(table.rows)
    line = stated_series(_("Poverty line"), [row.get("line") for row in rows])
    title = _("Per-capita income and the poverty line")
    series = _unbroken(rows)
    reference = line if line.known else None
    svg = line_chart(
        title,
        _("Net income per person and year, in yuan; the dashed line is the poverty line where one is recorded."),
        series,
        years,
        "CNY",
        reference=reference,
        breaks=[Break(row["year"], row["_breaks"].words) for row in rows if row.get("_breaks")],
        uid="drawing-per-capita",
    )
    # Before a break something else was counted: only what came after it is compared.
    name = _("Per-capita income")
    seen = trend(replace(series[-1], name=name), years, "CNY", reference=reference)
    return Drawing("per-capita", title, svg, table.slug, seen)


def _every_year(rows: Iterable[Row]) -> tuple[Rows, list[int]]:
    """The rows of all years from the first to the last, and these years: one without a row is not known."""
    by_year = {row["year"]: dict(row) for row in rows}
    years = list(range(min(by_year), max(by_year) + 1)) if by_year else []
    return [by_year.get(year, {"year": year}) for year in years], years


def _unbroken(rows: Rows) -> list[Series]:
    """A line for each stretch of years that count the same, named for what they count where there are several."""
    starts = [number for number, row in enumerate(rows) if number == 0 or row.get("_breaks")]
    if len(starts) < 2:
        return [Series(_("Per-capita income"), [row.get("per_capita") for row in rows])]
    ends = [*starts[1:], len(rows)]
    return [
        Series(
            str(rows[start]["kept"]),
            [row.get("per_capita") if start <= number < end else None for number, row in enumerate(rows)],
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def change(table: Table) -> Drawing:
    """What each component adds to the change of per-capita income, or takes away, by year."""
    rows: Rows = [dict(row) for row in table.rows if row["change"] is not None]
    names = {
        "wage_income": _("Wages"),
        "business_income": _("Business"),
        "property_income": _("Property"),
        "transfer_income": _("Transfers"),
        "expenses": _("Less expenses"),
    }
    series = [Series(name, [row[key] for row in rows]) for key, name in names.items()]
    description = _("The change of per-capita income against the year before by component, in yuan per person.")
    title = _("What the change is made of")
    years = [row["year"] for row in rows]
    svg = stacked_bars(title, description, series, years, "CNY", uid="drawing-change")
    return Drawing("change", title, svg, table.slug, contributions(series, years, "CNY"))


def composition(table: Table) -> Drawing:
    """The four components of income by year."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    names = {
        "wage_income": _("Wages"),
        "business_income": _("Business"),
        "property_income": _("Property"),
        "transfer_income": _("Transfers"),
    }
    series = [Series(name, [row[key] for row in rows]) for key, name in names.items()]
    description = _("The components of income before expenses by year, in yuan.")
    title, years = _("What incomes are made of"), [row["year"] for row in rows]
    svg = stacked_bars(title, description, series, years, "CNY", uid="drawing-composition")
    return Drawing("composition", title, svg, table.slug, largest_part(series, years))


def allocated_by(table: Table, key: str, title: str) -> Drawing:
    """What was allocated, by the first column of a table of money."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    series = [Series(_("Allocated"), [row.get("allocated") for row in rows])]
    slug, names = f"allocated-by-{key}", [row[key] for row in rows]
    svg = horizontal_bars(title, _("Money allocated, in yuan."), series, names, "CNY", uid=f"drawing-{slug}")
    return Drawing(slug, title, svg, table.slug, ranking(series[0], names, "CNY", adds_up=True))


def income_by(table: Table, key: str, title: str) -> Drawing:
    """Per-capita income, by the first column of a table of incomes."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    series = [Series(_("Per-capita income"), [row.get("per_capita") for row in rows])]
    slug, description = f"income-by-{key}", _("Net income per person and year, in yuan.")
    names = [row[key] for row in rows]
    svg = horizontal_bars(title, description, series, names, "CNY", uid=f"drawing-{slug}")
    return Drawing(slug, title, svg, table.slug, ranking(series[0], names, "CNY"))
