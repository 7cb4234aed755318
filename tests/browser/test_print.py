"""What comes out of the printer: A4, named and numbered sheets, every column, nothing of the screen alone."""

import io
import re
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf._page import PageObject

from tests.browser.visiting import Reception, Visit, Way

# Points: the longer and the shorter side of A4, and the margins that nothing may reach into.
A4 = (595, 842)
MARGIN = 14 / 25.4 * 72
WORDS = {
    "en": {
        "name": "Alleviation",
        "foot": re.compile(r"page(\d+)of(\d+)"),
        "screen": ("Sign out", "Apply", "Download CSV", "Print", "Help on this page"),
    },
    "zh": {
        "name": "扶贫台账",
        "foot": re.compile(r"第(\d+)页,共(\d+)页"),
        "screen": ("退出登录", "下载 CSV"),
    },
}
# What some fonts have in place of a character, though it is the same: Unicode has no rule for these.
RADICALS = str.maketrans(
    "⻚⻓⻔⻋⻅⻆⻉⻘⻛⻜⻝⻢⻣⻥⻦⻨⻩⻬⻰⻄⺠⻁⻤戶", "页长门车见角贝青风飞食马骨鱼鸟麦黄齐龙西民虎鬼户"
)
HEADS = """() => [...document.querySelectorAll("table")].map((table) =>
  [...table.querySelectorAll("thead th")].filter((head) => !head.closest(".visually-hidden")
    && !head.querySelector(".visually-hidden")).map((head) => head.textContent.trim()))"""
LAST_CELLS = """() => [...document.querySelectorAll("tbody tr:not(.no-rows) > :last-child")]
  .filter((cell) => !cell.colSpan || cell.colSpan === 1).map((cell) => cell.textContent.trim())"""
PRINTED = "() => { window.printed = 0; window.print = () => { window.printed += 1; }; }"
FILL = "() => getComputedStyle(document.querySelector('.chart-bar.chart-s2')).fill"
# A page of each kind; who may see it.
PAGES = (
    ("manager", "/?year=2018"),
    ("manager", "/funding/?year=2018"),
    ("manager", "/income/"),
    ("manager", "/areas/513228000000/"),
    ("manager", "/projects/EX-PV/"),
    ("manager", "/claims/"),
    ("auditor", "/explain/allocated/?year=2018"),
    ("auditor", "/reports/funding-ledger/?year=2018"),
    ("auditor", "/households/"),
    ("auditor", "/households/30/"),
    ("auditor", "/papers/project-ledger/EX-ROAD/"),
    ("auditor", "/papers/area-notice/513228000000/"),
    ("auditor", "/papers/project-notice/EX-PV/"),
    ("auditor", "/papers/alliance-record/1/"),
    ("auditor", "/papers/household-handbook/30/"),
)


def printed(visit: Visit, address: str) -> list[PageObject]:
    """The sheets of a page, as a browser's "save as PDF" makes them."""
    assert visit.open(address) == 200, address
    return list(PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True))).pages)


