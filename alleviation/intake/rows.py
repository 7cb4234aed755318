"""Kinds whose rows are entered one by one, through the same actions as by hand: what a form refuses, a file does too.

To check a file its rows are entered, and rolled back again some at a time, so that a preview holds up no writer for
long; what an action raises becomes a fault of the row. A row whose record says the same already is left alone. Meant
for files of some thousand rows; a kind of larger ones sorts out what it can enter together (Plan), and incomes have a
way of their own.
"""

import hashlib
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from time import monotonic_ns, sleep
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import DatabaseError, connection
from django.db.models import Model
from django.utils.translation import gettext as _

from alleviation.accounts.asking import in_scope
from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.values import is_sealed
from alleviation.audit.versions import version_of, versions_of
from alleviation.common.batches import in_parts
from alleviation.common.reading import Fault, shortened
from alleviation.common.trouble import trouble_of
from alleviation.intake.kinds import Faulty, Findings, ImportKind, Moved, Sheet, YearTotal

Values = dict[str, Any]
Numbered = tuple[int, Values]
# For how many milliseconds rows are entered before they are rolled back: SQLite has one writer, others wait for it.
LONGEST_HOLD = 400
# For how many SQLite's writer is left to whoever waits for it; they look once in a tenth of a second.
PAUSE = 110


class Unchanged(Exception):
    """The record says the same already; nothing was entered."""


class _RolledBack(Exception):
    """What was tried leaves nothing behind."""


@dataclass
class Tally:
    """What the rows of a file come to; `state` takes in the versions of what they were held against."""

    new: int = 0
    changed: int = 0
    same: int = 0
    controls: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    coming: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    state: Any = field(default_factory=hashlib.sha256)


@dataclass
class Plan:
    """What becomes of the rows of a file: groups that are entered one by one, and those that are entered together.

    `fates` are those of the latter, without anything wrong: values, new or same, and the version of their record.
    """

    one_by_one: list[list[Numbered]] = field(default_factory=list)
    fates: list[tuple[Values, str, int]] = field(default_factory=list)

    def enter(self, batch: ImportBatch) -> None:
        """Write what is entered together. Raises Moved where somebody else was faster, PermissionDenied."""


