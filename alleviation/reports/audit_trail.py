"""The audit trail as a table to take away."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row, RowSets
from alleviation.common.tables import Column, Kind
from alleviation.common.years import FIRST_YEAR, LAST_YEAR

CHUNK = 2000


class AuditTrail(Report):
    """Every event, the oldest first."""

    slug = "audit-trail"
    title = _("Audit trail")
    description = _(
        "Every event of the trail, the oldest first: who did what and when, what was before and what after, and what "
        "binds it to the event before it. A year is that of the event's moment."
    )
    permission = Right.VIEW_TRAIL
    filters = ("year",)
    columns = (
        Column("number", pgettext_lazy("audit event", "Number"), Kind.CODE),
        Column("at", _("Moment"), Kind.DATE),
        Column("actor", _("Who")),
        Column("verb", _("What was done")),
        Column("kind", _("Kind of record"), Kind.CODE),
        Column("record_number", _("Record number"), Kind.CODE),
        Column("record", _("Record")),
        Column("before", _("Before"), file_only=True),
        Column("after", _("After"), file_only=True),
        Column("reason", _("Reason")),
        Column("batch", _("Batch"), Kind.CODE, file_only=True),
        Column("request", _("Request"), Kind.CODE, file_only=True),
        Column("address", _("Address (keyed hash)"), Kind.CODE, file_only=True),
        Column("digest", _("Digest"), Kind.CODE, file_only=True),
        Column("mac", _("Authentication code"), Kind.CODE, file_only=True),
    )

    def rows(self, query: Query) -> Iterator[Row]:
        for event in _asked(query).order_by("pk").iterator(chunk_size=CHUNK):
            yield _row(event)

    def total(self, query: Query) -> Row | None:
        return None

    def row_sets(self, query: Query) -> RowSets:
        return (_asked(query),)


def _asked(query: Query) -> Any:
    """The events of these years, which this person may see; with `as_of` those there were at that moment."""
    if not query.user.may(Right.VIEW_TRAIL):
        return AuditEvent.objects.none()
    events = AuditEvent.objects.all()
    if (query.first_year, query.last_year) != (FIRST_YEAR, LAST_YEAR):
        first, end = datetime(query.first_year, 1, 1), datetime(query.last_year + 1, 1, 1)  # noqa: DTZ001
        events = events.filter(at__gte=make_aware(first), at__lt=make_aware(end))
    return events if query.as_of is None else events.filter(at__lte=query.as_of)


def _row(event: AuditEvent) -> Row:
    return {
        "number": event.pk,
        "at": event.at,
        "year": localtime(event.at).year,
        "actor": event.actor,
        "verb": Verb(event.verb).label if event.verb in Verb.values else event.verb,
        "kind": event.subject_type,
        "record_number": event.subject_id,
        "record": event.subject,
        "before": _told(event.before),
        "after": _told(event.after),
        "reason": event.reason,
        "batch": event.batch_id,
        "request": event.request,
        "address": event.address,
        "digest": event.digest,
        "mac": event.mac,
    }


def _told(columns: Any) -> str:
    """Columns as JSON text, empty for none."""
    return json.dumps(columns, sort_keys=True, ensure_ascii=False) if columns else ""
