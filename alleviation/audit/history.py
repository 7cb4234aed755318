"""The trail of one record, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from alleviation.audit.models import AuditEvent

LONGEST = 200


@dataclass(frozen=True)
class Change:
    """One field of an event: what it was, what it became."""

    field: str
    before: Any
    after: Any


def events_of(record: Model, parts: dict[type[Model], list[int]] | None = None) -> QuerySet[AuditEvent]:
    """The events of a record and of its parts (model → ids), the latest first."""
    subjects = _subject(type(record), [record.pk])
    for model, numbers in (parts or {}).items():
        subjects |= _subject(model, numbers)
    return AuditEvent.objects.filter(subjects)[:LONGEST]


def changes_of(event: AuditEvent) -> Iterator[Change]:
    """What an event says field by field; of a new record only what was filled in."""
    for name, after in event.after.items():
        before = event.before.get(name)
        if before not in (None, "") or after not in (None, ""):
            yield Change(_label(event.subject_type, name), before, after)


def _subject(model: type[Model], numbers: list[int]) -> Q:
    return Q(subject_type=model._meta.label_lower, subject_id__in=numbers)


def _label(subject_type: str, name: str) -> str:
    try:
        field = apps.get_model(subject_type)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name
    return str(getattr(field, "verbose_name", name))
