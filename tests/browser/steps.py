"""What people do at the browser, said as they would say it; the same with a script and without, in both languages."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.browser.visiting import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# What a page says where no figure is known, or where none may be told.
UNKNOWN = Decimal(0)


def field(visit: Visit, name: str) -> "Locator":
    return visit.page.locator(f'[name="{name}"]')


def fill(visit: Visit, **values: str) -> None:
    """Type into fields, choose from short lists."""
    for name, value in values.items():
        one = field(visit, name)
        if one.evaluate("(field) => field.tagName") == "SELECT":
            one.select_option(value)
        else:
            one.fill(value)


def choose(visit: Visit, name: str, typed: str, meant: str, *, script: bool) -> None:
    """A record by how it begins, from the list that narrows; or, without a script, as it is typed in full."""
    if not script:
        field(visit, f"{name}-typed").fill(meant)
        return
    row = field(visit, name).locator("xpath=following-sibling::*[contains(@class, 'select2')]")
    row.get_by_role("combobox").click()
    # The list also asks as it opens, for all there is: what is meant is chosen of the answer to what was typed.
    with visit.page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("term") == [typed]):
        visit.page.get_by_role("searchbox").last.fill(typed)
    visit.page.locator(".select2-results .loading-results").wait_for(state="detached")
    visit.page.locator(".select2-results__option[aria-selected]", has_text=meant).first.click()
    visit.page.locator(".select2-dropdown").wait_for(state="detached")


def save(visit: Visit, button: str = "_save") -> None:
    """Send the form. What is refused is shown on the page, and is a fault here."""
    visit.press(visit.page.locator(f"input[name={button}]").last)
    refused = visit.page.locator(".errornote, .errorlist").all_text_contents()
    assert refused == [], (visit.address, refused)


def figure(visit: Visit, address: str, table: str, slug: str) -> Decimal:
    """The total that stands in a table of a page and opens as the figure `slug`; of several, that of the last row."""
    assert visit.open(address) == 200, address
    told = visit.page.locator(f'#{table} a[href^="/explain/{slug}/"]').all_inner_texts()
    return number(told[-1]) if told else UNKNOWN


def number(text: str) -> Decimal:
    """The number in a text: "RMB 1,234.50" is 1234.50."""
    digits = re.sub(r"[^\d.-]", "", text)
    return Decimal(digits) if digits else UNKNOWN


def follow(visit: Visit, href: str) -> None:
    """Click the first link of the content whose address begins so."""
    visit.page.locator(f'main a[href^="{href}"]:visible').first.click()
    visit.page.wait_for_url(lambda url: url.removeprefix(visit.base).startswith(href))


def hand_on(visit: Visit, step: str) -> None:
    """Press the button of a step on a record's own page, and confirm it where that is asked."""
    visit.press(visit.page.locator(f'form:has(input[name="step"][value="{step}"]) input[type="submit"]'))
    if visit.page.locator("[name=confirmed]").count():
        visit.press(visit.page.locator("[name=confirmed]"))


def heading(visit: Visit) -> str:
    return " ".join(visit.page.get_by_role("heading", level=1).inner_text().split())
