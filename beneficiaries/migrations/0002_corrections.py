import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from alleviation.common.guard import writing


def recorded_when_first_told(apps, schema_editor):
    """An income has held since the trail first told of it."""
    Event = apps.get_model("audit", "AuditEvent")
    told = Event.objects.filter(subject_type="beneficiaries.incomerecord", subject_id=OuterRef("pk")).order_by("id")
    with writing():
        apps.get_model("beneficiaries", "IncomeRecord").objects.update(
            recorded_at=Coalesce(Subquery(told.values("at")[:1]), F("recorded_at"))
        )
    if schema_editor.connection.vendor == "postgresql":
        # What is checked at the end of the transaction would stand in the way of the changes to the table.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0001_initial'),
        ('projects', '0002_posting'),
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='incomerecord',
            name='income_household_year',
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='reason',
            field=models.CharField(blank=True, help_text='Why an earlier record of the year is corrected.', max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='recorded_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='recorded at'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='superseded_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='corrected at'),
        ),
        migrations.RunPython(recorded_when_first_told, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('household', 'year'), name='income_household_year', violation_error_message='This household has an income record for the year already.'),
        ),
    ]
