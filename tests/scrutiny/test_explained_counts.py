"""Counts opened: each to its records, and a number that one record states to that record."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained
from projects.models import Alliance, AlliancePledge, Division, Project
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    OfficialFactory,
    PersonFactory,
    ProjectFactory,
)
from tests.scrutiny.explained import opened, reasons, taken

D = Decimal


def test_register_counts_every_household_of_the_area(
    manager: User, clerk: User, heishui: Division, ruoduo: Division, erniunai: Division
) -> None:
    HouseholdFactory.create_batch(2, village=ruoduo)
    HouseholdFactory(village=erniunai, is_made_up=True)

    rows, total = taken(manager, "register")

    assert [(row["Village"], row["Households"], row["Made up"]) for row in rows] == [
        ("Ruoduo Village", "2", ""),
        ("Erniunai Village", "1", "made up"),
    ]
    assert (total["Households"], opened(manager, "register")["words"]) == ("3", "3")
    assert [row["households"] for row in opened(clerk, "register")["table"].rows] == [1, 1]
    assert opened(clerk, "register")["words"] == "2"


@pytest.fixture
def parts(ruoduo: Division, erniunai: Division) -> Project:
    """Ruoduo: one household of two, in two projects and two years. Erniunai: one of one, in one project in 2018."""
    pv, road = ProjectFactory(division=ruoduo), ProjectFactory(division=erniunai)
    first, second = HouseholdFactory(village=ruoduo), HouseholdFactory(village=erniunai)
    for household in (first, first, second):
        PersonFactory(household=household)
    HouseholdFactory(village=ruoduo)
    for household, project, year in ((first, pv, 2018), (first, pv, 2019), (first, road, 2019), (second, road, 2018)):
        EnrolmentFactory(household=household, project=project, year=year)
    return pv


@pytest.mark.parametrize("reader", ["manager", "auditor"])
def test_enrolled_count_once_and_their_rows_add_up(request: Any, parts: Project, reader: str) -> None:
    user = request.getfixturevalue(reader)

    told = {slug: opened(user, slug)["words"] for slug in ("enrolled-households", "enrolled-persons")}
    rows, total = taken(user, "enrolled-persons")

    assert told == {"enrolled-households": "2", "enrolled-persons": "3"}
    assert sum(int(row["Persons"]) for row in rows) == int(total["Persons"]) == 3
    assert sum(int(row["Households"]) for row in rows) == int(total["Households"]) == 2


def test_enrolled_of_a_project_and_a_year(manager: User, clerk: User, auditor: User, parts: Project) -> None:
    assert opened(manager, "enrolled-persons", project_id=parts.pk)["words"] == "2"
    of_2019 = opened(auditor, "enrolled-households", year="2019")
    assert [(row["households"], row["persons"], row["parts"]) for row in of_2019["table"].rows] == [(1, 2, 2)]
    assert reasons(of_2019)[1] == ("Households with a part in other years only", 1)
    assert opened(clerk, "enrolled-persons")["words"] == "2"


@pytest.fixture
def joined(erniunai: Division) -> Alliance:
    """An alliance with an undertaking done and two open, and another beside it."""
    alliance = AllianceFactory(division=erniunai, title="Alliance of Erniunai")
    for number, done in enumerate(("2019-01-01", None, None)):
        AlliancePledge.objects.create(alliance=alliance, undertaking=f"Undertaking {number}", done_on=done)
    other = AllianceFactory(division=erniunai)
    AlliancePledge.objects.create(alliance=other, undertaking="Of the other", done_on=None)
    return alliance


def test_undertakings_are_counted_of_one_alliance_and_of_an_area(manager: User, joined: Alliance) -> None:
    of = {"of": f"alliance:{joined.pk}"}

    assert [opened(manager, f"undertakings-{state}", **of)["words"] for state in ("done", "open")] == ["1", "2"]
    assert [opened(manager, f"undertakings-{state}")["words"] for state in ("done", "open")] == ["1", "3"]
    rows = opened(manager, "undertakings-open", **of)["table"].rows
    assert [row["title"] for row in rows] == ["Undertaking 1", "Undertaking 2"]


def test_counts_are_those_of_the_reader(
    clerk: User, stranger: User, manager: User, joined: Alliance, ruoduo: Division
) -> None:
    AllianceFactory(division=ruoduo)
    ProjectFactory(division=ruoduo)

    counted = {
        user.username: [opened(user, slug)["words"] for slug in ("alliances", "projects")]
        for user in (manager, clerk, stranger)
    }
    assert counted == {"manager": ["3", "1"], "clerk-of-zhawo": ["1", "1"], "clerk-of-hezhou": ["0", "0"]}
    assert signed_in(stranger).get(f"/explain/undertakings-open/?of=alliance:{joined.pk}").status_code == 404


def test_claims_of_a_document_are_those_of_all_its_versions(manager: User) -> None:
    first = DocumentFactory()
    second = DocumentFactory(supersedes=first)
    ClaimFactory.create_batch(2, document=first)
    ClaimFactory(document=second)
    ClaimFactory()

    told = [opened(manager, slug, of=f"document:{second.pk}")["words"] for slug in ("claims", "versions")]
    assert told == ["3", "2"]
    assert opened(manager, "claims")["words"] == "4"


def test_awards_of_a_person_are_counted(manager: User) -> None:
    official = OfficialFactory()
    AwardFactory.create_batch(2, official=official)
    AwardFactory()

    assert opened(manager, "awards", of=f"official:{official.pk}")["words"] == "2"


@pytest.mark.parametrize("of", ["award:1", "official:", "official:x", "official:999", "official:" + "9" * 30])
def test_count_of_what_is_not_there_is_not_found(manager: User, of: str) -> None:
    assert signed_in(manager).get("/explain/awards/", {"of": of}).status_code == 404


def test_capacity_is_the_projects_own(manager: User, stranger: User, ruoduo: Division) -> None:
    project: Project = ProjectFactory(division=ruoduo, capacity=D("30"), capacity_unit="MW", code="PV", name="Station")
    bare: Project = ProjectFactory(division=ruoduo)

    context = opened(manager, "capacity", of=project.pk)

    assert (context["words"], context["named"], context["table"].total["number"]) == ("30 MW", "PV Station", D("30"))
    assert signed_in(manager).get("/explain/capacity/", {"of": bare.pk}).status_code == 404
    assert signed_in(stranger).get("/explain/capacity/", {"of": project.pk}).status_code == 404


@pytest.mark.parametrize("figure", BY_SLUG.values(), ids=lambda figure: figure.slug)
def test_every_figure_says_what_it_is_and_where_its_rule_is_from(figure: Explained) -> None:
    told = [str(one) for one in (figure.title, figure.description, figure.formula, figure.source)]

    assert all(told)
    assert set(figure.adds_up) <= {column.key for column in figure.columns}


def test_amount_of_a_red_flag_opens_to_its_case(manager: User, stranger: User, ruoduo: Division) -> None:
    day = timezone.localdate() - timedelta(days=200)
    LedgerEntryFactory(division=ruoduo, year=day.year, booked_on=day, voucher="V-1", amount=D("100.00"))
    of = {"of": "idle-money:V-1"}

    context = opened(manager, "red-flag-amount", **of)

    assert (context["words"], [row["amount"] for row in context["table"].rows]) == ("100.00", [D("100.00")])
    assert signed_in(stranger).get("/explain/red-flag-amount/", of).status_code == 404
    assert signed_in(manager).get("/explain/red-flag-amount/", {"of": "idle-money"}).status_code == 404
