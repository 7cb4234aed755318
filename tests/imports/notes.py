"""A tiny kind of import: notes of projects. It is enough to live through everything that a file may meet."""

from decimal import Decimal
from hashlib import sha256
from time import sleep

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.reading import CellFault, Fault, ImportColumn, cells
from alleviation.intake.kinds import Faulty, Findings, ImportKind, Moved, YearTotal
from projects.models import FundingSource


def code(value):
    return cells.code(value, longest=20)


class SourceImport(ImportKind):
    """Funding sources by code and name. `pause` makes each row take a while, `broken` breaks off at the end."""

    slug = "sources"
    title = "Funding sources"
    description = "Who pays."
    right = Right.ENTER_RECORDS
    columns = (
        ImportColumn("code", "Code", code, "What it is called.", "county-1"),
        ImportColumn("name", "Name", str, "In words.", "县级"),
        ImportColumn("amount", "Amount", cells.money, "Yuan.", "1.00", is_required=False),
    )
    pause = 0
    broken = None

    def check(self, sheet):
        return self._findings(sheet, self._rows(sheet))

    def write(self, sheet, batch, *, fingerprint):
        rows = self._rows(sheet)
        if sheet.faults:
            raise Faulty
        findings = self._findings(sheet, rows)
        if fingerprint is not None and findings.fingerprint != fingerprint:
            raise Moved
        for values in rows:
            trail.write(
                FundingSource(code=values["code"], name=values["name"], level="county"), by=sheet.by, batch=batch
            )
            sheet.progress(len(rows))
            sleep(self.pause)
        if self.broken:
            raise self.broken
        return findings

    def undo(self, batch, reversal, *, by, reason):
        codes = [event.after["code"] for event in batch.events.filter(subject_type="projects.fundingsource")]
        sources = list(FundingSource.objects.filter(code__in=codes))
        for source in sources:
            source.name = f"({source.name})"
            trail.write(source, by=by, batch=reversal, reason=reason)
        return len(sources)

    def recorded(self, *, by):
        yield from FundingSource.objects.values("code", "name")

    def _rows(self, sheet):
        found = []
        for done, (number, row) in enumerate(sheet.records(), start=1):
            sheet.progress(done)
            sleep(self.pause)
            try:
                found.append({column.name: column.read(row[column.name]) for column in self.columns[:2]})
            except CellFault as fault:
                sheet.tell(Fault.of(number, "code", row["code"], fault))
        return found

    def _findings(self, sheet, rows):
        known = FundingSource.objects.filter(code__in=[row["code"] for row in rows]).count()
        state = sha256(f"{FundingSource.objects.count()}{rows}".encode()).hexdigest()
        return Findings(
            rows=len(rows),
            new=len(rows) - known,
            same=known,
            refused=len(sheet.faults),
            controls={"amount": Decimal("1.50") * len(rows)},
            years=[YearTotal(2019, "Amounts", Decimal("0.00"), Decimal("1.50") * len(rows))],
            fingerprint=state,
        )
