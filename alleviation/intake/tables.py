"""What came in by file, as a table for those who import and for auditors."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from alleviation.audit.models import ImportBatch
from alleviation.common.tables import Column, Kind, Table
from alleviation.intake.kinds import KINDS

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


def kind_title(slug: str) -> str:
    """What a kind of import is called, also one that is no more."""
    return str(KINDS[slug].title) if slug in KINDS else slug


def is_money(value: Decimal) -> bool:
    """Whether a total is in yuan: those have two decimals, whatever they are."""
    return value.as_tuple().exponent == -2


def control_lines(controls: Mapping[str, Decimal], slug: str) -> list[tuple[str, str]]:
    """(column, sum with its unit) of a file's control totals in words, in the order of the kind's columns."""
    titles = {column.name: str(column.title) for column in KINDS[slug].columns} if slug in KINDS else {}
    ordered = [name for name in titles if name in controls] + [name for name in controls if name not in titles]
    return [(titles.get(name, name), _with_unit(controls[name])) for name in ordered]


def _with_unit(value: Decimal) -> str:
    yuan = pgettext("unit", "yuan")
    return f"{value:,f} {yuan}" if is_money(value) else f"{value:,f}"


def batches_table(batches: Iterable[ImportBatch]) -> Table:
    """A row for each batch, which leads to its page, with its control totals.

    The batches come with what took them back (`select_related("reversal")`).
    """
    rows = [
        {
            "file": batch.title,
            "_url": reverse("imports:batch", args=[batch.pk]),
            "kind": kind_title(batch.import_kind),
            "area": batch.area,
            "rows": batch.rows,
            "controls": " · ".join(map(" ".join, control_lines(batch.control_totals, batch.import_kind))),
            "by": batch.created_by,
            "at": batch.created_at,
            "undone": batch.reversal.created_at if hasattr(batch, "reversal") else None,
        }
        for batch in batches
    ]
    return Table("batches", _("What came in by file"), BATCHES, rows, empty=_("Nothing has come in by file yet."))
