"""What households received from a project, beside what the ledger has as disbursed and spent for it."""

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.reports.catalogue import BY_SLUG
from alleviation.scrutiny.benefits import Verdict, benefits, benefits_total
from beneficiaries.rollups import reach
from projects.choices import EntryKind
from projects.models import Division, Project
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, LedgerEntryFactory, PersonFactory, ProjectFactory
from tests.opening import closed, openings, question
from tests.scrutiny.explained import opened, taken

REPORT, REACH = BY_SLUG["benefits-by-project"], BY_SLUG["reach-by-project"]


@pytest.fixture
def station(ruoduo: Division, xili: Division, erniunai: Division) -> Project:
    """A station whose dividends, and a road whose wages, reach households A (Ruoduo) and B (Xili), of one person each.

    | project | year | received            | disbursed | spent  | disbursed − received |
    | PV      | 2016 | —                   |    500.00 | 490.00 | nothing recorded     |
    | PV      | 2017 | A 100.00, B  100.00 |    200.00 |        | 0.00                 |
    | PV      | 2018 | A 100.00, B  150.10 |    200.00 |        | −50.10               |
    | PV      | 2019 | A  60.00            |    100.00 |  30.00 | 40.00                |
    | PV      | 2020 | A  10.00            |           |        | −10.00               |
    | PV      | 2021 | A 100.00, B unknown |    100.00 |        | not comparable       |
    | ROAD    | 2018 | B 900.00            |  1,000.00 |        | 100.00               |
    In no row: a bridge in which nobody has a part, with 77.00; and 9,000.00 allocated to the station.
    """
    station, road, bridge = (ProjectFactory(code=code, division=ruoduo) for code in ("PV", "ROAD", "BRIDGE"))
    a, b = HouseholdFactory(number="A", village=ruoduo), HouseholdFactory(number="B", village=xili)
    for household in (a, b):
        PersonFactory(household=household)
    got: list[tuple[Any, Project, int, str | None]] = [
        *((a, station, 2017, "100.00"), (b, station, 2017, "100.00")),
        *((a, station, 2018, "100.00"), (b, station, 2018, "150.10")),
        *((a, station, 2019, "60.00"), (a, station, 2020, "10.00")),
        *((a, station, 2021, "100.00"), (b, station, 2021, None), (b, road, 2018, "900.00")),
    ]
    for household, project, year, amount in got:
        EnrolmentFactory(household=household, project=project, year=year, amount=amount and D(amount))
    paid = [
        *((station, 2016, "500.00"), (station, 2017, "200.00"), (station, 2018, "200.00")),
        *((station, 2019, "100.00"), (station, 2021, "100.00"), (road, 2018, "1000.00"), (bridge, 2018, "77.00")),
    ]
    for project, year, amount in paid:
        book(project, year, amount, EntryKind.DISBURSEMENT)
    book(station, 2016, "490.00", EntryKind.EXPENDITURE)
    book(station, 2019, "30.00", EntryKind.EXPENDITURE)
    book(station, 2020, "9000.00", EntryKind.ALLOCATION)
    return station


def book(project: Project, year: int, amount: str, kind: EntryKind) -> None:
    LedgerEntryFactory(project=project, division=project.division, year=year, amount=D(amount), kind=kind)


def told(query: Query) -> list[tuple[Any, ...]]:
    return [
        (
            one.project and one.project.code,
            one.year,
            one.received,
            one.reached.unknown,
            one.booked.disbursed,
            one.booked.spent,
            one.difference,
            one.verdict,
        )
        for one in benefits(query)
    ]


def test_each_project_and_year_is_told_with_its_difference(everything: Query, station: Project) -> None:
    assert told(everything) == [
        ("PV", 2016, None, 0, D("500.00"), D("490.00"), None, Verdict.NOT_RECORDED),
        ("PV", 2017, D("200.00"), 0, D("200.00"), D("0.00"), D("0.00"), Verdict.AGREES),
        ("PV", 2018, D("250.10"), 0, D("200.00"), D("0.00"), D("-50.10"), Verdict.MORE),
        ("PV", 2019, D("60.00"), 0, D("100.00"), D("30.00"), D("40.00"), Verdict.LESS),
        ("PV", 2020, D("10.00"), 0, D("0.00"), D("0.00"), D("-10.00"), Verdict.NOT_DISBURSED),
        ("PV", 2021, D("100.00"), 1, D("100.00"), D("0.00"), None, Verdict.NOT_COMPARABLE),
        ("ROAD", 2018, D("900.00"), 0, D("1000.00"), D("0.00"), D("100.00"), Verdict.LESS),
    ]


