"""What must be unique over machines: no index sees it there, so whoever writes waits for who writes beside, and looks.

One lock for each value of the constraint's first column (a household's village), held until the transaction ends.
"""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from django.db import IntegrityError
from django.db.models import Count, Q, UniqueConstraint
from django.db.models.base import Model

from alleviation.common.citus.placement import spanning

Values = tuple[Any, ...]


def written_by(model: type[Model], names: Iterable[str]) -> list[UniqueConstraint]:
    """The constraints over machines of which a write sets a column."""
    columns = set(names)
    return [one for one in spanning(model) if columns & {model._meta.get_field(n).attname for n in one.fields}]  # type: ignore[union-attr]


def refuse_twice(model: type[Model], constraint: UniqueConstraint, rows: Iterable[Values], connection: Any) -> None:
    """Of these values, which were just written, the table has each once. Raises IntegrityError as the index would."""
    wanted = {row for row in rows if None not in row}
    if not wanted:
        return
    _wait(constraint, {row[0] for row in wanted}, connection)
    names = [model._meta.get_field(name).attname for name in constraint.fields]  # type: ignore[union-attr]
    kept = model._base_manager.using(connection.alias).filter(constraint.condition or Q())
    beside = kept.filter(**{f"{name}__in": {row[place] for row in wanted} for place, name in enumerate(names)})
    counted = beside.order_by().values_list(*names).annotate(_rows=Count("*")).filter(_rows__gt=1)
    for *found, _rows in counted:
        if tuple(found) in wanted:
            raise IntegrityError(f'duplicate key value violates unique constraint "{constraint.name}"')


def _wait(constraint: UniqueConstraint, firsts: Iterable[Any], connection: Any) -> None:
    """Taken in an order that is the same for everybody."""
    keys = sorted({crc32(str(first).encode()) - 2**31 for first in firsts})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(CAST(%s AS integer[])) AS key",
            [crc32(constraint.name.encode()) - 2**31, keys],
        )
