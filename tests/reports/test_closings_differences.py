"""What is another today than it was frozen: each row and cell, with the events that explain it or that none does."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from alleviation.accounts.rights import Role
from alleviation.audit import closings, trail, triggers
from alleviation.audit.models import AuditEvent, YearClosing
from alleviation.common.tables import Column, Kind
from alleviation.reports.closings.compare import TOTAL, compare
from alleviation.reports.closings.freezing import freeze, open_entries
from beneficiaries.actions import record_income, set_line
from beneficiaries.imports.incomes import IncomeImport
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from projects.actions import correct_entry, draft_entry, enter, post_entry, submit_entry
from projects.models import FundingSource, LedgerEntry, Pledge
from tests.admin_pages import shown
from tests.conftest import signed_in
from tests.factories import NO_OTHER_INCOME, UserFactory
from tests.golden import golden_incomes, golden_money
from tests.imports.files import csv_of
from tests.imports.incomes.rows import NUMBERS
from tests.imports.sheets import written

AREA, YEAR = "513228", 2018


@pytest.fixture
def second_reviewer(db):
    return UserFactory(username="second-reviewer", role=Role.REVIEWER, area=AREA)


@pytest.fixture
def frozen(heishui, ruoduo, erniunai, county_clerk, reviewer, second_reviewer) -> YearClosing:
    """2018 of the golden county: closed, its reports frozen, and then reopened."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)
    done = closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)
    asked = closings.ask_reopening(done, by=reviewer, reason="A late bill")
    return closings.reopen_year(asked, by=second_reviewer)


def reports(user, closing: YearClosing) -> dict[str, object]:
    """The reports of the closing's page, by slug, once for all."""
    response = signed_in(user).get(reverse("closings:detail", args=[closing.pk]))
    return {lines.report.slug: lines for lines in response.context["reports"]}


def said(lines) -> dict[str, tuple[str, dict[str, tuple[str, str, str]]]]:
    """Each row that differs: what became of it, and its numbers as (frozen, today, difference)."""
    return {
        row.name: (
            str(row.change),
            {cell["what"]: (cell["frozen"], cell["today"], cell["difference"]) for cell in row.cells},
        )
        for row in lines.rows
    }


def events(lines) -> dict[str, list[str]]:
    """Each row that differs with its events, as "who: what"."""
    return {row.name: [f"{event.actor}: {event.what}" for event in row.events] for row in lines.rows}


def unexplained(lines) -> dict[str, list[str]]:
    return {row.name: row.unexplained for row in lines.rows if row.unexplained}


def book(place, by, checker, **fields) -> LedgerEntry:
    """An entry through all its steps."""
    facts = {"kind": "allocation", "year": YEAR, "booked_on": date(YEAR, 12, 31), "amount": Decimal("50.00")}
    entry = LedgerEntry(**{**facts, "division": place, "source": FundingSource.objects.get(code="county"), **fields})
    draft_entry(entry, by=by)
    submit_entry(entry, by=by)
    return post_entry(entry, by=checker)


