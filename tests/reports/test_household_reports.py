"""The reports of single households: their rows and totals, and that no name is in them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from alleviation.common.query import Query
from alleviation.common.tables import shown
from alleviation.reports.catalogue import BY_SLUG
from tests.conftest import signed_in
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    LargeExpenseFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    PovertyLineFactory,
    ResponsibilityFactory,
    SupportMeasureFactory,
    VisitFactory,
)

SLUGS = ("household-register", "incomes", "monitored-households", "early-warnings")


@pytest.fixture
def county(ruoduo, erniunai) -> None:
    """A household of three persons in Ruoduo that warns and is watched, and a small one in Erniunai.

    | village  | number | 2021      | 2022                     | persons |
    | Ruoduo   | 001    | 30,000.00 | 20,000.00 − 500.00       | 3       |
    | Erniunai | 001    |           |  9,000.00                | 1       |
    2022: 28,500.00 for 4 persons, 7,125.00 a head. Ruoduo 19,500.00 ÷ 3 = 6,500.00, which is 35 % below 10,000.00.
    """
    told = {"status": "monitored", "category": "general", "main_cause": "illness", "second_cause": "skills"}
    first = HouseholdFactory(village=ruoduo, number="001", farmland=D("3.50"), housing="C", **told)
    small = HouseholdFactory(village=erniunai, number="001", ended_on=date(2023, 1, 1), ended_as="died_out")
    for name, relation in (("王大明", "head"), ("李小红", "spouse"), ("王小明", "child")):
        PersonFactory(household=first, name=name, relation=relation, birth_year=1961, health="chronic", id_tail="907X")
    PersonFactory(household=small, name="赵老人", left_on=date(2023, 1, 1), left_as="death")
    known = datetime(2023, 2, 1, 4, tzinfo=UTC)
    IncomeRecordFactory(household=first, year=2021, persons=3, wage_income=D("30000.00"))
    spent = {"wage_income": D("20000.00"), "expenses": D("500.00"), "recorded_at": known}
    IncomeRecordFactory(household=first, year=2022, persons=3, **spent)
    IncomeRecordFactory(household=first, year=2022, persons=3, superseded_at=known)
    IncomeRecordFactory(household=small, year=2022, persons=1, wage_income=D("9000.00"))
    PovertyLineFactory(kind="monitoring", year=2022, amount=D("7200.00"))
    ResponsibilityFactory(household=first, official=OfficialFactory(name="Wang Wei"))
    MonitoringFactory(household=first, note="the note of the office")
    SupportMeasureFactory(household=first, begun_on=date(2023, 3, 1))
    VisitFactory(household=first, visited_on=date(2022, 3, 1))
    LargeExpenseFactory(household=first, spent_on=date(2019, 1, 1), note="the operation")


def cells(slug: str, user, *keys: str, **asked) -> list[tuple[str, ...]]:
    """The cells of these columns as a page shows them, the total row last."""
    report, query = BY_SLUG[slug], Query(user=user, **asked)
    columns = {column.key: column for column in report.columns}
    rows = [*report.rows(query), *([total] if (total := report.total(query)) else [])]
    return [tuple(shown(row.get(key), columns[key], unit=str(columns[key].unit)) for key in keys) for row in rows]


def test_the_register_tells_each_household_and_counts_who_belongs_to_one(county, reviewer):
    keys = (
        "place_code",
        "household",
        "head",
        "persons",
        "status",
        "main_cause",
        "second_cause",
        "housing",
        "farmland",
    )

    assert cells("household-register", reviewer, *keys) == [
        ("513228212205", "001", "王**", "3", "monitored", "illness", "lack of skills", "C: partly dangerous", "3.5"),
        ("513228213201", "001", "—", "0", "registered as poor", "—", "—", "—", "—"),
        ("—", "—", "—", "3", "—", "—", "—", "—", "—"),
    ]
    assert cells("household-register", reviewer, "responsible", "monitored_since", "ended_as")[:2] == [
        ("Wang Wei", "2021-03-01", "—"),
        ("—", "—", "no member is left"),
    ]


def test_incomes_are_told_one_by_one_and_their_total_is_the_ratio_of_sums(county, reviewer):
    keys = ("place_code", "year", "persons", "wage_income", "expenses", "net_income", "per_capita", "state")

    assert cells("incomes", reviewer, *keys, first_year=2022, last_year=2022) == [
        ("513228212205", "2022", "3", "20,000.00", "500.00", "19,500.00", "6,500.00", "waits to be verified"),
        ("513228213201", "2022", "1", "9,000.00", "0.00", "9,000.00", "9,000.00", "waits to be verified"),
        ("—", "—", "4", "29,000.00", "500.00", "28,500.00", "7,125.00", "—"),
    ]


def test_warnings_are_told_with_the_figures_behind_them(county, reviewer):
    keys = (
        "kind",
        "since",
        "per_capita",
        "line",
        "before",
        "fall",
        "monitored_since",
        "measures",
        "visits",
    )

    assert cells("early-warnings", reviewer, *keys) == [
        ("income below the monitoring line", "2023-02-01", "6,500.00", "RMB 7,200", "—", "—", "2021-03-01", "1", "0"),
        ("income fell sharply", "2023-02-01", "6,500.00", "—", "10,000.00", "35.0", "2021-03-01", "1", "0"),
    ]  # fmt: skip


def test_watched_households_are_told_with_what_was_done(county, reviewer):
    keys = ("household", "kind", "risk", "identified_on", "measures", "visits", "last_done_on", "cleared_on")

    assert cells("monitored-households", reviewer, *keys) == [
        ("001", "in sudden grave difficulty", "illness", "2021-03-01", "1", "1", "2023-03-01", "—")
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_report_of_households_is_for_those_who_may_see_them(slug, county, manager, administrator, stranger, clerk):
    statuses = [signed_in(user).get(f"/reports/{slug}.csv").status_code for user in (manager, administrator)]

    assert statuses == [403, 403]
    assert cells(slug, manager, "household") == cells(slug, stranger, "household") == []
    assert len(cells(slug, clerk, "household")) > 0


@pytest.mark.parametrize("slug", SLUGS)
def test_no_name_and_nothing_sensitive_is_in_a_file(slug, county, auditor):
    taken = b"".join(signed_in(auditor).get(f"/reports/{slug}.csv").streaming_content).decode()

    assert "001" in taken
    hidden = ("大明", "小红", "小明", "老人", "907X", "1961", "chronic", "the operation", "the note", "seedlings")
    assert [word for word in hidden if word in taken] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_number_of_rows_is_that_of_the_rows(slug, county, reviewer):
    report, query = BY_SLUG[slug], Query(user=reviewer)

    assert report.number(query) == len(list(report.rows(query))) > 0
