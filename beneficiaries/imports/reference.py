"""Loading the poverty lines that come with the project."""

from decimal import Decimal
from pathlib import Path

from alleviation.audit.trail import together
from beneficiaries.actions import set_line
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine
from projects.actions import changed_by_people
from projects.imports.reference import Row, read_rows

LINES = Path(__file__).resolve().parent.parent / "reference" / "poverty_lines.csv"


def load_lines(*, by: str) -> int:
    """Record the national poverty lines, and tell how many there are. One that a person set or changed stays."""
    rows = read_rows(LINES)
    theirs = changed_by_people(PovertyLine)
    with together():
        for row in rows:
            line = _line_of(int(row["year"]))
            if line.pk not in theirs:
                _set(line, row, by)
    return len(rows)


def _line_of(year: int) -> PovertyLine:
    found = PovertyLine.objects.national().poverty().filter(year=year).first()
    return found or PovertyLine(kind=LineKind.POVERTY, year=year)


def _set(line: PovertyLine, row: Row, by: str) -> None:
    line.amount = Decimal(row["amount"])
    for name in ("qualifier", "concept", "price_base", "source"):
        setattr(line, name, row[name])
    set_line(line, by=by)
