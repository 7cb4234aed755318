"""Reports as workbooks: numbers are numbers, days are days, all else is text and nothing is a formula."""

import io
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from alleviation.audit.models import AuditEvent
from alleviation.common import xlsx_out
from alleviation.reports import views
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, LedgerEntryFactory

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(response) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def cells(book: ZipFile, sheet: int = 1) -> list[list[tuple[str, str]]]:
    """Each row's cells as (type, value): "inlineStr" for text, "n" for a number."""
    root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    return [[(cell.get("t", "n"), "".join(cell.itertext())) for cell in row] for row in root.iter(f"{MAIN}row")]


@pytest.fixture
def ledger(ruoduo) -> None:
    source = FundingSourceFactory(name="=1+1")
    LedgerEntryFactory(division=ruoduo, source=source, voucher="00012", note='=HYPERLINK("x")', amount="1234.50")


def test_a_workbook_has_the_cells_of_the_csv_by_their_kind(ledger, auditor):
    book = workbook(signed_in(auditor).get("/reports/funding-ledger.xlsx"))

    header, row, total = cells(book)
    assert header[0] == ("inlineStr", "Voucher")
    assert row[:2] == [("inlineStr", "00012"), ("n", "43646")]  # 30 June 2019, in days since 1899
    assert ("n", "1234.50") in row
    assert ("inlineStr", "'=1+1") in row
    assert total[:2] == [("inlineStr", "Total"), ("n", "1234.50")]
    assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_a_workbook_keeps_its_header_in_sight_and_tells_about_itself(ledger, auditor):
    book = workbook(signed_in(auditor).get("/reports/funding-ledger.xlsx?year=2019"))

    about = {row[0][1]: row[1][1] for row in cells(book, 2)}
    assert b'<pane ySplit="1" topLeftCell="A2"' in book.read("xl/worksheets/sheet1.xml")
    assert (about["Report"], about["Filter: year"], about["As of"], about["Made for"]) == (
        "Funding ledger",
        "2019",
        "now",
        "auditor",
    )
    assert AuditEvent.objects.get().after["format"] == "xlsx"


def test_more_rows_than_a_workbook_has_get_the_csv_instead(ledger, auditor, monkeypatch):
    LedgerEntryFactory.create_batch(2)
    monkeypatch.setattr(views, "XLSX_ROWS", 2)

    response = signed_in(auditor).get("/reports/funding-ledger.xlsx")

    assert (response.status_code, response.context["csv_url"]) == (400, "/reports/funding-ledger.csv")
    assert "A workbook has 2 rows at most." in response.content.decode()
    assert AuditEvent.objects.count() == 0


def test_rows_that_come_meanwhile_make_no_workbook_longer(ledger, auditor, monkeypatch):
    LedgerEntryFactory.create_batch(2)
    monkeypatch.setattr(xlsx_out, "XLSX_ROWS", 2)

    with pytest.raises(xlsx_out.TooManyRows):
        workbook(signed_in(auditor).get("/reports/funding-ledger.xlsx"))


@pytest.mark.parametrize("cell", ["12345678901234.56", "1e3", "-", "", "１２"])
def test_what_a_sheet_cannot_keep_exactly_stays_text(cell):
    assert xlsx_out._number(cell) is None
