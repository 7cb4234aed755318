"""The page of claims beside records: every claim with both figures, its state, and the way to each number."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Claim, Division
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    EnrolmentFactory,
    LedgerEntryFactory,
    PersonFactory,
    PledgeFactory,
    ProjectFactory,
)


@pytest.fixture
def claimed(ruoduo: Division, erniunai: Division) -> list[Claim]:
    """A claim of each state, about a project of Ruoduo, and one about Erniunai."""
    project = ProjectFactory(code="P-1", division=ruoduo)
    LedgerEntryFactory(division=ruoduo, project=project, amount=Decimal("120.00"))
    PledgeFactory(division=ruoduo, project=project, low=Decimal("500.00"), first_year=2019)
    household = EnrolmentFactory(project=project, household__village=ruoduo, year=2019).household
    PersonFactory.create_batch(3, household=household)
    money = {"measure": "F", "unit": "CNY", "status": "contributed", "project": project}
    people = {"measure": "P", "unit": "person", "status": "reached"}
    return [
        ClaimFactory(code="C1", qualifier="over", low=Decimal(100), **money),
        ClaimFactory(code="C2", qualifier="over", low=Decimal(300), **money),
        ClaimFactory(code="C3", qualifier="exact", low=Decimal(100), high=Decimal(100), **money),
        ClaimFactory(code="C4", qualifier="exact", low=Decimal(3), high=Decimal(3), division=erniunai, **people),
        ClaimFactory(code="C5"),
    ]


def tables(user: User, **asked: str) -> dict[str, Any]:
    context = signed_in(user).get("/claims/reconciliation/", asked).context
    return {slug: panel.table for slug, panel in context["tables"].items()}


def test_each_claim_stands_beside_what_is_recorded(manager: User, claimed: list[Claim]) -> None:
    rows = tables(manager)["reconciliation"].rows

    told = [
        (r["code"], r["support"], str(r["recorded"]), r["what"], str(r["beside"]), str(r["difference"])) for r in rows
    ]
    assert told == [
        ("C1", "supported", "120", "Allocated: P-1", "500", "None"),
        ("C2", "partly supported", "120", "Allocated: P-1", "500", "over 180"),
        ("C3", "contradicted", "120", "Allocated: P-1", "500", "-20"),
        ("C4", "not yet recorded", "None", "Persons enrolled: Erniunai Village", "None", "3"),
    ]
    (apart,) = tables(manager)["not_comparable"].rows
    assert (apart["code"], apart["what"]) == ("C5", "It states no number.")


@pytest.mark.slow
def test_each_number_leads_to_its_explanation(manager: User, claimed: list[Claim]) -> None:
    first, second, *_rest = tables(manager)["reconciliation"].body()

    assert [(cell.text, cell.url) for cell in first.cells if cell.is_explained] == [
        ("over RMB 100", "/explain/claim/?of=C1"),
        ("RMB 120", "/explain/allocated/?project=P-1"),
        ("RMB 500", "/explain/pledged/?project=P-1"),
    ]
    assert ("over RMB 180", "/explain/claim-difference/?of=C2") in [(one.text, one.url) for one in second.cells]
    for cell in (cell for cell in (*first.cells, *second.cells) if cell.is_explained):
        page = signed_in(manager).get(cell.url)
        assert (page.status_code, page.context["words"].removeprefix("RMB ")) in (
            (200, cell.text),
            (200, f"{cell.text.removeprefix('RMB ')}.00"),
            (200, cell.text.removeprefix("RMB ")),
        )


def test_states_are_counted_and_lead_to_their_claims(manager: User, claimed: list[Claim]) -> None:
    rows = tables(manager, measure="F")["states"].rows

    assert [(str(row["support"]), row["claims"], row["_url"]) for row in rows] == [
        ("supported", 1, "?measure=F&support=supported#reconciliation"),
        ("partly supported", 1, "?measure=F&support=partly#reconciliation"),
        ("not yet recorded", 0, "?measure=F&support=not_recorded#reconciliation"),
        ("contradicted", 1, "?measure=F&support=contradicted#reconciliation"),
        ("not comparable", 0, "?measure=F&support=not_comparable#not-comparable"),
    ]
    line = next(iter(tables(manager, measure="F")["states"].body()))
    opened = signed_in(manager).get(line.cells[1].url).context
    assert (line.cells[1].text, opened["words"]) == ("1", "1")


def test_the_filter_narrows_by_state_and_measure(manager: User, claimed: list[Claim]) -> None:
    def codes(**asked: str) -> list[str]:
        return [row["code"] for row in tables(manager, **asked)["reconciliation"].rows]

    assert codes(support="contradicted") == ["C3"]
    assert codes(measure="P") == ["C4"]
    assert codes(measure="P", support="contradicted") == []
    wrong = signed_in(manager).get("/claims/reconciliation/", {"support": "nonsense"})
    assert (wrong.context["tables"], list(wrong.context["form"].errors)) == ({}, ["support"])


@pytest.mark.slow
def test_whoever_has_an_area_is_told_that_sums_are_of_it(clerk: User, manager: User, claimed: list[Claim]) -> None:
    told = "The records are those of your area; claims that reach beyond it are not compared."

    contents = [signed_in(user).get("/claims/reconciliation/").content.decode() for user in (clerk, manager)]
    rows = {row["code"]: row["support"] for row in tables(clerk)["reconciliation"].rows}

    assert [told in content for content in contents] == [True, False]
    assert (rows["C1"], [row["code"] for row in tables(clerk)["not_comparable"].rows]) == ("supported", ["C4", "C5"])


def test_the_report_has_the_same_rows(manager: User, claimed: list[Claim]) -> None:
    on_the_page = [row for slug in ("reconciliation", "not_comparable") for row in tables(manager)[slug].rows]

    in_the_report = list(signed_in(manager).get("/reports/reconciliation/").context["table"].rows)
    lines = b"".join(signed_in(manager).get("/reports/reconciliation.csv")).decode("utf-8-sig").split("\r\n")

    assert in_the_report == on_the_page
    assert lines[2].startswith("C2,A village: has a road,poverty-alleviation fund,,contributed,partly supported,")
    assert ",over,300.00,,exact,120.00,120.00,over,180.00,,yuan,Allocated: P-1,exact,500.00,500.00,Pledged" in lines[2]


def test_the_administrator_sees_nothing_of_it(administrator: User, claimed: list[Claim]) -> None:
    response = signed_in(administrator).get("/claims/reconciliation/")

    assert response.status_code == 403
    assert "has a road" not in response.content.decode()


@pytest.mark.parametrize("number", [3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_for_any_number_of_claims(
    manager: User, ruoduo: Division, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        project = ProjectFactory(division=ruoduo)
        people = {"measure": "P", "unit": "person", "qualifier": "over", "low": Decimal(n)}
        ClaimFactory(project=project, basis="per year" if n % 2 else "", **people)
        ClaimFactory(project=project, measure="F", unit="CNY", qualifier="over", low=Decimal(n))
    client = signed_in(manager)

    # session, user, whether the example is loaded; the claims, the sites of their projects, successions, sources by
    # name; latest years, enrolments; households, persons and made-up households on the register; the ledger's cells,
    # promises; the codes of the sources
    with django_assert_num_queries(15):
        client.get("/claims/reconciliation/")
