import alleviation.common.fields
import alleviation.common.validators
import beneficiaries.models.persons
import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery

from alleviation.common.guard import writing


def told_of_their_time(apps, schema_editor):
    """A part in a project was in the household's village; a person is who the row was; an income is as defined then."""
    def model(name):
        return apps.get_model("beneficiaries", name).objects

    with writing():
        model("Person").update(key=F("id"))
        home = apps.get_model("beneficiaries", "Household").objects.filter(pk=OuterRef("household"))
        model("Enrolment").update(village=Subquery(home.values("village")[:1]))
        model("IncomeRecord").filter(year__lte=2013).update(concept="net")
        model("IncomeRecord").filter(year__gt=2013).update(concept="disposable")
    if schema_editor.connection.vendor == "postgresql":
        # What is checked at the end of the transaction would stand in the way of the changes to the tables.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0003_income_status'),
        ('projects', '0003_documents_and_overlap'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HouseholdLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('split_from', 'split from'), ('merged_into', 'merged into')], max_length=16, verbose_name='kind')),
                ('other_number', models.BigIntegerField(verbose_name="the other household's record")),
                ('happened_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'verbose_name': 'origin of a household',
                'verbose_name_plural': 'origins of households',
                'ordering': ['household', 'happened_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HouseholdMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_number', models.CharField(editable=False, max_length=20, verbose_name='number there')),
                ('to_number', models.CharField(max_length=20, verbose_name='number in the new village')),
                ('moved_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='moved on')),
                ('reason', models.CharField(choices=[('move', 'moved'), ('relocation', 'relocated for poverty alleviation'), ('village_merger', 'its village was merged into another')], max_length=16, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'verbose_name': 'move of a household',
                'verbose_name_plural': 'moves of households',
                'ordering': ['household', 'moved_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LargeExpense',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('medical', 'medical treatment'), ('schooling', 'schooling'), ('housing', 'housing'), ('disaster', 'disaster'), ('accident', 'accident'), ('other', 'other')], max_length=16, verbose_name='kind')),
                ('spent_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day')),
                ('amount', alleviation.common.fields.YuanField(help_text='In yuan, the whole bill.', verbose_name='amount')),
                ('covered', alleviation.common.fields.YuanField(default=Decimal('0.00'), help_text='In yuan: what insurance or relief paid of it.', verbose_name='covered')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'verbose_name': 'large expense',
                'verbose_name_plural': 'large expenses',
                'ordering': ['household', '-spent_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SupportMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('industry', 'farming and business'), ('employment', 'employment'), ('relocation', 'relocation'), ('education', 'education'), ('health', 'health'), ('housing', 'housing'), ('subsistence', 'subsistence allowance'), ('ecology', 'ecological compensation'), ('donation', 'donation'), ('other', 'other')], max_length=16, verbose_name='kind')),
                ('what', models.CharField(max_length=300, verbose_name='what was done')),
                ('begun_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('cost', alleviation.common.fields.YuanField(blank=True, help_text='In yuan. Empty: not known.', null=True, verbose_name='cost')),
                ('effect', models.CharField(blank=True, max_length=300, verbose_name='effect')),
            ],
            options={
                'verbose_name': 'measure',
                'verbose_name_plural': 'measures',
                'ordering': ['household', '-begun_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Monitoring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('unstable', 'exited and unstable'), ('marginal', 'at the margin of poverty'), ('sudden', 'in sudden grave difficulty')], max_length=16, verbose_name='kind')),
                ('risk', models.CharField(choices=[('illness', 'illness'), ('disability', 'disability'), ('schooling', 'cost of schooling'), ('disaster', 'disaster'), ('land', 'lack of land'), ('water', 'lack of water'), ('skills', 'lack of skills'), ('labour', 'lack of labour'), ('capital', 'lack of capital'), ('transport', 'poor roads'), ('drive', 'lack of drive of its own'), ('other', 'other')], max_length=16, verbose_name='main risk')),
                ('other_risk', models.CharField(blank=True, choices=[('', 'not recorded'), ('illness', 'illness'), ('disability', 'disability'), ('schooling', 'cost of schooling'), ('disaster', 'disaster'), ('land', 'lack of land'), ('water', 'lack of water'), ('skills', 'lack of skills'), ('labour', 'lack of labour'), ('capital', 'lack of capital'), ('transport', 'poor roads'), ('drive', 'lack of drive of its own'), ('other', 'other')], max_length=16, verbose_name='another risk')),
                ('identified_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='identified on')),
                ('identified_by', models.CharField(help_text='The office or meeting.', max_length=100, verbose_name='identified by')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('cleared_on', models.DateField(blank=True, editable=False, null=True, validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='cleared on')),
                ('cleared_reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='why it is cleared')),
            ],
            options={
                'verbose_name': 'monitoring',
                'verbose_name_plural': 'monitorings',
                'ordering': ['household', '-identified_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='from')),
                ('until_on', models.DateField(blank=True, help_text='Empty: still.', null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'responsible person',
                'verbose_name_plural': 'responsible persons',
                'ordering': ['household', '-from_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was', models.CharField(blank=True, choices=[('registered', 'registered as poor'), ('monitored', 'monitored'), ('exited', 'exited from poverty'), ('cleared', 'no longer at risk, never registered as poor'), ('struck', 'struck off: registered by mistake')], editable=False, max_length=16, verbose_name='status before')),
                ('status', models.CharField(choices=[('registered', 'registered as poor'), ('monitored', 'monitored'), ('exited', 'exited from poverty'), ('cleared', 'no longer at risk, never registered as poor'), ('struck', 'struck off: registered by mistake')], max_length=16, verbose_name='status')),
                ('happened_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day')),
                ('decision', models.CharField(blank=True, help_text='The number or title of the paper that says so.', max_length=200, verbose_name='decision')),
                ('decided_by', models.CharField(help_text='The office or meeting that decided, not a person.', max_length=100, verbose_name='decided by')),
                ('appraised_on', models.DateField(blank=True, null=True, verbose_name='appraised by the village on')),
                ('verified_on', models.DateField(blank=True, null=True, verbose_name='verified by the committees and the work team on')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='consented to by the household on')),
                ('publicised_on', models.DateField(blank=True, null=True, verbose_name='publicised in the village on')),
                ('announced_on', models.DateField(blank=True, null=True, verbose_name='announced on')),
            ],
            options={
                'verbose_name': 'change of status',
                'verbose_name_plural': 'changes of status',
                'ordering': ['household', 'happened_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visited_on', models.DateField(validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('found', models.CharField(blank=True, max_length=500, verbose_name='what was found')),
            ],
            options={
                'verbose_name': 'visit',
                'verbose_name_plural': 'visits',
                'ordering': ['household', '-visited_on', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='enrolment',
            name='enrolment_once',
        ),
        migrations.AddField(
            model_name='enrolment',
            name='person_key',
            field=models.BigIntegerField(blank=True, editable=False, null=True, verbose_name='member'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='village',
            field=models.ForeignKey(editable=False, null=True, limit_choices_to={'level': 5}, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='projects.division', verbose_name='village in that year'),
        ),
        migrations.AddField(
            model_name='household',
            name='category',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('general', 'general'), ('subsistence', 'on subsistence allowance'), ('destitute', 'destitute, supported by the state'), ('subsistence_other', 'on subsistence allowance and in another hardship group')], max_length=20, verbose_name='category'),
        ),
        migrations.AddField(
            model_name='household',
            name='ended_as',
            field=models.CharField(blank=True, choices=[('', 'still a household'), ('merged', 'merged into another household'), ('split', 'divided into others'), ('died_out', 'no member is left'), ('moved_away', 'moved out of the area')], editable=False, max_length=16, verbose_name='how it ended'),
        ),
        migrations.AddField(
            model_name='household',
            name='ended_on',
            field=models.DateField(blank=True, editable=False, null=True, validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='ended on'),
        ),
        migrations.AddField(
            model_name='household',
            name='farmland',
            field=alleviation.common.fields.FixedPointField(blank=True, help_text='In mu (亩), at most two decimals.', null=True, places=2, verbose_name='farmland'),
        ),
        migrations.AddField(
            model_name='household',
            name='housing',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('A', 'A: safe'), ('B', 'B: safe on the whole'), ('C', 'C: partly dangerous'), ('D', 'D: dangerous')], max_length=1, verbose_name='house'),
        ),
        migrations.AddField(
            model_name='household',
            name='housing_area',
            field=models.PositiveSmallIntegerField(blank=True, help_text='In square metres.', null=True, validators=[django.core.validators.MaxValueValidator(2000)], verbose_name='floor area'),
        ),
        migrations.AddField(
            model_name='household',
            name='main_cause',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('illness', 'illness'), ('disability', 'disability'), ('schooling', 'cost of schooling'), ('disaster', 'disaster'), ('land', 'lack of land'), ('water', 'lack of water'), ('skills', 'lack of skills'), ('labour', 'lack of labour'), ('capital', 'lack of capital'), ('transport', 'poor roads'), ('drive', 'lack of drive of its own'), ('other', 'other')], max_length=16, verbose_name='main cause of poverty'),
        ),
        migrations.AddField(
            model_name='household',
            name='road',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('paved', 'paved road'), ('gravel', 'gravel road'), ('earth', 'earth road'), ('none', 'no road')], max_length=8, verbose_name='road'),
        ),
        migrations.AddField(
            model_name='household',
            name='second_cause',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('illness', 'illness'), ('disability', 'disability'), ('schooling', 'cost of schooling'), ('disaster', 'disaster'), ('land', 'lack of land'), ('water', 'lack of water'), ('skills', 'lack of skills'), ('labour', 'lack of labour'), ('capital', 'lack of capital'), ('transport', 'poor roads'), ('drive', 'lack of drive of its own'), ('other', 'other')], max_length=16, verbose_name='another cause'),
        ),
        migrations.AddField(
            model_name='household',
            name='third_cause',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('illness', 'illness'), ('disability', 'disability'), ('schooling', 'cost of schooling'), ('disaster', 'disaster'), ('land', 'lack of land'), ('water', 'lack of water'), ('skills', 'lack of skills'), ('labour', 'lack of labour'), ('capital', 'lack of capital'), ('transport', 'poor roads'), ('drive', 'lack of drive of its own'), ('other', 'other')], max_length=16, verbose_name='a third cause'),
        ),
        migrations.AddField(
            model_name='household',
            name='water',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('safe', 'safe drinking water'), ('unsafe', 'no safe drinking water')], max_length=8, verbose_name='drinking water'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='check_note',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='note of the checker'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='checked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='checked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='concept',
            field=models.CharField(blank=True, choices=[('net', 'net income'), ('disposable', 'disposable income')], help_text='Empty: that in force in the year; net income until 2013, disposable income since 2014.', max_length=16, verbose_name='income concept'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='income_year',
            field=models.CharField(choices=[('calendar', 'January to December'), ('october', 'October of the year before to September')], default='calendar', max_length=16, verbose_name='income year'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='recorded_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='incomerecord',
            name='state',
            field=models.CharField(choices=[('submitted', 'waits to be verified'), ('verified', 'verified'), ('returned', 'returned with a note')], default='submitted', editable=False, max_length=16, verbose_name='verification'),
        ),
        migrations.AddField(
            model_name='person',
            name='account_tail',
            field=models.CharField(blank=True, editable=False, max_length=4, verbose_name='last digits of the bank account'),
        ),
        migrations.AddField(
            model_name='person',
            name='born_on',
            field=models.DateField(blank=True, null=True, validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='day of birth'),
        ),
        migrations.AddField(
            model_name='person',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at'),
        ),
        migrations.AddField(
            model_name='person',
            name='health',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('healthy', 'healthy'), ('chronic', 'chronically ill'), ('serious', 'seriously ill'), ('disabled', 'disabled')], max_length=16, verbose_name='health'),
        ),
        migrations.AddField(
            model_name='person',
            name='in_school',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('not', 'not in school'), ('preschool', 'in preschool'), ('primary', 'in primary school'), ('junior', 'in junior middle school'), ('senior', 'in senior middle or vocational school'), ('college', 'at a college or university'), ('dropped_out', 'dropped out')], max_length=16, verbose_name='in school'),
        ),
        migrations.AddField(
            model_name='person',
            name='joined_as',
            field=models.CharField(blank=True, choices=[('', 'when the household was registered'), ('birth', 'birth'), ('marriage', 'marriage'), ('move', 'moved in'), ('split', 'the household was divided'), ('merger', 'the households merged'), ('other', 'other')], max_length=16, verbose_name='how the person joined'),
        ),
        migrations.AddField(
            model_name='person',
            name='joined_on',
            field=models.DateField(blank=True, help_text='Empty: from the start.', null=True, validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='member from'),
        ),
        migrations.AddField(
            model_name='person',
            name='key',
            field=models.BigIntegerField(default=beneficiaries.models.persons.new_person_key, editable=False, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='person',
            name='labour',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('skilled', 'skilled labour'), ('ordinary', 'ordinary labour'), ('weak', 'weak or half labour'), ('lost', 'labour ability lost'), ('none', 'no labour ability')], max_length=16, verbose_name='labour ability'),
        ),
        migrations.AddField(
            model_name='person',
            name='left_as',
            field=models.CharField(blank=True, choices=[('', 'still a member'), ('death', 'death'), ('marriage', 'marriage'), ('move', 'moved out'), ('split', 'the household was divided'), ('merger', 'the households merged'), ('other', 'other')], editable=False, max_length=16, verbose_name='how the person left'),
        ),
        migrations.AddField(
            model_name='person',
            name='left_on',
            field=models.DateField(blank=True, editable=False, null=True, validators=[alleviation.common.validators.refuse_day_to_come], verbose_name='member until'),
        ),
        migrations.AddField(
            model_name='person',
            name='migrant_months',
            field=models.PositiveSmallIntegerField(blank=True, help_text='In a year.', null=True, validators=[django.core.validators.MaxValueValidator(12)], verbose_name='months away'),
        ),
        migrations.AddField(
            model_name='person',
            name='migrant_work',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('none', 'does not work away'), ('county', 'in the county'), ('province', 'in the province'), ('elsewhere', 'outside the province')], max_length=16, verbose_name='works away'),
        ),
        migrations.AddField(
            model_name='person',
            name='schooling',
            field=models.CharField(blank=True, choices=[('', 'not recorded'), ('none', 'cannot read or write'), ('primary', 'primary school'), ('junior', 'junior middle school'), ('senior', 'senior middle or vocational school'), ('college', 'college or university')], max_length=16, verbose_name='schooling'),
        ),
        migrations.AddField(
            model_name='personnumber',
            name='key_mark',
            field=models.CharField(blank=True, max_length=16, verbose_name='mark of the key'),
        ),
        migrations.AddField(
            model_name='personnumber',
            name='sealed',
            field=models.TextField(blank=True, verbose_name='encrypted number'),
        ),
        migrations.AlterField(
            model_name='household',
            name='status',
            field=models.CharField(choices=[('registered', 'registered as poor'), ('monitored', 'monitored'), ('exited', 'exited from poverty'), ('cleared', 'no longer at risk, never registered as poor'), ('struck', 'struck off: registered by mistake')], default='registered', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='person',
            name='name',
            field=models.CharField(blank=True, max_length=50, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='personnumber',
            name='kind',
            field=models.CharField(choices=[('resident_id', 'resident identity number'), ('bank_account', 'bank account')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='personnumber',
            name='person_number',
            field=models.BigIntegerField(verbose_name='person'),
        ),
        migrations.RunPython(told_of_their_time, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='enrolment',
            name='village',
            field=models.ForeignKey(editable=False, limit_choices_to={'level': 5}, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='projects.division', verbose_name='village in that year'),
        ),
        migrations.AddIndex(
            model_name='incomerecord',
            index=models.Index(condition=models.Q(('superseded_at__isnull', True), models.Q(('state', 'verified'), _negated=True)), fields=['state', 'village'], name='income_waiting'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['key'], name='person_key'),
        ),
        migrations.AddIndex(
            model_name='personnumber',
            index=models.Index(fields=['person_number'], name='person_number_of'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('person_key__isnull', True)), fields=('household', 'project', 'role', 'year'), name='enrolment_once', violation_error_message='This part in the project is recorded for the year already.'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('person_key__isnull', False)), fields=('household', 'person_key', 'project', 'role', 'year'), name='enrolment_of_person_once', violation_error_message='This part in the project is recorded for the member and year already.'),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_as', ''), ('ended_on__isnull', True)), models.Q(('ended_on__isnull', False), models.Q(('ended_as', ''), _negated=True)), _connector='OR'), name='household_end_is_told', violation_error_message='Say both when and how the household ended, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('main_cause', ''), _negated=True), ('second_cause', ''), _connector='OR'), models.Q(models.Q(('second_cause', ''), _negated=True), ('third_cause', ''), _connector='OR')), name='household_causes_in_order', violation_error_message='Name the main cause first, then the others.'),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('second_cause', ''), models.Q(('second_cause', models.F('main_cause')), _negated=True), _connector='OR'), models.Q(('third_cause', ''), models.Q(('third_cause', models.F('main_cause')), _negated=True), _connector='OR'), models.Q(('third_cause', ''), models.Q(('third_cause', models.F('second_cause')), _negated=True), _connector='OR')), name='household_causes_differ', violation_error_message='The same cause is named twice.'),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.CheckConstraint(condition=models.Q(('farmland__isnull', True), ('farmland__gte', 0), _connector='OR'), name='household_farmland_not_negative', violation_error_message='Farmland is not below zero.'),
        ),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.CheckConstraint(condition=models.Q(('concept', ''), _negated=True), name='income_concept_recorded', violation_error_message='Say which income it is: net or disposable.'),
        ),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by__isnull', True)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='income_checked_at_by', violation_error_message='Who checked an income is kept with the moment.'),
        ),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('state', 'submitted')), models.Q(models.Q(('state', 'submitted'), _negated=True), ('checked_at__isnull', False)), _connector='OR'), name='income_checked_or_waiting', violation_error_message='An income waits, or somebody has checked it.'),
        ),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), ('recorded_by__isnull', True), models.Q(('checked_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='income_checked_by_another', violation_error_message='An income is verified by somebody else than who recorded it.'),
        ),
        migrations.AddConstraint(
            model_name='incomerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('check_note', ''), _negated=True), _connector='OR'), name='income_returned_with_a_note', violation_error_message='Say what is wrong with the income.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('erased_at__isnull', False), _connector='OR'), name='person_named_or_erased', violation_error_message="Enter the person's name."),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('left_as', ''), ('left_on__isnull', True)), models.Q(('left_on__isnull', False), models.Q(('left_as', ''), _negated=True)), _connector='OR'), name='person_left_on_as', violation_error_message='Say both when and why the person left, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('joined_as', ''), ('joined_on__isnull', False), _connector='OR'), name='person_joined_on_as', violation_error_message='Say when the person joined the household.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('joined_on__isnull', True), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='person_leaves_after_joining', violation_error_message='A person leaves after joining.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('left_on__isnull', True)), fields=('household', 'key'), name='person_member_once', violation_error_message='The person is a member of this household already.'),
        ),
        migrations.AddField(
            model_name='householdlink',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='householdmove',
            name='from_village',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='households_gone', to='projects.division', verbose_name='village before'),
        ),
        migrations.AddField(
            model_name='householdmove',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='householdmove',
            name='to_village',
            field=models.ForeignKey(limit_choices_to={'level': 5}, on_delete=django.db.models.deletion.PROTECT, related_name='households_come', to='projects.division', verbose_name='new village'),
        ),
        migrations.AddField(
            model_name='largeexpense',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expenses', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='supportmeasure',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='supportmeasure',
            name='official',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='projects.official', verbose_name='responsible person'),
        ),
        migrations.AddField(
            model_name='monitoring',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='monitorings', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responsibilities', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='official',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='projects.official', verbose_name='responsible person'),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_changes', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='visit',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='beneficiaries.household', verbose_name='household'),
        ),
        migrations.AddField(
            model_name='visit',
            name='official',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='projects.official', verbose_name='visitor'),
        ),
        migrations.AddConstraint(
            model_name='householdlink',
            constraint=models.UniqueConstraint(fields=('household', 'kind'), name='household_link_once', violation_error_message='A household is split from one, and merged into one.'),
        ),
        migrations.AddConstraint(
            model_name='householdlink',
            constraint=models.CheckConstraint(condition=models.Q(('household', models.F('other_number')), _negated=True), name='household_link_to_another', violation_error_message='Name another household.'),
        ),
        migrations.AddConstraint(
            model_name='householdmove',
            constraint=models.UniqueConstraint(fields=('household', 'moved_on'), name='move_a_day', violation_error_message='The household moved on this day already.'),
        ),
        migrations.AddConstraint(
            model_name='householdmove',
            constraint=models.CheckConstraint(condition=models.Q(('from_village', models.F('to_village')), _negated=True), name='move_elsewhere', violation_error_message='The household belongs to this village already.'),
        ),
        migrations.AddConstraint(
            model_name='largeexpense',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('covered__gte', 0), ('covered__lte', models.F('amount'))), name='expense_covered_in_part', violation_error_message='An expense is above zero, and no more of it is covered than it is.'),
        ),
        migrations.AddConstraint(
            model_name='supportmeasure',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('begun_on')), _connector='OR'), name='measure_in_order', violation_error_message='The end comes after the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='supportmeasure',
            constraint=models.CheckConstraint(condition=models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), name='measure_cost_not_negative', violation_error_message='A cost is not below zero.'),
        ),
        migrations.AddConstraint(
            model_name='monitoring',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_on__isnull', True)), fields=('household',), name='monitoring_now_once', violation_error_message='The household is monitored already.'),
        ),
        migrations.AddConstraint(
            model_name='monitoring',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cleared_on__isnull', True), ('cleared_reason', '')), models.Q(('cleared_on__gte', models.F('identified_on')), ('cleared_on__isnull', False), models.Q(('cleared_reason', ''), _negated=True)), _connector='OR'), name='monitoring_cleared_for_a_reason', violation_error_message='Say when and why the risk is cleared; not before it was identified.'),
        ),
        migrations.AddConstraint(
            model_name='monitoring',
            constraint=models.CheckConstraint(condition=models.Q(('other_risk', ''), models.Q(('other_risk', models.F('risk')), _negated=True), _connector='OR'), name='monitoring_risks_differ', violation_error_message='The same risk is named twice.'),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='responsible_in_order', violation_error_message='The end comes after the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.UniqueConstraint(condition=models.Q(('until_on__isnull', True)), fields=('household',), name='responsible_now_once', violation_error_message='Somebody is responsible for the household already: end that first.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.UniqueConstraint(fields=('household', 'happened_on'), name='status_change_a_day', violation_error_message='The household changed its status on this day already.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(('was', models.F('status')), _negated=True), name='status_change_changes', violation_error_message='The household has this status already.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'exited'), models.Q(('announced_on__isnull', True), ('appraised_on__isnull', True), ('consented_on__isnull', True), ('publicised_on__isnull', True), ('verified_on__isnull', True)), _connector='OR'), name='exit_steps_of_an_exit', violation_error_message='Only an exit takes the five steps.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('announced_on__isnull', True), ('appraised_on__isnull', True), ('consented_on__isnull', True), ('publicised_on__isnull', True), ('verified_on__isnull', True)), models.Q(('announced_on__isnull', False), ('appraised_on__isnull', False), ('consented_on__isnull', False), ('publicised_on__isnull', False), ('verified_on__isnull', False)), _connector='OR'), name='exit_steps_all_or_none', violation_error_message='An exit takes five steps: enter the day of each.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(('announced_on__isnull', True), models.Q(('announced_on__gte', models.F('publicised_on')), ('consented_on__gte', models.F('verified_on')), ('happened_on__gte', models.F('announced_on')), ('publicised_on__gte', models.F('consented_on')), ('verified_on__gte', models.F('appraised_on'))), _connector='OR'), name='exit_steps_in_order', violation_error_message='The five steps follow each other, and the exit follows them.'),
        ),
    ]
