"""The pictures of the handbooks: which part of which page each shows, and as whom. `tests/pictures.py` makes them."""

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Error, sync_playwright

from tests.browser.chromium import ARGUMENTS
from tests.browser.serving import made_once, served
from tests.browser.visiting import BEGUN, HEIGHT, LOCALES, PATIENCE, Reception
from tests.house.ground import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FilePayload, FloatRect, Page

FOLDER = ROOT / "static" / "img" / "help"
LANGUAGES = {"en": "en", "zh": "zh_hans"}
# As wide as the text of a handbook, so that a picture is shown pixel by pixel.
WIDTH = 880
# Twice as fine as it is shown, for screens that are; the tag that shows it knows.
SCALE = 2
COLOURS = (96, 64, 32, 20, 12)
LARGEST = 60_000
MARGIN = 8
# Not of what is explained: the banner, the button to print, the ways elsewhere.
UNSEEN = (
    ".banner, .print, .page-help, #nav-sidebar, #toggle-nav-sidebar, #changelist-filter { display: none !important; }"
)
# Where a picture may end, so that nothing is cut through.
ENDS = "tr, dd, li, p, .form-row, .field, .panel, .stat, .table-scroll, figure, form, section"
FORM = "/admin/projects/{}/add/"
# Made up like the households: wages of five families of one village, and what else they earned.
INCOMES = [
    ["513228102200", f"EX000{number}", "", "", "4", "2025", str(31000 + number * 700), "9200", "400", "5100", "2300"]
    for number in range(1, 6)
]
INCOME_COLUMNS = [
    *("village_code", "household_no", "head_name", "id_number", "size", "year"),
    *("wage_income", "business_income", "property_income", "transfer_income", "expenses"),
]


@dataclass(frozen=True)
class Scene:
    """What a picture shows: the part of a page that holds all of these elements, up to a height, as one person."""

    name: str
    who: str
    address: str
    parts: str
    most: int = 560
    prepare: "Callable[[Page], None] | None" = None
    width: int = WIDTH


def fill_project(page: "Page") -> None:
    for field, value in (("code", "HS-ROAD-2026"), ("name", "Road to Ewo Village"), ("name_zh", "俄窝村通村道路")):
        if page.locator(f"#id_{field}").count():
            page.locator(f"#id_{field}").fill(value)
    page.locator("#id_kind").select_option("road")


def fill_entry(page: "Page") -> None:
    page.locator("#id_kind").select_option("disbursement")
    page.locator("#id_booked_on").fill("2024-12-10")
    page.locator("#id_amount").fill("40000.00")
    for field, words in (("source", "example-collaboration"), ("project", "EX-SALES"), ("division", "513228102200")):
        choose(page, field, words)


def choose(page: "Page", field: str, words: str) -> None:
    """Type how a code begins, and take what is offered for it."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results .loading-results").wait_for(state="detached")
    page.locator(".select2-results__option", has_text=words).first.click()


def hand_in_incomes(page: "Page") -> None:
    text = io.StringIO()
    csv.writer(text).writerows([INCOME_COLUMNS, *INCOMES])
    file: FilePayload = {
        "name": "incomes-2025.csv",
        "mimeType": "text/csv",
        "buffer": text.getvalue().encode("utf-8-sig"),
    }
    page.locator("#id_file").set_input_files(file)
    page.locator("section[aria-labelledby=upload-title] button").click()
    page.locator("#confirm").wait_for()


def open_first(selector: str) -> "Callable[[Page], None]":
    """Follow the first link of this kind."""

    def follow(page: "Page") -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state()

    return follow


CHANGED = "#changelist-form"
MAIN = "main > *"
SCENES = (
    Scene("clerk-records", "clerk", "/admin/", "#content", 520),
    Scene("clerk-project", "clerk", FORM.format("project"), "#content form", 470, fill_project),
    Scene("clerk-entry", "clerk", FORM.format("ledgerentry"), "#content form", 620, fill_entry),
    Scene("clerk-income", "clerk", "/admin/beneficiaries/household/1/change/", ".incomes", 330, width=1180),
    Scene("clerk-import", "clerk", "/imports/incomes/", "main > h2, main > h3, #confirm", 1000, hand_in_incomes),
    Scene("clerk-evidence", "clerk", "/explain/spent/?year=2019", ".evidence", 520, open_first("#rows tbody th a")),
    Scene("clerk-paper", "clerk", "/papers/project-notice/EX-ROAD/", MAIN, 620),
    Scene("reviewer-waiting", "reviewer", "/admin/", "#content", 300),
    Scene(
        "reviewer-post",
        "reviewer",
        "/admin/projects/ledgerentry/",
        "fieldset:last-of-type, .entry-steps",
        620,
        open_first("#result_list th a"),
    ),
    Scene("reviewer-incomes", "reviewer", "/admin/beneficiaries/incomerecord/", CHANGED, 380, width=1280),
    Scene("reviewer-flag", "reviewer", "/red-flags/past-due/", MAIN, 640, open_first("#cases tbody th a")),
    Scene("manager-overview", "manager", "/", MAIN, 620),
    Scene("manager-needs", "manager", "/", ".needs", 560),
    Scene("manager-filter", "manager", "/funding/?year=2019", ".filters", 300),
    Scene("manager-area", "manager", "/areas/513228000000/", "#drawing-places, #places", 600),
    Scene("manager-figure", "manager", "/explain/spent/?year=2019", ".explained", 520),
    Scene("manager-money", "manager", "/funding/", "#drawing-booked-by-year", 700),
    Scene("manager-flow", "manager", "/funding/?year=2019", "#drawing-flows", 700),
    Scene("manager-income", "manager", "/income/", "#drawing-per-capita", 700),
    Scene("auditor-rows", "auditor", "/explain/spent/?year=2019", "#rows", 340, width=1280),
    Scene("auditor-claims", "auditor", "/claims/reconciliation/", "#reconciliation", 330, width=1280),
    Scene("auditor-report", "auditor", "/reports/funding-ledger/?year=2019", ".page-head, .filters", 320),
    Scene("auditor-trail", "auditor", "/audit/", MAIN, 430),
    Scene("administrator-user", "administrator", "/admin/accounts/user/add/", "#content form", 560),
    Scene("administrator-line", "administrator", "/admin/beneficiaries/povertyline/add/", "#content form", 520),
)


class Studio:
    """A browser for each person and language, which keeps what all pages have in common."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self._contexts: dict[tuple[str, str], BrowserContext] = {}

    def picture(self, scene: Scene, language: str) -> bytes:
        """The part of the page as a PNG. Raises LookupError where there is nothing of it to see."""
        page = self._context(scene.who, language).new_page()
        page.set_viewport_size({"width": scene.width, "height": HEIGHT})
        try:
            answer = page.goto(self.reception.base + scene.address)
            if answer is None or not answer.ok:
                raise LookupError(f"{scene.address} does not answer well")
            page.evaluate(BEGUN)
            if scene.prepare:
                scene.prepare(page)
            page.evaluate(QUIET, UNSEEN)
            return small(page.screenshot(full_page=True, clip=clip(page, scene), animations="disabled"))
        finally:
            page.close()

    def _context(self, who: str, language: str) -> "BrowserContext":
        if (who, language) not in self._contexts:
            context = self.reception.browser.new_context(
                device_scale_factor=SCALE,
                locale=LOCALES[language],
                reduced_motion="reduce",
                storage_state=self.reception.state_of(who),
            )
            context.set_default_timeout(PATIENCE)
            self._contexts[who, language] = context
        return self._contexts[who, language]


