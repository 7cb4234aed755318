"""What was told in the trail lately, found without reading the rest of it."""

from datetime import datetime

from django.db.models import Max, Model, QuerySet

from alleviation.audit.models import AuditEvent, TrailHead, Verb


def events_since(moment: datetime) -> QuerySet[AuditEvent]:
    """The events from a moment on.

    Moments follow the numbers of the chain, so the first such event is found by halving: some twenty looks by primary
    key, however long the trail is, and no index on a table that only grows.
    """
    head = TrailHead.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        at = AuditEvent.objects.filter(pk=middle).values_list("at", flat=True).first()
        # One that is missing (`verify` tells) is taken for a late one: rather too many are looked at than too few.
        low, high = (middle + 1, high) if at is not None and at < moment else (low, middle)
    return AuditEvent.objects.filter(pk__gte=low)


def last_changes(model: type[Model]) -> dict[int, datetime]:
    """When each record of a small table was last written, by its id, as far as the trail tells of it by itself."""
    events = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id__isnull=False, verb__in=Verb.WRITES
    )
    return dict(events.order_by().values_list("subject_id").annotate(Max("at")))
