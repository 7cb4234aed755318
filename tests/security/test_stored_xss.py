"""What somebody stored runs nowhere: sixty payloads in every text field, and every page that shows them in a browser.

The full walk (ten rounds of six payloads in each field, five people):
    pytest -m long tests/security/test_stored_xss.py
"""

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.serving import environment, served
from tests.browser.tours import TOURS
from tests.browser.visiting import Visit, sign_in
from tests.browser.walking import walk
from tests.house.ground import ROOT, told
from tests.security.fuzz_world import PEOPLE
from tests.security.payloads import PAYLOADS
from tests.security.payloads_stored import ROUNDS, payloads_of
from tests.security.test_injection import STARTS, is_number

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STORED = [sys.executable, "-m", "tests.security.payloads_stored"]
# Whatever runs, asks elsewhere or is refused by the policy is kept here; and what a page may not hold is looked for.
LISTENS = """window.violations = [];
document.addEventListener("securitypolicyviolation", (one) => violations.push(one.violatedDirective + one.sample));
"""
FOUND = """() => [...document.querySelectorAll("*")].flatMap((one) => {
  const strange = /xss|^(iframe|object|embed|base|marquee|math|video|frame|applet)$/i.test(one.localName)
    || (one.localName === "script" && !/json/.test(one.type)
      && !/^\\/(static\\/|admin\\/jsi18n\\/$)/.test(one.getAttribute("src")))
    || (one.localName === "style" && !one.closest("svg"));
  const given = [...one.attributes].filter(({ name, value }) => /xss|^on|^hx-on|^data-hx-on|^srcdoc$/i.test(name)
    || (/^(src|href|action|formaction|xlink:href|hx-get|data|style|content)$/i.test(name)
      && /^[\\s\\x00-\\x20]*(javascript|vbscript|data):|^\\s*\\/\\/|evil\\.example\\/xss$/i.test(value)
      && !(one.localName === "img" && value.startsWith("data:image/png"))));
  return strange || given.length ? [one.outerHTML.slice(0, 200)] : [];
})"""
ECHOED = (
    "q",
    "year",
    "area",
    "project",
    "text",
    "as_of",
    "next",
    "csv",
    "svg",
    "whole",
    "page",
    "source_code",
    "of",
    "state",
)
# Forms that lead out, or away from the walk.
LEAVING = "sign-out|logout|setlang|password|sessions|end"
TYPED = "text|search|email|url|textarea|number|date"
SEND = """(words) => {
  const forms = [...document.querySelectorAll("form[method=post]")].filter((one) => !/LEAVING/.test(one.action));
  if (!forms.length) return false;
  const form = forms.at(-1);
  for (const one of [...form.elements].filter((one) => /^(TYPED)$/.test(one.type))) {
    if (one.type !== "textarea") one.type = "text";
    one.value = words;
  }
  HTMLFormElement.prototype.submit.call(form);
  return true;
}""".replace("LEAVING", LEAVING).replace("TYPED", TYPED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the payloads of the first round in it."""
    made = tmp_path_factory.mktemp("stored")
    fill(made, "--make")
    return made


def fill(folder: Path, *options: str) -> int:
    """Store the payloads of a round; how many fields took them."""
    done = subprocess.run([*STORED, *options], cwd=ROOT, env=environment(folder), check=True, capture_output=True)
    return int(done.stdout.split()[-2])


@contextmanager
def visiting(browser: "Browser", base: str, who: str, *, policy: bool) -> Iterator[tuple[Visit, list[str]]]:
    """Somebody signed in, and all that ran, asked elsewhere or was refused; without the policy nothing is refused."""
    context = browser.new_context(bypass_csp=not policy, accept_downloads=True)
    context.set_default_timeout(30_000)
    seen: list[str] = []
    context.expose_binding("xss", lambda source, *_given: seen.append(f"ran on {source['page'].url}"))
    context.add_init_script(LISTENS)
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    context.on("request", lambda one: None if one.url.startswith((base, "data:image/png")) else seen.append(one.url))
    context.on("console", lambda one: seen.append(one.text) if "Content Security Policy" in one.text else None)
    try:
        if who:
            sign_in(page, base, PEOPLE[who][0])
        yield Visit(page, base), seen
    finally:
        context.close()


def look(visit: Visit, seen: list[str]) -> Iterator[str]:
    """What a page that is open should not hold, and what happened on it."""
    yield from (f"holds {one}" for one in visit.page.evaluate(FOUND))
    yield from (f"refused {one}" for one in visit.page.evaluate("window.violations ?? []"))
    yield from seen
    seen.clear()


def send(visit: Visit, seen: list[str], words: str) -> Iterator[str]:
    """What a page says of a form that is filled with payloads."""
    with visit.page.expect_navigation():
        if not visit.page.evaluate(SEND, words):
            visit.page.reload()
    yield from (f"after sending, {fault}" for fault in look(visit, seen))


def faults_of(visit: Visit, seen: list[str], number: int, *, forms: bool) -> Any:
    """What is wrong with a page as it is shown, asked with payloads, and after its form was sent with them."""
    turns = iter(range(10**6))

    def look_well(visit: Visit) -> list[str]:
        address = visit.address
        found = list(look(visit, seen))
        if forms:
            words = payloads_of(number, next(turns))
            asked = "&".join(f"{name}={quoted(words)}" for name in ECHOED)
            visit.open(f"{address.partition('?')[0]}?{asked.replace('csv=', 'x=').replace('svg=', 'y=')}")
            found += [f"when asked, {fault}" for fault in look(visit, seen)]
            visit.open(address)
            found += send(visit, seen, words)
        return found

    return look_well


def quoted(words: str) -> str:
    from urllib.parse import quote

    return quote(words, safe="")


def walked(
    browser: "Browser", base: str, who: str, number: int, *, policy: bool, forms: bool
) -> tuple[list[str], set[str]]:
    """What is wrong with the pages that somebody is led to, and which pages these are."""
    with visiting(browser, base, who, policy=policy) as (visit, seen):
        starts = [*TOURS[who].starts, "/admin/", "/imports/", "/households/", "/areas/513228212205/"]
        done = walk(visit, starts=starts, look=faults_of(visit, seen, number, forms=forms), each=1)
    # The example's places are not of this world, and not every start is for everybody.
    return [fault for fault in done.faults if not re.search(r" answers 40[34]$", fault)], set(done.found)


@pytest.mark.slow
def test_nothing_that_was_stored_runs_on_pages_of_each_kind(chromium: "Browser", folder: Path) -> None:
    with served(folder) as base:
        faults, pages = walked(chromium, base, "manager", 0, policy=False, forms=False)

    assert faults == [], told(faults)
    assert len(pages) > 20


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("who", ["manager", "auditor", "clerk", "reviewer", "administrator"])
def test_nothing_runs_anywhere(chromium: "Browser", folder: Path, who: str, number: int) -> None:
    assert fill(folder, "--round", str(number)) > 80
    with served(folder) as base:
        faults, pages = walked(chromium, base, who, number, policy=False, forms=True)
        under_policy, _pages = walked(chromium, base, who, number, policy=True, forms=False)

    faults += under_policy
    assert faults == [], told(faults)
    assert len(pages) > 8


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_file_runs_what_was_stored(chromium: "Browser", folder: Path, number: int, tmp_path: Path) -> None:
    fill(folder, "--round", str(number))
    with served(folder) as base, visiting(chromium, base, "auditor", policy=False) as (visit, seen):
        files = files_of(visit)
        faults = [f"{name}: {fault}" for name, content in files.items() for fault in spoken(name, content)]
        for name, content in files.items():
            if content.lstrip().startswith(b"<"):
                (tmp_path / "alone.svg").write_bytes(content)
                visit.page.goto((tmp_path / "alone.svg").as_uri())
                drawn = [one for one in look(visit, seen) if not one.startswith("file:")]
                faults += [f"{name}: {fault}" for fault in drawn]

    assert faults == [], told(faults)
    assert len(files) > 40


def files_of(visit: Visit) -> dict[str, bytes]:
    """Each file that the pages offer, by its address."""
    found: dict[str, bytes] = {}

    def take(visit: Visit) -> list[str]:
        links = visit.page.evaluate("""[...document.querySelectorAll("a[href]")]
            .map((one) => new URL(one.getAttribute("href"), location).href)""")
        for link in links:
            if re.search(r"[?&](csv|svg)=|\.(csv|xlsx)(\?|$)", link) and link not in found:
                found[link] = visit.page.request.get(link).body()
        return []

    walk(visit, starts=["/", "/reports/", "/areas/513228212205/", "/audit/"], look=take, each=1)
    return found


def spoken(name: str, content: bytes) -> Iterator[str]:
    """The cells that a spreadsheet would take for a formula."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheets = b"".join(packed.read(one) for one in packed.namelist() if "sheet" in one)
        yield from ("a formula" for _one in re.findall(rb"<f[ >]|<hyperlink ", sheets))
    elif not content.lstrip().startswith(b"<"):
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from (cell for cell in row if cell.strip(" \u200b\ufeff").startswith(STARTS) and not is_number(cell))


def test_there_are_sixty_payloads_and_each_round_has_six_others() -> None:
    words = [payloads_of(number, 0) for number in range(ROUNDS)]

    assert len(set(PAYLOADS)) == 60
    assert " ".join(words) == " ".join(PAYLOADS)