# The policy of the pages stops a style that is put in; a sheet that is made by a script is none of a page's own.
QUIET = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
  document.activeElement?.blur();
  document.querySelectorAll(".stable-link").forEach((link) => {
    link.textContent = link.textContent.replace(/^.*?(?=\\/explain)/, "https://alleviation.example.org");
  });
  window.scrollTo(0, 0);
}"""
# The last place above a height where something ends within what is shown.
LAST_END = """(parts, [ends, top, bottom]) => Math.max(top, ...parts
  .flatMap((part) => [part, ...part.querySelectorAll(ends)])
  .map((one) => one.getBoundingClientRect().bottom + window.scrollY)
  .filter((end) => end <= bottom))"""


def clip(page: "Page", scene: Scene) -> "FloatRect":
    """The smallest part of the page that holds all that is to be seen, up to the height, with a margin."""
    boxes = [box for one in page.locator(scene.parts).all() if (box := one.bounding_box()) and box["height"]]
    if not boxes:
        raise LookupError(f"there is no {scene.parts} at {page.url}")
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes)
    bottom: float = page.locator(scene.parts).evaluate_all(LAST_END, [ENDS, top, top + scene.most])
    across = min(scene.width, right + MARGIN) - max(0, left - MARGIN)
    return {"x": max(0, left - MARGIN), "y": top - MARGIN, "width": across, "height": bottom - top + 2 * MARGIN}


def small(screenshot: bytes) -> bytes:
    """The same picture in as many colours as it may have without being large."""
    shot = Image.open(io.BytesIO(screenshot)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        shot.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < LARGEST:
            break
    return out.getvalue()


@contextmanager
def example(address: str) -> Iterator[str]:
    """The app with the example: the one at this address, or else one that is made for the pictures and goes again."""
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory() as folder, served(made_once(Path(folder))) as base:
        yield base


def make(names: list[str], address: str) -> list[str]:
    """Make these pictures, or all; returns what is wrong with them."""
    chosen = [scene for scene in SCENES if not names or scene.name in names]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright, example(address) as base:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        studio = Studio(Reception(browser, base))
        wrong = [fault for scene in chosen for language in LANGUAGES if (fault := take(studio, scene, language))]
        browser.close()
    return wrong


def take(studio: Studio, scene: Scene, language: str) -> str:
    """Make one picture; what is wrong with it, if anything: the others are made all the same."""
    path = FOLDER / LANGUAGES[language] / f"{scene.name}.png"
    try:
        content = studio.picture(scene, language)
    except (LookupError, Error) as fault:
        return f"{path.relative_to(FOLDER)}: {fault}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return "" if len(content) < LARGEST else f"{path.relative_to(FOLDER)}: {len(content):,} bytes are too many"
