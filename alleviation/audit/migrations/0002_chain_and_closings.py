import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrailHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0, verbose_name='number')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                ('at', models.DateTimeField(null=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'head of the trail',
                'verbose_name_plural': 'heads of the trail',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='address',
            field=models.CharField(blank=True, help_text='Keyed hash of the address it came from.', max_length=32, verbose_name='address'),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='digest',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='digest'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='mac',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='authentication code'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='request',
            field=models.CharField(blank=True, help_text='The request it came in.', max_length=32, verbose_name='request'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='at',
            field=models.DateTimeField(verbose_name='at'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='verb',
            field=models.CharField(choices=[('created', 'created'), ('changed', 'changed'), ('removed', 'removed'), ('downloaded', 'downloaded'), ('revealed', 'revealed'), ('signed_in', 'signed in'), ('signed_out', 'signed out'), ('sign_in_failed', 'failed to sign in')], max_length=16, verbose_name='what was done'),
        ),
        migrations.CreateModel(
            name='YearClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.CharField(help_text='Leading digits of the division code: a province has 2, a prefecture 4, a county 6.', max_length=12, validators=[django.core.validators.RegexValidator('^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})\\Z', 'Enter the leading digits of a division code, such as 513228.')], verbose_name='area')),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1949), django.core.validators.MaxValueValidator(2100)], verbose_name='year')),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('declined', 'declined'), ('closed', 'closed'), ('reopening', 'closed, reopening asked for'), ('reopened', 'reopened')], default='proposed', max_length=16, verbose_name='state')),
                ('proposed_by', models.CharField(max_length=150, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_by', models.CharField(blank=True, help_text='Who closed it, or declined to.', max_length=150, verbose_name='closed by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('reopening_asked_by', models.CharField(blank=True, max_length=150, verbose_name='reopening asked for by')),
                ('reopening_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='reopening asked for at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason for reopening')),
                ('reopened_by', models.CharField(blank=True, max_length=150, verbose_name='reopened by')),
                ('reopened_at', models.DateTimeField(blank=True, null=True, verbose_name='reopened at')),
                ('event_number', models.BigIntegerField(blank=True, help_text='The last event of the trail before the year was closed.', null=True, verbose_name='event')),
            ],
            options={
                'verbose_name': 'year closing',
                'verbose_name_plural': 'year closings',
                'ordering': ['-year', 'area', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['closed', 'proposed', 'reopening'])), fields=('area', 'year'), name='closing_standing_once', violation_error_message='This year of the area is closed already, or its closing is proposed.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', '')), models.Q(models.Q(('decided_by', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='closing_decided_paired', violation_error_message='Who decided and when belong together.'), models.CheckConstraint(condition=models.Q(models.Q(('reopening_asked_at__isnull', True), ('reopening_asked_by', '')), models.Q(models.Q(('reopening_asked_by', ''), _negated=True), ('reopening_asked_at__isnull', False)), _connector='OR'), name='closing_asked_paired', violation_error_message='Who asked for the reopening and when belong together.'), models.CheckConstraint(condition=models.Q(models.Q(('reopened_at__isnull', True), ('reopened_by', '')), models.Q(models.Q(('reopened_by', ''), _negated=True), ('reopened_at__isnull', False)), _connector='OR'), name='closing_reopened_paired', violation_error_message='Who reopened it and when belong together.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', ''), ('reopened_by', ''), ('reopening_asked_by', ''), ('state', 'proposed')), models.Q(('reopened_by', ''), ('state', 'declined'), models.Q(('decided_by', ''), _negated=True)), models.Q(('reopened_by', ''), ('state', 'closed'), models.Q(('decided_by', ''), _negated=True)), models.Q(('reopened_by', ''), ('state', 'reopening'), models.Q(('decided_by', ''), _negated=True), models.Q(('reopening_asked_by', ''), _negated=True), models.Q(('reason', ''), _negated=True)), models.Q(('state', 'reopened'), models.Q(('decided_by', ''), _negated=True), models.Q(('reopening_asked_by', ''), _negated=True), models.Q(('reason', ''), _negated=True), models.Q(('reopened_by', ''), _negated=True)), _connector='OR'), name='closing_state_has_its_people', violation_error_message='A closing in this state lacks who did it, or why.'), models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='closing_by_two', violation_error_message='A year is closed by somebody else than who proposed it.'), models.CheckConstraint(condition=models.Q(('reopened_by', ''), models.Q(('reopened_by', models.F('reopening_asked_by')), _negated=True), _connector='OR'), name='closing_reopened_by_two', violation_error_message='A year is reopened by somebody else than who asked for it.')],
            },
        ),
        migrations.CreateModel(
            name='FrozenReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=40, verbose_name='report')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('file_name', models.CharField(max_length=200, verbose_name='file name')),
                ('content', models.BinaryField(verbose_name='content')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='audit.yearclosing', verbose_name='year closing')),
            ],
            options={
                'verbose_name': 'frozen report',
                'verbose_name_plural': 'frozen reports',
                'ordering': ['closing', 'slug', 'language'],
                'constraints': [models.UniqueConstraint(fields=('closing', 'slug', 'language'), name='frozen_report_once', violation_error_message='This report is frozen for the closing already.')],
            },
        ),
    ]
