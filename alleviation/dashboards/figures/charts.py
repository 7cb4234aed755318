"""The charts of the dashboards, drawn from the rows of the tables beneath them."""

from typing import Any

from django.utils.translation import gettext as _

from alleviation.common.charts import Series, bar_chart, horizontal_bars, line_chart, stacked_bars
from alleviation.common.drawings import Drawing
from alleviation.common.tables import Table

Rows = list[dict[str, Any]]


def booked_by_year(table: Table) -> Drawing:
    """Allocated, disbursed and spent, side by side by year."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    series = [
        Series(_("Allocated"), [row.get("allocated") for row in rows]),
        Series(_("Disbursed"), [row.get("disbursed") for row in rows]),
        Series(_("Spent"), [row.get("spent") for row in rows]),
    ]
    description = _("Money booked in the ledger by year, in yuan. The table beneath has the figures.")
    title, years = _("Money booked by year"), [row["year"] for row in rows]
    svg = bar_chart(title, description, series, years, "CNY", uid="drawing-booked-by-year")
    return Drawing("booked-by-year", title, svg, table.slug)


def per_capita(table: Table) -> Drawing:
    """Per-capita income by year with the poverty line where one is recorded; where the series breaks, so does it."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    line = [row["line"].low if row["line"] else None for row in rows]
    title = _("Per-capita income and the poverty line")
    svg = line_chart(
        title,
        _("Net income per person and year, in yuan; the dashed line is the poverty line where one is recorded."),
        _unbroken(rows),
        [row["year"] for row in rows],
        "CNY",
        reference=Series(_("Poverty line"), line) if any(line) else None,
        uid="drawing-per-capita",
    )
    return Drawing("per-capita", title, svg, table.slug)


def _unbroken(rows: Rows) -> list[Series]:
    """A line for each stretch of years that count the same, named for what they count where there are several."""
    starts = [number for number, row in enumerate(rows) if number == 0 or row.get("_breaks")]
    if len(starts) < 2:
        return [Series(_("Per-capita income"), [row["per_capita"] for row in rows])]
    ends = [*starts[1:], len(rows)]
    return [
        Series(
            str(rows[start]["kept"]),
            [row["per_capita"] if start <= number < end else None for number, row in enumerate(rows)],
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
    svg = stacked_bars(title, description, series, [row["year"] for row in rows], "CNY", uid="drawing-change")
    return Drawing("change", title, svg, table.slug)


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
    return Drawing("composition", title, svg, table.slug)


def allocated_by(table: Table, key: str, title: str) -> Drawing:
    """What was allocated, by the first column of a table of money."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    series = [Series(_("Allocated"), [row.get("allocated") for row in rows])]
    slug, names = f"allocated-by-{key}", [row[key] for row in rows]
    svg = horizontal_bars(title, _("Money allocated, in yuan."), series, names, "CNY", uid=f"drawing-{slug}")
    return Drawing(slug, title, svg, table.slug)


def income_by(table: Table, key: str, title: str) -> Drawing:
    """Per-capita income, by the first column of a table of incomes."""
    rows: Rows = list(table.rows)  # type: ignore[arg-type]
    series = [Series(_("Per-capita income"), [row["per_capita"] for row in rows])]
    slug, description = f"income-by-{key}", _("Net income per person and year, in yuan.")
    svg = horizontal_bars(title, description, series, [row[key] for row in rows], "CNY", uid=f"drawing-{slug}")
    return Drawing(slug, title, svg, table.slug)
