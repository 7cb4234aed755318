"""What must be true of the trail, and where it is not."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef
from django.db.models.base import Model
from django.utils.translation import gettext

from alleviation.audit.models import AuditEvent, Verb


def records_without_event(models: Iterable[type[Model]]) -> Iterator[str]:
    """Records that no event tells were created: someone wrote past the actions."""
    for model in models:
        told = AuditEvent.objects.filter(
            subject_type=model._meta.label_lower, subject_id=OuterRef("pk"), verb=Verb.CREATED
        )
        untold = model._default_manager.exclude(Exists(told)).order_by("pk").values_list("pk", flat=True)
        for number in untold.iterator():
            yield gettext("%(kind)s %(number)s: no event tells who entered it") % {
                "kind": model._meta.verbose_name,
                "number": number,
            }
