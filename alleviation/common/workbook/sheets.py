"""The parts of a workbook, read as they stream out of the container: which sheet, which strings, which number formats.

Every XML part is read to its end, those of no use too: none may declare a document type or entities.
"""

import json
import posixpath
from array import array
from collections.abc import Callable
from typing import Any, TextIO
from xml.parsers import expat

from alleviation.common.workbook.cells import is_date_format, unescaped
from alleviation.common.workbook.container import Container, Refusal
from alleviation.common.workbook.rows import MAIN, SheetReader

RELATIONS = "/relationships"
CONTENT_TYPES = "[Content_Types].xml"
XML = (".xml", ".rels", ".vml")
# Sheets that explain the columns of a template: not read, whatever the language it was made in.
NOTES = frozenset({"columns", "列说明"})

# No spreadsheet writes a tag of more bytes.
LONGEST_TAG = 1 << 20

Start = Callable[[str, dict[str, str]], None]


def read_part(container: Container, name: str, start: Start | None = None, end: Any = None, text: Any = None) -> None:
    """Parse a part to its end; the names of elements and attributes come as "namespace local". Raises Refusal."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    if start is not None:
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
    fed = 0
    try:
        for chunk in container.chunks(name):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # The parser goes over an unfinished tag again with each piece.
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise Refusal("bomb")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal("damaged") from error


def _refuse_doctype(*_declared: object) -> None:
    raise Refusal("doctype")


def local(name: str) -> str:
    """The name of an element of a spreadsheet without its namespace; "" for an element of any other."""
    space, _blank, word = name.rpartition(" ")
    return word if space in MAIN or space.endswith(("/relationships", "/content-types")) else ""


class Strings:
    """The strings that cells refer to by number, as bytes: a million small ones take little more than their text."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.content = bytearray()
        self.ends = array("Q")

    def add(self, text: str) -> None:
        """The next string; beyond the longest that a cell may have, it is cut, and still too long."""
        self.content += unescaped(text[: self.longest * 8])[: self.longest + 1].encode()
        self.ends.append(len(self.content))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self.ends):
            raise Refusal("damaged")
        begin = self.ends[number - 1] if number else 0
        return self.content[begin : self.ends[number]].decode()