def written_past_the_app(statement: str) -> None:
    """Somebody with the keys of the database, who switches its rules off."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    triggers.install(connection)


# --- the ledger -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_new_entry_is_an_added_row_and_moves_the_sums_by_its_amount(frozen, ruoduo, county_clerk, reviewer, auditor):
    entry = book(ruoduo, county_clerk, reviewer)

    found = reports(auditor, frozen)

    change, cells = said(found["funding-ledger"])[entry.voucher]
    assert (change, cells["Allocated (yuan)"]) == ("added since", ("—", "50.00", ""))
    # 1,500.30 + 50.00 = 1,550.30 allocated; of the county 500.20 + 50.00 = 550.20.
    assert said(found["funding-ledger"])["Total"][1]["Allocated (yuan)"] == ("1,500.30", "1,550.30", "+50.00")
    assert said(found["annual-funding"])["2018 · county"] == (
        "changed since",
        {
            "Allocated (yuan)": ("500.20", "550.20", "+50.00"),
            # 300.00 ÷ 500.20 and 300.00 ÷ 550.20
            "Execution rate (%)": ("60.0", "54.5", "-5.5"),
        },
    )
    assert found["per-capita-income"].number == 0
    assert [unexplained(lines) for lines in found.values()] == [{}] * len(found)


@pytest.mark.slow
def test_each_difference_names_who_did_what(frozen, ruoduo, county_clerk, reviewer, auditor):
    entry = book(ruoduo, county_clerk, reviewer)

    found = reports(auditor, frozen)

    story = [
        f"clerk-of-heishui: ledger entry #{entry.pk}: draft",
        f"clerk-of-heishui: ledger entry #{entry.pk}: submitted",
        f"reviewer-of-heishui: ledger entry #{entry.pk}: posted",
    ]
    assert events(found["funding-ledger"]) == {entry.voucher: story, "Total": story}
    assert events(found["annual-funding"]) == {"2018 · county": story, "Total": story}


@pytest.mark.slow
def test_a_correction_is_told_with_its_reason(frozen, ruoduo, county_clerk, reviewer, auditor):
    entry = LedgerEntry.objects.get(year=YEAR, source__code="company")
    replacement = LedgerEntry(
        kind="allocation", year=YEAR, booked_on=date(YEAR, 12, 31), amount=Decimal("900.00"), division=entry.division
    )
    replacement.source, replacement.project = entry.source, entry.project
    correction = correct_entry(entry, by=county_clerk, reason="Typed wrongly", replacement=replacement)
    reversal, booked = post_entry(correction.reversal, by=reviewer), post_entry(replacement, by=reviewer)

    found = reports(auditor, frozen)

    # 1,000.10 − 1,000.10 + 900.00 = 900.00
    assert said(found["annual-funding"])["2018 · company"][1]["Allocated (yuan)"] == ("1,000.10", "900.00", "-100.10")
    assert set(said(found["funding-ledger"])) == {reversal.voucher, booked.voucher, "Total"}
    (row,) = (row for row in found["funding-ledger"].rows if row.name == reversal.voucher)
    assert "Typed wrongly" in {event.reason for event in row.events}
    assert [unexplained(lines) for lines in found.values()] == [{}] * len(found)


@pytest.mark.slow
def test_a_source_that_was_renamed_explains_its_name_and_nothing_else(frozen, county_clerk, auditor):
    source = FundingSource.objects.get(code="company")
    source.name = "Power company of the county"
    enter(source, by=county_clerk)

    found = reports(auditor, frozen)

    assert said(found["annual-funding"]) == {
        "2018 · company": (
            "changed since",
            {"Funding source": ("Power company", "Power company of the county", "")},
        )
    }
    assert events(found["annual-funding"]) == {
        "2018 · company": [f"clerk-of-heishui: funding source #{source.pk}: changed"]
    }
    assert [unexplained(lines) for lines in found.values()] == [{}] * len(found)


@pytest.mark.slow
def test_another_source_that_was_renamed_explains_nothing_of_this_one(frozen, county_clerk, auditor):
    source = FundingSource.objects.get(code="county")
    source.name = "Budget of the county"
    enter(source, by=county_clerk)
    written_past_the_app("UPDATE projects_fundingsource SET name = 'Somebody' WHERE code = 'company'")

    lines = reports(auditor, frozen)["annual-funding"]

    assert unexplained(lines) == {"2018 · company": ["Funding source: No event explains this: run manage.py verify."]}


@pytest.mark.slow
def test_money_that_was_handed_down_counts_once_and_is_explained_so(
    frozen, heishui, ruoduo, county_clerk, reviewer, auditor
):
    above = book(heishui, county_clerk, reviewer, amount=Decimal("80.00"))
    below = book(ruoduo, county_clerk, reviewer, amount=Decimal("30.00"), handed_down_from=above.voucher)

    found = reports(auditor, frozen)

    # 80.00 came to the county, of which 30.00 is in the village.
    assert said(found["annual-funding"])["2018 · county"][1]["Allocated (yuan)"][2] == "+80.00"
    cells = said(found["pledges-and-funding"])
    assert cells["2018 · county · — · 513228000000"][1]["Allocated (yuan)"] == ("—", "50.00", "")
    assert cells["2018 · county · — · 513228212205"][1]["Allocated (yuan)"] == ("—", "30.00", "")
    assert said(found["funding-ledger"])[f"{below.voucher} · (2)"][1]["Allocated (yuan)"] == ("—", "-30.00", "")
    assert [unexplained(lines) for lines in found.values()] == [{}] * len(found)


@pytest.mark.slow
def test_an_entry_without_upstream_is_explained_by_its_posting_and_its_reversal(
    frozen, ruoduo, county_clerk, reviewer, auditor
):
    entry = book(ruoduo, county_clerk, reviewer)
    came = said(reports(auditor, frozen)["received-without-upstream"])
    correction = correct_entry(entry, by=county_clerk, reason="Booked twice")
    post_entry(correction.reversal, by=reviewer)

    lines = reports(auditor, frozen)["received-without-upstream"]

    assert came[entry.voucher][0] == "added since"
    assert lines.number == 0


@pytest.mark.slow
def test_a_pledge_explains_what_is_pledged(frozen, ruoduo, county_clerk, auditor):
    pledge = Pledge(source=FundingSource.objects.get(code="county"), division=ruoduo, basis="once", first_year=YEAR)
    pledge.low = pledge.high = Decimal("70.00")
    enter(pledge, by=county_clerk)

    lines = reports(auditor, frozen)["annual-funding"]

    assert said(lines)["2018 · county"][1]["Pledged (yuan): low"] == ("—", "70.00", "")
    assert events(lines)["2018 · county"] == [f"clerk-of-heishui: pledge #{pledge.pk}: created"]
    assert unexplained(lines) == {}


@pytest.mark.slow
def test_an_entry_of_another_year_or_county_changes_nothing(frozen, ruoduo, hezhou, county_clerk, reviewer, auditor):
    book(ruoduo, county_clerk, reviewer, year=2019, booked_on=date(2019, 1, 1))

    assert [lines.number for lines in reports(auditor, frozen).values()] == [0] * len(reports(auditor, frozen))


# --- incomes ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_corrected_income_moves_the_sums_and_tells_why(frozen, ruoduo, county_clerk, auditor):
    income = IncomeRecord.objects.get(household__number="002", village=ruoduo, year=YEAR)
    income.wage_income, income.reason = Decimal("3600.00"), "The pay slip says so"
    record_income(income, by=county_clerk)

    lines = reports(auditor, frozen)["per-capita-income"]

    changed = said(lines)["2018 · 513228212000"]
    # Ruoduo: 13,500.00 ÷ 6 = 2,250.00; with 600.00 more 14,100.00 ÷ 6 = 2,350.00.
    assert changed == (
        "changed since",
        {
            "Wages (yuan)": ("13,000.00", "13,600.00", "+600.00"),
            "Net income (yuan)": ("13,500.00", "14,100.00", "+600.00"),
            "Per capita (yuan per person and year)": ("2,250.00", "2,350.00", "+100.00"),
        },
    )
    (row,) = (row for row in lines.rows if row.name == "2018 · 513228212000")
    assert [event.actor for event in row.events] == ["clerk-of-heishui", "clerk-of-heishui"]
    assert "The pay slip says so" in {event.reason for event in row.events}
    assert unexplained(lines) == {}


@pytest.mark.slow
def test_incomes_of_a_file_are_explained_by_its_event(frozen, ruoduo, erniunai, county_clerk, auditor, tmp_path):
    homes = IncomeRecord.objects.standing().filter(year=YEAR).order_by("village__code", "household__number")
    kind, rows = IncomeImport(), [one for one in IncomeImport().recorded(by=county_clerk) if one["year"] == YEAR]
    cells = [{name: str(value) for name, value in row.items()} for row in rows]
    cells[0]["wage_income"] = str(rows[0]["wage_income"] + Decimal("600.00"))
    other = {**cells[0], "household_no": "900", "head_name": "张三", "id_number": NUMBERS[0], "size": "2"}

    batch = written(kind, csv_of(kind, tmp_path, *cells, other, name="late.csv"), county_clerk)

    lines = reports(auditor, frozen)["per-capita-income"]
    assert homes.count() == len(rows) + 1
    assert lines.number > 0
    assert unexplained(lines) == {}
    assert "clerk-of-heishui: income record: created, 2 records, with “late.csv”" in {
        one for told in events(lines).values() for one in told
    }

    with trail.together():
        back = trail.open_batch(kind="file", title="Taken back", by=county_clerk)
        kind.undo(batch, back, by=county_clerk, reason="Not theirs")

    lines = reports(auditor, frozen)["per-capita-income"]
    assert (lines.number, unexplained(lines)) == (0, {})


@pytest.mark.slow
def test_a_manager_reads_no_reason_of_a_household(frozen, ruoduo, county_clerk, manager):
    income = IncomeRecord.objects.get(household__number="002", village=ruoduo, year=YEAR)
    income.wage_income, income.reason = Decimal("3600.00"), "The pay slip of Mrs Z"
    record_income(income, by=county_clerk)

    response = signed_in(manager).get(reverse("closings:detail", args=[frozen.pk]))

    assert "13,600.00" in shown(response)
    assert "Mrs Z" not in shown(response)


@pytest.mark.slow
def test_a_new_household_and_a_new_line_explain_themselves(frozen, erniunai, county_clerk, administrator, auditor):
    household = Household(village=erniunai, number="077")
    enter(household, by=county_clerk)
    income = {**NO_OTHER_INCOME, "wage_income": Decimal("500.00")}
    record_income(IncomeRecord(household=household, year=YEAR, persons=1, **income), by=county_clerk)
    line = PovertyLine.objects.get(year=YEAR)
    line.amount = Decimal("2900.00")
    set_line(line, by=administrator)

    lines = reports(auditor, frozen)["per-capita-income"]

    places = said(lines)
    assert places["2018 · 513228213000"][1]["Households"] == ("1", "2", "+1")
    assert set(places["2018 · 513228212000"][1]) <= {"Poverty line (yuan): low", "Poverty line (yuan): high"}
    assert unexplained(lines) == {}


# --- what no event explains -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_change_that_left_no_event_is_said_to_be_unexplained(frozen, auditor):
    written_past_the_app("UPDATE projects_ledgerentry SET amount = amount + 500 WHERE amount = 30000")

    found = reports(auditor, frozen)

    # 300.00 + 5.00 = 305.00 spent
    assert unexplained(found["funding-ledger"])["Total"] == [
        "Spent (yuan): No event explains this: run manage.py verify."
    ]
    assert (
        "Spent (yuan): No event explains this: run manage.py verify." in unexplained(found["annual-funding"])["Total"]
    )
    assert events(found["funding-ledger"])["Total"] == []


@pytest.mark.slow
def test_a_change_beside_an_explained_one_is_not_hidden_by_it(frozen, ruoduo, county_clerk, reviewer, auditor):
    book(ruoduo, county_clerk, reviewer)
    written_past_the_app("UPDATE projects_ledgerentry SET amount = amount + 700 WHERE amount = 50020")

    lines = reports(auditor, frozen)["annual-funding"]

    # 50.00 is the new entry, 7.00 is nobody's.
    assert unexplained(lines)["2018 · county"] == [
        "Allocated (yuan): It changed by +57.00, and the events below add up to +50.00. No event explains the rest: "
        "run manage.py verify."
    ]


@pytest.mark.slow
def test_an_entry_of_one_kind_does_not_explain_another(frozen, ruoduo, county_clerk, reviewer, auditor):
    book(ruoduo, county_clerk, reviewer)
    written_past_the_app("UPDATE projects_ledgerentry SET amount = amount + 500 WHERE amount = 30000")

    lines = reports(auditor, frozen)["annual-funding"]

    assert unexplained(lines)["2018 · county"] == [
        "Spent (yuan): It changed by +5.00, and the events below add up to 0. No event explains the rest: "
        "run manage.py verify."
    ]


@pytest.mark.slow
def test_an_entry_that_is_gone_without_an_event_is_a_missing_row(frozen, auditor):
    voucher = LedgerEntry.objects.get(year=YEAR, kind="disbursement").voucher
    written_past_the_app("DELETE FROM projects_ledgerentry WHERE kind = 'disbursement'")

    lines = reports(auditor, frozen)["funding-ledger"]

    assert said(lines)[voucher][0] == "missing today"
    assert said(lines)[voucher][1]["Disbursed (yuan)"] == ("400.00", "—", "")
    assert any("No event explains this" in text for text in unexplained(lines)[voucher])


@pytest.mark.slow
def test_an_income_that_left_no_event_is_said_to_be_unexplained(frozen, auditor):
    written_past_the_app("UPDATE beneficiaries_incomerecord SET wage_income = 1 WHERE wage_income = 600000")

    lines = reports(auditor, frozen)["per-capita-income"]

    assert "Wages (yuan): No event explains this: run manage.py verify." in unexplained(lines)["2018 · 513228213000"]


@pytest.mark.slow
def test_the_page_says_it_in_plain_words_and_leads_an_auditor_to_the_trail(
    frozen, ruoduo, county_clerk, reviewer, auditor, manager
):
    entry = book(ruoduo, county_clerk, reviewer)
    written_past_the_app("UPDATE projects_ledgerentry SET amount = amount + 500 WHERE amount = 30000")
    address = reverse("closings:detail", args=[frozen.pk])

    to_auditor, to_manager = (signed_in(user).get(address) for user in (auditor, manager))

    posted = AuditEvent.objects.filter(subject_type="projects.ledgerentry", subject_id=entry.pk).latest("id")
    link = f'href="/admin/audit/auditevent/{posted.pk}/change/"'
    assert "No event explains" in shown(to_manager)
    assert "run manage.py verify" in shown(to_manager)
    assert (link in to_auditor.content.decode(), link in to_manager.content.decode()) == (True, False)


@pytest.mark.slow
def test_a_frozen_file_that_is_not_what_its_sha_256_says_is_told(frozen, auditor):
    written_past_the_app("UPDATE audit_frozenreport SET sha256 = 'x' WHERE slug = 'annual-funding'")

    response = signed_in(auditor).get(reverse("closings:detail", args=[frozen.pk]))

    assert sum(not line.is_intact for line in response.context["files"]) == 2
    assert shown(response).count("The file is not what its SHA-256 says: run manage.py verify.") == 2


# --- two files --------------------------------------------------------------------------------------------------

COLUMNS = (
    Column("code", "Code", Kind.CODE),
    Column("name", "Name"),
    Column("amount", "Amount", Kind.YUAN),
)
HEADER = "Code,Name,Amount (yuan)\r\n"


def file(*lines: str, header: str = HEADER) -> bytes:
    return ("\ufeff" + header + "".join(f"{line}\r\n" for line in lines)).encode()


def changes(was: bytes, now: bytes) -> dict[tuple[str, ...], tuple[str, dict[str, tuple[str, str]]]]:
    found = compare("a-report", COLUMNS, was, now)
    return {
        row.key: (str(row.change), {cell.column.key: (cell.frozen, cell.today) for cell in row.cells})
        for row in found.rows
    }


def test_rows_are_added_missing_and_changed():
    was = file("A,Road,1.00", "B,Well,2.00", "Total,,3.00")
    now = file("B,Well,2.50", "C,School,4.00", "Total,,6.50")

    assert changes(was, now) == {
        ("A",): ("missing", {"code": ("A", ""), "name": ("Road", ""), "amount": ("1.00", "")}),
        ("B",): ("changed", {"amount": ("2.00", "2.50")}),
        ("C",): ("added", {"code": ("", "C"), "name": ("", "School"), "amount": ("", "4.00")}),
        TOTAL: ("changed", {"amount": ("3.00", "6.50")}),
    }


def test_the_same_rows_in_another_order_are_the_same():
    assert changes(file("A,Road,1.00", "B,Well,2.00"), file("B,Well,2.00", "A,Road,1.00")) == {}


def test_two_rows_of_one_code_are_told_apart_by_their_order():
    was, now = file("A,Road,1.00", "A,Well,2.00"), file("A,Road,1.00", "A,Well,3.00")

    assert changes(was, now) == {("A", "(2)"): ("changed", {"amount": ("2.00", "3.00")})}


def test_a_quoted_cell_of_several_lines_is_one_cell():
    assert changes(file('A,"Road\r\nand well",1.00'), file("A,Road,1.00")) == {
        ("A",): ("changed", {"name": ("Road\r\nand well", "Road")})
    }


def test_a_column_that_the_report_got_since_is_named_and_not_compared():
    was = file("A,1.00", header="Code,Amount (yuan)\r\n")

    found = compare("a-report", COLUMNS, was, file("A,Road,1.00"))

    assert (found.rows, found.columns) == ((), ("Name",))


def test_the_difference_is_exact_and_none_where_a_figure_is_not_known():
    found = compare("a-report", COLUMNS, file("A,x,0.10", "B,x,"), file("A,x,0.30", "B,x,5.00"))

    assert [cell.difference for row in found.rows for cell in row.cells] == [Decimal("0.20"), None]
