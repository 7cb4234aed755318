"""The trail of one record, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext, ngettext

from alleviation.audit.births import births_of
from alleviation.audit.bulk import bulk_events
from alleviation.audit.chain import moment
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.values import is_sealed

LONGEST = 200


@dataclass(frozen=True)
class Change:
    """One field of an event: what it was, what it became."""

    field: str
    before: Any
    after: Any


def events_of(record: Model, parts: dict[type[Model], list[int]] | None = None) -> QuerySet[AuditEvent]:
    """The events of a record and of its parts (model → ids), the latest first."""
    subjects = _subject(type(record), [record.pk]) | _told_with_many(type(record), [record.pk])
    for model, numbers in (parts or {}).items():
        subjects |= _subject(model, numbers) | _told_with_many(model, numbers)
    return AuditEvent.objects.filter(subjects)[:LONGEST]


def recorders(model: type[Model], numbers: list[int]) -> dict[int, str]:
    """Who entered each of these records, by id, as the trail tells; two more where many came at once."""
    created = AuditEvent.objects.filter(_subject(model, numbers), verb=Verb.CREATED)
    told = created.order_by().values_list("subject_id", "actor")
    return {number: actor for number, actor in told if number is not None} | _entered_with_many(model, numbers)


def changes_of(event: AuditEvent) -> Iterator[Change]:
    """What an event says field by field; of a new record only what was filled in, of many what is alike in all."""
    told = event.after
    if others := with_others(event):
        yield Change(gettext("together"), None, others)
        told = _alike(event)
    fields = {name: _field(event.subject_type, name) for name in sorted(told)}
    # PostgreSQL keeps the keys of a JSON object in an order of its own; people know that of the form.
    for name in sorted(fields, key=lambda name: getattr(fields[name], "creation_counter", 0)):
        before, after = event.before.get(name), told[name]
        if name != "id" and not (before in (None, "") and after in (None, "")):
            yield _change(fields[name], name, before, after)


def with_others(event: AuditEvent) -> str:
    """Of how many records an event tells at once, and with which file they came; "" for an event of one record."""
    if event.subject_id is not None or not (rows := event.after.get("rows")):
        return ""
    told = ngettext("%(number)s record, with “%(file)s”", "%(number)s records, with “%(file)s”", rows)
    return told % {"number": f"{rows:,}", "file": event.subject}


def _alike(event: AuditEvent) -> dict[str, Any]:
    """What an event of many records says of each of them, by column."""
    bulk = getattr(apps.get_model(event.subject_type), "bulk", None)
    if bulk is None:
        return {}
    moment_of = bulk.born if event.verb == Verb.CREATED else bulk.ended
    return {**event.after.get("alike", {}), moment_of: event.after["at"]}


def _subject(model: type[Model], numbers: list[int]) -> Q:
    return Q(subject_type=model._meta.label_lower, subject_id__in=numbers)


def _told_with_many(model: Any, numbers: list[int]) -> Q:
    """The events that tell of these records together with others."""
    told = Q(pk__in={event.pk for event in births_of(model, numbers).values()})
    if hasattr(model, "bulk"):
        for row in model._base_manager.filter(pk__in=numbers).values_list(model.bulk.born, model.bulk.ended):
            told |= Q(after__at__in=[moment(at) for at in row if at is not None])
    return told & Q(subject_type=model._meta.label_lower, subject_id__isnull=True)


def _entered_with_many(model: Any, numbers: list[int]) -> dict[int, str]:
    if not hasattr(model, "bulk"):
        return {number: event.actor for number, event in births_of(model, numbers).items()}
    if not (events := bulk_events(model, Verb.CREATED)):
        return {}
    born = model._base_manager.filter(pk__in=numbers).values_list("pk", model.bulk.born)
    return {number: events[moment(at)].actor for number, at in born if moment(at) in events}


def _change(field: Any, name: str, before: Any, after: Any) -> Change:
    return Change(str(getattr(field, "verbose_name", name)), _in_words(field, before), _in_words(field, after))


def _field(subject_type: str, name: str) -> Any:
    """The field an event speaks of; None where the table has changed since."""
    try:
        return apps.get_model(subject_type)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _in_words(field: Any, value: Any) -> Any:
    """A code by its title, another record by its number: who may read this one may not see that one."""
    if is_sealed(value):
        return gettext("(not told)")
    if value is None or field is None:
        return value
    if field.is_relation:
        return f"#{value}"
    return dict(field.flatchoices).get(value, value)
