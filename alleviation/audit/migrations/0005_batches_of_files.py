import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_events_found'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='area',
            field=models.CharField(blank=True, max_length=12, verbose_name='area'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='controls',
            field=models.TextField(blank=True, help_text="Sums of the file's columns, as JSON.", verbose_name='control totals'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='import_kind',
            field=models.CharField(blank=True, max_length=40, verbose_name='kind of import'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='reverses',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='audit.importbatch', verbose_name='takes back'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='rows',
            field=models.PositiveIntegerField(default=0, verbose_name='rows'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256'),
        ),
    ]
