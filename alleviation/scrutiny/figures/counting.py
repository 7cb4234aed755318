"""Numbers of records: what each has in common, and whose records are counted."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from projects.models import (
    Alliance,
    Document,
    Official,
    Organisation,
    Project,
)
from projects.reports.cells import marked

COUNT = Column("value", _("Figure"), Kind.COUNT)
RECORDED = _("The records themselves, as far as you may see them; a record that nobody entered is not counted.")
# What a count can be of, besides a place: "document:3" in the address, and the key by which the records point at it.
OWNERS: dict[str, type[Model]] = {
    "document": Document,
    "official": Official,
    "organisation": Organisation,
    "alliance": Alliance,
    "project": Project,
}
TITLE = Column("title", _("Record"))


def owner_of(query: Query, names: Iterable[str]) -> tuple[str, Model] | None:
    """The record that `of` names, by its kind; None where it names none. Raises Http404 for what is not there."""
    if not query.of:
        return None
    kind, _colon, number = query.of.partition(":")
    if kind not in names or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise Http404
    seen: Any = OWNERS[kind]._default_manager
    found = seen.visible_to(query.user).filter(pk=int(number)).first()
    if found is None:
        raise Http404
    return kind, found


class Counted(Explained, abstract=True):
    """The number of records of a kind, of a place or of one record that they belong to."""

    permission = Right.VIEW_RECORDS
    value_column = COUNT
    formula = _("Number of the records beneath")
    source = RECORDED
    adds_up = ()
    empty = _("There is no such record.")
    # What `of` may name, and the key that leads there from a record.
    owners: ClassVar[dict[str, str]] = {}

    def found(self, query: Query) -> Iterable[Any]:
        """The records, where no owner is asked for; those of an area where the question names one."""
        raise NotImplementedError

    def of_owner(self, query: Query, key: str, owner: Model) -> Iterable[Any]:
        """The records that belong to an owner."""
        raise NotImplementedError

    def row(self, record: Any) -> Row:
        """One record as a row."""
        raise NotImplementedError

    def names_it(self, query: Query) -> str:
        owner = self._owner(query)
        return str(owner[1]) if owner else ""

    def value(self, query: Query) -> int:
        return len(self._records(query))

    def working(self, query: Query) -> str:
        return ""

    def rows(self, query: Query) -> Iterator[Row]:
        return (self._marked(record) for record in self._records(query))

    def total(self, query: Query) -> Row:
        marks = [self.is_made_up(record) for record in self._records(query)]
        mark = mark_of(sum(marks), len(marks))
        return marked(mark)

    def number(self, query: Query) -> int:
        return self.value(query)

    def is_made_up(self, record: Any) -> bool:
        """Whether the record belongs to the made-up example."""
        return bool(record.is_made_up)

    def left_out(self, query: Query) -> list[LeftOut]:
        if not query.user.area:
            return []
        return [LeftOut(_("Records of other areas, which are not yours to see"))]

    def _owner(self, query: Query) -> tuple[str, Model] | None:
        return once(query, "owner", lambda: owner_of(query, self.owners))

    def _records(self, query: Query) -> list[Any]:
        return once(query, self.slug, lambda: list(self._asked(query)))

    def _asked(self, query: Query) -> Iterable[Any]:
        owner = self._owner(query)
        return self.of_owner(query, self.owners[owner[0]], owner[1]) if owner else self.found(query)

    def _marked(self, record: Any) -> Row:
        mark = self.is_made_up(record)
        return {**self.row(record), **marked(mark)}
