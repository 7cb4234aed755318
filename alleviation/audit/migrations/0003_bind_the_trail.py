from django.db import migrations
from django.utils import timezone

from alleviation.audit import chain
from alleviation.audit.values import values_of
from alleviation.common.guard import audited_models, writing

def bind(apps, schema_editor):
    """Number the events that there are from 1 without a gap, and bind each to the one before."""
    Event, Head = apps.get_model("audit", "AuditEvent"), apps.get_model("audit", "TrailHead")
    digest, number = chain.START, 0
    with writing():
        for old in list(Event.objects.order_by("id").values_list("id", flat=True)):
            event = Event.objects.get(pk=old)
            number += 1
            Event.objects.filter(pk=old).delete()
            digest = append(event, number, digest)
        for event in told_anew(apps, Event):
            number += 1
            digest = append(event, number, digest)
        if number:
            Head.objects.update_or_create(pk=1, defaults={"number": number, "digest": digest, "at": event.at})


def append(event, number, digest):
    event.id = number
    event.digest = chain.digest_of(vars(event), digest)
    event.mac = chain.mac_of(event.digest)
    event.save(force_insert=True)
    return event.digest


def told_anew(apps, Event):
    """Every record as it is, once: earlier events lack the columns that came since, and what was not told then."""
    for model in audited_models():
        if model._meta.app_label == "audit" and model.__name__ != "ImportBatch":
            continue
        try:
            then = apps.get_model(model._meta.label)
        except LookupError:
            # It came later, with events of its own.
            continue
        for row in then.objects.order_by("pk").iterator(chunk_size=500):
            row.untold_fields, row.unkept_fields = (
                getattr(model, "untold_fields", ()),
                getattr(model, "unkept_fields", ()),
            )
            yield Event(
                at=timezone.now(),
                actor="migrate",
                verb="changed",
                subject_type=model._meta.label_lower,
                subject_id=row.pk,
                subject=f"{model._meta.object_name} {row.pk}",
                after=values_of(row),
                reason="As it was at an upgrade",
            )


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_chain_and_closings"),
        ("projects", "0002_posting"),
        ("beneficiaries", "0002_corrections"),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
