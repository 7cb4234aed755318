"""Files to begin with: the header in the reader's language, and for a workbook a sheet that explains each column."""

import csv
import io

from django.utils.translation import get_language, gettext
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from alleviation.common.csv_out import BOM, guarded
from alleviation.imports.tables import needed
from alleviation.intake.kinds import ImportKind

# The reading of a workbook passes over a sheet of one of these names, and over no other.
ABOUT = {"zh-hans": "列说明"}
ABOUT_ELSE = "Columns"
WIDEST = 60


def csv_template(kind: ImportKind) -> bytes:
    """The header alone, as spreadsheets open it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([guarded(str(column.title)) for column in kind.columns])
    return (BOM + text.getvalue()).encode()


def xlsx_template(kind: ImportKind) -> bytes:
    """The header on one sheet, every column text; what each column means on the other."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(str(kind.title)[:31])
        for number, column in enumerate(kind.columns):
            title = str(column.title)
            sheet.set_column(number, number, max(2 * len(title), 14), text)
            sheet.write_string(0, number, title, bold)
        sheet.freeze_panes(1, 0)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _explain(book.add_worksheet(ABOUT.get(get_language() or "", ABOUT_ELSE)), kind, bold, wrapped)
    return content.getvalue()


def _explain(sheet: Worksheet, kind: ImportKind, bold: object, wrapped: object) -> None:
    headings = (gettext("Column"), gettext("Or"), gettext("What it means"), gettext("For example"), gettext("Needed"))
    for number, (heading, width) in enumerate(zip(headings, (20, 20, WIDEST, 24, 20), strict=True)):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, heading, bold)
    for row, column in enumerate(kind.columns, start=1):
        told = (str(column.title), column.name, str(column.help_text), column.example, needed(column))
        for number, cell in enumerate(told):
            sheet.write_string(row, number, cell, wrapped)
