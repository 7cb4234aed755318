"""What became of a record, told for whoever reads its page: who did what, when and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit.history import events_of, with_others
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.values import is_sealed
from alleviation.common import words
from alleviation.common.fields import YuanField
from alleviation.common.words import labelled, listed
from alleviation.evidence.models import Evidence

# The event itself says who and when, the page itself which record; the badge tells what is made up, and the SHA-256
# of a file stands beside its number.
UNTOLD = {"id", "is_made_up", "subject_type", "subject_id", "file"}
STAMPS = ("_by", "_at")


@dataclass(frozen=True)
class Told:
    """One column of an event, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Happening:
    """One event of the trail, as the page tells it."""

    at: datetime
    actor: str
    what: str
    reason: str
    changes: tuple[Told, ...]
    is_new: bool


def happenings(record: Model, evidence: Iterable[Evidence], user: User) -> list[Happening]:
    """The events of a record and of its evidence, the latest first; what it names as far as the reader sees that."""
    events = list(events_of(record, {Evidence: [one.pk for one in evidence]}))
    named = _named_in(events, user)
    return [_happening(event, named) for event in events]


def _happening(event: AuditEvent, named: dict[tuple[type[Model], int], str]) -> Happening:
    return Happening(
        at=event.at,
        actor=event.actor,
        what=listed((labelled(capfirst(_kind(event)), event.get_verb_display()), with_others(event))),
        reason=event.reason,
        changes=tuple(_changes(event, named)),
        is_new=event.verb == Verb.CREATED,
    )


def _kind(event: AuditEvent) -> str:
    return str(apps.get_model(event.subject_type)._meta.verbose_name)


def _changes(event: AuditEvent, named: dict[tuple[type[Model], int], str]) -> Iterator[Told]:
    for field in _fields(event):
        before, after = event.before.get(field.attname), event.after.get(field.attname)
        if event.verb == Verb.CREATED and after in (None, ""):
            continue
        yield Told(str(field.verbose_name), _in_words(field, before, named), _in_words(field, after, named))


def _fields(event: AuditEvent) -> Iterator[Any]:
    """The columns that an event tells of, in the order of the form; none that the table has no more."""
    model = apps.get_model(event.subject_type)
    found = []
    for name in event.after:
        try:
            found.append(model._meta.get_field(name.removesuffix("_id")))
        except FieldDoesNotExist:
            continue
    for field in sorted(found, key=lambda field: field.creation_counter):
        if field.name not in UNTOLD and not field.name.endswith(STAMPS):
            yield field


def _in_words(field: Any, value: Any, named: dict[tuple[type[Model], int], str]) -> str:
    if value in (None, ""):
        return words.NOTHING
    if is_sealed(value):
        return _("(not told)")
    if field.is_relation:
        return named.get((field.related_model, value), f"#{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, YuanField):
        return words.yuan(Decimal(value))
    return _moment(field, value) or str(dict(field.flatchoices).get(value, value))


def _moment(field: Any, value: Any) -> str:
    """A day or a moment as the reader writes it; "" for anything else."""
    kind = field.get_internal_type()
    if kind == "DateField" and (day := parse_date(str(value))):
        return date_format(day, "DATE_FORMAT")
    if kind == "DateTimeField" and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "DATETIME_FORMAT")
    return ""


def _named_in(events: Iterable[AuditEvent], user: User) -> dict[tuple[type[Model], int], str]:
    """The names of the records that events speak of and this person may see; one query for each kind."""
    numbers: dict[type[Model], set[int]] = {}
    for event in events:
        for field in _fields(event):
            if field.is_relation:
                given = {event.before.get(field.attname), event.after.get(field.attname)} - {None}
                numbers.setdefault(field.related_model, set()).update(given)
    return {
        (model, one.pk): _name(one)
        for model, wanted in numbers.items()
        if wanted
        for one in model._default_manager.visible_to(user).filter(pk__in=wanted)  # type: ignore[attr-defined]
    }


def _name(record: Any) -> str:
    return str(getattr(record, "local_name", None) or record)
