"""The script of the forms in a real browser: amounts told as the server tells them, what was typed kept, keys."""

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from alleviation.accounts.models import User
from alleviation.audit.entry_words import entry_words
from alleviation.common.amount_input import InTenThousands
from alleviation.common.amount_words import amount_told
from alleviation.common.fields import YuanField
from beneficiaries import actions
from beneficiaries.models import Household
from projects.models import LedgerEntry
from tests.admin_pages import page as address_of
from tests.browser.visiting import BEGUN
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, HouseholdFactory, IncomeRecordFactory

pytestmark = pytest.mark.slow

SCRIPT = Path(settings.BASE_DIR) / "static/js/entry.js"
WRONG = ("", " ", "1e3", "1,000", "３", "-", "+5", "007", " 12.50 ", "1.234", "0.0000001", "0.000001", "9999999999.99")
ODD = (
    *WRONG,
    "10000000000",
    "-10000000000",
    "12.5",
    "1234567.1234567",
    "999999.999999",
    "1000000",
    "1" * 40,
    ".5",
    "5.",
)
# What is offered for all that was typed, and no longer for a part of it.
OFFERED = ".select2-results__options:not(:has(.loading-results)) > .select2-results__option--highlighted"
# As a page gives the script its words: `too-fine` is `tooFine` to it.
TOLD = """([typed, words]) => typed.map(([text, isWan]) => {
  const { fen, wrong } = readAmount(text, isWan, words);
  return wrong || (fen === undefined ? "" : amountTold(fen, words));
})"""


def camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


