"""Pages that no link leads to: what a form says when it is refused, a file on its way in, a year that is closed."""

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal import auth as totp

from alleviation.example.people import EXAMPLE_PASSWORD
from tests.browser.pages import faults_of
from tests.browser.steps import fill
from tests.browser.visiting import NARROW, Reception, Visit, Way
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


def test_a_file_of_many_households_is_asked_for_and_approved(reception: Reception) -> None:
    with reception.visit(Way("clerk", "zh")) as visit:
        visit.open("/reports/household-register/")
        found = looked(visit, "register")
        fill(visit, reason="年度核查")
        visit.press(visit.page.locator("#approval button"))
        found += looked(visit, "asked for")
    with reception.visit(Way("reviewer", "en", width=NARROW)) as visit:
        visit.open("/approvals/")
        visit.press(visit.page.locator('td a[href$="#steps"]').first)
        found += looked(visit, "to be decided")
        visit.press(visit.page.locator("button[value=approve]"))
        approved = visit.address
    with reception.visit(Way("clerk")) as visit:
        visit.open("/reports/household-register/")
        found += looked(visit, "approved")
        files = visit.page.locator("a[download]").count()

    assert found == [], told(found)
    # CSV, workbook, package, and what the CSV is checked by.
    assert (approved, files) == ("/approvals/", 4)


def test_a_second_factor_is_set_up_asked_for_and_taken_away(reception: Reception) -> None:
    with reception.visit(Way("auditor")) as visit:
        visit.open("/account/second-factor/")
        secret = "".join(visit.page.locator("main code").first.inner_text().split())
        fill(visit, code=code_of(secret), password=EXAMPLE_PASSWORD)
        visit.press(visit.page.locator("main form button").first)
        found = looked(visit, "recovery codes")
        codes = visit.page.locator(".codes code").all_inner_texts()
    reception.forget("auditor")
    with reception.visit(Way("", "zh")) as visit:
        visit.open("/sign-in/?next=/account/")
        fill(visit, username="auditor", password=EXAMPLE_PASSWORD)
        visit.press(visit.page.locator("main form button").first)
        found += looked(visit, "second step")
        fill(visit, code=codes[0])
        visit.press(visit.page.locator("main form button").first)
        found += looked(visit, "account with a second factor")
        for page in ("/account/second-factor/codes/", "/account/sessions/end-others/"):
            visit.open(page)
            found += looked(visit, page)
        visit.open("/account/")
        visit.press(visit.page.locator('main a[href$="/end/"]').first)
        found += looked(visit, "a session to end")
        visit.open("/account/")
        visit.press(visit.page.locator('main a[href$="/remove/"]').first)
        found += looked(visit, "to be taken away")
        fill(visit, password=EXAMPLE_PASSWORD)
        visit.press(visit.page.locator("main form button").first)
        visit.open("/account/")
        left = visit.page.locator('main a[href$="/remove/"]').count()

    assert found == [], told(found)
    assert (len(codes), left) == (10, 0)


def code_of(secret: str) -> str:
    """What an app shows for a secret now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))
