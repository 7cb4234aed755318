"""Rules about households: a case just over each threshold and one just under it."""

from datetime import date
from decimal import Decimal

import pytest

from alleviation.common.query import Query
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import find, found_by
from projects.rollups import area_query
from tests.factories import (
    NO_OTHER_INCOME,
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
    place,
)

D = Decimal
EXIT, TWICE, EQUAL = (BY_SLUG[slug] for slug in ("exit-not-earned", "same-person-twice", "equal-benefits"))


def keys(flag, query):
    return [case.key for case in flag.cases(query)]


# --- exit-not-earned ----------------------------------------------------------------------------------------------


@pytest.fixture
def line(db):
    """4,000 yuan a head in 2020."""
    return PovertyLineFactory(year=2020, amount=D("4000.00"))


def exited(village, *, year=2020, **facts):
    return HouseholdFactory(village=village, status="exited", status_since=date(year, 12, 31), **facts)


def earning(household, *, year=2020, persons=2, **amounts):
    amounts = {name: D(amount) for name, amount in amounts.items()}
    return IncomeRecordFactory(household=household, year=year, persons=persons, **{**NO_OTHER_INCOME, **amounts})


@pytest.mark.parametrize(("wages", "expected"), [("8000.01", []), ("8000.00", ["below"])])
def test_who_exits_earns_more_than_the_line(wages, expected, line, ruoduo, everything):
    household = exited(ruoduo)
    earning(household, wage_income=wages)

    assert keys(EXIT, everything) == [f"{household.pk}-2020-{reason}" for reason in expected]


@pytest.mark.parametrize(("wages", "expected"), [("8000.01", []), ("8000.00", ["transfer"])])
def test_who_exits_earns_it_without_transfers(wages, expected, line, ruoduo, everything):
    household = exited(ruoduo)
    earning(household, wage_income=wages, transfer_income="5000.00")

    assert keys(EXIT, everything) == [f"{household.pk}-2020-{reason}" for reason in expected]


def test_expenses_are_taken_off(line, ruoduo, everything):
    household = exited(ruoduo)
    earning(household, wage_income="9000.00", business_income="1000.00", expenses="2000.00")

    (case,) = EXIT.cases(everything)

    assert case.details == "4,000.00 yuan a head, at or below the line of 4,000.00."
    assert (case.area, case.year, case.since) == (ruoduo.code, 2020, date(2020, 12, 31))
    assert case.title == f"Household {household.number}, Ruoduo Village"


def test_who_exits_has_received_what_they_earned(line, ruoduo, everything):
    household = exited(ruoduo)
    amounts = {**NO_OTHER_INCOME, "wage_income": D("99000.00")}
    IncomeRecordFactory(household=household, year=2020, status="expected", **amounts)

    assert keys(EXIT, everything) == [f"{household.pk}-2020-expected"]


def test_who_exits_has_an_income_of_that_year(line, ruoduo, everything):
    household = exited(ruoduo)
    earning(household, year=2019, wage_income="99000.00")
    undated = HouseholdFactory(village=ruoduo, status="exited")

    assert sorted(keys(EXIT, everything)) == [f"{household.pk}-2020-unrecorded", f"{undated.pk}-undated-unrecorded"]


def test_the_line_is_that_of_the_province_before_that_of_the_nation(line, heishui, ruoduo, hezhou, everything):
    village = place("451102100200")
    PovertyLineFactory(year=2020, amount=D("5000.00"), division=heishui.ancestors[0])
    households = [exited(ruoduo), exited(village)]
    for household in households:
        earning(household, wage_income="9000.00")

    assert keys(EXIT, everything) == [f"{households[0].pk}-2020-below"]


def test_a_year_without_a_line_accuses_nobody_and_is_told(ruoduo, everything):
    earning(exited(ruoduo), wage_income="1.00")

    assert keys(EXIT, everything) == []
    assert EXIT.not_judged(everything) == "1 exits are of years without a recorded poverty line: held against none."


@pytest.mark.parametrize("status", ["registered", "monitored"])
def test_who_has_not_exited_may_earn_little(status, line, ruoduo, everything):
    earning(HouseholdFactory(village=ruoduo, status=status, status_since=date(2020, 1, 1)), wage_income="1.00")

    assert (keys(EXIT, everything), EXIT.looked_at(everything)) == ([], 0)


