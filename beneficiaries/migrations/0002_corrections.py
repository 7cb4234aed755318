import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0001_initial'),
        ('projects', '0002_posting'),
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
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('household', 'year'), name='income_household_year', violation_error_message='This household has an income record for the year already.'),
        ),
    ]
