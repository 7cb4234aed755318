"""Pages and files as of a past day: what was known at its end, and said so."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, Verb
from beneficiaries.models import PovertyLine
from projects.models import Division, FundingSource, Project
from projects.rollups import past
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, LedgerEntryFactory, PledgeFactory

EARLIER, LATER = datetime(2020, 5, 1, tzinfo=UTC), datetime(2022, 5, 1, tzinfo=UTC)
DAY = "2021-06-30"
PAGES = ("/", "/funding/", "/areas/", "/areas/513228000000/", "/projects/ROAD/", "/sources/firm/")


@pytest.fixture
def history(heishui: Division, ruoduo: Division, monkeypatch: pytest.MonkeyPatch) -> None:
    """10.00 posted in 2020 and 5.00 in 2022, for a road of 2020 that became waterworks in 2022."""
    firm = FundingSource(code="firm", name="Firm", level="enterprise")
    road = Project(code="ROAD", name="Road", kind="road", division=ruoduo)
    at(EARLIER, monkeypatch, firm, road)
    facts = {"source": firm, "project": road, "division": ruoduo}
    LedgerEntryFactory(**facts, amount=Decimal("10.00"), checked_at=EARLIER)
    LedgerEntryFactory(**facts, amount=Decimal("5.00"), checked_at=LATER)
    LedgerEntryFactory(**facts, state="draft")
    road.kind, road.name = "water", "Waterworks"
    at(LATER, monkeypatch, road)


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch, *records: Any) -> None:
    """Write these records as if the clock stood at a moment."""
    with monkeypatch.context() as patched:
        patched.setattr(trail.timezone, "now", lambda: moment)
        for record in records:
            trail.write(record, by="x")


def tables(user: User, path: str, **asked: str) -> Any:
    return {slug: panel.table for slug, panel in signed_in(user).get(path, asked).context["tables"].items()}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.slow
def test_each_page_gives_what_was_known_on_the_day(manager: User, history: None, path: str) -> None:
    told = [tables(manager, path, **asked)["annual_funding"].total["allocated"] for asked in ({}, {"as_of": DAY})]

    assert told == [Decimal("15.00"), Decimal("10.00")]


@pytest.mark.parametrize("path", [*PAGES, "/income/", "/projects/", "/sources/"])
@pytest.mark.slow
def test_each_page_says_which_day_it_is_of(manager: User, history: None, path: str) -> None:
    words = f"As of {DAY}: money, pledges and incomes as they were known at the end of that day."
    contents = [signed_in(manager).get(path, asked).content.decode() for asked in ({}, {"as_of": DAY})]

    assert [words in content for content in contents] == [False, True]


@pytest.mark.parametrize("path", [*PAGES, "/income/", "/projects/", "/sources/"])
@pytest.mark.slow
def test_a_wrong_day_gives_its_error_and_no_figure(manager: User, history: None, path: str) -> None:
    response = signed_in(manager).get(path, {"as_of": "9999-01-01"})

    assert response.status_code == 200
    assert "What will be known on a day to come is not known yet." in response.content.decode()
    assert "annual_funding" not in response.context["tables"]


def test_whoever_is_led_to_their_own_area_asks_about_the_same_day(clerk: User, history: None) -> None:
    response = signed_in(clerk).get("/areas/", {"as_of": DAY})

    assert response.headers["Location"] == f"/areas/513228212000/?as_of={DAY}"


@pytest.mark.slow
def test_what_money_is_grouped_by_is_that_of_the_day(manager: User, history: None) -> None:
    now, then = tables(manager, "/funding/"), tables(manager, "/funding/", as_of=DAY)

    assert [row["kind"] for row in now["funding_by_kind"].rows] == ["water"]
    assert [row["kind"] for row in then["funding_by_kind"].rows] == ["road"]
    assert [row["project"] for row in then["funding_by_project"].rows] == ["ROAD Road"]
    asked = [tables(manager, "/funding/", as_of=DAY, kind=kind)["annual_funding"] for kind in ("road", "water")]
    assert [table.total.get("allocated") for table in asked] == [Decimal("10.00"), None]


def test_projects_are_listed_as_they_were(manager: User, history: None) -> None:
    rows = tables(manager, "/projects/", as_of=DAY, kind="road", area="513228000000")["projects"].rows

    assert [(row["name"], row["kind"], row["allocated"]) for row in rows] == [("Road", "road", Decimal("10.00"))]
    assert tables(manager, "/projects/", as_of="2019-01-01")["projects"].rows == []


@pytest.mark.slow
def test_what_waits_is_of_today_alone(manager: User, history: None) -> None:
    assert [("pending" in tables(manager, "/funding/", **asked)) for asked in ({}, {"as_of": DAY})] == [True, False]


def test_incomes_and_lines_are_those_of_the_day(
    manager: User, ruoduo: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = HouseholdFactory(village=ruoduo)
    facts = {"household": household, "persons": 1}
    IncomeRecordFactory(**facts, wage_income=Decimal("10.00"), recorded_at=EARLIER, superseded_at=LATER)
    IncomeRecordFactory(**facts, wage_income=Decimal("7.00"), recorded_at=LATER)
    line = PovertyLine(year=2019, amount=Decimal("3.00"), concept="disposable", source="x")
    at(EARLIER, monkeypatch, line)
    line.amount = Decimal("4.00")
    at(LATER, monkeypatch, line)

    found = [tables(manager, "/income/", **asked)["per_capita_income"] for asked in ({"as_of": DAY}, {})]

    rows = [table.rows[0] for table in found]
    assert [(str(row["net_income"]), str(row["line"])) for row in rows] == [("10.00", "3"), ("7.00", "4")]
    assert tables(manager, "/income/", as_of="2019-01-01")["per_capita_income"].rows == []


def test_a_pledge_is_shown_with_the_versions_of_the_day(
    manager: User, ruoduo: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = FundingSource(code="firm", name="Firm", level="enterprise")
    at(EARLIER, monkeypatch, firm)
    common = {"source": firm, "division": ruoduo, "basis": "per_year"}
    first = PledgeFactory.build(**common, first_year=2018, last_year=2020, low=Decimal("9.00"))
    at(EARLIER, monkeypatch, first)
    at(LATER, monkeypatch, PledgeFactory.build(**common, revises=first, reason="less", low=Decimal("1.00")))

    now, then = (tables(manager, f"/pledges/{first.pk}/", **asked) for asked in ({}, {"as_of": DAY}))

    assert [len(one["pledge_versions"].rows) for one in (now, then)] == [2, 1]
    assert [str(one["pledged_years"].total["pledged"]) for one in (now, then)] == ["3", "27"]
    assert tables(manager, f"/pledges/{first.pk}/", as_of="2019-01-01") == {}


def test_the_file_is_named_for_the_day_and_the_trail_tells_it(manager: User, history: None) -> None:
    response = signed_in(manager).get("/funding/", {"csv": "annual-funding", "as_of": DAY, "year": "2019"})

    assert f'filename="annual-funding_all_2019-as-of-{DAY}_' in response["Content-Disposition"]
    assert AuditEvent.objects.get(verb=Verb.DOWNLOADED).after["as_of"] == DAY


def test_the_trail_is_read_once_for_a_page_however_much_is_asked(
    manager: User, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    replay = past.states_as_of
    monkeypatch.setattr(past, "states_as_of", lambda model, moment: read.append(model) or replay(model, moment))

    tables(manager, "/funding/", as_of=DAY, kind="road", source="enterprise")

    assert sorted(model.__name__ for model in read) == ["Document", "FundingSource", "Pledge", "Project"]
