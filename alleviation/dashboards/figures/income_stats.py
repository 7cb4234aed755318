"""The few figures at the top of the income page: those of the latest year, read from the tables beneath."""

from typing import Any

from django.utils.translation import gettext as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Table, explain_url
from alleviation.dashboards.figures.stats import Stat

Row = dict[str, Any]


def latest(query: Query, year: int, by_year: Table, changed: Table, bands: list[Table], checked: Table) -> list[Stat]:
    """Per-capita income with its growth, who is below each line, and what nobody has verified."""
    asked = query.of_years(year, year).asked()
    return [
        _per_capita(asked, _row_of(by_year, year), _row_of(changed, year)),
        *(_below(asked, table, _row_of(table, year)) for table in bands),
        _unverified(asked, _row_of(checked, year)),
    ]


def _row_of(table: Table, year: int) -> Row:
    found = (dict(row) for row in table.rows if row["year"] == year)
    return next(found, {"year": year})


def _per_capita(asked: dict[str, str], row: Row, change: Row) -> Stat:
    growth = change.get("growth")
    told = {"change": ("+" if growth and growth > 0 else "") + words.percent(growth), "year": row["year"] - 1}
    return Stat(
        _("Per-capita income %(year)s") % row,
        _shown(row, "per_capita", words.yuan),
        change.get("remark") or ("" if growth is None else _("%(change)s against %(year)s") % told),
        unit=_("yuan per person"),
        made_up=row.get("_made_up") or False,
        opens=_opens("per-capita-income", asked, row, "per_capita"),
        note_opens=_opens("change", {**asked, "of": "per-capita-income"}, change, "growth"),
    )


def _below(asked: dict[str, str], table: Table, row: Row) -> Stat:
    kind = row.get("_asked", {}).get("of", "")
    labels = {
        "poverty": _("Persons below the poverty line %(year)s"),
        "monitoring": _("Persons below the monitoring line %(year)s"),
    }
    share = row.get("share")
    return Stat(
        labels.get(kind, str(table.title)) % row,
        _shown(row, "below_persons", words.count),
        row.get("remark", "")
        if share is None
        else _("%(share)s of those held against it") % {"share": words.percent(share)},
        made_up=row.get("_made_up") or False,
        opens=_opens("persons-below-line", {**asked, "of": kind}, row, "below_persons"),
        note_opens=_opens("share-below-line", {**asked, "of": kind}, row, "share"),
    )


def _unverified(asked: dict[str, str], row: Row) -> Stat:
    return Stat(
        _("Incomes of %(year)s not verified yet") % row,
        _shown(row, "unverified", words.count),
        _("they are in every sum as they stand"),
        made_up=row.get("_made_up") or False,
        opens=_opens("unverified-incomes", asked, row, "unverified"),
    )


def _shown(row: Row, key: str, words_of: Any) -> str:
    return _("withheld") if key in row.get("_withheld", ()) else str(words_of(row.get(key)))


def _opens(figure: str, asked: dict[str, str], row: Row, key: str) -> str:
    """The way to what explains a figure; "" for one that is not known, or not told."""
    is_told = row.get(key) is not None and key not in row.get("_withheld", ())
    return explain_url(figure, asked) if is_told else ""
