"""What was told in the trail lately, found without reading the rest of it."""

from datetime import datetime

from django.db.models import QuerySet

from alleviation.audit.models import AuditEvent, TrailHead


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
