"""Files of any kind, written from rows."""

from collections.abc import Mapping
from pathlib import Path

from alleviation.intake.kinds import ImportKind


def csv_of(kind: ImportKind, folder: Path, *rows: Mapping[str, str], name: str = "rows.csv") -> Path:
    """A CSV file with the kind's columns by their names; what a row does not tell is empty."""
    names = [column.name for column in kind.columns]
    lines = [names, *([f'"{row.get(one, "")}"' for one in names] for row in rows)]
    path = folder / name
    path.write_bytes("\r\n".join(",".join(line) for line in lines).encode())
    return path
