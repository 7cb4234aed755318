from django.db import migrations
from django.utils import timezone

from alleviation.audit import chain
from alleviation.common.guard import writing

# Columns that came with this version, of rows that were there before: told once, so that a replay knows them.
NEW_COLUMNS = {
    ("projects", "LedgerEntry"): (
        "voucher", "allocation", "handed_down_from", "document_number", "reverses", "replaces", "reason", "state",
        "imported_by", "drafted_by", "drafted_at", "submitted_by", "submitted_at", "checked_by", "checked_at",
        "return_note",
    ),
    ("projects", "Pledge"): ("revises_id", "reason"),
    ("beneficiaries", "IncomeRecord"): ("reason", "recorded_at", "superseded_at"),
}  # fmt: skip


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
    for (app, name), columns in NEW_COLUMNS.items():
        model = apps.get_model(app, name)
        for row in model.objects.order_by("pk").iterator(chunk_size=500):
            values = {column: getattr(row, column) for column in columns}
            after = {key: chain.moment(v) if hasattr(v, "astimezone") else v for key, v in values.items()}
            yield Event(
                at=timezone.now(),
                actor="migrate",
                verb="changed",
                subject_type=model._meta.label_lower,
                subject_id=row.pk,
                subject=f"{model._meta.object_name} {row.pk}",
                after=after,
                reason="Columns that came with an upgrade",
            )


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_chain_and_closings"),
        ("projects", "0002_posting"),
        ("beneficiaries", "0002_corrections"),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
