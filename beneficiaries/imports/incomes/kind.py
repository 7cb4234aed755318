"""The import of incomes: checked, written and taken back."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import ImportBatch
from alleviation.common.query import Query
from alleviation.intake import staging
from alleviation.intake.kinds import Faulty, Findings, ImportKind, Moved, Sheet, YearTotal
from beneficiaries.actions.income_files import hold, record_incomes, take_back_incomes
from beneficiaries.imports.incomes import faults
from beneficiaries.imports.incomes.columns import COLUMNS, COMPONENTS
from beneficiaries.imports.incomes.gate import STAGED, staged_rows
from beneficiaries.imports.incomes.held import (
    FILE,
    HELD,
    TO_WRITE,
    Place,
    held,
    hold_again,
    leave_out,
    pasts,
    villages,
    years,
)
from beneficiaries.imports.incomes.newcomers import Newcomer, faults_of, newcomers, register
from beneficiaries.imports.incomes.recorded import recorded_incomes
from beneficiaries.rollups import per_capita_income

FEN = 2


class IncomeImport(ImportKind):
    """A row for each household and year. What is recorded differently is corrected, what is the same is left alone."""

    slug = "incomes"
    households_like = "incomes"
    title = gettext_lazy("Incomes")
    description = gettext_lazy(
        "One row for each household and year. A household that the register does not know is registered with its "
        "head. An income that is recorded differently is corrected, one that is the same is left alone. All of it "
        "waits to be verified by somebody else."
    )
    columns = COLUMNS
    right = Right.ENTER_RECORDS
    writes_at_once = True

    def check(self, sheet: Sheet) -> Findings:
        with staging.looking(), _staged(sheet) as rows:
            _leave_out_foreign(sheet)
            with beyond_scope("rows of other areas are left out; what is taken is taken wherever it is"), held():
                return _examined(sheet, newcomers(), rows)

    def write(self, sheet: Sheet, batch: ImportBatch, *, fingerprint: str | None) -> Findings:
        with _staged(sheet) as rows:
            places = _leave_out_foreign(sheet)
            hold(places, years())
            with held():
                new = newcomers()
                findings = _examined(sheet, new, rows)
                if sheet.faults:
                    raise Faulty
                if fingerprint not in (None, findings.fingerprint):
                    raise Moved
                _entered(new, places, sheet.by, batch)
            return findings

    def undo(self, batch: ImportBatch, reversal: ImportBatch, *, by: User, reason: str) -> int:
        return take_back_incomes(batch, reversal, by=by, reason=reason)

    def recorded(self, *, by: User) -> Iterator[dict[str, Any]]:
        yield from recorded_incomes(by)


def _entered(new: list[Newcomer], places: dict[str, Place], by: User, batch: ImportBatch) -> None:
    """Write what was found right. Raises Moved where somebody else was faster, PermissionDenied."""
    try:
        if new:
            register(new, places, by=by, batch=batch)
            hold_again()
        try:
            record_incomes(TO_WRITE, by=by, batch=batch, reason=_("Imported from %(file)s") % {"file": batch.title})
        except ValidationError as error:
            raise Moved from error
    except IntegrityError as error:
        raise Moved from error


@contextmanager
def _staged(sheet: Sheet) -> Iterator[int]:
    """The rows that can be read, staged; gives how many rows the file has."""
    with staging.staged(FILE, STAGED, staged_rows(sheet)) as number:
        yield number + len({fault.row for fault in sheet.faults})


def _leave_out_foreign(sheet: Sheet) -> dict[str, Place]:
    """The villages of the file that are the importer's; rows of others are told, and left out of what is looked at."""
    for fault in faults.within_file():
        sheet.tell(fault)
    places = villages()
    outside = set(faults.outside(places, sheet))
    for fault in faults.of_places(outside):
        sheet.tell(fault)
    leave_out(outside)
    return {code: place for code, place in places.items() if place is not None and code not in outside}


def _examined(sheet: Sheet, new: list[Newcomer], rows: int) -> Findings:
    """What the staged rows would do, and whom they would register; what is wrong with them is told."""
    for found in (
        faults.of_households(),
        faults.against_register(),
        faults.of_years(pasts()),
        faults.of_homes(sheet),
        faults.of_closed_years(),
        faults_of(new),
    ):
        for fault in found:
            sheet.tell(fault)
    if sheet.faults:
        return Findings(rows=rows, refused=len({fault.row for fault in sheet.faults}))
    return _findings(sheet, rows, len(new))


def _findings(sheet: Sheet, rows: int, new: int) -> Findings:
    """What rows do that are all right, each table read once."""
    sums = ", ".join(f"sum({name})" for name in ("persons", *COMPONENTS))
    in_file = _whole(f"SELECT year, {sums} FROM {FILE} GROUP BY year ORDER BY year")  # noqa: S608
    # By fate and year: how many, their net income as recorded, and which households, records and villages these are.
    known = _whole(
        "SELECT fate, year, count(*), sum(recorded_net), sum(household_id), COALESCE(sum(recorded_id), 0), "  # noqa: S608
        f"COALESCE(max(recorded_id), 0), sum(village_id) FROM {HELD} GROUP BY fate, year ORDER BY fate, year"
    )
    changed, same = (sum(row[2] for row in known if row[0] == fate) for fate in ("changed", "same"))
    return Findings(
        rows=rows,
        new=rows - changed - same,
        changed=changed,
        same=same,
        controls={
            "size": Decimal(sum(row[1] for row in in_file)),
            **{name: _yuan(sum(row[place] for row in in_file)) for place, name in enumerate(COMPONENTS, start=2)},
        },
        years=_years(sheet, in_file, known),
        fingerprint=hashlib.sha256(json.dumps([in_file, known, new]).encode()).hexdigest(),
    )


def _years(sheet: Sheet, in_file: list[list[Any]], known: list[list[Any]]) -> list[YearTotal]:
    """Net income in the importer's area before and after, by year, in yuan."""
    if not in_file:
        return []
    query = Query(user=sheet.by, first_year=in_file[0][0], last_year=in_file[-1][0])
    before = {one.key: one.net_income or Decimal(0) for one in per_capita_income(query)}
    measure = str(_("Net income"))
    totals = []
    for year, _persons, *earned, expenses in in_file:
        # What is recorded the same stands in the file as well.
        standing = sum(row[3] for row in known if row[1] == year)
        was = before.get(year, Decimal("0.00"))
        totals.append(YearTotal(year, measure, was, was + _yuan(sum(earned) - expenses - standing)))
    return totals


def _whole(sql: str) -> list[list[Any]]:
    """Rows whose sums are whole numbers on both databases."""
    return [[value if isinstance(value, str) else int(value) for value in row] for row in staging.rows_of(sql)]


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-FEN)
