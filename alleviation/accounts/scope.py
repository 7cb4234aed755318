"""Which rows a person sees: `.visible_to(user)` is the last word of every list.

It fails closed. In a request, rows that belong to an area are not read, counted or changed before they were narrowed
to the area of whoever asks, or hang from a record that was (docs/access.md); else Unscoped is raised.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

from django.db import models
from django.db.models import Model

from alleviation.accounts.asking import OutsideArea, Unscoped, beyond_scope, is_bound, may_ask
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import within, within_any


class RightfulQuerySet(models.QuerySet):
    """Rows that everyone sees whose role covers this kind of record, whatever their area."""

    needed_right = Right.VIEW_RECORDS

    def visible_to(self, user: User) -> Self:
        """The rows this person may see; none without the right."""
        return self.all() if user.may(self.needed_right) else self.none()


class NarrowedQuerySet(RightfulQuerySet):
    """Rows that know whether they were narrowed to an area, and are not asked for before.

    Those of a subquery are not looked at: they are told by the rows that they stand in.
    """

    is_narrowed = False
    # Why these rows may be asked for without being narrowed.
    reason = ""

    def beyond(self, reason: str) -> Self:
        """These rows, wherever they are, for a reason such as those of `beyond_scope`. ValueError without one."""
        if not reason:
            raise ValueError("say why it may look further")
        rows = self.all()
        rows.reason = reason
        return rows

    def hanging_from(self, record: Model) -> Self:
        """These rows, which the caller has filtered to those of a record that was read in scope."""
        rows = self.all()
        rows._add_hints(instance=record)  # type: ignore[attr-defined]
        return rows

    def looked_at(self) -> AbstractContextManager[None]:
        """What these rows are to be read in. Raises Unscoped."""
        if self.reason:
            return beyond_scope(self.reason)
        self.refuse_unscoped()
        return nullcontext()

    def refuse_unscoped(self) -> None:
        """Raises Unscoped where a request asks for these rows and nothing has narrowed them."""
        is_free = self.is_narrowed or not is_bound() or self.query.is_empty()
        if not is_free and not _belongs_to_area(self._hints.get("instance")):  # type: ignore[attr-defined]
            raise Unscoped(f"{self.model._meta.label}: nothing narrows these rows to the area of whoever asks")

    def _clone(self) -> Self:
        copy = super()._clone()  # type: ignore[misc]
        copy.is_narrowed, copy.reason = self.is_narrowed, self.reason
        return copy

    def __or__(self, other: Any) -> Self:
        return self._joined(super().__or__(other), other)

    def __xor__(self, other: Any) -> Self:
        return self._joined(super().__xor__(other), other)

    def __and__(self, other: Any) -> Self:
        joined: Any = super().__and__(other)
        joined.is_narrowed = self.is_narrowed or other.is_narrowed
        return joined

    def _combinator_query(self, combinator: str, *others: Any, all: bool = False) -> Self:
        return self._joined(super()._combinator_query(combinator, *others, all=all), *others)  # type: ignore[misc]

    def _joined(self, joined: Any, *others: Any) -> Any:
        """Rows of several questions, each of which has to be narrowed."""
        joined.is_narrowed = all(one.is_narrowed or one.query.is_empty() for one in (self, *others))
        return joined

    def _fetch_all(self) -> None:
        if self._result_cache is not None:
            super()._fetch_all()
            return
        with self.looked_at():
            super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        self.looked_at()
        rows = super().iterator(chunk_size)
        return _each_beyond(rows, self.reason) if self.reason else rows

    def count(self) -> int:
        with self.looked_at():
            return super().count()

    def exists(self) -> bool:
        with self.looked_at():
            return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        with self.looked_at():
            return super().aggregate(*args, **kwargs)

    def explain(self, **options: Any) -> str:
        with self.looked_at():
            return super().explain(**options)

    def update(self, **values: Any) -> int:
        with self.looked_at():
            return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        with self.looked_at():
            return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        with self.looked_at():
            return super()._raw_delete(using)


def _each_beyond(rows: Iterator[Any], reason: str) -> Iterator[Any]:
    """The rows one by one; between them nobody looks further."""
    end = object()
    while True:
        with beyond_scope(reason):
            row = next(rows, end)
        if row is end:
            return
        yield row


def _belongs_to_area(owner: Model | None) -> bool:
    """Whether rows hang from a record that has an area itself: whoever read it was asked already."""
    return owner is not None and isinstance(type(owner)._default_manager.all(), NarrowedQuerySet)


class ScopedQuerySet(NarrowedQuerySet):
    """Rows that belong to an area; `area_field` is the way to their division code."""

    area_field = "division__code"

    def visible_to(self, user: User) -> Self:
        """The rows of this person's area; a row without any area is for those whose area is everywhere."""
        return super().visible_to(user).in_area(user.area)

    def in_area(self, prefix: str) -> Self:
        """Rows whose division code starts with this prefix; the empty prefix is everywhere."""
        return self._narrowed([prefix], within(prefix, self.area_field))

    def in_any_area(self, prefixes: list[str]) -> Self:
        """Rows in any of these areas."""
        return self._narrowed(prefixes, within_any(prefixes, self.area_field))

    def in_area_at(self, way: str, prefix: str) -> Self:
        """Rows that have to do with this area by another way than the place that they belong to."""
        return self._narrowed([prefix], within(prefix, way))

    def _narrowed(self, prefixes: list[str], condition: models.Q) -> Self:
        """Rows of an area, which counts as narrowed where it lies in that of whoever asks."""
        rows = self.filter(condition)
        rows.is_narrowed = self.is_narrowed or may_ask(prefixes)
        return rows


# No database takes any number of values in one statement.
READ_AGAIN = 500


def refuse_outside(records: Sequence[Model], user: User) -> None:
    """Read records of one model again, through the scope of whoever wrote them. Raises OutsideArea."""
    rows: Any = type(records[0])._default_manager.all() if records else None
    if not isinstance(rows, RightfulQuerySet):
        return
    seen = rows.visible_to(user).order_by()
    for first in range(0, len(records), READ_AGAIN):
        numbers = {one.pk for one in records[first : first + READ_AGAIN]}
        if seen.filter(pk__in=numbers).count() != len(numbers):
            raise OutsideArea
