"""The import of incomes: checked, written and taken back."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import ImportBatch
from alleviation.common.query import Query
from alleviation.intake import staging
from alleviation.intake.kinds import Faulty, Findings, ImportKind, Moved, Sheet, YearTotal
from beneficiaries.actions.income_files import hold_homes, record_incomes, take_back_incomes
from beneficiaries.imports.incomes import faults
from beneficiaries.imports.incomes.columns import COLUMNS, COMPONENTS
from beneficiaries.imports.incomes.gate import STAGED, staged_rows
from beneficiaries.imports.incomes.held import (
    FILE,
    HELD,
    NET,
    TO_WRITE,
    Place,
    held,
    hold_again,
    settle_homes,
    villages,
)
from beneficiaries.imports.incomes.newcomers import Newcomer, faults_of, newcomers, register
from beneficiaries.imports.incomes.recorded import recorded_incomes
from beneficiaries.rollups import per_capita_income

FEN = 2


class IncomeImport(ImportKind):
    """A row for each household and year. What is recorded differently is corrected, what is the same is left alone."""

    slug = "incomes"
    title = gettext_lazy("Incomes")
    description = gettext_lazy(
        "One row for each household and year. A household that the register does not know is registered with its "
        "head. An income that is recorded differently is corrected, one that is the same is left alone. All of it "
        "waits to be verified by somebody else."
    )
    columns = COLUMNS
    right = Right.ENTER_RECORDS

    def check(self, sheet: Sheet) -> Findings:
        with staging.looking(), _staged(sheet), held():
            return _examined(sheet, villages(), newcomers())

    def write(self, sheet: Sheet, batch: ImportBatch, *, fingerprint: str | None) -> Findings:
        with _staged(sheet):
            places = villages()
            hold_homes(places)
            with held():
                new = newcomers()
                findings = _examined(sheet, places, new)
                if sheet.faults:
                    raise Faulty
                if fingerprint not in (None, findings.fingerprint):
                    raise Moved
                try:
                    if new:
                        register(new, places, by=sheet.by, batch=batch)
                        hold_again()
                    reason = _("Imported from %(file)s") % {"file": batch.title}
                    record_incomes(TO_WRITE, by=sheet.by, batch=batch, reason=reason)
                except IntegrityError as error:
                    raise Moved from error
            return findings

    def undo(self, batch: ImportBatch, reversal: ImportBatch, *, by: User, reason: str) -> int:
        return take_back_incomes(batch, reversal, by=by, reason=reason)

    def recorded(self, *, by: User) -> Iterator[dict[str, Any]]:
        yield from recorded_incomes(by)


@contextmanager
def _staged(sheet: Sheet) -> Iterator[None]:
    with staging.staged(FILE, STAGED, staged_rows(sheet)):
        yield


def _examined(sheet: Sheet, places: dict[str, Place | None], new: list[Newcomer]) -> Findings:
    """What the staged rows would do, and whom they would register; what is wrong with them is told."""
    for found in (
        faults.within_file(),
        faults.of_places(places, sheet),
        faults.against_register(),
        faults.of_years(settle_homes()),
        faults.of_closed_years(),
        faults_of(new),
    ):
        for fault in found:
            sheet.tell(fault)
    return _findings(sheet, new)


def _findings(sheet: Sheet, new: list[Newcomer]) -> Findings:
    sums = ", ".join(f"COALESCE(sum({name}), 0)" for name in ("persons", *COMPONENTS))
    rows, persons, *money = map(int, staging.one_row(f"SELECT count(*), {sums} FROM {FILE}"))  # noqa: S608
    fates = dict(staging.rows_of(f"SELECT fate, count(*) FROM {HELD} GROUP BY fate"))  # noqa: S608
    refused = len({fault.row for fault in sheet.faults})
    controls = {
        "size": Decimal(persons),
        **{name: _yuan(fen) for name, fen in zip(COMPONENTS, money, strict=True)},
    }
    return Findings(
        rows=rows + refused - _refused_and_staged(sheet),
        new=rows - fates.get("same", 0) - fates.get("changed", 0),
        changed=fates.get("changed", 0),
        same=fates.get("same", 0),
        refused=refused,
        controls=controls,
        years=_years(sheet),
        fingerprint=_fingerprint(fates, controls, len(new)),
    )


def _refused_and_staged(sheet: Sheet) -> int:
    """How many of the refused rows were right by themselves, and are counted among the staged ones."""
    if not sheet.faults:
        return 0
    wrong = {fault.row for fault in sheet.faults}
    return sum(row in wrong for (row,) in staging.rows_of(f"SELECT file_row FROM {FILE}"))  # noqa: S608


def _years(sheet: Sheet) -> list[YearTotal]:
    """Net income in the importer's area before and after, by year, in yuan."""
    told = staging.rows_of(
        f"SELECT f.year, sum({NET.format('f')}), sum(CASE WHEN k.fate = 'changed' THEN k.recorded_net "  # noqa: S608
        f"WHEN k.fate = 'same' THEN {NET.format('f')} ELSE 0 END) "
        f"FROM {FILE} f LEFT JOIN {HELD} k ON k.file_row = f.file_row GROUP BY f.year ORDER BY f.year"
    )
    found = list(told)
    if not found:
        return []
    query = Query(user=sheet.by, first_year=found[0][0], last_year=found[-1][0])
    before = {one.key: one.net_income or Decimal(0) for one in per_capita_income(query)}
    measure = str(_("Net income"))
    years = []
    for year, coming, standing in found:
        was = before.get(year, Decimal("0.00"))
        years.append(YearTotal(year, measure, was, was + _yuan(int(coming)) - _yuan(int(standing))))
    return years


def _fingerprint(fates: dict[str, int], controls: dict[str, Decimal], new: int) -> str:
    """What the rows were held against: the households found, and the very records of the years."""
    numbers: tuple[Any, ...] = staging.one_row(
        f"SELECT count(*), COALESCE(sum(household_id), 0), COALESCE(sum(recorded_id), 0), "  # noqa: S608
        f"COALESCE(max(recorded_id), 0), COALESCE(sum(village_id), 0) FROM {HELD}"
    )
    told = [sorted(fates.items()), sorted((name, str(value)) for name, value in controls.items()), new]
    return hashlib.sha256(json.dumps([*map(int, numbers), told]).encode()).hexdigest()


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-FEN)
