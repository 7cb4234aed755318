"""The three journeys, through the pages alone: in both languages, wide and narrow, with and without a script.

Four ways go through every pair of these; the four others are left to `-m long`.
"""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import translation
from django.utils.translation import ngettext

from tests.browser.steps import choose, figure, fill, follow, hand_on, heading, number, save
from tests.browser.visiting import NARROW, WIDE, Reception, Visit, Way

pytestmark = pytest.mark.slow

# Ruoduo Village as the list of today has it; what was recorded under its former code is counted there too.
RUODUO = "513228107205"
DOWN = ("510000000000", "513200000000", "513228000000", "513228107000", RUODUO)
LANGUAGES = {"en": "en", "zh": "zh-hans"}
# Between them they have each language, width and script; the others are tried before a release.
QUICK = {("en", WIDE, True), ("zh", NARROW, False)}
ALL = list(product(LANGUAGES, (WIDE, NARROW), (True, False)))
WAYS = [pytest.param(way, id="-".join(map(str, way)), marks=() if way in QUICK else pytest.mark.long) for way in ALL]
# The year of what is entered: nothing of the example is booked in it.
YEAR = 2025
NOTHING = dict.fromkeys(("nation", "village", "project", "income", "households", "unverified"), 0)
AMOUNT, INCOME = Decimal("1234500.00"), Decimal("20500.25")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    language, width, script = request.param
    return Way("", language, width, "light", script)


def as_(who: str, way: Way) -> Way:
    return replace(way, who=who)


# --- the clerk ----------------------------------------------------------------------------------------------------


def test_what_a_clerk_enters_moves_the_totals_once_a_reviewer_has_checked_it(reception: Reception, way: Way) -> None:
    number_of_way = ALL.index((way.language, way.width, way.script))
    code, household = f"NEW-{number_of_way}", 176 + number_of_way
    before = totals(reception, way, code)

    with reception.visit(as_("clerk", way)) as visit:
        enter_project(visit, way, code)
        enter_alliance(visit, way, code)
        enter_money(visit, way, code)
        enter_income(visit, way, household)
        assert visit.complaints_since() == []
    drafted = totals(reception, way, code)
    with reception.visit(as_("reviewer", way)) as visit:
        check(visit, f"/admin/projects/ledgerentry/?q={code}", "post")
        check(visit, f"/admin/beneficiaries/incomerecord/?q=EX{household:04}", "verify")
        assert visit.complaints_since() == []
    after = totals(reception, way, code)

    # Money counts once it is posted; an income counts at once, as one of those that nobody has verified yet.
    assert moved(before, drafted) == {**NOTHING, "income": INCOME, "households": 1, "unverified": 1}
    assert moved(drafted, after) == {
        **NOTHING,
        "nation": AMOUNT,
        "village": AMOUNT,
        "project": AMOUNT,
        "unverified": -1,
    }


def moved(before: dict[str, Decimal], after: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: after[name] - before[name] for name in after}


def totals(reception: Reception, way: Way, code: str) -> dict[str, Decimal]:
    """What the manager reads of the money, and the reviewer of the incomes, which are of too few for others."""
    asked = f"?year={YEAR}"
    with reception.visit(as_("manager", way)) as visit:
        money = {
            "nation": figure(visit, f"/funding/{asked}", "annual-funding", "allocated"),
            "village": figure(visit, f"/areas/{RUODUO}/{asked}", "annual-funding", "allocated"),
            "project": project_total(visit, code),
        }
    with reception.visit(as_("reviewer", way)) as visit:
        asked += f"&area={RUODUO}"
        income = figure(visit, f"/income/{asked}", "per-capita-income", "net-income")
        households = figure(visit, f"/income/{asked}", "per-capita-income", "households")
        unverified = figure(visit, f"/income/{asked}", "income-checks", "unverified-incomes")
    return {**money, "income": income, "households": households, "unverified": unverified}


def project_total(visit: Visit, code: str) -> Decimal:
    if visit.open(f"/projects/{code}/") == 404:
        return Decimal(0)
    return figure(visit, f"/projects/{code}/", "annual-funding", "allocated")


def enter_project(visit: Visit, way: Way, code: str) -> None:
    """A road in Ruoduo, which is found by the initials of its pinyin; it stands in the village as well."""
    visit.open("/admin/projects/project/add/?rows=1")
    fill(visit, code=code, name=f"Road {code}", name_zh=f"道路{code}", kind="road", status="approved")
    choose(visit, "division", "rdc", RUODUO, script=way.script)
    choose(visit, "sites-0-division", "若多", RUODUO, script=way.script)
    save(visit)


def enter_alliance(visit: Visit, way: Way, code: str) -> None:
    visit.open("/admin/projects/alliance/add/?rows=1")
    fill(visit, title=f"Alliance {code}", title_zh=f"联建{code}", signed_on="2025-03-01")
    choose(visit, "division", "ruoduo", RUODUO, script=way.script)
    choose(visit, "parties-0-branch", "Party branch of R", "Party branch of Ruoduo Village", script=way.script)
    save(visit)