class RowKind(ImportKind, abstract=True):
    """An import whose rows are records of their own.

    `key_columns` name a record: no two rows of a file have the same. `added_up` are the columns of which control
    totals are shown. `told_at` says at which column a fault of a record's field is told, where their names differ;
    `place_column` is where a row of another area is told. `measure` names what `yearly` adds up.
    """

    key_columns: ClassVar[tuple[str, ...]]
    added_up: ClassVar[tuple[str, ...]] = ()
    told_at: ClassVar[Mapping[str, str]] = {}
    place_column: ClassVar[str | None] = None
    measure: ClassVar[Any] = ""

    @abstractmethod
    def found(self, values: Values, *, by: User) -> Any:
        """The record that a row is about, among those that `by` may see; None for a new one.

        Raises ValidationError where the row names something that is not there, at its column.
        """

    @abstractmethod
    def enter(self, values: Values, record: Any, *, by: User, batch: ImportBatch) -> Model:
        """Enter a row through the actions: a new record, or what differs in the one found; answers with the record.

        Raises Unchanged, ValidationError, PermissionDenied.
        """

    @abstractmethod
    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        """Take back what one event of a batch tells of; answers with 1, or 0 for what needs no taking back.

        Raises ValidationError where the record was changed since, or something rests on it.
        """

    def group(self, values: Values) -> Hashable:
        """Rows of one group stand together in the file and are tried together, since one rests on another."""
        return self.key(values)

    def key(self, values: Values) -> tuple[Any, ...]:
        """What names the record of a row."""
        return tuple(values[name] for name in self.key_columns)

    def yearly(self, values: Values, record: Any) -> tuple[int, Decimal] | None:
        """(year, by how much the row changes the measure of the year); None for a kind without one."""
        return None

    def totals_before(self, years: Sequence[int], *, by: User) -> Mapping[int, Decimal]:
        """What the measure adds up to now, by year, within what `by` may see."""
        return {}

    def planned(self, sheet: Sheet, rows: list[Numbered], *, to_write: bool) -> Plan:
        """Which rows are entered one by one, as all are of most kinds; what is wrong with the others is told.

        To write, whatever the plan rests on is held until the end of the transaction.
        """
        return Plan([list(group) for _key, group in groupby(rows, key=lambda row: self.group(row[1]))])

    def check(self, sheet: Sheet) -> Findings:
        rows = self._rows(sheet)
        before = self._before(sheet, rows)
        tally = Tally()
        plan = self.planned(sheet, rows, to_write=False)
        self._count(plan, tally)
        groups, done = plan.one_by_one, 0
        while done < len(groups):
            with _tried():
                batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title="-", by=sheet.by)
                done += self._enter_for_a_while(sheet, groups[done:], batch, tally)
            sheet.progress(len(plan.fates) + sum(map(len, groups[:done])))
            _let_others_write()
        return self._findings(sheet, tally, before)

    def write(self, sheet: Sheet, batch: ImportBatch, *, fingerprint: str | None) -> Findings:
        rows = self._rows(sheet)
        tally = Tally()
        with trail.together():
            before = self._before(sheet, rows)
            with in_scope():
                plan = self.planned(sheet, rows, to_write=True)
            self._count(plan, tally)
            if not sheet.faults:
                plan.enter(batch)
            self._enter_all(sheet, [row for group in plan.one_by_one for row in group], batch, tally)
            if sheet.faults:
                raise Faulty
            findings = self._findings(sheet, tally, before)
            if fingerprint not in (None, findings.fingerprint):
                raise Moved
            return findings

    def undo(self, batch: ImportBatch, reversal: ImportBatch, *, by: User, reason: str) -> int:
        if not by.may(self.right):
            raise PermissionDenied(_("Your role does not cover this."))
        events = AuditEvent.objects.filter(batch=batch, verb__in=sorted(Verb.WRITES)).order_by("-id")
        with trail.together():
            return sum(self.take_back(event, reversal, by=by, reason=reason) for event in list(events))

    def _rows(self, sheet: Sheet) -> list[Numbered]:
        """The rows that can be read, without those that stand there twice, which are told."""
        rows = list(sheet.records())
        seen: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for number, values in rows:
            seen[self.key(values)].append(number)
        double = {number for numbers in seen.values() if len(numbers) > 1 for number in numbers}
        column = self.key_columns[-1]
        told = _("This stands in the file more than once. Keep one of the rows.")
        for number, values in rows:
            if number in double:
                sheet.tell(Fault(number, column, shortened(str(values[column])), "duplicate", told))
        return [(number, values) for number, values in rows if number not in double]

    def _count(self, plan: Plan, tally: Tally) -> None:
        for values, fate, version in plan.fates:
            self._note(tally, values, fate, version)

    def _enter_for_a_while(self, sheet: Sheet, groups: Sequence[Any], batch: ImportBatch, tally: Tally) -> int:
        """Enter groups of rows one after another until LONGEST_HOLD has passed; answers with how many groups."""
        start = monotonic_ns()
        for done, group in enumerate(groups, start=1):
            self._enter_all(sheet, group, batch, tally)
            if monotonic_ns() - start > LONGEST_HOLD * 1_000_000:
                return done
        return len(groups)

    def _enter_all(self, sheet: Sheet, rows: list[Numbered], batch: ImportBatch, tally: Tally) -> None:
        for number, values in rows:
            try:
                with trail.together(), in_scope():
                    self._enter_one(sheet, values, batch, tally)
            except ValidationError as error:
                self.tell_of(sheet, number, values, error)
            except PermissionDenied:
                told = _("This lies outside your area, or is not yours to enter.")
                column = self.place_column
                shown = shortened(str(values[column])) if column else ""
                sheet.tell(Fault(number, column, shown, "out_of_scope", told))
            except DatabaseError as error:
                if trouble_of(error):
                    # A full disk is no fault of the row.
                    raise
                told = _("The database refuses this row: it contradicts what is recorded.")
                sheet.tell(Fault(number, None, "", "refused", told))

    def _enter_one(self, sheet: Sheet, values: Values, batch: ImportBatch, tally: Tally) -> None:
        record = self.found(values, by=sheet.by)
        version = version_of(record) if record is not None else 0
        fate = "changed" if record is not None else "new"
        change = self.yearly(values, record)
        try:
            self.enter(values, record, by=sheet.by, batch=batch)
        except Unchanged:
            fate, change = "same", None
        self._note(tally, values, fate, version)
        if change is not None:
            tally.coming[change[0]] += change[1]

    def _note(self, tally: Tally, values: Values, fate: str, version: int) -> None:
        setattr(tally, fate, getattr(tally, fate) + 1)
        for name in self.added_up:
            tally.controls[name] += values[name] or 0
        tally.state.update(f"{self.key(values)} {fate} {version}\n".encode())

    def tell_of(self, sheet: Sheet, number: int, values: Values, error: ValidationError) -> None:
        """Tell each fault of a row that an action names, at its column."""
        named = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, faults in named.items():
            column = self.told_at.get(name, name)
            known = column if column in values else None
            shown = shortened(str(values[known])) if known and values[known] is not None else ""
            for fault in faults:
                sheet.tell(Fault(number, known, shown, fault.code or "invalid", " ".join(fault.messages)))

    def _before(self, sheet: Sheet, rows: list[Numbered]) -> Mapping[int, Decimal]:
        """The measure as it is before anything is entered."""
        changes = (self.yearly(values, None) for _number, values in rows)
        years = sorted({change[0] for change in changes if change is not None})
        return self.totals_before(years, by=sheet.by) if years else {}

    def _findings(self, sheet: Sheet, tally: Tally, before: Mapping[int, Decimal]) -> Findings:
        refused = len({fault.row for fault in sheet.faults})
        zero = Decimal("0.00")
        years = [
            YearTotal(year, str(self.measure), before.get(year, zero), before.get(year, zero) + tally.coming[year])
            for year in sorted(tally.coming)
        ]
        return Findings(
            rows=tally.new + tally.changed + tally.same + refused,
            new=tally.new,
            changed=tally.changed,
            same=tally.same,
            refused=refused,
            controls=dict(tally.controls),
            years=years,
            fingerprint=tally.state.hexdigest(),
        )