def bare(text: str) -> str:
    """Without blanks and breaks, since a cell may take several lines; and each character as it is usually written."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(RADICALS)


def rightmost(sheet: PageObject) -> Decimal:
    """Where the rightmost piece of text begins, in points from the left edge."""
    found = [Decimal(0)]

    def seen(text: str, matrix: Any, within: Any, *_font: Any) -> None:
        if text.strip():
            found.append(Decimal(matrix[0]) * Decimal(within[4]) + Decimal(matrix[4]))

    sheet.extract_text(visitor_text=seen)
    return max(found)


def faults_of(visit: Visit, address: str, language: str) -> list[str]:
    """What is wrong with a page on paper, in words."""
    sheets, words = printed(visit, address), WORDS[language]
    texts = [bare(sheet.extract_text()) for sheet in sheets]
    whole, root = "".join(texts), visit.page.locator("html")
    title, stamp = (bare(root.get_attribute(name) or "-") for name in ("data-paper", "data-stamp"))
    faults = []
    for number, (sheet, text) in enumerate(zip(sheets, texts, strict=True), start=1):
        sides = tuple(sorted(round(float(side)) for side in (sheet.mediabox.width, sheet.mediabox.height)))
        foot, edge = words["foot"].search(text), Decimal(float(sheet.mediabox.width) - MARGIN)
        wrong = {
            f"is {sides}": sides != A4,
            "has another number": not foot or foot.groups() != (str(number), str(len(sheets))),
            "has no name": words["name"] not in text,
            "is of no moment": stamp not in text,
            "does not say what it is of": number > 1 and title not in text,
            "has text beyond the margin": rightmost(sheet) > edge,
        }
        faults += [f"sheet {number} {fault}" for fault, is_so in wrong.items() if is_so]
    faults += [f"column {head}" for heads in visit.page.evaluate(HEADS) for head in heads if bare(head) not in whole]
    faults += [f"cell {cell}" for cell in visit.page.evaluate(LAST_CELLS) if bare(cell) not in whole]
    # "Printed on" is of the paper.
    faults += [f"of the screen: {word}" for word in words["screen"] if bare(word) in whole.replace("Printed", "")]
    faults += ["an address"] if "http" in whole and "explain" not in address else []
    return [f"{address} {fault}" for fault in faults]


@pytest.mark.slow
@pytest.mark.parametrize("language", WORDS)
def test_first_page_prints_whole_on_named_and_numbered_sheets_of_a4(reception: Reception, language: str) -> None:
    with reception.visit(Way("manager", language)) as visit:
        faults = faults_of(visit, "/?year=2018", language)

    assert faults == []


@pytest.mark.long
@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_each_page_prints_whole_on_named_and_numbered_sheets_of_a4(
    reception: Reception, who: str, language: str
) -> None:
    with reception.visit(Way(who, language)) as visit:
        faults = [fault for one, address in PAGES if one == who for fault in faults_of(visit, address, language)]

    assert faults == []


@pytest.mark.slow
def test_a_long_table_repeats_its_heads_and_lies_across_as_it_has_many_columns(reception: Reception) -> None:
    with reception.visit(Way("auditor")) as visit:
        sheets = printed(visit, "/reports/funding-ledger/?year=2018")

    assert len(sheets) > 2
    assert all("Voucher" in sheet.extract_text() for sheet in sheets)
    assert all(sheet.mediabox.width > sheet.mediabox.height for sheet in sheets)


@pytest.mark.slow
def test_what_is_made_up_says_so_on_paper_and_bars_are_told_apart_without_colours(reception: Reception) -> None:
    with reception.visit(Way("manager")) as visit:
        text = "".join(sheet.extract_text() for sheet in printed(visit, "/funding/?year=2018"))
        on_screen = visit.page.evaluate(FILL)
        visit.page.emulate_media(media="print")
        on_paper = visit.page.evaluate(FILL)

    assert "partly made up" in text
    assert (on_screen[:3], on_paper[:3]) == ("rgb", "url")


@pytest.mark.slow
def test_the_button_prints_and_a_changed_filter_stands_on_each_sheet(reception: Reception) -> None:
    with reception.visit(Way("manager")) as visit:
        visit.open("/funding/")
        visit.page.evaluate(PRINTED)
        visit.page.locator("#id_year").fill("2018")
        visit.page.locator("#id_year").press("Enter")
        visit.page.wait_for_url("**/funding/?year=2018")
        visit.page.wait_for_function("() => document.documentElement.dataset.paper.includes('2018')")
        visit.page.locator("[data-print]").click()
        times = visit.page.evaluate("window.printed")
        last = PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True))).pages[-1].extract_text()

    assert times == 1
    assert "Funding · Year: 2018" in last


@pytest.mark.slow
def test_without_a_script_there_is_no_button_and_paper_is_the_same(reception: Reception) -> None:
    with reception.visit(Way("manager", script=False)) as visit:
        sheets = printed(visit, "/funding/?year=2018")
        has_button = visit.page.locator("[data-print]").is_visible()

    assert not has_button
    assert "Funding · Year: 2018" in sheets[-1].extract_text()
