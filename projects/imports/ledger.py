"""Entries of the ledger from a file: each comes in as a submission of the importer, and somebody else posts it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.reading import CellFault, ImportColumn, RawCell, cells
from alleviation.intake.rows import RowKind, Unchanged, Values, differing, told_of
from projects.actions import draft_entry, submit_entry, take_back_entry, withdraw_entry
from projects.choices import EntryKind, EntryState
from projects.imports.columns import OPTIONAL, code_column, day_column, place_column, place_of, project_of, text_column
from projects.models import FundingSource, LedgerEntry, Project

LONGEST_NOTE = 300


def amount(value: RawCell) -> Decimal:
    """Yuan above zero. Raises CellFault."""
    told = cells.money(value)
    if not told:
        raise CellFault("not_above_zero", _("An amount is above zero."), _("Delete the row, or write the amount."))
    return told


class LedgerImport(RowKind):
    """A row for each entry. One that is recorded by the same number of the office's own paper is the same entry."""

    slug = "ledger"
    title = gettext_lazy("Ledger entries")
    description = gettext_lazy(
        "One row for each allocation, disbursement, expenditure or refund. The entries are submitted in your name; "
        "somebody else posts them. A row with the office's own voucher number that is recorded already is left alone "
        "where it says the same, and changed as long as nobody has posted it."
    )
    right = Right.ENTER_RECORDS
    columns = (
        code_column(
            "project_code",
            gettext_lazy("Project code"),
            gettext_lazy("Empty: not tied to a project."),
            "项目编号",
            "项目代码",
            may_be_blank=True,
            blank="",
        ),
        ImportColumn(
            "kind",
            gettext_lazy("Kind of entry"),
            partial(cells.choice, choices=EntryKind),
            gettext_lazy("allocation, disbursement, expenditure or refund, in either language."),
            "disbursement",
            ("资金类型", "类型"),
        ),
        ImportColumn(
            "year",
            pgettext_lazy("import", "Year"),
            cells.year,
            gettext_lazy("The year the money belongs to: that of the date."),
            "2019",
            ("年度", "年份", "年"),
        ),
        day_column("date", gettext_lazy("Date"), "日期", "记账日期"),
        ImportColumn(
            "amount",
            gettext_lazy("Amount"),
            amount,
            gettext_lazy("In yuan, above zero."),
            "120000.00",
            ("金额",),
        ),
        code_column("source_code", gettext_lazy("Source code"), gettext_lazy("Who pays."), "资金来源代码", "来源代码"),
        place_column("village_code", gettext_lazy("Division code"), "行政区划代码", "村代码", "地区代码"),
        text_column(
            "voucher_no",
            gettext_lazy("Own voucher number"),
            "凭证号",
            "凭证编号",
            longest=32,
            may_be_blank=True,
        ),
        text_column("note", gettext_lazy("Note"), "备注", "摘要", longest=LONGEST_NOTE, **OPTIONAL),
    )
    key_columns = ("project_code", "kind", "date", "amount", "source_code", "village_code", "voucher_no")
    added_up = ("amount",)
    told_at = {
        "booked_on": "date",
        "source": "source_code",
        "division": "village_code",
        "project": "project_code",
        "document_number": "voucher_no",
    }
    place_column = "village_code"
    measure = gettext_lazy("All kinds of entries not withdrawn")

    def found(self, values: Values, *, by: User) -> LedgerEntry | None:
        if not values["voucher_no"]:
            return None
        seen = LedgerEntry.objects.visible_to(by).exclude(state=EntryState.WITHDRAWN).filter(reverses="")
        of_paper = seen.filter(
            document_number=values["voucher_no"],
            division__code=values["village_code"],
            kind=values["kind"],
            year=values["year"],
        )
        return of_paper.not_reversed().order_by("-pk").first()

    def enter(self, values: Values, record: LedgerEntry | None, *, by: User, batch: ImportBatch) -> Model:
        facts = _facts(values, by)
        entry = record or LedgerEntry(division=place_of(values["village_code"], column="village_code", by=by))
        if record is not None and not differing(record, facts):
            raise Unchanged
        if record is not None and record.state == EntryState.SUBMITTED and record.submitted_by == by.get_username():
            take_back_entry(record, by=by)
            record.refresh_from_db()
        if record is not None and record.state not in EntryState.EDITABLE:
            told = _("An entry with this voucher number is %(state)s with other facts. Correct it on its own page.")
            words = {"state": record.get_state_display()}
            raise ValidationError({"voucher_no": ValidationError(told % words, code="posted")})
        for name, value in facts.items():
            setattr(entry, name, value)
        if record is None:
            entry.imported_by = by.get_username()
        draft_entry(entry, by=by, batch=batch)
        submit_entry(entry, by=by)
        return entry

    def yearly(self, values: Values, record: LedgerEntry | None) -> tuple[int, Decimal]:
        was = record.amount if record is not None else Decimal("0.00")
        return values["year"], values["amount"] - was

    def totals_before(self, years: Sequence[int], *, by: User) -> Mapping[int, Decimal]:
        seen = LedgerEntry.objects.visible_to(by).exclude(state=EntryState.WITHDRAWN).filter(year__in=years)
        return dict(seen.order_by().values("year").annotate(sum=Sum("amount")).values_list("year", "sum"))

    def recorded(self, *, by: User) -> Iterator[Values]:
        # What is tied to a project elsewhere is not theirs to enter, and its code not theirs to read.
        theirs = Q(project=None) | Q(project__in=Project.objects.visible_to(by))
        seen = LedgerEntry.objects.visible_to(by).exclude(state=EntryState.WITHDRAWN).not_reversed().filter(theirs)
        for one in seen.select_related("project", "source", "division").order_by("pk").iterator():
            yield {
                "project_code": one.project.code if one.project else "",
                "kind": one.kind,
                "year": one.year,
                "date": one.booked_on,
                "amount": one.amount,
                "source_code": one.source.code,
                "village_code": one.division.code,
                "voucher_no": one.document_number,
                "note": one.note,
            }

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        """A submission is withdrawn: it stays, and counts nowhere; what was posted is reversed on its own page."""
        if event.subject_type != LedgerEntry._meta.label_lower or event.verb != Verb.CREATED:
            return 0
        entry = LedgerEntry.objects.visible_to(by).get(pk=event.subject_id or 0)
        if entry.state == EntryState.WITHDRAWN:
            return 0
        if entry.state not in EntryState.PENDING:
            told = _("%(record)s is posted by now: reverse it on its own page.") % told_of(entry)
            raise ValidationError(told, code="posted")
        if entry.state == EntryState.SUBMITTED:
            take_back_entry(entry, by=by)
            entry.refresh_from_db()
        withdraw_entry(entry, by=by)
        return 1


def _facts(values: Values, by: User) -> Values:
    source = FundingSource.objects.filter(code=values["source_code"]).first()
    if source is None:
        told = _("There is no such funding source. Check its code in the list of sources.")
        raise ValidationError({"source_code": ValidationError(told, code="no_such_source")})
    return {
        "kind": values["kind"],
        "year": values["year"],
        "booked_on": values["date"],
        "amount": values["amount"],
        "source": source,
        "project": project_of(values["project_code"], column="project_code", by=by),
        "document_number": values["voucher_no"],
        "note": values["note"],
    }
