"""Everything by keyboard, and one sees where one is."""

import re

import pytest

from tests.browser.steps import heading
from tests.browser.visiting import NARROW, Reception, Visit, Way

pytestmark = pytest.mark.slow

# Remembers each element that gets the focus, and what of that is seen.
WATCH = """() => {
  window.focused = [];
  document.addEventListener("focusin", ({ target }) => {
    const box = target.getBoundingClientRect();
    // A number on a card is shown by the card.
    const isSeen = [target, target.closest(".stat")].filter(Boolean).map((one) => getComputedStyle(one))
      .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    const isInView = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    window.focused.push([target, isSeen && isInView]);
  });
}"""
REACHABLE = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility() && !one.disabled)"""
# What was not reached, what came out of order, and where nothing showed the focus; from the first to the last.
WRONG = f"""() => {{
  const told = (one) => one.outerHTML.slice(0, 100);
  const again = window.focused.findIndex(([one], at) => at > 0 && one === window.focused[0][0]);
  const once = again < 0 ? window.focused : window.focused.slice(0, again);
  const got = once.map(([one]) => one);
  const missed = ({REACHABLE})().filter((one) => !got.includes(one)).map((one) => `not reached: ${{told(one)}}`);
  const hidden = once.filter(([, isSeen]) => !isSeen).map(([one]) => `not seen: ${{told(one)}}`);
  const astray = got.slice(1).filter((one, at) => !(got[at].compareDocumentPosition(one) & 4))
    .map((one) => `out of order: ${{told(one)}}`);
  return [...missed, ...hidden, ...astray];
}}"""
# The parts of a date, each a stop of its own, and some to come round again.
MORE_STOPS = 10
ACTIVE = "document.activeElement"
# The field that has the focus, which is another once the page has changed.
REMEMBER = f"() => {{ window.remembered = {ACTIVE}; }}"


@pytest.mark.parametrize("address", ["/", "/areas/513228107205/", "/reports/"])
def test_tab_goes_through_all_of_a_page_in_its_order_and_shows_where_it_is(reception: Reception, address: str) -> None:
    with reception.visit(Way("manager")) as visit:
        visit.open(address)
        visit.page.evaluate(WATCH)
        number = visit.page.evaluate(f"({REACHABLE})().length")
        for _key in range(number + MORE_STOPS):
            visit.page.keyboard.press("Tab")

        assert number > 20
        assert visit.page.evaluate(WRONG) == []


def test_first_key_leads_past_the_menus(reception: Reception) -> None:
    with reception.visit(Way("manager")) as visit:
        visit.open("/")
        visit.page.keyboard.press("Tab")
        told = visit.page.evaluate(f"{ACTIVE}.textContent")
        visit.page.keyboard.press("Enter")
        # The focus follows with the next picture that the browser draws.
        visit.page.wait_for_function(f"() => {ACTIVE}.id === 'content'")
        visit.page.keyboard.press("Tab")

        assert told == "Skip to the content"
        assert visit.page.evaluate(f"{ACTIVE}.closest('main') !== null")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_menu_opens_leads_on_and_closes(reception: Reception, script: bool) -> None:
    with reception.visit(Way("manager", script=script)) as visit:
        visit.open("/")
        menu = visit.page.locator("nav details").last
        menu.locator("summary").focus()
        visit.page.keyboard.press("Enter")
        is_open = menu.get_attribute("open") is not None
        visit.page.keyboard.press("Tab")
        leads_to = visit.page.evaluate(f"{ACTIVE}.getAttribute('href')")
        if script:
            visit.page.keyboard.press("Escape")
        else:
            visit.page.keyboard.press("Shift+Tab")
            visit.page.keyboard.press("Enter")
        is_closed = menu.get_attribute("open") is None
        at_menu = visit.page.evaluate(f"{ACTIVE}.tagName")

        assert (is_open, is_closed, at_menu) == (True, True, "SUMMARY")
        assert leads_to == menu.locator("a").first.get_attribute("href")


def test_filter_is_asked_by_keyboard_and_the_focus_stays(reception: Reception) -> None:
    with reception.visit(Way("manager")) as visit:
        visit.open("/funding/")
        field = visit.page.locator('main form [name="period"], main form [name="plan"]').first
        name = field.get_attribute("name")
        field.focus()
        visit.page.evaluate(REMEMBER)
        visit.page.keyboard.press("ArrowDown")
        visit.page.wait_for_url(re.compile(f"{name}="))
        visit.page.wait_for_function("() => !window.remembered.isConnected")

        assert visit.page.evaluate(f"{ACTIVE}.value")
        assert visit.page.evaluate(f"{ACTIVE}.name") == name


def test_wide_table_is_scrolled_by_keyboard(reception: Reception) -> None:
    with reception.visit(Way("manager", width=NARROW)) as visit:
        visit.open("/funding/")
        region = visit.page.locator("#annual-funding [role=region]")
        region.focus()
        for _key in range(5):
            visit.page.keyboard.press("ArrowRight")
        visit.page.wait_for_function("() => document.activeElement.scrollLeft > 0")

        assert region.evaluate("(one) => one.scrollWidth > one.clientWidth")


def test_figure_is_opened_down_to_its_records(reception: Reception) -> None:
    with reception.visit(Way("manager", language="zh")) as visit:
        visit.open("/funding/?year=2019")
        opened = press_enter_on(visit, 'main a[href^="/explain/allocated/"]')
        rows = press_enter_on(visit, '#rows a[href^="/records/"], #rows a[href^="/projects/"]')

        assert opened.startswith("/explain/allocated/?year=2019")
        assert rows.startswith(("/records/", "/projects/"))
        assert heading(visit)


def press_enter_on(visit: Visit, link: str) -> str:
    """Follow the first of these links by keyboard; where it led."""
    before = visit.page.url
    visit.page.locator(link).first.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(lambda url: url != before)
    return visit.address
