"""Every qualifier against every size of what is recorded, for people, households and each kind of money."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from itertools import product
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import Figure, Qualifier, total
from alleviation.common.query import Query
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.reconciliation import Reconciled, Support, reconcile, reconcile_claim
from beneficiaries.models import Enrolment, Household, Person
from projects.choices import EntryKind
from projects.models import Claim, Division, Project
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    OrganisationFactory,
    PersonFactory,
    PledgeFactory,
    ProjectFactory,
    UserFactory,
    place,
)
from tests.ledgers import random_ledger
from tests.opening import comparable, question

S, P, N, C = Support.SUPPORTED, Support.PARTLY, Support.NOT_RECORDED, Support.CONTRADICTED
RECORDED = (0, 5, 8, 9, 10, 11, 20)
# A claim of 10 (from 8 to 10), and what becomes of it where so many are recorded of just its project.
TABLE: dict[Qualifier, tuple[tuple[int | None, int | None], list[Support]]] = {
    Qualifier.EXACT: ((10, 10), [N, P, P, P, S, C, C]),
    Qualifier.OVER: ((10, None), [N, P, P, P, P, S, S]),
    Qualifier.AT_LEAST: ((10, None), [N, P, P, P, S, S, S]),
    Qualifier.UNDER: ((None, 10), [N, S, S, S, C, C, C]),
    Qualifier.AT_MOST: ((None, 10), [N, S, S, S, S, C, C]),
    Qualifier.ABOUT: ((10, 10), [N, P, P, S, S, S, S]),
    Qualifier.RANGE: ((8, 10), [N, P, S, S, S, C, C]),
}


def enrolled_persons(project: Project, number: int) -> None:
    if number:
        household = HouseholdFactory(village=project.division)
        PersonFactory.create_batch(number, household=household)
        # In two roles and two years, and still the same people.
        for role, year in (("wage", 2018), ("dividend", 2019)):
            EnrolmentFactory(household=household, project=project, role=role, year=year)


def enrolled_households(project: Project, number: int) -> None:
    homes = [Household(village=project.division, number=f"N{one}") for one in range(number)]
    found = Household.objects.bulk_create(homes)
    facts = {"project": project, "village": project.division, "role": "wage", "year": 2019}
    Enrolment.objects.bulk_create(Enrolment(household=one, **facts) for one in found)


def registered_persons(project: Project, number: int) -> None:
    if number:
        household = HouseholdFactory(village=project.division)
        Person.objects.bulk_create(Person(household=household, name="测试", relation="head") for _one in range(number))


def registered_households(project: Project, number: int) -> None:
    Household.objects.bulk_create(Household(village=project.division, number=f"N{one}") for one in range(number))


def booked(kind: EntryKind) -> Callable[[Project, int], None]:
    def book(project: Project, number: int) -> None:
        # In two vouchers of two years.
        for amount, year in ((number - 1, 2018), (1, 2019)):
            if number:
                LedgerEntryFactory(division=project.division, project=project, kind=kind, amount=D(amount), year=year)

    return book


def pledged(project: Project, number: int) -> None:
    if number:
        PledgeFactory(division=project.division, project=project, low=D(number), first_year=2018)


THINGS: dict[str, tuple[dict[str, str], Callable[[Project, int], None], bool]] = {
    "enrolled-persons": ({"measure": "P", "unit": "person", "status": "reached"}, enrolled_persons, True),
    "enrolled-households": ({"measure": "H", "unit": "household", "status": "reached"}, enrolled_households, True),
    "register-persons": ({"measure": "P", "unit": "person", "status": "targeted"}, registered_persons, False),
    "register": ({"measure": "H", "unit": "household", "status": "planned"}, registered_households, False),
    "pledged": ({"measure": "F", "unit": "CNY", "status": "pledged"}, pledged, True),
    "allocated": ({"measure": "F", "unit": "CNY", "status": "contributed"}, booked(EntryKind.ALLOCATION), True),
    "spent": ({"measure": "I", "unit": "CNY", "status": ""}, booked(EntryKind.EXPENDITURE), True),
}


QUICK = ("enrolled-persons", "register", "spent")


@pytest.mark.parametrize(
    "thing", [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in THINGS]
)
@pytest.mark.slow
def test_the_state_of_each_qualifier_at_each_size(manager: User, zhawo: Division, thing: str) -> None:
    """Seven projects, each of its own village with so much recorded, and of each seven claims."""
    facts, record, is_same_thing = THINGS[thing]
    document, expected = DocumentFactory(), {}
    for n, number in enumerate(RECORDED):
        project = ProjectFactory(division=place(f"51322821230{n}"))
        record(project, number)
        for qualifier, (bounds, states) in TABLE.items():
            code = f"{qualifier}-{number}"
            claim(code, qualifier, *bounds, project=project, document=document, **facts)
            state = states[n] if is_same_thing or states[n] != C else S
            expected[code] = state, number or None, less(qualifier, bounds, number, state)

    found = {one.claim.code: one for one in reconcile(Query(user=manager))}

    assert {code: told(one) for code, one in found.items()} == expected
    assert {one.recorded.what for one in found.values() if one.recorded} == {thing}


def claim(code: str, qualifier: str, low: int | None, high: int | None, **facts: Any) -> Claim:
    bounds = {"low": None if low is None else D(low), "high": None if high is None else D(high)}
    return ClaimFactory(code=code, qualifier=qualifier, **bounds, **facts)


def told(one: Reconciled) -> tuple[Support, Any, Any]:
    """The state, the number on record, and the ends of what differs."""
    held = one.recorded.figure if one.recorded else None
    ends = (one.difference.low, one.difference.high) if one.difference else None
    return one.support, held.low if held else None, ends


def less(qualifier: Qualifier, bounds: tuple[Any, Any], number: int, state: Support) -> Any:
    return None if state == S else tuple(None if one is None else one - number for one in bounds)


@pytest.mark.slow
@pytest.mark.parametrize("qualifier", TABLE)
def test_records_of_a_place_never_contradict(manager: User, ruoduo: Division, qualifier: Qualifier) -> None:
    bounds, _states = TABLE[qualifier]
    people = {"measure": "P", "unit": "person", "status": "reached"}
    claim("C1", qualifier, *bounds, division=ruoduo, **people)
    enrolled_persons(ProjectFactory(division=ruoduo), 20)

    (found,) = reconcile(Query(user=manager))

    assert told(found) == (S, 20, None)


@pytest.mark.parametrize("status", ["reached", "targeted"])
def test_a_claim_of_a_place_beyond_the_readers_area_is_not_compared_though_its_project_lies_inside(
    manager: User, clerk: User, ruoduo: Division, erniunai: Division, heishui: Division, status: str
) -> None:
    """Of the 10 persons of the county the clerk of Zhawo sees 4, which are not those of the county."""
    for village, number in ((ruoduo, 4), (erniunai, 6)):
        registered_persons(ProjectFactory(division=village), number)
    people = {"measure": "P", "unit": "person", "status": status}
    claim("C1", "exact", 10, 10, project=ProjectFactory(division=ruoduo), division=heishui, **people)

    of_all, of_zhawo = (reconcile(Query(user=user))[0] for user in (manager, clerk))

    registered = of_all.recorded if status == "targeted" else of_all.beside
    assert registered is not None
    assert registered.figure == Figure.exact(10)
    assert (of_zhawo.support, of_zhawo.recorded, of_zhawo.beside) == (Support.NOT_COMPARABLE, None, None)


@pytest.mark.parametrize(
    ("pledges", "held", "state"),
    [
        # Claimed: exactly 100.
        ([("over", 60), ("exact", 30)], Figure.over(90), P),
        ([("over", 60), ("exact", 40)], Figure.over(100), C),
        ([("about", 60), ("exact", 40)], Figure.about(100), S),
        ([("at_most", 100)], Figure.at_most(100), P),
        ([("over", 60), ("at_most", 50)], None, P),
        ([("unstated", None), ("exact", 100)], Figure.exact(100), S),
        ([("unstated", None)], None, N),
    ],
)
def test_hedged_pledges_are_added_before_they_are_held_against_a_claim(
    manager: User, ruoduo: Division, pledges: list[tuple[str, int | None]], held: Figure | None, state: Support
) -> None:
    project = ProjectFactory(division=ruoduo)
    for qualifier, number in pledges:
        low = None if qualifier == "at_most" or number is None else D(number)
        high = D(number) if number is not None and qualifier in ("exact", "about", "at_most") else None
        PledgeFactory(division=ruoduo, project=project, qualifier=qualifier, low=low, high=high, first_year=2018)
    claim("C1", "exact", 100, 100, project=project, measure="F", unit="CNY", status="pledged")

    (found,) = reconcile(Query(user=manager))

    assert found.recorded is not None
    figure = found.recorded.figure
    assert (found.support, None if figure is None or figure.low == figure.high is None else figure) == (state, held)


# --- whatever the records and the claims --------------------------------------------------------------------------

MONEY = [("F", "pledged"), ("F", "approved"), ("F", "contributed"), ("F", "spent"), ("I", ""), ("I", "planned")]
PEOPLE = [("P", "person", "reached"), ("H", "household", "targeted"), ("P", "person", ""), ("H", "household", "")]


def random_world(seed: int, places: list[Division]) -> None:
    """Money handed down over three levels, promises, people in projects, and sixty claims about any of it."""
    rng = random.Random(seed)
    sources = [FundingSourceFactory(code=f"S{n}", name=f"Payer {n}") for n in range(2)]
    payers = [None, OrganisationFactory(name="Payer 0"), OrganisationFactory(name="Nobody")]
    projects = [ProjectFactory(code=f"P-{n}", division=rng.choice(places)) for n in range(3)]
    years = [2016, 2018, 2019]
    random_ledger(rng, places=places, sources=sources, projects=projects, years=years, number=40)
    for _n in range(8):
        basis, first = rng.choice(("once", "per_year")), rng.choice(years)
        where = {"division": rng.choice(places), "project": rng.choice([None, *projects])}
        PledgeFactory(source=rng.choice(sources), low=D(rng.randint(1, 900)), basis=basis, first_year=first, **where)
    for village in [one for one in places if one.level == 5] * 3:
        household = HouseholdFactory(village=village, is_made_up=rng.random() < 0.3)
        PersonFactory.create_batch(rng.randint(0, 4), household=household)
        for project, year in rng.sample(list(product(projects, years)), rng.randint(0, 3)):
            EnrolmentFactory(household=household, project=project, year=year)
    documents = [
        DocumentFactory(published_on=day, is_made_up=day is None) for day in (None, "2017-06-01", "2020-01-01")
    ]
    for n in range(60):
        is_money = rng.random() < 0.6
        (measure, status), unit = (rng.choice(MONEY), "CNY") if is_money else (("", ""), "")
        if not is_money:
            measure, unit, status = rng.choice(PEOPLE)
        qualifier = rng.choice(list(TABLE))
        low, high = ((None if one is None else one * rng.choice((1, 1000))) for one in TABLE[qualifier][0])
        high = low if qualifier in ("exact", "about") else None if high is None else max(high, low or 0)
        span = rng.choice([(None, None), (2016, 2018), (2018, None), (None, 2018)])
        claim(
            f"C{n:02}",
            qualifier,
            low,
            high,
            **{"measure": measure, "unit": unit, "status": status, "basis": rng.choice(("", "once", "per year"))},
            **{"first_year": span[0], "last_year": span[1], "document": rng.choice(documents)},
            project=rng.choice([None, *projects]),
            division=rng.choice([None, *places]),
            organisation=rng.choice(payers),
        )


@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.long)])
def world(request: Any, heishui: Division, zhawo: Division, ruoduo: Division, erniunai: Division) -> None:
    random_world(request.param, [heishui, zhawo, ruoduo, erniunai])


@pytest.mark.long
def test_a_claim_alone_is_what_it_is_among_all(world: None, manager: User, clerk: User) -> None:
    """Of one claim just its own cells are read, of many all at once: the answer is the same."""
    states = set()
    for user in (manager, clerk, UserFactory(role="manager", area="513228")):
        for one in reconcile(Query(user=user)):
            assert reconcile_claim(Query(user=user), one.claim.code) == one, (user, one.claim.code)
            states.add(one.support)

    assert states == set(Support)


def test_what_is_on_record_is_what_its_explanation_says(world: None, manager: User, clerk: User) -> None:
    """Each number beside a claim opens to a figure that is the same."""
    opened = 0
    for user in (manager, clerk):
        held = [one for row in reconcile(Query(user=user)) for one in (row.recorded, row.beside)]
        for one in [one for one in held if one and one.explain and one.figure]:
            address = "&".join(f"{name}={value}" for name, value in one.asked.items())
            figure, query = question(f"/explain/{one.explain}/?{address}", user)
            value = comparable(figure.value(query))
            assert one.figure in (getattr(value, "figure", value), as_figure(value)), (user, one)
            opened += 1

    assert opened > 40


def as_figure(value: Any) -> Figure | None:
    return Figure.exact(value) if isinstance(value, (int, D)) else None


@pytest.mark.long
def test_states_and_differences_open_to_rows_that_make_them(world: None, manager: User, clerk: User) -> None:
    for user in (manager, clerk):
        every = reconcile(Query(user=user))
        in_state = BY_SLUG["claims-in-state"]
        codes = {state: [one.claim.code for one in every if one.support == state] for state in Support}
        for state, expected in codes.items():
            query = Query(user=user, of=state.value)
            assert [row["code"] for row in in_state.rows(query)] == expected
            assert (in_state.value(query), in_state.number(query)) == (len(expected), len(expected))
        figure = BY_SLUG["claim-difference"]
        for one in [one for one in every if one.difference is not None]:
            query = replace(Query(user=user), of=one.claim.code)
            made = figure.made_of([total(row["figure"] for row in figure.rows(query))])
            assert made == figure.value(query) == one.difference, one.claim.code