class Workbook:
    """A workbook with rows on one sheet."""

    def __init__(self, container: Container, limits: dict[str, int], out: TextIO) -> None:
        self.container = container
        self.limits = limits
        self.out = out
        self.strings = Strings(limits["max_cell_chars"])
        self.dates: set[int] = set()
        self.is_1904 = False
        self.sheets: list[tuple[str, str]] = []
        self.read_parts: set[str] = set()

    def read(self) -> dict[str, Any]:
        """Writes the rows out; the width of the table and the merged cells. Raises Refusal."""
        if CONTENT_TYPES not in self.container.members:
            raise Refusal("no_workbook")
        self._part(CONTENT_TYPES, _refuse_macro_types)
        book = self._book()
        targets = self._relations(book)
        self._part(book, self._on_book)
        self._read_kind(targets, "/styles", self._read_styles)
        self._read_kind(targets, "/sharedStrings", self._read_strings)
        found = self._read_sheets({number: path for number, _kind, path in targets})
        for name in self.container.members.keys() - self.read_parts:
            self._look_at(name)
        return found

    def _part(self, name: str, start: Start, end: Any = None, text: Any = None) -> None:
        self.read_parts.add(name)
        if name not in self.container.members:
            raise Refusal("damaged")
        read_part(self.container, name, start, end, text)

    def _look_at(self, name: str) -> None:
        if name.casefold().endswith(XML):
            read_part(self.container, name)
            return
        for _chunk in self.container.chunks(name):
            pass

    def _book(self) -> str:
        for _number, kind, path in self._relations(""):
            if kind.endswith("/officeDocument") and path in self.container.members:
                return path
        raise Refusal("no_workbook")

    def _relations(self, of: str) -> list[tuple[str, str, str]]:
        """Number, kind and path of what a part refers to within the workbook; what lies outside is never followed."""
        folder, name = posixpath.split(of)
        found: list[tuple[str, str, str]] = []

        def start(element: str, told: dict[str, str]) -> None:
            if local(element) == "Relationship" and told.get("TargetMode") != "External":
                target = told.get("Target", "")
                path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found.append((told.get("Id", ""), told.get("Type", ""), path))

        part = posixpath.join(folder, "_rels", f"{name}.rels")
        if part in self.container.members:
            self._part(part, start)
        return found

    def _on_book(self, element: str, told: dict[str, str]) -> None:
        word = local(element)
        if word == "sheet":
            number = next((value for key, value in told.items() if key.endswith(f"{RELATIONS} id")), "")
            self.sheets.append((told.get("name", ""), number))
        elif word == "workbookPr":
            self.is_1904 = told.get("date1904", "0") in ("1", "true")

    def _read_kind(self, targets: list[tuple[str, str, str]], kind: str, read: Callable[[str], None]) -> None:
        for _number, found, path in targets:
            if found.endswith(kind) and path not in self.read_parts:
                read(path)

    def _read_styles(self, path: str) -> None:
        """Which cell formats show a number as a date."""
        formats: dict[int, str] = {}
        kinds: list[int] = []
        inside: list[str] = []

        def start(element: str, told: dict[str, str]) -> None:
            word = local(element)
            inside.append(word)
            if word == "numFmt":
                formats[int(told.get("numFmtId", "0"))] = told.get("formatCode", "")
            elif word == "xf" and "cellXfs" in inside:
                kinds.append(int(told.get("numFmtId", "0")))

        self._part(path, start, lambda _element: inside.pop())
        self.dates = {style for style, kind in enumerate(kinds) if is_date_format(kind, formats.get(kind))}

    def _read_strings(self, path: str) -> None:
        """The shared strings: the runs of each joined, what tells its pronunciation left out."""
        state = {"is_text": False, "is_phonetic": False}
        parts: list[str] = []

        def start(element: str, _told: dict[str, str]) -> None:
            word = local(element)
            if word == "si":
                parts.clear()
            elif word == "rPh":
                state["is_phonetic"] = True
            state["is_text"] = word == "t" and not state["is_phonetic"]

        def end(element: str) -> None:
            word = local(element)
            state["is_text"] = False
            if word == "rPh":
                state["is_phonetic"] = False
            elif word == "si":
                self.strings.add("".join(parts))

        self._part(path, start, end, lambda text: parts.append(text) if state["is_text"] else None)

    def _read_sheets(self, paths: dict[str, str]) -> dict[str, Any]:
        """Every sheet is read: a second one with anything on it, hidden or not, would be lost silently."""
        found: dict[str, Any] = {}
        for name, number in self.sheets:
            path = paths.get(number, "")
            if path in self.read_parts or path not in self.container.members:
                raise Refusal("damaged")
            if name.strip().casefold() in NOTES and len(self.sheets) > 1:
                continue
            sheet = SheetReader(self, is_only=not found)
            self._part(path, sheet.start, sheet.end, sheet.text)
            if sheet.has_cells:
                found = {"width": sheet.width, "merged": sheet.merged, "sheet": name}
        if not found:
            raise Refusal("empty")
        return found

    def write(self, number: int, row: list[Any]) -> None:
        """A row goes out."""
        line = json.dumps([number, row], ensure_ascii=False, separators=(",", ":"))
        self.limits["max_written"] -= len(line)
        if self.limits["max_written"] < 0:
            raise Refusal("bomb")
        self.out.write(line + "\n")


def _refuse_macro_types(_element: str, told: dict[str, str]) -> None:
    kind = told.get("ContentType", "").casefold()
    if "macroenabled" in kind or "vbaproject" in kind or "ms-office.activex" in kind or "macrosheet" in kind:
        raise Refusal("macro")