def told_by_server(text: str, is_wan: bool) -> list[str]:
    """What the form's own field makes of a text, in words; its objections where it refuses."""
    field = YuanField(blank=True).formfield()
    try:
        amount = field.clean(InTenThousands(text) if is_wan else text)
    except ValidationError as error:
        return list(error.messages)
    return ["" if amount is None else amount_told(amount)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_script_tells_every_amount_as_the_server_does(chromium: Any, language: str) -> None:
    drawn = random.Random(7)
    amounts = [drawn.randint(-(10 ** drawn.randint(1, 12)), 10 ** drawn.randint(1, 12) - 1) for _ in range(1500)]
    typed = [(str(Decimal(fen) / 100), False) for fen in amounts] + [
        (one, wan) for one in ODD for wan in (False, True)
    ]
    page = chromium.new_page()
    page.add_script_tag(path=str(SCRIPT))

    with translation.override(language):
        words = {camel(name): str(value) for name, value in entry_words(User(pk=1)).items()}
        expected = [told_by_server(*one) for one in typed]
    told = page.evaluate(TOLD, [typed, words])

    pairs = zip(typed, told, expected, strict=True)
    assert [(one, mine, theirs) for one, mine, theirs in pairs if mine not in theirs] == []


# --- what was typed -----------------------------------------------------------------------------------------------


class Desk:
    """Somebody before the served app, who is signed in and out by their session's cookie."""

    def __init__(self, browser: Any, base: str, user: User) -> None:
        self.page, self.base, self.user = browser.new_page(), base, user
        self.sign_in()

    def sign_in(self) -> None:
        session = signed_in(self.user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.base}
        self.page.context.add_cookies([cookie])

    def open(self, address: str) -> None:
        self.page.goto(self.base + address)
        self.page.evaluate(BEGUN)

    def save_without_session(self) -> None:
        """Ctrl+S after the session has ended, which leads to the sign-in page."""
        self.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        self.page.keyboard.press("Control+s")
        self.page.wait_for_url("**/sign-in/**")

    def kept(self) -> str:
        return str(self.page.evaluate("JSON.stringify({...sessionStorage})"))

    def notes(self) -> int:
        return int(self.page.locator(".draft-note").count())


@pytest.fixture
def desk(transactional_db: None, live_server: Any, chromium: Any, county_clerk: User) -> Iterator[Desk]:
    """A clerk before the served app."""
    desk = Desk(chromium, live_server.url, county_clerk)
    yield desk
    desk.page.context.close()


def test_form_is_filled_in_again_after_the_session_ended(desk: Desk, ruoduo: Any) -> None:
    source, page, add = FundingSourceFactory(code="county"), desk.page, address_of("projects_ledgerentry", "add")
    desk.open(add)
    page.select_option("[name=kind]", "allocation")
    page.fill("[name=booked_on]", "2024-05-06")
    page.fill("[name=amount]", "12.5")
    page.check("[name=amount-wan]")
    for field, typed in (("source", "cou"), ("division", "rdc")):
        page.focus(f".field-{field} .select2-selection")
        page.keyboard.type(typed)
        page.wait_for_selector(OFFERED)
        page.keyboard.press("Enter")

    desk.save_without_session()
    said = page.inner_text(".messages")
    desk.sign_in()
    desk.open(add)

    assert "Nothing was saved" in said
    assert "What you typed is filled in again" in said
    assert page.inner_text(".draft-note span").startswith("Restored what you had typed at ")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/admin/projects/ledgerentry/")
    entry = LedgerEntry.objects.get()
    assert (entry.amount, entry.source, entry.division) == (Decimal("125000.00"), source, ruoduo)
    assert "entry-draft" not in desk.kept()


def test_draft_is_discarded_by_hand_at_sign_out_and_by_somebody_else(desk: Desk, reviewer: User, ruoduo: Any) -> None:
    page, add = desk.page, address_of("projects_project", "add")

    def type_and_leave() -> None:
        desk.open(add)
        page.fill("[name=code]", "R-77")
        desk.open("/admin/")

    type_and_leave()
    desk.open(add)
    assert (desk.notes(), page.input_value("[name=code]")) == (1, "R-77")
    page.click(".draft-note button")
    page.wait_for_selector(".draft-note", state="detached")
    assert "R-77" not in desk.kept()
    type_and_leave()
    desk.user = reviewer
    desk.sign_in()
    desk.open("/admin/")
    assert "R-77" not in desk.kept()
    desk.user = User.objects.get(username="clerk-of-heishui")
    desk.sign_in()
    desk.open(add)
    page.fill("[name=code]", "R-77")
    page.click("#logout-form button")
    page.wait_for_url("**/sign-in/**")
    assert "R-77" not in desk.kept()


def test_nothing_that_identifies_a_person_is_kept(desk: Desk, ruoduo: Any) -> None:
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, year=2023)
    address = address_of("beneficiaries_household", "change", household.pk)
    desk.open(address)
    desk.page.fill("[name=farmland]", "4.5")
    desk.page.click("#persons-group .add-row a")
    row = "[name=persons-0-"
    desk.page.locator("#persons-0 details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    typed = {"new_name": "王小明", "id_number": "513228198001011234", "account_number": "6222020200112233"}
    for name, value in {**typed, "new_born_on": "1980-01-01", "birth_year": "1980"}.items():
        desk.page.fill(f"{row}{name}]", value)

    desk.save_without_session()

    kept = desk.kept()
    assert [value for value in (*typed.values(), "1980-01-01") if value in kept] == []
    assert '"4.5' in kept.replace("\\", "")
    desk.sign_in()
    desk.open(address)
    assert desk.page.input_value(f"{row}birth_year]") == "1980"
    assert "are never kept: type them again" in desk.page.inner_text(".draft-note")


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(desk: Desk, ruoduo: Any) -> None:
    household = HouseholdFactory(village=ruoduo)
    address = address_of("beneficiaries_household", "change", household.pk)
    desk.open(address)
    desk.page.fill("[name=farmland]", "4.5")
    desk.save_without_session()
    other = Household.objects.get(pk=household.pk)
    other.farmland = Decimal("7.0")
    actions.register_household(other, by=desk.user)

    desk.sign_in()
    desk.open(address)
    desk.page.keyboard.press("Control+s")

    desk.page.wait_for_selector(".errornote")
    assert "after you opened it" in desk.page.inner_text("#content-main")


def test_page_opens_in_its_first_field_and_a_key_adds_a_row_and_goes_there(desk: Desk) -> None:
    focused = "document.activeElement.name || document.activeElement.closest('td')?.className"

    desk.open(address_of("projects_project", "add"))
    first = desk.page.evaluate(focused)
    desk.page.keyboard.press("Alt+n")

    assert first == "code"
    assert desk.page.evaluate(focused) == "field-division"
    assert desk.page.locator("#sites-0, #milestones-0").count() == 1
    assert "Alt" in desk.page.inner_text(".entry-keys")


def test_keys_lead_into_a_new_row_and_past_the_links_beside_a_list(desk: Desk) -> None:
    focused = "document.activeElement.name"

    desk.open(address_of("beneficiaries_household", "add"))
    desk.page.keyboard.press("Alt+n")
    person = desk.page.evaluate(focused)
    desk.page.focus("#incomes-group .add-row a")
    desk.page.keyboard.press("Enter")

    assert person == "persons-0-new_name"
    assert desk.page.evaluate(focused) == "incomes-0-year"
    assert desk.page.locator(".view-related:not([tabindex='-1']), .change-related:not([tabindex='-1'])").count() == 0
