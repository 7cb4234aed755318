"""How many households stand how, and are watched, is told of enough of them alone, whatever is taken from what."""

from dataclasses import replace
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.scrutiny.catalogue import BY_SLUG
from beneficiaries.rollups import together, watched_by_county
from beneficiaries.rollups.regions import told_of_cut
from projects.models import Division
from tests.factories import HouseholdFactory, MonitoringFactory


@pytest.fixture(autouse=True)
def _five(settings: Any) -> None:
    settings.SMALLEST_CELL = 5


@pytest.fixture
def relief(ruoduo: Division, xili: Division) -> None:
    """Ruoduo: two on relief of four. Xili: six of twelve."""
    for village, number in ((ruoduo, 2), (xili, 6)):
        HouseholdFactory.create_batch(number, village=village, category="subsistence")
        HouseholdFactory.create_batch(number, village=village, category="general")


def told(slug: str, query: Query) -> Any:
    return BY_SLUG[slug].value(query)


@pytest.mark.parametrize("slug", ["register", "register-persons"])
def test_village_of_few_does_not_follow_from_its_township_less_the_others(
    slug: str, relief: None, manager: User, auditor: User, ruoduo: Division, xili: Division
) -> None:
    everywhere = Query(user=manager, category="subsistence")
    in_ruoduo, in_xili = (replace(everywhere, place_code=one.code, memory={}) for one in (ruoduo, xili))

    assert told("register", replace(in_xili, user=auditor, memory={})) == 6
    assert told("register", everywhere) == 8
    assert told(slug, in_ruoduo) is None
    assert told(slug, in_xili) is None
    assert [row["place_code"] for row in BY_SLUG["register"].rows(everywhere)] == [""]


def test_two_cuts_at_once_are_not_told(relief: None, manager: User, auditor: User) -> None:
    cut = Query(user=manager, category="subsistence", household_status="registered")

    assert told_of_cut(cut, ["1"]).total is False
    assert told_of_cut(replace(cut, user=auditor), ["1"]).names == {"1": "1"}


def test_status_is_told_of_counties_with_enough_of_each_alone(manager: User, ruoduo: Division, xili: Division) -> None:
    HouseholdFactory.create_batch(5, village=ruoduo, status="registered")
    HouseholdFactory.create_batch(5, village=xili, status="monitored")
    query = Query(user=manager, household_status="monitored")

    assert told("register", query) == 5
    assert told("register", replace(query, place_code=xili.code, memory={})) is None
    HouseholdFactory.create(village=xili, status="exited")
    assert told("register", replace(query, memory={})) is None


def test_reach_is_not_told_of_those_who_stand_in_one_way(relief: None, manager: User, auditor: User) -> None:
    cut = Query(user=manager, category="subsistence")

    assert told("enrolled-households", cut) is None
    assert told("enrolled-households", replace(cut, user=auditor, memory={})) == 0


def test_watched_households_are_told_of_whole_counties_of_enough(
    manager: User, auditor: User, ruoduo: Division, xili: Division
) -> None:
    watched = [*HouseholdFactory.create_batch(3, village=ruoduo), *HouseholdFactory.create_batch(2, village=xili)]
    HouseholdFactory.create_batch(5, village=xili)
    for one in watched[:4]:
        MonitoringFactory.create(household=one)
    query = Query(user=manager)

    few = told("monitored", replace(query, memory={}))
    MonitoringFactory.create(household=watched[4])

    assert few is None
    assert told("monitored", replace(query, memory={})) == 5
    assert told("monitored", replace(query, of="marginal", memory={})) is None
    assert told("monitored", replace(query, place_code=ruoduo.code, memory={})) is None
    assert told("monitored", replace(query, user=auditor, place_code=ruoduo.code, memory={})) == 3
    assert together(watched_by_county(replace(query, place_code=ruoduo.code, memory={})).values()) is None


def test_others_than_the_watched_are_enough_or_none(manager: User, ruoduo: Division) -> None:
    watched = HouseholdFactory.create_batch(5, village=ruoduo)
    for one in watched:
        MonitoringFactory.create(household=one)

    assert told("monitored", Query(user=manager)) == 5
    HouseholdFactory.create(village=ruoduo)
    assert told("monitored", Query(user=manager)) is None