# --- same-person-twice --------------------------------------------------------------------------------------------


@pytest.fixture
def homes(ruoduo, xili):
    return HouseholdFactory(village=ruoduo, number="001"), HouseholdFactory(village=xili, number="002")


def two(homes, one, other):
    return [PersonFactory(household=home, **facts) for home, facts in zip(homes, (one, other), strict=True)]


@pytest.mark.parametrize(
    ("one", "other", "is_case"),
    [
        ({"name": "甲", "birth_year": 1970}, {"name": "甲", "birth_year": 1970}, True),
        ({"name": "甲", "birth_year": 1970}, {"name": "甲", "birth_year": 1971}, False),
        ({"name": "甲", "birth_year": 1970}, {"name": "乙", "birth_year": 1970}, False),
        ({"name": "甲", "birth_year": None}, {"name": "甲", "birth_year": None}, False),
        (
            {"name": "甲", "birth_year": 1970, "id_tail": "123X"},
            {"name": "乙", "birth_year": 1970, "id_tail": "123X"},
            True,
        ),
        (
            {"name": "甲", "birth_year": 1970, "id_tail": "123X"},
            {"name": "甲", "birth_year": 1970, "id_tail": "9999"},
            False,
        ),
        ({"name": "甲", "birth_year": 1970, "id_tail": "123X"}, {"name": "甲", "birth_year": 1970}, True),
    ],
)
def test_two_persons_are_one_by_name_or_number_and_year_of_birth(one, other, is_case, homes, everything):
    persons = two(homes, one, other)

    assert keys(TWICE, everything) == ([f"{persons[0].pk}-{persons[1].pk}"] if is_case else [])


def test_a_namesake_in_the_same_household_is_no_case(homes, everything):
    for _ in range(2):
        PersonFactory(household=homes[0], name="甲", birth_year=1970)

    assert keys(TWICE, everything) == []


def test_who_went_over_to_another_household_is_no_case(homes, everything):
    gone = PersonFactory(household=homes[0], name="甲", birth_year=1970, left_on=date(2020, 1, 1), left_as="marriage")

    PersonFactory(household=homes[1], name="甲", birth_year=1970, key=gone.key, joined_on=date(2020, 1, 1))

    assert keys(TWICE, everything) == []


def test_a_pair_tells_its_households_and_nothing_personal(homes, zhawo, everything):
    two(homes, {"name": "甲", "birth_year": 1970}, {"name": "甲", "birth_year": 1970})

    (case,) = TWICE.cases(everything)

    assert (case.title, case.area, case.year) == ("Households 001 and 002", zhawo.code, None)
    assert case.details == "Two members share the year of birth and: the same name."


def test_a_pair_across_two_areas_is_for_who_sees_both(ruoduo, erniunai, clerk, county_clerk):
    homes = [HouseholdFactory(village=village) for village in (ruoduo, erniunai)]
    two(homes, {"name": "甲", "birth_year": 1970}, {"name": "甲", "birth_year": 1970})

    assert [len(found_by(TWICE, Query(user=user))) for user in (clerk, county_clerk)] == [0, 1]


# --- equal-benefits -----------------------------------------------------------------------------------------------


def benefits(village, *amounts, project, year=2019, role="dividend"):
    for amount in amounts:
        EnrolmentFactory(
            household=HouseholdFactory(village=village),
            project=project,
            role=role,
            year=year,
            amount=None if amount is None else D(amount),
        )


@pytest.mark.parametrize(
    ("amounts", "is_case"),
    [
        (("800.00",) * 3, True),
        (("800.00",) * 2, False),
        (("800.00", "800.00", "800.01"), False),
        (("800.00", "800.00", "800.00", None), False),
        ((None,) * 3, False),
    ],
)
def test_three_households_that_all_get_the_same_are_a_case(amounts, is_case, ruoduo, everything):
    project = ProjectFactory(division=ruoduo)
    benefits(ruoduo, *amounts, project=project)

    expected = [f"{project.pk}-dividend-2019-{ruoduo.code}"]
    assert keys(EQUAL, everything) == (expected if is_case else [])