def enter_money(visit: Visit, way: Way, code: str) -> None:
    """An allocation; in Chinese it is typed in 万元."""
    visit.open("/admin/projects/ledgerentry/add/")
    fill(visit, kind="allocation", booked_on="2025-05-06")
    if way.language == "zh":
        fill(visit, amount="123.45")
        visit.page.locator('[name="amount-wan"]').check()
    else:
        fill(visit, amount="1234500")
    payer = "华润电力" if way.language == "zh" else "China Resources Power"
    choose(visit, "source", "hrdl", payer, script=way.script)
    choose(visit, "project", "new-", code, script=way.script)
    choose(visit, "division", "若多", RUODUO, script=way.script)
    save(visit, "_submit")


def enter_income(visit: Visit, way: Way, household: int) -> None:
    visit.open(f"/admin/beneficiaries/household/{household}/change/?rows=1")
    prefix = visit.page.evaluate("""[...document.querySelectorAll('[name^="incomes-"][name$="-year"]')]
      .map((one) => one.name).filter((name) => !name.includes("__")).pop().replace(/year$/, "")""")
    facts = {"year": str(YEAR), "persons": "4", "wage_income": "21000.25", "business_income": "0"}
    facts |= {"property_income": "0", "transfer_income": "0", "expenses": "500"}
    fill(visit, **{prefix + name: value for name, value in facts.items()})
    save(visit)


def check(visit: Visit, address: str, step: str) -> None:
    """Open the first record of a list and hand it on."""
    visit.open(address)
    visit.press(visit.page.locator("#result_list tbody tr").first.get_by_role("link").first)
    hand_on(visit, step)


# --- the manager --------------------------------------------------------------------------------------------------


def test_a_manager_goes_from_the_nation_to_a_village_and_from_a_figure_to_its_sentence(
    reception: Reception, way: Way
) -> None:
    with reception.visit(as_("manager", way)) as visit:
        visit.open("/areas/?year=2024")
        for code in DOWN:
            follow(visit, f"/areas/{code}/")
            assert "year=2024" in visit.address
        assert "若多村" in heading(visit)
        told = visit.page.locator('#per-capita-income a[href^="/explain/per-capita-income/"]').last.inner_text()
        follow(visit, "/explain/per-capita-income/")
        opened = visit.page.locator("main").inner_text()

        visit.open(f"/areas/{RUODUO}/")
        follow(visit, "/projects/HS-PV-ZHAWO/")
        follow(visit, "/claims/A19/")
        promised = visit.page.locator("main").inner_text()

        visit.open("/projects/EX-WATER/")
        follow(visit, "/explain/claim/?of=M05")
        figure_of_claim = visit.page.locator("main").inner_text()
        follow(visit, "/documents/3/#M05")
        sentence = visit.page.locator("mark", has_text="900").first
        assert visit.complaints_since() == []
        assert told in opened
        assert "2,640" in promised
        assert "900" in figure_of_claim
        assert sentence.inner_text() == "tap water to at least 900 people"
        assert sentence.is_visible()


# --- the auditor --------------------------------------------------------------------------------------------------


def test_an_auditor_takes_a_report_away_checks_its_sums_and_verifies_the_trail(
    reception: Reception, way: Way, tmp_path: Path
) -> None:
    with reception.visit(as_("auditor", way)) as visit:
        visit.open("/reports/")
        follow(visit, "/reports/funding-ledger/")
        fill(visit, year="2019")
        visit.page.locator("main form button").first.click()
        visit.page.wait_for_url("**/*year=2019*")
        visit.page.locator("#funding-ledger tfoot").wait_for()
        shown = visit.page.locator("#funding-ledger tfoot td.number").first.inner_text()
        package = unpacked(download(visit, "/reports/funding-ledger.zip", tmp_path), tmp_path / "report")
        visit.open("/audit/")
        visit.page.locator('main a[href="?check=1"]').click()
        visit.page.wait_for_url("**/?check=1")
        trail = visit.page.locator("main").inner_text()
        events = unpacked(download(visit, "/audit/trail.zip", tmp_path), tmp_path / "trail")
        assert visit.complaints_since() == []

    (file,) = package.glob("*.csv")
    _header, *rows, total = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
    column = next(n for n, cell in enumerate(total) if cell.endswith(".00") or "." in cell)
    assert sum(number(row[column]) for row in rows) == number(total[column]) == number(shown)
    assert run(package, "check.py") == 0
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert run(package, "check.py") != 0
    assert holds(way) in trail
    assert run(events, "verify_trail.py", "trail.jsonl") == 0


def holds(way: Way) -> str:
    """What the page says where the trail is as it was written."""
    one = "The last event is bound to the one before it and to the key."
    many = "The last %(shown)s events are bound to each other and to the key."
    with translation.override(LANGUAGES[way.language]):
        return ngettext(one, many, 1000) % {"shown": "1,000"}


def download(visit: Visit, href: str, folder: Path) -> Path:
    with visit.page.expect_download() as told:
        visit.page.locator(f'main a[href^="{href}"]').first.click()
    path = folder / told.value.suggested_filename
    told.value.save_as(path)
    return path


def unpacked(path: Path, folder: Path) -> Path:
    with ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def run(folder: Path, *command: str) -> int:
    """How a script that came with the files ends, without this app."""
    done = subprocess.run([sys.executable, "-I", *command], cwd=folder, capture_output=True, check=False)
    return done.returncode
