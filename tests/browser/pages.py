"""What is asked of a page that is open: nothing that keeps people out, nothing that moves, breaks, or weighs much."""

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

from tests.browser import axe
from tests.browser.visiting import HEIGHT, NARROWEST, Visit

HEAVIEST = 100_000
STYLES, SCRIPTS = 1, 2
# A header over the rows that the stock admin leaves empty: no rule of WCAG's, and a template of a hundred lines.
NOT_OURS = ("empty-table-header",)
ADMIN = "/admin/"
PARTS = """() => ({
  page: performance.getEntriesByType("navigation")[0].encodedBodySize,
  styles: [...document.querySelectorAll("link[rel=stylesheet]:not([media=print])")].map((one) => one.href),
  scripts: [...document.querySelectorAll("script[src]")].map((one) => one.src),
})"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# As a reader sets it who needs space between letters, words, lines and paragraphs (WCAG 1.4.12).
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`p { margin-bottom: 2em !important; }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
# What hides a part of its words, when nobody meant it to.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one);
  const hides = [style.overflowX, style.overflowY].includes("hidden") || style.textOverflow === "ellipsis";
  const isMeant = style.clipPath !== "none" || style.position === "absolute" || one.closest("svg, .select2");
  return hides && !isMeant && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""


def faults_of(visit: Visit) -> Iterator[str]:
    """Everything that is wrong with the page that is open, as words."""
    yield from visit.complaints_since()
    if not visit.address.startswith(ADMIN):
        yield from (f"moves on its own: {shift}" for shift in _shifts(visit))
        yield from _too_heavy(visit)
    yield from _out_of_reach(visit)
    yield from _too_wide(visit)
    # What looking has left in the console is nobody's fault.
    visit.complaints_since()


def _shifts(visit: Visit) -> list[str]:
    """What moves each time: a machine with much else to do may once paint a page in pieces that came as one."""
    moved: list[str] = visit.page.evaluate("window.shifts")
    if moved and visit.open(visit.address):
        moved = visit.page.evaluate("window.shifts")
    return moved


def _out_of_reach(visit: Visit) -> Iterator[str]:
    """What axe finds, by day and by night."""
    yield from (fault for fault in axe.faults(visit.page) if not fault.startswith(NOT_OURS))
    visit.page.emulate_media(color_scheme="dark")
    yield from (f"at night, {fault}" for fault in axe.faults(visit.page, ("color-contrast",)))
    visit.page.emulate_media(color_scheme="light")


def _too_heavy(visit: Visit) -> Iterator[str]:
    """The page as it was sent, with what it needs as it is sent packed."""
    parts = visit.page.evaluate(PARTS)
    weight = parts["page"] + sum(map(packed, {*parts["styles"], *parts["scripts"]}))
    if not 0 < parts["page"] < weight < HEAVIEST:
        yield f"weighs {weight} bytes, {parts['page']} of them the page"
    if len(parts["styles"]) != STYLES or len(parts["scripts"]) > SCRIPTS:
        yield f"needs {parts['styles']} and {parts['scripts']}"


@cache
def packed(address: str) -> int:
    """How many bytes a file of ours has on its way: `manage.py start` packs them all."""
    found = finders.find(urlsplit(address).path.removeprefix("/static/"))
    return len(gzip.compress(Path(str(found)).read_bytes()))


def _too_wide(visit: Visit) -> Iterator[str]:
    """At 320 pixels nobody scrolls sideways but within a table, and no words are lost where letters stand apart."""
    size = visit.page.viewport_size or {"width": NARROWEST, "height": HEIGHT}
    visit.page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    if over := visit.page.evaluate(TOO_WIDE):
        yield f"is {over} pixels too wide at {NARROWEST}"
    visit.page.set_viewport_size(size)
    visit.page.evaluate(SPACED)
    if over := visit.page.evaluate(TOO_WIDE):
        yield f"is {over} pixels too wide where letters stand apart"
    yield from (f"cuts off where letters stand apart: {one}" for one in visit.page.evaluate(CUT_OFF))
