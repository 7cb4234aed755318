"""Rows that are parts of a record (`is_part_of`), and lie beside it where rows are spread over machines."""

from typing import Any

from django.db.models.base import Model


def beside_whole(record: Model) -> dict[str, Any]:
    """A filter for the record of which this one is a part; empty for one that is no part.

    Whoever looks one row up for a write names it too: that is the machine on which it lies (docs/citus.md).
    """
    whole = getattr(record, "is_part_of", "")
    return {whole: getattr(record, record._meta.get_field(whole).attname)} if whole else {}  # type: ignore[union-attr]
