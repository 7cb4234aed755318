"""The tables of the pages of imports."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.reading import Fault
from alleviation.common.tables import Column, Kind, Table
from alleviation.intake.kinds import Findings, ImportKind
from alleviation.intake.models import ImportRun
from alleviation.intake.tables import is_money, kind_title

RUNS = (
    Column("file", _("File"), Kind.LINK),
    Column("kind", _("Kind of import")),
    Column("state", _("State")),
    Column("rows", _("Rows"), Kind.COUNT),
    Column("at", _("Handed in at"), Kind.DATE),
)
FAULTS = (
    Column("row", _("File row"), Kind.COUNT),
    Column("column", _("Column")),
    Column("value", _("Value")),
    Column("message", _("What is wrong, and what would be right")),
)
COLUMNS = (
    Column("title", _("Column")),
    Column("name", _("Or"), Kind.CODE),
    Column("help", _("What it means")),
    Column("example", _("For example"), Kind.CODE),
    Column("needed", _("Needed")),
)


def runs_table(runs: Iterable[ImportRun]) -> Table:
    """One's own imports, the latest first."""
    rows = [
        {
            "file": run.file_name,
            "_url": reverse("imports:run", args=[run.pk]),
            "kind": kind_title(run.kind),
            "state": run.get_state_display(),
            "rows": run.rows_done or None,
            "at": run.asked_at,
        }
        for run in runs
    ]
    return Table("runs", _("Files that you handed in"), RUNS, rows, empty=_("You have not handed in any file yet."))


def faults_table(found: list[Fault], kind: ImportKind, number: int) -> Table:
    """What is wrong, row by row; `number` is how many faults there are in all."""
    titles = {column.name: str(column.title) for column in kind.columns}
    rows = [
        {
            "row": fault.row,
            "column": titles.get(fault.column or "", fault.column),
            "value": fault.value,
            "message": fault.message,
        }
        for fault in found
    ]
    note = ""
    if number > len(found):
        told = gettext("The first %(shown)s of %(all)s are shown here; the file holds all of them.")
        note = told % {"shown": words.count(len(found)), "all": words.count(number)}
    return Table("faults", _("What is wrong"), FAULTS, rows, note=note)


def columns_table(kind: ImportKind) -> Table:
    """What the columns of a file mean."""
    rows = [
        {
            "title": str(column.title),
            "name": column.name,
            "help": str(column.help_text),
            "example": column.example,
            "needed": needed(column),
        }
        for column in kind.columns
    ]
    return Table("columns", _("What the columns mean"), COLUMNS, rows)


def needed(column: Any) -> str:
    """Whether a column must be there, and whether its cells must."""
    if not column.is_required:
        return gettext("may be left out")
    return gettext("a cell may be blank") if column.may_be_blank else gettext("always")


def year_tables(findings: Findings) -> list[Table]:
    """What each measure adds up to before and after, by year: one table for each."""
    measures = dict.fromkeys(one.measure for one in findings.years)
    return [_years_of(findings, measure, number) for number, measure in enumerate(measures)]


def _years_of(findings: Findings, measure: str, number: int) -> Table:
    years = [one for one in findings.years if one.measure == measure]
    kind = Kind.YUAN if any(is_money(one.after) or is_money(one.before) for one in years) else Kind.COUNT
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("before", pgettext_lazy("total", "Before"), kind),
        Column("after", pgettext_lazy("total", "After"), kind),
        Column("change", _("Difference"), kind),
    )
    rows = [
        {"year": one.year, "before": one.before, "after": one.after, "change": one.after - one.before} for one in years
    ]
    return Table(f"years-{number}", measure, columns, rows)
