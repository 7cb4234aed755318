"""Figures of a closed year: the frozen one opens to the rows of its file, that of today to what it is made of."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.audit import closings
from alleviation.audit.models import YearClosing
from alleviation.reports.closings.freezing import freeze, open_entries, yearly_reports
from alleviation.scrutiny.figures.frozen_files import READABLE
from beneficiaries.models import IncomeRecord
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.golden import golden_incomes, golden_money

pytestmark = pytest.mark.slow

D = Decimal
Opens = Callable[[str, str], Any]


@pytest.fixture
def closed(heishui: Division, ruoduo: Division, erniunai: Division, county_clerk: User, reviewer: User) -> YearClosing:
    """2018 of the golden county, closed; an income of 1,000.00 of one person was written since, behind its back."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    proposed = closings.propose_closing("513228", 2018, by=county_clerk)
    closing = closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)
    closings.ask_reopening(closing, by=county_clerk, reason="An income came late.")
    closings.reopen_year(closing, by=reviewer)
    late = HouseholdFactory(village=erniunai)
    IncomeRecordFactory(household=late, year=2018, persons=1, wage_income=D("1000.00"))
    return closing


def cells(user: User, closing: YearClosing, slug: str) -> dict[str, dict[str, str]]:
    """The total of a report on the page of the closing, by the titles of its columns."""
    return all_cells(user, closing)[slug]


def all_cells(user: User, closing: YearClosing) -> dict[str, dict[str, dict[str, str]]]:
    """The totals of all reports on the page of the closing."""
    reports = signed_in(user).get(f"/closings/{closing.pk}/").context["reports"]
    return {lines.report.slug: {cell["what"]: cell for cell in lines.total} for lines in reports}


def opened(user: User, address: str) -> Any:
    response = signed_in(user).get(address)
    assert response.status_code == 200, address
    return response.context


TOTALS = {
    "Persons": ("9", "10", "persons"),
    "Net income (yuan)": ("19,500.00", "20,500.00", "net-income"),
    "Per capita (yuan per person and year)": ("2,166.67", "2,050.00", "per-capita-income"),
}


@pytest.mark.slow
def test_each_total_opens_to_what_it_was_and_to_what_it_is(manager: User, closed: YearClosing) -> None:
    found = cells(manager, closed, "per-capita-income")

    for title, (frozen, today, figure) in TOTALS.items():
        cell = found[title]
        assert (cell["frozen"], cell["today"]) == (frozen, today), title
        assert cell["today_url"] == f"/explain/{figure}/?area=513228000000&year=2018"
        told = [opened(manager, cell[name])["words"] for name in ("frozen_url", "today_url")]
        assert told == [frozen, today], title


@pytest.mark.slow
def test_frozen_sum_opens_to_the_rows_of_its_file(manager: User, closed: YearClosing) -> None:
    cell = cells(manager, closed, "per-capita-income")["Net income (yuan)"]

    context = opened(manager, cell["frozen_url"])

    rows = list(context["table"].rows)
    assert [(row["line"], row["frozen"]) for row in rows] == [("1", D("13500.00")), ("2", D("6000.00"))]
    assert context["table"].total["frozen"] == D("19500.00")
    assert context["named"] == "Net income (yuan), total, 2018 in 513228"
    assert next(part.words for part, _url in context["parts"]).startswith("per-capita-income_513228000000_2018_")


@pytest.mark.slow
def test_frozen_ratio_opens_to_the_two_sums_of_its_file(manager: User, closed: YearClosing) -> None:
    cell = cells(manager, closed, "annual-funding")["Execution rate (%)"]

    context = opened(manager, cell["frozen_url"])

    # 300.00 spent of 1,500.30 allocated in 2018.
    total = context["table"].total
    assert (context["words"], total["numerator"], total["denominator"]) == ("20.0", D("300.00"), D("1500.30"))
    assert context["working"] == "300.00 ÷ 1,500.30 = 20.0"