def test_each_village_kind_and_year_is_judged_by_itself(ruoduo, xili, auditor):
    everything = Query(user=auditor)
    project = ProjectFactory(code="PV", name="Station", division=ruoduo)
    benefits(ruoduo, *["800.00"] * 3, project=project)
    benefits(xili, *["800.00", "900.00", "800.00"], project=project)
    benefits(ruoduo, *["700.00", "800.00", "800.00"], project=project, year=2020)
    benefits(ruoduo, *["700.00", "800.00", "800.00"], project=project, role="wage")

    (case,) = EQUAL.cases(everything)

    assert (case.title, case.area, case.year, case.amount) == (
        "Ruoduo Village: dividend, PV Station",
        ruoduo.code,
        2019,
        D("800.00"),
    )
    assert case.details == "3 households got 800.00 yuan each."
    assert EQUAL.looked_at(everything) == 4


def test_a_project_of_another_area_keeps_its_name(ruoduo, hezhou, clerk):
    benefits(ruoduo, *["800.00"] * 3, project=ProjectFactory(name="Secret", division=hezhou))

    (case,) = EQUAL.cases(Query(user=clerk))

    assert (case.title, case.url) == ("Ruoduo Village: dividend, a project of another area", "")


# --- who sees what ------------------------------------------------------------------------------------------------


def one_of_each(village):
    earning(exited(village), wage_income="1.00")
    earning(exited(village), wage_income="1.00")
    for number in (1, 2):
        PersonFactory(household=HouseholdFactory(village=village, number=f"N{number}"), name="甲", birth_year=1970)
    benefits(village, *["800.00"] * 3, project=ProjectFactory(division=village))


@pytest.mark.parametrize("flag", [EXIT, TWICE, EQUAL], ids=lambda flag: flag.slug)
def test_a_rule_stays_in_the_area_of_who_asks_and_of_what_is_asked(
    flag, line, ruoduo, hezhou, clerk, stranger, auditor, administrator
):
    village = place("451102100200")
    for one in (ruoduo, village):
        one_of_each(one)

    found = [
        {one.case.area for one in found_by(flag, query)}
        for query in (
            Query(user=clerk),
            Query(user=stranger),
            area_query(Query(user=auditor), ruoduo),
            Query(user=administrator),
        )
    ]

    # Two households with a person of the same name in each village; a pair across both is of no place.
    assert found == [{ruoduo.code}, {village.code}, {ruoduo.code}, set()]


def test_who_may_not_see_single_households_is_told_nothing_of_them(line, ruoduo, xili, manager, auditor):
    for village in (ruoduo, ruoduo, xili):
        earning(exited(village, number=f"SECRET-{village.households.count()}"), wage_income="1.00")

    rows = {user.username: telling.rows(found_by(EXIT, Query(user=user))) for user in (manager, auditor)}

    assert rows["manager"] == []
    assert [row["cases"] for row in rows["auditor"]] == [1, 1, 1]
    assert "SECRET" in str(rows["auditor"])


def test_who_may_not_see_single_households_is_not_told_what_each_of_them_got(ruoduo, manager, auditor):
    benefits(ruoduo, *["800.00"] * 3, project=ProjectFactory(division=ruoduo))

    told = [
        [(one.case.amount, one.case.details) for one in found_by(EQUAL, Query(user=u))] for u in (manager, auditor)
    ]

    assert told == [
        [(None, "3 households got the same.")],
        [(Decimal("800.00"), "3 households got 800.00 yuan each.")],
    ]


def test_a_single_household_is_found_by_who_may_see_it(line, ruoduo, manager, auditor, clerk, stranger):
    household = exited(ruoduo)
    earning(household, wage_income="1.00")
    key = f"{household.pk}-2020-below"

    found = [find(EXIT, key, Query(user=user)) is not None for user in (manager, auditor, clerk, stranger)]

    assert found == [False, True, True, False]


@pytest.mark.parametrize("flag", [EXIT, TWICE, EQUAL], ids=lambda flag: flag.slug)
def test_a_rule_says_the_same_when_it_is_asked_again(flag, line, ruoduo, xili, everything):
    for village in (xili, ruoduo):
        one_of_each(village)

    first, again = keys(flag, everything), keys(flag, everything)

    assert first == again
    assert len(first) == len(set(first)) >= 2
