"""Pages that no link leads to: what a form says when it is refused, a file on its way in, a year that is closed."""

from collections.abc import Iterator

import pytest

from tests.browser.pages import faults_of
from tests.browser.steps import fill
from tests.browser.visiting import Reception, Visit, Way
from tests.house.ground import told

pytestmark = pytest.mark.slow

HEADER = "village_code,household_no,head_name,id_number,size,year,wage_income,business_income,property_income,"
HEADER += "transfer_income,expenses"
WRONG = "513228212205,EX0190,,,4,2025,1000.005,abc,0,0,0"
RIGHT = "513228212205,EX0190,,,4,2025,21000.25,0,0,0,500"


def looked(visit: Visit, page: str) -> list[str]:
    return [f"{page}: {fault}" for fault in faults_of(visit)]


def test_refusals_and_missing_pages_are_as_open_as_others(reception: Reception) -> None:
    found = []
    with reception.visit(Way("")) as visit:
        visit.open("/sign-in/")
        fill(visit, username="nobody", password="wrong")
        visit.press(visit.page.locator("main button"))
        visit.page.get_by_role("alert").or_(visit.page.locator(".errorlist")).first.wait_for()
        found += looked(visit, "wrong password")
    with reception.visit(Way("manager", "zh")) as visit:
        for address in ("/funding/?year=1066", "/nowhere/", "/imports/incomes/"):
            visit.open(address)
            # That the page is not there is what the browser complains of.
            visit.complaints_since()
            found += looked(visit, address)
    with reception.visit(Way("clerk")) as visit:
        visit.open("/admin/projects/ledgerentry/add/")
        visit.press(visit.page.locator("[name=_save]"))
        visit.page.locator(".errornote").wait_for()
        found += looked(visit, "empty form")

    assert found == [], told(found)


def test_a_file_is_seen_through_from_its_faults_to_its_batch(reception: Reception) -> None:
    with reception.visit(Way("clerk", "en")) as visit:
        found = [*handed_in(visit, WRONG), *handed_in(visit, RIGHT)]
        visit.press(visit.page.locator("#confirm button"))
        found += looked(visit, "imported")
        batch = visit.page.locator('main a[href^="/imports/batches/"]').first
        if batch.count():
            visit.press(batch)
        found += looked(visit, "batch")
        is_batch = visit.address.startswith("/imports/batches/")

    assert found == [], told(found)
    assert is_batch


def handed_in(visit: Visit, row: str) -> Iterator[str]:
    """Hand a file in, and look at what is said of it."""
    visit.open("/imports/incomes/")
    file = {"name": "incomes.csv", "mimeType": "text/csv", "buffer": f"{HEADER}\r\n{row}\r\n".encode()}
    visit.page.locator("main input[type=file]").set_input_files(file)
    visit.press(visit.page.locator("main form button").first)
    yield from looked(visit, row)


def test_a_year_is_proposed_to_be_closed(reception: Reception) -> None:
    with reception.visit(Way("clerk", "zh")) as visit:
        visit.open("/closings/")
        found = looked(visit, "closings")
        fill(visit, year="2016")
        visit.press(visit.page.locator("main form:has([name=year]) button").first)
        if visit.page.locator('main a[href^="/closings/"]').count() and visit.address == "/closings/":
            visit.press(visit.page.locator('main a[href^="/closings/"]').first)
        found += looked(visit, "closing")
        address = visit.address

    assert found == [], told(found)
    assert address.startswith("/closings/")
    assert address != "/closings/"
