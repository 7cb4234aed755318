"""Numbers that one record states of itself: nothing is added, and the record is the only row."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_in_words
from alleviation.scrutiny.figures.base import Explained, once
from projects.models import AllianceActivity, Project


class Stated(Explained, abstract=True):
    """A number of a record as it was entered; `of` is the number of the record."""

    permission = Right.VIEW_RECORDS
    value_column = Column("value", _("Figure"), Kind.COUNT)
    formula = _("As it was entered")
    source = _("The record itself. It is no sum, and it enters none.")
    adds_up = ("number",)
    columns = (
        Column("title", _("Record")),
        Column("number", _("Figure"), Kind.COUNT),
        Column("unit", _("Unit")),
        Column("entered_by", _("Entered by")),
        MADE_UP,
    )
    empty = _("There is no such record.")
    model: ClassVar[type[Model]]

    def told(self, record: Any) -> Row:
        """What the record says: its title, the number, its unit, whether it is made up, and its page."""
        raise NotImplementedError

    def names_it(self, query: Query) -> str:
        return str(self._row(query)["title"])

    def value(self, query: Query) -> Any:
        return self._row(query)["number"]

    def words(self, query: Query) -> str:
        row = self._row(query)
        return f"{words.count(row['number'])} {row['unit']}".strip()

    def rows(self, query: Query) -> Iterable[Row]:
        return [self._row(query)]

    def total(self, query: Query) -> Row:
        row = self._row(query)
        return {name: row[name] for name in ("number", "unit", "_made_up", "made_up")}

    def number(self, query: Query) -> int:
        return 1

    def _row(self, query: Query) -> Row:
        return once(query, self.slug, lambda: self._found(query))

    def _found(self, query: Query) -> Row:
        number = int(query.of) if query.of.isascii() and query.of.isdigit() and len(query.of) < 19 else 0
        seen: Any = self.model._default_manager
        record = seen.visible_to(query.user).filter(pk=number).first()
        told = self.told(record) if record else {}
        if record is None or told["number"] is None:
            raise Http404
        entered_by = recorders(self.model, [record.pk]).get(record.pk, "")
        return {**told, "entered_by": entered_by, "made_up": mark_in_words(told["_made_up"])}


class Capacity(Stated):
    """How large a project is."""

    slug = "capacity"
    title = _("Capacity")
    description = _("How much a project can yield, as the record of the project has it; capacities are never added.")
    model = Project

    def told(self, record: Project) -> Row:
        return {
            "title": f"{record.code} {record.local_name}",
            "number": record.capacity,
            "unit": record.get_capacity_unit_display(),
            "_url": record.get_absolute_url(),
            "_made_up": record.is_made_up,
        }


class ActivityNumber(Stated):
    """How many of something an activity brought."""

    slug = "activity-number"
    title = _("Number of an activity")
    description = _("How many an activity of an alliance was about, as its record has it.")
    model = AllianceActivity

    def told(self, record: AllianceActivity) -> Row:
        return {
            "title": record.title,
            "number": record.number,
            "unit": "",
            "_url": record.alliance.get_absolute_url(),
            "_made_up": record.alliance.is_made_up,
        }


FIGURES: tuple[Explained, ...] = (Capacity(), ActivityNumber())