@pytest.mark.parametrize(
    "asked", [{}, {"first_year": 2018, "last_year": 2018}, {"project_code": "PV"}, {"prefixes": ("513228212200",)}]
)
@pytest.mark.slow
def test_the_total_is_what_the_rows_add_up_to(everything: Query, station: Project, asked: dict[str, Any]) -> None:
    query = replace(everything, **asked)

    rows, total = benefits(query), benefits_total(query)

    assert sum((one.reached.known for one in rows), D("0.00")) == total.reached.known
    assert sum((one.booked.disbursed for one in rows), D("0.00")) == total.booked.disbursed
    assert sum((one.booked.spent for one in rows), D("0.00")) == total.booked.spent
    assert total.reached == reach(query)
    assert len(rows) > 1


@pytest.mark.parametrize("slug", ["benefits-by-project", "reach-by-project"])
@pytest.mark.slow
def test_each_number_opens_to_itself(manager: User, station: Project, slug: str) -> None:
    table = BY_SLUG[slug].table(Query(user=manager))
    table = replace(table, rows=list(table.rows))

    found = list(openings(table))
    for cell in found:
        figure, query = question(cell.url, manager)
        assert figure.words(query) == cell.text, cell.url

    assert closed(table) == []
    assert len(found) > 9


def test_a_difference_opens_to_the_two_sums_that_make_it(auditor: User, station: Project) -> None:
    page = opened(auditor, "benefits-difference", project_id=station.pk, year=2018)
    rows, total = taken(auditor, "benefits-difference", project_id=station.pk, year=2018)

    assert (page["words"], page["working"]) == ("-50.10", "200.00 − 250.10 = -50.10")
    assert [(part.words, url) for part, url in page["parts"]] == [
        ("200.00", f"/explain/disbursed/?project_id={station.pk}&year=2018"),
        ("250.10", f"/explain/received/?project_id={station.pk}&year=2018"),
    ]
    assert [row["Amount (yuan)"] for row in rows] == ["200.00", "-250.10"]
    assert total["Amount (yuan)"] == "-50.10"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "asked", [{"year": 2021, "project": "PV"}, {"year": 2018}, {"project": "PV"}, {"year": 2016, "project": "PV"}]
)
def test_no_difference_is_told_of_what_cannot_be_compared(
    auditor: User, station: Project, asked: dict[str, Any]
) -> None:
    page = opened(auditor, "benefits-difference", **asked)

    assert (page["words"], page["working"], page["parts"], page["number"]) == ("—", "", [], 0)


@pytest.mark.parametrize(
    ("slug", "column", "amounts", "total"),
    [
        (
            "benefits-disbursed",
            "Disbursed for projects that reach households (yuan)",
            [("PV", "2018", "200.00"), ("ROAD", "2018", "1000.00")],
            "1200.00",
        ),
        ("benefits-spent", "Spent for projects that reach households (yuan)", [], "0.00"),
    ],
)
@pytest.mark.slow
def test_money_of_projects_that_reach_somebody_opens_by_project_and_year(
    auditor: User, station: Project, slug: str, column: str, amounts: list[tuple[str, str, str]], total: str
) -> None:
    rows, last = taken(auditor, slug, year=2018)

    assert [(row["Project code"], row["Year"], row[column]) for row in rows] == amounts
    assert last[column] == total


def test_each_year_of_that_money_leads_to_its_entries(manager: User, station: Project) -> None:
    figure, query = question("/explain/benefits-spent/", manager)

    urls = [row["_urls"]["spent"] for row in figure.rows(query)]
    found = [opened_figure.words(asked) for opened_figure, asked in (question(url, manager) for url in urls)]

    assert found == ["490.00", "30.00"]
    assert figure.value(query) == D("520.00")


def test_whom_projects_reach_adds_up_to_more_than_the_total(everything: Query, station: Project) -> None:
    rows = [
        (row["project_code"], row["households"], row["persons"], row["services"]) for row in REACH.rows(everything)
    ]
    total = REACH.total(everything)

    assert rows == [("PV", 2, 2, 8), ("ROAD", 1, 1, 1)]
    assert (total["households"], total["persons"], total["services"]) == (2, 2, 9)
    assert (total["amount"], total["unknown"]) == (D("1520.10"), 1)


