"""Files as offices hand them in: the same rows as CSV and as a workbook."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

HEAD = ("project_code", "name", "kind", "status", "village_code")
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>%s</sheetData></worksheet>'


def related(kind: str, target: str) -> str:
    one = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'


PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": (
        f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="projects" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
}


def project(code: str) -> tuple[str, ...]:
    """A row of the kind `projects`."""
    return (code, f"A trial of the server {code}", "road", "under way", "513228000000")


def csv_file(*rows: Sequence[str]) -> bytes:
    return b"".join(f"{','.join(row)}\r\n".encode() for row in (HEAD, *rows))


def workbook(*rows: Sequence[str]) -> bytes:
    """The rows as XLSX, each cell a text of its own."""
    lines = "".join(line(number, row) for number, row in enumerate((HEAD, *rows), 1))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": SHEET % lines}.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return packed.getvalue()


def line(number: int, row: Sequence[str]) -> str:
    cells = (cell(f"{letter}{number}", text) for letter, text in zip("ABCDE", row, strict=True))
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