def differing(record: Any, facts: Values) -> list[str]:
    """The names of the facts that a record has otherwise."""
    return [name for name, value in facts.items() if getattr(record, name) != value]


@contextmanager
def _tried() -> Iterator[None]:
    """Whatever is entered in here is rolled back, its events with it."""
    try:
        with trail.together():
            yield
            raise _RolledBack
    except _RolledBack:
        return


def _let_others_write() -> None:
    """Leave SQLite's one writer to others for a moment; PostgreSQL has many."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(PAUSE / 1000)


def refuse_changed_since(event: AuditEvent, record: Model) -> None:
    """Raises ValidationError where somebody changed a record after the batch that brought or changed it."""
    version = version_of(record)
    # One that came with others has no event of its own before it is changed.
    if version and AuditEvent.objects.get(pk=version).batch_id != event.batch_id:
        raise _changed_since(record)


def remove_brought(event: AuditEvent, record: Model, reversal: ImportBatch, *, by: User) -> None:
    """Remove a record that a batch brought, with its event. Raises ValidationError where it is no more as it came."""
    refuse_changed_since(event, record)
    _remove([record], reversal, by)


def remove_brought_together(event: AuditEvent, records: Sequence[Model], reversal: ImportBatch, *, by: User) -> None:
    """Remove the records of one model that an event of a batch tells of, each with an event of its own.

    Raises ValidationError where one of them is no more as it came, or gone.
    """
    there = {record.pk for record in records}
    for first, last in event.after["ids"]:
        if (gone := next((number for number in range(first, last + 1) if number not in there), None)) is not None:
            raise _changed_since(apps.get_model(event.subject_type)(pk=gone))
    for some in in_parts(records, trail.BATCH):
        versions = versions_of(type(some[0]), [record.pk for record in some])
        theirs = set(
            AuditEvent.objects.filter(batch=event.batch_id, pk__in=versions.values()).values_list("pk", flat=True)
        )
        for record in some:
            if versions.get(record.pk, 0) not in (0, *theirs):
                raise _changed_since(record)
    _remove(records, reversal, by)


def _remove(records: Sequence[Model], reversal: ImportBatch, by: User) -> None:
    """Remove records with their events. Raises ValidationError where something rests on one of them."""
    for some in in_parts(records, trail.BATCH):
        _refuse_rested_on(some)
    try:
        with trail.together():
            trail.remove_many(records, by=by, batch=reversal)
    except DatabaseError as error:
        if trouble_of(error):
            raise
        raise _rested_on(records[0]) from error


def _refuse_rested_on(records: Sequence[Any]) -> None:
    """Keys are looked at by the database when everything is written, which is too late to say what is wrong."""
    by_number = {record.pk: record for record in records}
    for relation in type(records[0])._meta.related_objects:
        name = relation.field.attname
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": list(by_number)}).order_by(name)
        if (number := rows.values_list(name, flat=True).first()) is not None:
            raise _rested_on(by_number[number])


def _rested_on(record: Model) -> ValidationError:
    told = _("Something rests on %(record)s by now. Correct it by hand.") % told_of(record)
    return ValidationError(told, code="rested_on")


def _changed_since(record: Model) -> ValidationError:
    told = _("%(record)s was changed since. Correct it by hand.") % told_of(record)
    return ValidationError(told, code="changed_since")


def put_back(event: AuditEvent, record: Model) -> None:
    """Set a record, which is not saved, to what it was before a batch changed it. Raises ValidationError."""
    refuse_changed_since(event, record)
    for name, value in event.before.items():
        if is_sealed(value):
            told = _("What %(record)s was before is not kept in the trail. Correct it by hand.") % told_of(record)
            raise ValidationError(told, code="sealed")
        field = next(one for one in record._meta.concrete_fields if one.attname == name)
        setattr(record, name, field.to_python(value))


def told_of(record: Model) -> dict[str, str]:
    """The words for a record, by its kind and number."""
    return {"record": f"{record._meta.verbose_name} {record.pk}"}
