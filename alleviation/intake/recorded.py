"""What is recorded, as a file that can be changed and handed in again."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from alleviation.accounts.models import User
from alleviation.common.csv_out import BOM, guarded
from alleviation.intake.kinds import ImportKind

CHUNK = 64 * 1024


def recorded_csv(kind: ImportKind, *, by: User) -> Iterator[str]:
    """The CSV of a kind with what is recorded in the area of `by`, in parts: handed in as it is, it changes nothing.

    The header is in the language of now; names of persons are masked, their numbers left out.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write(BOM)
    writer.writerow([guarded(str(column.title)) for column in kind.columns])
    for values in kind.recorded(by=by):
        writer.writerow([_cell(values.get(column.name)) for column in kind.columns])
        if text.tell() > CHUNK:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else guarded(str(value))
