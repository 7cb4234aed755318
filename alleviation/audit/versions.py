"""No silent overwrite: whoever saves what somebody else has changed meanwhile is told, and nothing is written.

The version of a record is the number of the last event that tells of it. A form carries the version it was filled in
from; the action compares it under the record's lock.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.db.models.base import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alleviation.audit.models import AuditEvent, Verb


class ChangedMeanwhile(ValidationError):
    """Somebody else changed the record after this person opened it. Nothing was written.

    `version` is that of the change it tells of: who carries it on has been told.
    """

    def __init__(self, message: str, *, version: int) -> None:
        super().__init__(message, code="changed_meanwhile")
        self.version = version


def version_of(record: Model) -> int:
    """The number of the last event that tells of the record; 0 for one that the trail does not know."""
    return versions_of(type(record), [record.pk]).get(record.pk, 0)


def versions_of(model: type[Model], numbers: Iterable[int]) -> dict[int, int]:
    """The versions of several records of one kind, in one query."""
    events = _events(model).filter(subject_id__in=list(numbers)).order_by()
    return dict(events.values("subject_id").annotate(last=Max("id")).values_list("subject_id", "last"))


def refuse_overwriting(stored: Model, record: Any) -> None:
    """Compare what the record was opened as with what it is; call it under the record's lock.

    `record.seen_version` is what the form carried; a record without it comes from no form.
    Raises ChangedMeanwhile, which names who changed what, and when.
    """
    seen = getattr(record, "seen_version", None)
    if seen is None or (now := version_of(stored)) == seen:
        return
    last = AuditEvent.objects.get(pk=now) if now else None
    raise ChangedMeanwhile(_words(record, last), version=now)


def _words(record: Model, event: AuditEvent | None) -> str:
    if event is None:
        return _("This has changed since you opened it. Look at it again before you save.")
    told = {
        "who": event.actor,
        "when": date_format(localtime(event.at), "DATETIME_FORMAT"),
        "what": ", ".join(_field_words(record, event)) or event.get_verb_display(),
    }
    return (
        _(
            "%(who)s changed this on %(when)s, after you opened it: %(what)s. Nothing was written, and what you typed "
            "is kept. Look at it again: sending it once more does it all the same, leaving the page keeps theirs."
        )
        % told
    )


def _field_words(record: Model, event: AuditEvent) -> list[str]:
    """The changed fields by their titles, with the value they have now."""
    fields = {field.attname: field for field in record._meta.concrete_fields}
    return [
        _("%(field)s: %(value)s") % {"field": fields[name].verbose_name, "value": _value_words(fields[name], value)}
        for name, value in sorted(event.after.items())
        if name in fields
    ]


def _value_words(field: Any, value: Any) -> str:
    if isinstance(value, dict):
        return _("(not told)")
    if value in (None, ""):
        return "—"
    return f"#{value}" if field.is_relation else str(dict(field.flatchoices).get(value, value))


def _events(model: type[Model]) -> Any:
    return AuditEvent.objects.filter(subject_type=model._meta.label_lower, verb__in=sorted(Verb.WRITES))
