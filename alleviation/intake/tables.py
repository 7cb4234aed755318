"""What came in by file, as a table for those who import and for auditors."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.audit.models import ImportBatch
from alleviation.common.tables import Column, Kind, Table

Lines = Callable[[dict[str, Decimal], str], list[tuple[str, str]]]
BATCHES = (
    Column("file", _("File"), Kind.LINK),
    Column("kind", _("Kind of import")),
    Column("area", _("Area"), Kind.CODE),
    Column("rows", _("Rows"), Kind.COUNT),
    Column("controls", _("Control totals")),
    Column("by", _("Imported by")),
    Column("at", _("Imported at"), Kind.DATE),
    Column("undone", _("Taken back"), Kind.DATE),
)


def plain_lines(controls: Mapping[str, Decimal], _kind: str) -> list[tuple[str, str]]:
    """(column, sum) of control totals, by the columns' names."""
    return [(name, f"{value:,f}") for name, value in controls.items()]


def batches_table(
    batches: Iterable[ImportBatch], *, title_of: Callable[[str], str] = str, lines_of: Lines = plain_lines
) -> Table:
    """A row for each batch, which leads to its page; `title_of` tells what a kind of import is called, `lines_of` its
    control totals.

    The batches come with what took them back (`select_related("reversal")`).
    """
    rows = [
        {
            "file": batch.title,
            "_url": reverse("imports:batch", args=[batch.pk]),
            "kind": title_of(batch.import_kind),
            "area": batch.area,
            "rows": batch.rows,
            "controls": " · ".join(map(" ".join, lines_of(batch.control_totals, batch.import_kind))),
            "by": batch.created_by,
            "at": batch.created_at,
            "undone": batch.reversal.created_at if hasattr(batch, "reversal") else None,
        }
        for batch in batches
    ]
    return Table("batches", _("What came in by file"), BATCHES, rows, empty=_("Nothing has come in by file yet."))
