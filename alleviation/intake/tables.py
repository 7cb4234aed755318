"""What came in by file, as a table for those who import and for auditors."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.audit.models import ImportBatch
from alleviation.common.tables import Column, Kind, Table

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


def batches_table(batches: Iterable[ImportBatch], *, title_of: Callable[[str], str] = str) -> Table:
    """A row for each batch, which leads to its page; `title_of` tells what a kind of import is called.

    The batches come with what took them back (`select_related("reversal")`).
    """
    rows = [
        {
            "file": batch.title,
            "_url": reverse("imports:batch", args=[batch.pk]),
            "kind": title_of(batch.import_kind),
            "area": batch.area,
            "rows": batch.rows,
            "controls": " · ".join(f"{name} {value:,f}" for name, value in batch.control_totals.items()),
            "by": batch.created_by,
            "at": batch.created_at,
            "undone": batch.reversal.created_at if hasattr(batch, "reversal") else None,
        }
        for batch in batches
    ]
    return Table("batches", _("What came in by file"), BATCHES, rows, empty=_("Nothing has come in by file yet."))
