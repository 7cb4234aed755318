"""Workbooks as spreadsheets write them, and as no spreadsheet would: part by part."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def rows_xml(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells; text becomes an inline string, what begins with < stands as it is."""
    return "".join(
        f'<row r="{number}">'
        + "".join(
            cell.replace("<c", f'<c r="{letter}{number}"', 1)
            if cell.startswith("<")
            else f'<c r="{letter}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
            for letter, cell in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", row, strict=False)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )


def sheet_xml(data: str, after: str = "", main: str = MAIN) -> str:
    """A sheet with this data, and what stands behind it."""
    return f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData>{after}</worksheet>'


def parts(
    *sheets: str, names: tuple[str, ...] = (), strings: str = "", styles: str = "", book: str = "", main: str = MAIN
) -> dict[str, str]:
    """The parts of a workbook with these sheets."""
    numbers = range(1, len(sheets) + 1)
    names = names or tuple(f"Sheet{number}" for number in numbers)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    kinds = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    kinds += [("rId98", "sharedStrings", "sharedStrings.xml")] if strings else []
    kinds += [("rId99", "styles", "styles.xml")] if styles else []
    made = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(kinds),
    }
    made |= {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in zip(numbers, sheets, strict=True)}
    if strings:
        made["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'
    if styles:
        made["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'
    return made


def _relations(kinds: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{one}" Type="{OFFICE}/{kind}" Target="{to}"/>' for one, kind, to in kinds)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def packed(members: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The members in one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


def workbook(*rows: Iterable[str], after: str = "", **more: str) -> bytes:
    """A workbook with one sheet of these rows."""
    return packed(parts(sheet_xml(rows_xml(rows), after), **more))  # type: ignore[arg-type]
