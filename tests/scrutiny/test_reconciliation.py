"""Claims held against records: what is compared with what, and the state that comes of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY
from alleviation.scrutiny.reconciliation import (
    Reconciled,
    Support,
    counted_by_support,
    difference_of,
    reconcile,
    support_of,
)
from alleviation.scrutiny.scopes import prefixes_of
from beneficiaries.rollups import enrolled, on_register_each
from projects.choices import EntryKind
from projects.models import Claim, Division, Succession
from projects.rollups import area_query, funding_total
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
    place,
)

FIGURES = {
    "exact": Figure.exact(100),
    "over": Figure.over(100),
    "at_least": Figure.at_least(100),
    "under": Figure.under(100),
    "at_most": Figure.at_most(100),
    "about": Figure.about(100),
    "range": Figure.between(80, 100),
}
S, P, N, C = Support.SUPPORTED, Support.PARTLY, Support.NOT_RECORDED, Support.CONTRADICTED


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        # Recorded: nothing, 50, 79, 80, 90, 100, 101, 500.
        ("exact", [N, P, P, P, P, S, C, C]),
        ("over", [N, P, P, P, P, P, S, S]),
        ("at_least", [N, P, P, P, P, S, S, S]),
        ("under", [N, S, S, S, S, C, C, C]),
        ("at_most", [N, S, S, S, S, S, C, C]),
        ("about", [N, P, P, P, S, S, S, S]),
        ("range", [N, P, P, S, S, S, C, C]),
    ],
)
def test_the_state_follows_the_bounds(claimed: str, expected: list[Support]) -> None:
    recorded = [None, *(Figure.exact(number) for number in (50, 79, 80, 90, 100, 101, 500))]

    found = [support_of(FIGURES[claimed], held, is_same_thing=True) for held in recorded]

    assert found == expected


def test_records_of_a_whole_place_contradict_nothing() -> None:
    found = [support_of(FIGURES[name], Figure.exact(500), is_same_thing=False) for name in ("exact", "under", "range")]

    assert found == [S, S, S]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Figure.exact(0), N),
        (Figure.over(100), C),
        (Figure.over(99), P),
        (Figure.about(100), S),
        (Figure.under(100), P),
        (Figure.between(90, 110), P),
        (Figure.between(101, 110), C),
    ],
)
def test_hedged_records_count_by_what_is_sure(held: Figure, expected: Support) -> None:
    assert support_of(Figure.exact(100), held, is_same_thing=True) == expected


def test_an_over_claim_is_borne_out_by_a_record_that_is_over_the_same() -> None:
    assert support_of(Figure.over(100), Figure.over(100), is_same_thing=True) == S
    assert support_of(Figure.over(100), Figure.exact(100), is_same_thing=True) == P


@pytest.mark.parametrize(
    ("claimed", "held", "expected"),
    [
        (Figure.over(300), None, Figure.over(300)),
        (Figure.over(300), Figure.exact(120), Figure.over(180)),
        (Figure.between(80, 100), Figure.exact(50), Figure.between(30, 50)),
        (Figure.about(100), Figure.exact(50), Figure.about(50)),
        (Figure.exact(100), Figure.exact(100), None),
        (Figure.exact(100), Figure.exact(130), Figure.exact(-30)),
        (Figure.between(80, 100), Figure.exact(130), Figure.between(-50, -30)),
        (Figure.exact(100), Figure.between(40, 50), Figure.between(50, 60)),
        (Figure.exact(100), Figure.over(40), Figure.under(60)),
        (Figure.exact(100), Figure.under(40), Figure.over(60)),
        (Figure.over(100), Figure.over(40), None),
    ],
)
def test_the_difference_is_claimed_less_recorded(
    claimed: Figure, held: Figure | None, expected: Figure | None
) -> None:
    support = support_of(claimed, held, is_same_thing=True)

    assert difference_of(claimed, held, support) == expected


def claim(code: str, **values: Any) -> Claim:
    """An exact claim of 100 persons reached, unless told otherwise."""
    given = {"measure": "P", "unit": "person", "status": "reached", "qualifier": "exact", "low": Decimal(100)}
    given |= values
    if given["qualifier"] in ("exact", "about"):
        given.setdefault("high", given["low"])
    return ClaimFactory(code=code, **given)


def money(code: str, **values: Any) -> Claim:
    return claim(code, **({"measure": "F", "unit": "CNY", "status": "pledged"} | values))


def only(user: User) -> Reconciled:
    (found,) = reconcile(Query(user=user))
    return found


def people(village: Division, *sizes: int, **values: Any) -> list[Any]:
    """Households of so many members each."""
    households = [HouseholdFactory(village=village, **values) for _size in sizes]
    for household, size in zip(households, sizes, strict=True):
        PersonFactory.create_batch(size, household=household)
    return households


def shown(one: Any) -> tuple[Any, ...]:
    return one.what, one.figure, dict(one.asked)


def test_people_reached_are_held_against_those_enrolled_in_the_project(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    first, second, third = people(ruoduo, 3, 4, 5)
    EnrolmentFactory(household=first, project=project, year=2017)
    EnrolmentFactory(household=first, project=project, year=2018, role="wage")
    EnrolmentFactory(household=second, project=project, year=2018)
    EnrolmentFactory(household=third, project=ProjectFactory(), year=2018)
    claim("C1", project=project, low=Decimal(7), first_year=2016, last_year=2020)

    found = only(manager)

    # 3 + 4 members, the first household once though it is in twice; the third is in another project.
    years = {"first": "2016", "last": "2020"}
    assert shown(found.recorded) == ("enrolled-persons", Figure.exact(7), {"project": "P-1", **years})
    assert shown(found.beside) == ("register-persons", Figure.exact(12), {"area": ruoduo.code})
    assert (found.support, found.difference) == (S, None)


def test_people_still_to_be_reached_are_held_against_the_register(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    (household, _other) = people(ruoduo, 30, 40)
    EnrolmentFactory(household=household, project=project)
    claim("C1", project=project, status="targeted")

    found = only(manager)

    assert shown(found.recorded) == ("register-persons", Figure.exact(70), {"area": ruoduo.code})
    assert shown(found.beside) == ("enrolled-persons", Figure.exact(30), {"project": "P-1"})
    assert (found.support, found.difference) == (P, Figure.exact(30))


def test_households_a_year_are_those_of_the_latest_year(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    for year, number in ((2019, 3), (2020, 2)):
        for household in people(ruoduo, *[1] * number):
            EnrolmentFactory(household=household, project=project, year=year)
    claim("C1", measure="H", unit="household", basis="per year", low=Decimal(3), project=project)

    found = only(manager)

    assert shown(found.recorded) == ("enrolled-households", Figure.exact(2), {"project": "P-1", "year": "2020"})
    assert shown(found.beside)[:2] == ("register", Figure.exact(5))
    assert found.support == P


def test_a_document_knows_nothing_of_later_years(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    document = DocumentFactory(event_on=date(2018, 11, 23))
    for year in (2018, 2021):
        LedgerEntryFactory(
            kind=EntryKind.EXPENDITURE, year=year, division=ruoduo, project=project, amount=Decimal(year)
        )
    money("C1", measure="I", status="spent", project=project, document=document, low=Decimal(2018))

    found = only(manager)

    assert shown(found.recorded) == ("spent", Figure.exact(2018), {"project": "P-1", "first": "1949", "last": "2018"})
    assert found.recorded.where == "P-1, until 2018"  # type: ignore[union-attr]
    assert found.support == S


@pytest.mark.parametrize(
    ("status", "measure", "what"),
    [
        ("pledged", "F", "pledged"),
        ("expected", "F", "pledged"),
        ("approved", "F", "allocated"),
        ("contributed", "F", "allocated"),
        ("", "F", "allocated"),
        ("spent", "F", "spent"),
        ("", "I", "spent"),
        ("planned", "I", "pledged"),
    ],
)
def test_money_is_held_against_the_sum_that_its_status_tells_of(
    manager: User, ruoduo: Division, status: str, measure: str, what: str
) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    amounts = {"allocated": Decimal("30.00"), "spent": Decimal("20.00"), "pledged": Decimal("100.00")}
    LedgerEntryFactory(division=ruoduo, project=project, amount=amounts["allocated"])
    LedgerEntryFactory(kind=EntryKind.EXPENDITURE, division=ruoduo, project=project, amount=amounts["spent"])
    PledgeFactory(division=ruoduo, project=project, low=amounts["pledged"], first_year=2019)
    money("C1", status=status, measure=measure, project=project)

    found = only(manager)

    assert found.recorded is not None
    assert found.beside is not None
    assert (found.recorded.what, found.recorded.figure) == (what, Figure.exact(amounts[what]))
    assert found.beside.what == ("allocated" if what == "pledged" else "pledged")


def test_money_of_an_organisation_is_that_of_the_source_of_its_name(manager: User, ruoduo: Division) -> None:
    firm = OrganisationFactory(name="The Firm")
    source = FundingSourceFactory(code="firm", name="The Firm", level="enterprise")
    for paid, year in ((source, 2016), (source, 2020), (source, 2021), (FundingSourceFactory(), 2016)):
        LedgerEntryFactory(division=ruoduo, source=paid, year=year, amount=Decimal("40.00"))
    years = {"first_year": 2016, "last_year": 2020}
    money("C1", status="contributed", organisation=firm, qualifier="over", high=None, low=Decimal(100), **years)

    found = only(manager)

    asked = {"source_code": "firm", "first": "2016", "last": "2020"}
    assert shown(found.recorded) == ("allocated", Figure.exact(80), asked)
    assert (found.support, found.difference) == (P, Figure.over(20))


def test_more_than_an_exact_claim_of_the_same_project_contradicts_it(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(division=ruoduo)
    LedgerEntryFactory(division=ruoduo, project=project, amount=Decimal("130.00"))
    money("C1", status="contributed", project=project)
    money("C2", status="contributed", division=ruoduo)

    found = reconcile(Query(user=manager))

    assert [(one.support, one.difference) for one in found] == [(C, Figure.exact(-30)), (S, None)]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"qualifier": "", "low": None}, "It states no number."),
        ({"qualifier": "most", "low": None}, "It states no number."),
        ({"measure": "E", "unit": "CNY"}, "We keep no records of this measure."),
        ({"measure": "F", "unit": "CNY", "basis": "per household"}, "It is told of each of some, which is no sum."),
        ({"unit": "student"}, "The register counts persons and households, not this unit."),
        ({"division": None}, "It names no project, place or payer of our records."),
    ],
)
def test_what_cannot_be_compared_says_why(manager: User, ruoduo: Division, values: dict[str, Any], why: str) -> None:
    claim("C1", **{"division": ruoduo, **values})

    found = only(manager)

    assert (found.support, str(found.why)) == (Support.NOT_COMPARABLE, why)
    assert (found.recorded, found.beside, found.difference) == (None, None, None)


def test_whoever_sees_one_area_compares_what_lies_in_it(
    clerk: User, manager: User, ruoduo: Division, erniunai: Division
) -> None:
    for village in (ruoduo, erniunai):
        for household in people(village, 4):
            EnrolmentFactory(household=household, project=ProjectFactory(code=f"P-{village.pk}", division=village))
    claim("C1", division=ruoduo, low=Decimal(4))
    claim("C2", division=erniunai, low=Decimal(4))
    claim("C3", project=ProjectFactory(division=None), division=ruoduo)

    beyond = "It reaches beyond your area, whose records are all that you see."
    assert [(one.support, str(one.why)) for one in reconcile(Query(user=clerk))] == [
        (S, ""),
        (Support.NOT_COMPARABLE, beyond),
        (Support.NOT_COMPARABLE, beyond),
    ]
    assert [one.support for one in reconcile(Query(user=manager))] == [S, S, N]


def test_made_up_records_beside_a_real_claim_are_marked(manager: User, ruoduo: Division) -> None:
    for household in people(ruoduo, 4, is_made_up=True):
        EnrolmentFactory(household=household)
    claim("C1", division=ruoduo)
    claim("C2", division=ruoduo, document__is_made_up=True)
    claim("C3", qualifier="", low=None, high=None)

    assert [one.mark for one in reconcile(Query(user=manager))] == [PARTLY, True, False]


def test_the_sums_are_those_of_the_roll_ups(
    manager: User, ruoduo: Division, xili: Division, heishui: Division
) -> None:
    former = place("513228299201", "旧村")
    Succession.objects.create(predecessor=former, successor=ruoduo, kind="merged", source="made up")
    project, source = ProjectFactory(code="P-1", division=heishui), FundingSourceFactory()
    upper = LedgerEntryFactory(division=heishui, project=project, source=source, amount=Decimal("50.00"))
    for village in (ruoduo, xili, former):
        down = {"handed_down_from": upper.voucher} if village == xili else {}
        LedgerEntryFactory(division=village, project=project, source=source, amount=Decimal("20.00"), **down)
        for household in people(village, 2, 3):
            EnrolmentFactory(household=household, project=project)
    for number, where in enumerate((heishui, ruoduo, xili)):
        money(f"M{number}", status="contributed", division=where)
        claim(f"P{number}", division=where)
    money("M9", status="contributed", project=project)
    claim("P9", project=project)

    found = {one.claim.code: one for one in reconcile(Query(user=manager))}

    everything = Query(user=manager)
    for number, where in enumerate((heishui, ruoduo, xili)):
        asked = area_query(everything, where)
        registered = on_register_each([asked])[0]
        assert held(found[f"M{number}"]) == (funding_total(asked).allocated, None)
        assert held(found[f"P{number}"]) == (enrolled(asked).persons, registered.persons)
    of_project = Query(user=manager, project_code="P-1")
    assert held(found["M9"]) == (funding_total(of_project).allocated, None)
    # 50 + 20 + 20 + 20, less the 20 that were handed down to Xili.
    assert held(found["M9"])[0] == Decimal("90.00")
    assert held(found["P9"]) == (enrolled(of_project).persons, 15)


def held(one: Reconciled) -> tuple[Any, Any]:
    found = (one.recorded, one.beside)
    return tuple(each.figure.low if each and each.figure else None for each in found)  # type: ignore[return-value]


def test_prefixes_are_those_of_each_place(ruoduo: Division, xili: Division, zhawo: Division) -> None:
    gone, split = place("513228299201"), place("513228299202")
    for former, successor in ((gone, ruoduo), (split, ruoduo), (split, xili)):
        Succession.objects.create(predecessor=former, successor=successor, kind="merged", source="made up")

    found = prefixes_of([ruoduo, xili, zhawo])

    assert found == {one.code: tuple(one.area_prefixes) for one in (ruoduo, xili, zhawo)}
    assert found[ruoduo.code] == ("513228212205", "513228299201")


def test_states_are_counted_in_their_order(manager: User, ruoduo: Division) -> None:
    claim("C1", division=ruoduo)
    claim("C2", division=ruoduo, qualifier="", low=None, high=None)

    assert counted_by_support(reconcile(Query(user=manager))) == {
        Support.SUPPORTED: 0,
        Support.PARTLY: 0,
        Support.NOT_RECORDED: 1,
        Support.CONTRADICTED: 0,
        Support.NOT_COMPARABLE: 1,
    }


@pytest.mark.parametrize("number", [1, 10])
def test_any_number_of_claims_costs_the_same(
    manager: User, zhawo: Division, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        village = place(f"513228212{n + 300}")
        project = ProjectFactory(division=village)
        claim(f"P{n}", project=project, basis="per year")
        claim(f"H{n}", measure="H", unit="household", division=village, status="targeted")
        money(f"M{n}", project=project, organisation=OrganisationFactory())

    # the claims, the sites of their projects, successions, sources by name; latest years, enrolments;
    # households, persons and made-up households on the register; cells of the ledger; promises;
    # the codes of the sources
    with django_assert_num_queries(12):
        reconcile(Query(user=manager))