def test_a_project_of_another_area_is_not_named(clerk: User, hezhou: Division, ruoduo: Division) -> None:
    foreign = ProjectFactory(code="FOREIGN", name="Foreign", division=hezhou)
    EnrolmentFactory(household=HouseholdFactory(village=ruoduo), project=foreign, amount=D("5.00"))

    for report in (REPORT, REACH):
        row = next(iter(report.rows(Query(user=clerk))))
        assert (row["project_code"], row["project"], row["_url"]) == ("", "A project outside your area", "")
    # What households of the area got from it is theirs to see, and opens.
    assert opened(clerk, "received", project_id=foreign.pk)["words"] == "5.00"


@pytest.mark.slow
def test_cells_of_few_households_are_told_together_to_whoever_may_not_see_one(
    manager: User, auditor: User, ruoduo: Division, settings: Any
) -> None:
    """Of a station three households in 2017 and two in 2018; of a road all five, 10.00 each."""
    settings.SMALLEST_CELL = 5
    station, road = ProjectFactory(code="PV", division=ruoduo), ProjectFactory(code="ROAD", division=ruoduo)
    homes = [HouseholdFactory(village=ruoduo) for _one in range(5)]
    for household, year in zip(homes, (2017, 2017, 2017, 2018, 2018), strict=True):
        EnrolmentFactory(household=household, project=station, year=year, amount=D("1.11"))
        EnrolmentFactory(household=household, project=road, year=2019, amount=D("10.00"))

    found = {
        user.role: [(row["project_code"], row["amount"]) for row in REACH.rows(Query(user=user))]
        for user in (manager, auditor)
    }

    # By years the station has nowhere five households: it is told with the road, the smallest that has.
    assert found == {
        "manager": [("", D("55.55"))],
        "auditor": [("PV", D("5.55")), ("ROAD", D("50.00"))],
    }
    row = next(iter(REPORT.rows(Query(user=manager))))
    assert (row["project"], row["amount"]) == ("of fewer than 5 households each", D("55.55"))
    assert opened(manager, "received", project="ROAD")["words"] == "—"
    # Nor is the difference, or of which of the two the money is.
    assert opened(manager, "benefits-difference", project="ROAD", year=2019)["words"] == "—"
    assert opened(manager, "received")["words"] == "55.55"
    page = signed_in(manager).get("/projects/PV/").content.decode()
    assert "not told: of few households" in page
    assert ("1.11" in page, "5.55" in page) == (False, False)


def test_the_page_of_a_project_tells_whom_it_reaches_and_what_they_received(manager: User, station: Project) -> None:
    tables = signed_in(manager).get("/projects/PV/").context["tables"]

    people, sums = tables["reach_by_year"].table, tables["benefits"].table
    by_year = [(row["years"], row["households"], row["persons"], row["services"]) for row in people.rows]
    assert by_year == [("2017", 2, 2, 2), ("2018", 2, 2, 2), ("2019", 1, 1, 1), ("2020", 1, 1, 1), ("2021", 2, 2, 2)]
    assert (people.total["households"], people.total["services"]) == (2, 8)
    assert [str(row["verdict"]) for row in sums.rows] == [
        "nothing recorded as received",
        "agrees",
        "more received than disbursed",
        "less received than disbursed",
        "nothing disbursed",
        "not comparable: amounts are not known",
    ]


def test_a_project_without_people_says_so(manager: User, station: Project) -> None:
    tables = signed_in(manager).get("/projects/BRIDGE/").context["tables"]

    assert (list(tables["reach_by_year"].table.rows), "benefits" in tables) == ([], False)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_any_number_of_projects_costs_the_same(
    auditor: User, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    household = HouseholdFactory(village=ruoduo)
    for project in ProjectFactory.create_batch(number, division=ruoduo):
        EnrolmentFactory(household=household, project=project)
        book(project, 2019, "1.00", EntryKind.DISBURSEMENT)

    # people and services by project and year; the projects anybody has a part in; what is booked, and their
    # projects' sources; the projects
    with django_assert_num_queries(5):
        assert len(benefits(Query(user=auditor))) == number
