"""Whatever the county: incomes, bands, cuts, changes and reach are what plain Python counts of what was entered."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries import verification
from beneficiaries.rollups import (
    enrolled,
    income_by_year_and,
    income_by_year_and_village,
    income_changes,
    income_total,
    line_bands,
    per_capita_income,
    reach,
)
from projects.models import Division
from projects.rollups import area_query
from tests.acceptance.entering import CODES, FIRST, PROJECTS, ROLES, Clerk, Plan, plans
from tests.acceptance.plain_worlds import County, Part

pytestmark = pytest.mark.slow

# A world that fails is told as it was drawn: to make a smaller one of it would take as long as all the rest.
SLACK = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": (Phase.explicit, Phase.generate)}
WORLDS = settings(max_examples=8, **SLACK)
BANDS = ("below", "near", "above", "without_line")


@pytest.fixture
def asked(auditor: User, zhawo: Division) -> Query:
    return Query(user=auditor)


def played(check: Callable[[Clerk], None]) -> None:
    """Enter county after county, hold each against the plain one, and forget it."""

    @WORLDS
    @given(plans)
    def each(plan: Plan) -> None:
        with transaction.atomic():
            check(Clerk(plan))
            transaction.set_rollback(True)

    each()


def told(sums: Iterable[Any]) -> dict[Any, tuple[int, int, Decimal]]:
    return {one.key: (one.households, one.persons, one.net_income) for one in sums}


def test_incomes_bands_cuts_and_changes_are_those_of_the_rows(asked: Query) -> None:
    def check(clerk: Clerk) -> None:
        county = clerk.county
        assert told(per_capita_income(asked)) == county.sums(lambda one: one.year)
        by_status = county.sums(lambda one: (one.year, one.home.status_in(one.year)))
        assert told(income_by_year_and(asked, "household_status")) == by_status
        assert bands(asked) == county.bands()
        for matched in (False, True):
            found = {one.year: one.parts for one in income_changes(asked, matched=matched)}
            assert found == county.changes(matched)
        slow = [one for one in verification.CHECKS if not one.is_slow]
        assert [fault for one in slow for fault in one.faults()] == []

    played(check)


def bands(query: Query) -> dict[tuple[int, str], tuple[int, int]]:
    parts = {(one.key, name): getattr(one, name) for one in line_bands(query) for name in BANDS}
    return {key: (one.households, one.persons) for key, one in parts.items() if one.households}


def test_villages_on_either_boundaries_have_the_incomes_of_their_years(asked: Query) -> None:
    def check(clerk: Clerk) -> None:
        county = clerk.county
        for recorded in (False, True):
            query = replace(asked, boundaries="recorded" if recorded else "")
            by_hand = county.sums(lambda one, then=recorded: (one.year, county.place(one, then)))
            by_village = gathered(county, told(income_by_year_and_village(query)), recorded)
            assert by_village == by_hand, query.boundaries
            for code, village in clerk.villages.items():
                # Who asks for a village that is no more is told what was recorded there.
                total = income_total(replace(area_query(asked, village), boundaries=query.boundaries))
                assert (total.persons, total.net_income) == added(county, code, recorded), (code, query.boundaries)

    played(check)


def added(county: County, code: str, recorded: bool) -> tuple[int, Decimal]:
    """Persons and net income of a village in all years, with those of the villages that became part of it."""
    found = [
        one
        for one in county.incomes.values()
        if code in ([county.place(one, True)] if recorded else county.became(one.home.lived_in(one.year)))
    ]
    return sum(one.persons for one in found), Decimal(sum(one.net for one in found))


def gathered(county: County, sums: dict[Any, Any], recorded: bool) -> dict[Any, Any]:
    """By the village that each became, where those of today are asked for: by year and village they are not yet."""
    found: dict[Any, Any] = {}
    for (year, code), numbers in sums.items():
        key = (year, code if recorded else county.today(code))
        found[key] = tuple(map(sum, zip(found.get(key, (0, 0, Decimal(0))), numbers, strict=True)))
    return found


def test_reach_counts_each_once_whatever_is_asked(asked: Query) -> None:
    def check(clerk: Clerk) -> None:
        rng, county = random.Random(len(clerk.county.parts)), clerk.county
        for query, holds in [questions(clerk, asked, rng) for _ in range(12)]:
            found = reach(query)
            assert (found.households, found.persons, found.services, found.known, found.unknown) == county.reach(holds)
            assert (enrolled(query).households, enrolled(query).persons) == county.reach(holds)[:2], query

    played(check)


def questions(clerk: Clerk, asked: Query, rng: random.Random) -> tuple[Query, Callable[[Part], bool]]:
    """A filter of any year, project, kind of benefit, status and village, each left out as often as not."""
    year, project, role = rng.randint(FIRST, FIRST + 3), rng.choice(PROJECTS), rng.choice(ROLES)
    status, village = rng.choice(("registered", "exited")), rng.choice(CODES)
    recorded, some = rng.random() < 0.5, [rng.random() < 0.4 for _ in range(5)]
    there = village in clerk.villages and (recorded or village not in clerk.county.heirs)
    some[4] = some[4] and there
    query = area_query(asked, clerk.villages[village]) if some[4] else asked
    query = query.of_years(year, year) if some[0] else query
    more: dict[str, Any] = {"project_id": clerk.projects[project].pk} if some[1] else {}
    more |= {"of": f"role:{role}"} if some[2] else {}
    more |= {"household_status": status} if some[3] else {}

    def holds(one: Part) -> bool:
        answers = (
            one.year == year,
            one.project == project,
            one.role == role,
            one.home.status_in(one.year) == status,
            clerk.county.place(one, recorded) == village,
        )
        return all(answer for answer, is_asked in zip(answers, some, strict=True) if is_asked)

    return replace(query, boundaries="recorded" if recorded else "", **more), holds


@pytest.mark.long
def test_one_person_in_more_projects_is_one_person_still(asked: Query) -> None:
    def check(clerk: Clerk) -> None:
        before, incomes = reach(asked), told(per_capita_income(asked))
        first = list(clerk.county.parts)
        for one in first:
            for project in PROJECTS:
                # In the very project again by its household, and in each other one by the person.
                clerk.enrol(replace(one, project=project, amount=None))
        after = reach(asked)
        more = len(clerk.county.parts) - len(first)

        assert (after.households, after.persons) == (before.households, before.persons)
        assert after.persons == len(set[int]().union(*(one.reached() for one in first)))
        assert (after.services, after.unknown) == (before.services + more, before.unknown + more)
        assert after.known == before.known
        assert told(per_capita_income(asked)) == incomes
        assert more > 0

    played(check)
