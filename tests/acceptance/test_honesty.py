"""What no page may say: an unknown as zero, unlike things added, a made-up figure among real ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings

from alleviation.accounts.models import User
from alleviation.example.loading import load
from tests.acceptance import brute
from tests.acceptance.reading import Shown, fen, page, taken
from tests.conftest import signed_in
from tests.example.conftest import make_places
from tests.factories import LedgerEntryFactory, ProjectFactory

OUTPUT, TAX, FUND = "4950000000", "225000000", "200000000"


@pytest.fixture(scope="module")
def loaded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The facts of the documents and a small example, in a transaction around the tests of this file."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        # A test ends by closing its connection, which would end the transaction of the file with it.
        patched.setattr(connection, "close", lambda: None)
        make_places()
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            load(per_village=1)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reader(loaded_once: None, db: None) -> Client:
    return signed_in(User.objects.get(username="manager"))


def rows_of(table: Shown, **cells: str) -> list[dict[str, str]]:
    wanted = {title.replace("_", " "): text for title, text in cells.items()}
    return [row for row in table.rows if wanted.items() <= row.items()]


def real_totals(reader: Client) -> list[dict[str, str]]:
    """The classes of what the two documents say."""
    totals = page(reader, "/claims/")["claim-totals"]
    return [row for row, is_made_up in zip(totals.rows, totals.marked, strict=True) if not is_made_up]


@pytest.mark.slow
def test_people_reached_are_unique_as_bounds_and_gross_by_name(reader: Client) -> None:
    real = [row for row in real_totals(reader) if row["Measure"] in {"people", "households"}]

    assert {(row["Measure"], row["Status"], row["Gross"]): row["Unique"] for row in real} == {
        ("people", "reached", "over 43,000 persons"): "over 40,000 persons",
        ("people", "targeted", "4,032 persons"): "4,032 persons",
        ("people", "reached", "over 60 students"): "over 60 students",
        ("people", "happened", "2 not stated"): "—",
        ("households", "reached", "over 15,000 households"): "over 15,000 households",
    }


@pytest.mark.slow
def test_claims_of_money_are_no_funding(reader: Client) -> None:
    booked = page(reader, "/funding/")["annual-funding"]
    entries = brute.world().entries

    assert fen(booked.total["Allocated (yuan)"]) == brute.money(entries)["Allocated (yuan)"]
    for report in ("annual-funding", "funding-ledger"):
        cells = [cell for row in taken(reader, f"/reports/{report}.csv").rows for cell in row.values()]
        assert [number for number in (OUTPUT, TAX, FUND) for cell in cells if cell.startswith(number)] == []


def test_funds_of_another_basis_are_not_added(reader: Client) -> None:
    real = real_totals(reader)

    funds = {
        (row["Basis"], row["Status"], row["Gross"]) for row in real if row["Measure"] == "poverty-alleviation fund"
    }
    assert funds == {
        ("per year", "pledged", "RMB 4,032,000"),
        ("cumulative", "contributed", "over RMB 200,000,000"),
    }
    assert [row["Gross"] for row in real if row["Measure"] == "infrastructure spend"] == ["over RMB 300,000"]


@pytest.mark.slow
def test_rent_per_person_gives_no_total_of_a_village(reader: Client) -> None:
    rent = rows_of(page(reader, "/claims/")["claims"], Claim="A19")

    assert [(row["Figure"], row["Basis"], row["Status"]) for row in rent] == [
        ("about RMB 2,640", "per person per year", "expected")
    ]
    income = page(reader, "/income/")["per-capita-income"]
    assert fen(income.total[brute.NET]) == brute.income(brute.world().incomes)[brute.NET]


def test_pledge_without_a_start_is_marked_and_stays_out_of_what_is_booked(reader: Client) -> None:
    funding = page(reader, "/funding/", year="2025")

    assert [(row["Pledged"], row["Allocated (yuan)"]) for row in funding["annual-funding"].rows] == [
        ("RMB 4,032,000", "—")
    ]
    assert funding["annual-funding"].total["Allocated (yuan)"] == "—"
    years = [row["Years"] for row in rows_of(funding["pledges"], Pledged_by="China Resources Power")]
    assert years == ["start not stated, shown from 2018 to end not stated"]


def test_each_year_that_holds_made_up_money_is_marked(reader: Client) -> None:
    table = page(reader, "/funding/")["annual-funding"]

    marks = dict(zip(table.column("Year"), table.marked, strict=True))
    assert {year for year, is_marked in marks.items() if not is_marked and year <= "2026"} == {"2025", "2026"}


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/", "/funding/", "/income/", "/areas/", "/areas/513228212205/"])
def test_what_nobody_recorded_is_no_zero(reader: Client, address: str) -> None:
    tables = page(reader, address, year="2010")

    cells = [
        cell
        for table in tables.values()
        for row in (*table.rows, table.total or {})
        for title, cell in row.items()
        if "yuan" in title or title in {"Households", "Persons"}
    ]
    assert [cell for cell in cells if cell in {"0", "0.00"}] == []


@pytest.mark.parametrize("slug", ["annual-funding", "funding-ledger", "per-capita-income"])
def test_report_of_an_empty_year_has_no_zero(reader: Client, slug: str) -> None:
    report = taken(reader, f"/reports/{slug}.csv", year="2010")

    assert (report.rows, {cell for cell in report.total.values() if cell}) == ([], {"Total"})


@pytest.mark.parametrize(
    ("address", "slug", "asked"),
    [
        ("/funding/", "funding-by-area", {"area": "513228212205"}),
        ("/income/", "income-by-area", {"area": "513228212205"}),
    ],
)
def test_village_has_no_total_of_smaller_places(
    reader: Client, address: str, slug: str, asked: dict[str, str]
) -> None:
    table = page(reader, address, **asked).get(slug, Shown())

    assert (table.rows, table.total) == ([], None)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/funding/?csv=funding-by-plan&plan=13", "funding-by-plan_all_2016-2020_"),
        ("/funding/?csv=funding-by-plan&plan=13&year=2018", "funding-by-plan_all_2018_"),
        ("/areas/513228000000/?csv=annual-funding", "annual-funding_513228000000_all_"),
        ("/projects/?csv=projects", "projects_all_all_"),
    ],
)
def test_file_is_named_for_what_it_holds(reader: Client, address: str, name: str) -> None:
    assert f'filename="{name}' in reader.get(address).headers["Content-Disposition"]


def test_file_of_a_clerk_is_named_for_their_area(loaded_once: None, clerk: User) -> None:
    response = signed_in(clerk).get("/funding/?csv=funding-by-kind")

    assert 'filename="funding-by-kind_513228212000_all_' in response.headers["Content-Disposition"]


def test_what_is_tied_to_no_project_comes_last_on_every_database(reader: Client) -> None:
    LedgerEntryFactory(year=2019, project=None)
    LedgerEntryFactory(year=2019, project=ProjectFactory(code="Z-LAST"), voucher="Z-1")
    tables = page(reader, "/funding/?whole=funding-by-project")

    assert tables["funding-by-kind"].column("Kind")[-1] == "Not tied to a project"
    links = tables["funding-by-project"].links
    assert (links[-1], "?project=Z-LAST" in links) == ("", True)
