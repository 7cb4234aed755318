"""Pages of figures ask the database as often about thirty villages or counties as about one."""

from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alleviation.accounts.models import User
from beneficiaries.models import Household, IncomeRecord
from beneficiaries.models.incomes import concept_of
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import NO_OTHER_INCOME, PovertyLineFactory, coded, new_places

Villages = Callable[[int, int], list[Division]]
SIZES = (1, 3, 30)
HOUSEHOLDS = 6
YEARS = (2018, 2019)
# Two are below the line, so that there are bands to tell or to withhold.
WAGES = ("1000.00", "2000.00", "20000.00", "20000.00", "20000.00", "20000.00")


@pytest.fixture
def lines(db: None) -> None:
    for year in YEARS:
        PovertyLineFactory(year=year)


def villages_in_one_county(first: int, last: int) -> list[Division]:
    codes = [f"513228212{number}" for number in range(200 + first, 200 + last)]
    return villages_of(codes)


def villages_in_as_many_counties(first: int, last: int) -> list[Division]:
    counties = [f"5132{number}" for number in range(30 + first, 30 + last)]
    new_places(*((code, f"县{code}", f"County {code}") for code in counties))
    return villages_of(f"{code}200200" for code in counties)


def villages_of(codes: Iterable[str]) -> list[Division]:
    named = [(code, f"村{code}", f"Village {code}") for code in codes]
    new_places(*named)
    return list(Division.objects.filter(code__in=[coded(code)["code"] for code, _name, _english in named]))


def with_incomes(villages: list[Division]) -> None:
    households = Household.objects.bulk_create(
        Household(village=village, number=f"H{number:04}") for village in villages for number in range(HOUSEHOLDS)
    )
    IncomeRecord.objects.bulk_create(
        IncomeRecord(
            household=household,
            village=household.village,
            year=year,
            persons=1,
            concept=concept_of(year),
            **{**NO_OTHER_INCOME, "wage_income": Decimal(WAGES[number % HOUSEHOLDS])},
        )
        for number, household in enumerate(households)
        for year in YEARS
    )


def numbers_of_queries(users: tuple[User, ...], path: str, villages: Villages) -> list[list[int]]:
    browsers, there = [signed_in(user) for user in users], 0
    found: list[list[int]] = [[] for _user in users]
    for size in SIZES:
        with_incomes(villages(there, size))
        there = size
        for browser, numbers in zip(browsers, found, strict=True):
            assert browser.get(path).status_code == 200
            with CaptureQueriesContext(connection) as asked:
                browser.get(path)
            numbers.append(len(asked))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "by_manager", "by_auditor"),
    [("/", 56, 59), ("/income/", 44, 43), ("/areas/", 27, 26)],
)
def test_more_counties_ask_no_more_queries(
    manager: User, auditor: User, heishui: Division, lines: None, path: str, by_manager: int, by_auditor: int
) -> None:
    found = numbers_of_queries((manager, auditor), path, villages_in_as_many_counties)

    assert found == [[by_manager] * 3, [by_auditor] * 3]


@pytest.mark.slow
def test_more_villages_of_a_county_ask_no_more_queries(
    manager: User, auditor: User, zhawo: Division, lines: None
) -> None:
    found = numbers_of_queries((manager, auditor), "/areas/513228000000/", villages_in_one_county)

    assert found == [[33] * 3, [31] * 3]
