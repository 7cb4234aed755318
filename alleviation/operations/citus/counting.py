"""What a table holds, told the same before and after it was spread: how many rows, their sums, and their content."""

from dataclasses import dataclass
from typing import Any

from django.db.models.base import Model

from alleviation.common.fields import YuanField


@dataclass(frozen=True)
class Content:
    """The number of rows, Σ of each amount in fen, and a sum of digests of whole rows, whatever their order."""

    rows: int
    sums: tuple[tuple[str, int], ...]
    digest: int

    def __str__(self) -> str:
        amounts = "".join(f", {name} {amount}" for name, amount in self.sums)
        return f"{self.rows} rows{amounts}, digest {self.digest}"


def content_of(model: type[Model], cursor: Any) -> Content:
    """What the table of a model holds now."""
    fields = model._meta.local_concrete_fields
    amounts = [str(field.column) for field in fields if isinstance(field, YuanField)]
    row = ", ".join(f'"{field.column}"' for field in sorted(fields, key=lambda field: str(field.column)))
    asked = ["count(*)", *(f'coalesce(sum("{name}"), 0)' for name in amounts)]
    digest = f"coalesce(sum(CAST(hashtextextended(CAST(ROW({row}) AS text), 0) AS numeric)), 0)"
    cursor.execute(f'SELECT {", ".join([*asked, digest])} FROM "{model._meta.db_table}"')  # noqa: S608 - our own names
    number, *sums, total = cursor.fetchone()
    return Content(number, tuple(zip(amounts, map(int, sums), strict=True)), int(total))
