import alleviation.common.fields
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from alleviation.common.guard import writing


def post_what_was_booked(apps, schema_editor):
    """What was booked before entries were posted by a second person stays in the figures, and says so."""
    entries = apps.get_model("projects", "LedgerEntry").objects
    below = list(entries.filter(amount__lt=0).order_by("voucher").values_list("voucher", flat=True)[:20])
    if below:
        raise RuntimeError(f"Entries below zero have to be taken out before this upgrade: {', '.join(below)}")
    Event = apps.get_model("audit", "AuditEvent")
    told = Event.objects.filter(subject_type="projects.ledgerentry", subject_id=OuterRef("pk")).order_by("id")
    with writing():
        entries.update(drafted_at=Coalesce(Subquery(told.values("at")[:1]), F("drafted_at")))
        entries.update(
            state="posted",
            drafted_by="(before posting)",
            submitted_by="(before posting)",
            submitted_at=F("drafted_at"),
            checked_by="(by the upgrade)",
            # Since when it has been in the figures.
            checked_at=F("drafted_at"),
        )
    if schema_editor.connection.vendor == "postgresql":
        # What is checked at the end of the transaction would stand in the way of the changes to the table.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_initial'),
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='entry_voucher',
        ),
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='entry_amount_not_zero',
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='allocation',
            field=models.CharField(blank=True, help_text='Voucher of the allocation that a disbursement is paid out of.', max_length=32, verbose_name='allocation'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='checked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='checked_by',
            field=models.CharField(blank=True, editable=False, help_text='Who posted or returned it.', max_length=150, verbose_name='checked by'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='document_number',
            field=models.CharField(blank=True, help_text="The number on the office's own paper.", max_length=32, verbose_name='own voucher number'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='drafted_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='drafted at'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='drafted_by',
            field=models.CharField(default='', editable=False, max_length=150, verbose_name='drafted by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='handed_down_from',
            field=models.CharField(blank=True, help_text='Voucher of the entry by which the place above received this money; it is then counted once.', max_length=32, verbose_name='handed down from'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='imported_by',
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name='imported by'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='reason',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='replaces',
            field=models.CharField(blank=True, editable=False, help_text='Voucher of the entry it stands for.', max_length=32, verbose_name='replaces'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='return_note',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='why it was returned'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='reverses',
            field=models.CharField(blank=True, editable=False, help_text='Voucher of the entry it takes back.', max_length=32, verbose_name='reverses'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('returned', 'returned'), ('posted', 'posted'), ('withdrawn', 'withdrawn')], default='draft', editable=False, max_length=16, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='submitted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='submitted at'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='submitted_by',
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name='submitted by'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='reason',
            field=models.CharField(blank=True, help_text='Why it is revised.', max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='pledge',
            name='revises',
            field=models.ForeignKey(blank=True, help_text='The first version of the promise. Only the years named here are superseded; none named: all.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='projects.pledge', verbose_name='revises'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='amount',
            field=alleviation.common.fields.YuanField(help_text='In yuan, at most two decimals, above zero. To take an entry back, reverse it.', verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='voucher',
            field=models.CharField(blank=True, editable=False, help_text='Given when the entry is posted.', max_length=32, verbose_name='voucher'),
        ),
        migrations.RunPython(post_what_was_booked, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'returned', 'submitted'])), fields=['state', 'division'], name='entry_pending'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('handed_down_from', ''), _negated=True), fields=['handed_down_from'], name='entry_handed_down'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('allocation', ''), _negated=True), fields=['allocation'], name='entry_allocation'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(condition=models.Q(('voucher', ''), _negated=True), fields=('voucher',), name='entry_voucher', violation_error_message='This voucher is in the ledger already.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('reverses', ''), _negated=True), models.Q(('state', 'withdrawn'), _negated=True)), fields=('reverses',), name='entry_reversed_once', violation_error_message='This entry is reversed already.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('replaces', ''), _negated=True), models.Q(('state', 'withdrawn'), _negated=True)), fields=('replaces',), name='entry_replaced_once', violation_error_message='This entry is replaced already.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('reverses', '')), models.Q(models.Q(('reverses', ''), _negated=True), ('amount__lt', 0)), _connector='OR'), name='entry_amount_sign', violation_error_message='An amount is above zero; only a reversal is below.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', Decimal('-9999999999.99')), ('amount__lte', Decimal('9999999999.99'))), name='entry_amount_in_range', violation_error_message='The amount is out of range.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'returned', 'posted', 'withdrawn'])), name='entry_known_state', violation_error_message='There is no such state.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['allocation', 'disbursement', 'expenditure', 'refund'])), name='entry_known_kind', violation_error_message='There is no such kind.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'posted'), models.Q(('voucher', ''), _negated=True)), models.Q(models.Q(('state', 'posted'), _negated=True), ('voucher', '')), _connector='OR'), name='entry_voucher_when_posted', violation_error_message='An entry has a voucher when it is posted, and only then.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', True), ('submitted_by', '')), models.Q(models.Q(('submitted_by', ''), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='entry_submitted_paired', violation_error_message='Who submitted it and when belong together.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by', '')), models.Q(models.Q(('checked_by', ''), _negated=True), ('checked_at__isnull', False)), _connector='OR'), name='entry_checked_paired', violation_error_message='Who checked it and when belong together.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), models.Q(('checked_by', ''), ('state', 'submitted'), models.Q(('submitted_by', ''), _negated=True)), models.Q(('state__in', ['posted', 'returned']), models.Q(('submitted_by', ''), _negated=True), models.Q(('checked_by', ''), _negated=True)), _connector='OR'), name='entry_state_has_its_people', violation_error_message='An entry in this state lacks who submitted or checked it.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', ''), models.Q(models.Q(('checked_by', models.F('drafted_by')), _negated=True), models.Q(('checked_by', models.F('submitted_by')), _negated=True), models.Q(('checked_by', models.F('imported_by')), _negated=True)), _connector='OR'), name='entry_maker_is_not_checker', violation_error_message='Whoever made, imported or submitted an entry cannot check it.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('return_note', ''), _negated=True), _connector='OR'), name='entry_returned_with_note', violation_error_message='Say why the entry is returned.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaces', ''), ('reverses', '')), models.Q(('reason', ''), _negated=True), _connector='OR'), name='entry_reversal_has_reason', violation_error_message='Say why the entry is corrected.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('allocation', ''), ('kind', 'disbursement'), _connector='OR'), name='entry_allocation_of_disbursement', violation_error_message='Only a disbursement is paid out of an allocation.'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('handed_down_from', ''), models.Q(('kind', 'expenditure'), _negated=True), _connector='OR'), name='entry_handed_down_kind', violation_error_message='What is spent is not handed down.'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('revises__isnull', True)), models.Q(('revises__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='pledge_revised_with_reason', violation_error_message='A revision needs a reason, and only a revision has one.'),
        ),
    ]