@pytest.mark.slow
def test_a_row_that_differs_opens_on_both_sides(manager: User, closed: YearClosing, erniunai: Division) -> None:
    reports = signed_in(manager).get(f"/closings/{closed.pk}/").context["reports"]
    lines = next(one for one in reports if one.report.slug == "per-capita-income")
    row = next(one for one in lines.rows if one.name == "2018 · 513228213000")

    persons = next(cell for cell in row.cells if cell["what"] == "Persons")
    assert (persons["frozen"], persons["today"], persons["difference"]) == ("3", "4", "+1")
    assert [opened(manager, persons[name])["words"] for name in ("frozen_url", "today_url")] == ["3", "4"]


NO_CELL = (
    "",
    "x",
    "0:per-capita-income:3:total",
    "{pk}:no-such-report:3:total",
    "{pk}:per-capita-income:99:total",
    "{pk}:per-capita-income:3:99",
    "{pk}:per-capita-income:3:0",
    "{pk}:per-capita-income:0:total",
    "{pk}:per-capita-income:3:total:1",
)


@pytest.mark.slow
def test_cell_that_is_none_is_not_found(manager: User, closed: YearClosing) -> None:
    client, addresses = signed_in(manager), [of.format(pk=closed.pk) for of in NO_CELL]

    answers = {of: client.get("/explain/frozen/", {"of": of}).status_code for of in addresses}

    assert answers == dict.fromkeys(addresses, 404)
    assert client.get("/explain/frozen/", {"of": f"{closed.pk}:per-capita-income:³:total"}).status_code == 400


@pytest.mark.slow
def test_stranger_opens_no_frozen_file(stranger: User, clerk: User, manager: User, closed: YearClosing) -> None:
    address = cells(manager, closed, "per-capita-income")["Persons"]["frozen_url"]

    # A clerk of one countryside does not see what was closed for the county either.
    assert [signed_in(user).get(address).status_code for user in (stranger, clerk, manager)] == [404, 404, 200]


@pytest.mark.slow
def test_every_number_of_a_frozen_file_opens_to_itself(manager: User, closed: YearClosing) -> None:
    found = all_cells(manager, closed)

    wrong = [
        (slug, cell["what"], cell["frozen"])
        for slug in sorted(READABLE)
        for cell in found[slug].values()
        if cell["frozen_url"] and opened(manager, cell["frozen_url"])["words"] != cell["frozen"]
    ]

    assert wrong == []


@pytest.mark.slow
def test_the_frozen_incomes_of_households_open_to_their_rows_for_whoever_may_see_them(
    auditor: User, manager: User, closed: YearClosing
) -> None:
    found = cells(auditor, closed, "incomes")

    wrong = [cell for cell in found.values() if opened(auditor, cell["frozen_url"])["words"] != cell["frozen"]]
    rows = opened(auditor, found["Persons"]["frozen_url"])["table"].rows
    assert (wrong, found["Persons"]["frozen"]) == ([], "9")
    assert sum(row["frozen"] for row in rows) == D("9")
    assert signed_in(manager).get(found["Persons"]["frozen_url"]).status_code == 404


@pytest.mark.slow
def test_an_income_written_since_opens_to_its_record(auditor: User, closed: YearClosing) -> None:
    reports = signed_in(auditor).get(f"/closings/{closed.pk}/").context["reports"]
    late = IncomeRecord.objects.get(wage_income=D("1000.00"))

    rows = next(one for one in reports if one.report.slug == "incomes").rows

    shown = {cell["what"]: (cell["today"], cell["today_url"]) for cell in rows[0].cells}
    assert shown["Persons"] == ("1", f"/records/beneficiaries.incomerecord/{late.pk}/")


def test_files_that_are_frozen_are_readable_where_whoever_sees_records_may_read_them() -> None:
    """A report that asks for more than the right to records stays out of READABLE."""
    named = {report.slug for report in yearly_reports() if {"view_records", "view_figures"} >= {report.permission}}

    assert named >= READABLE
