"""Incomes by hand: who moved, what was corrected on which day, what is expected, and what a manager may read."""

import random
from decimal import Decimal as D
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.scrutiny.figures.base import Explained
from alleviation.scrutiny.figures.people import FIGURES
from beneficiaries.models import IncomeRecord
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.opening import question
from tests.scrutiny.explained import taken
from tests.scrutiny.registers import FIRST_DAY, moment, of_another_county, random_register

MISSING = "Households on today's register without an income recorded for these years"
REPLACED = "Income records that a correction took the place of"


def earned(household: Any, year: int, persons: int, wages: str, **values: Any) -> None:
    IncomeRecordFactory(household=household, year=year, persons=persons, wage_income=D(wages), **values)


def asking(user: User, slug: str, asked: dict[str, str]) -> tuple[Explained, Query]:
    """The figure and the question, as an address asks it."""
    return question(f"/explain/{slug}/?{urlencode(asked)}", user)


def on(day: int) -> Any:
    return moment(day).replace(hour=1)


@pytest.fixture
def moved(ruoduo: Division, xili: Division, erniunai: Division) -> Division:
    """Five households; E moved from Ruoduo to Erniunai after 2018. The days are those of the records.

    | household | year | village  | persons | wages     | expenses | known from | corrected |
    | A         | 2018 | Ruoduo   |       4 | 10,000.00 |   500.00 | day 0      | day 2     |
    | A         | 2018 | Ruoduo   |       5 | 12,000.00 |   500.00 | day 2      |           |
    | B         | 2018 | Ruoduo   |       2 |  3,000.01 |          | day 0      |           |
    | E         | 2018 | Ruoduo   |       1 |  1,000.00 |          | day 1      |           |
    | E         | 2019 | Erniunai |       1 |  2,000.00 |          | day 1      |           | expected
    | C         | 2019 | Xili     |       3 |    100.00 |   400.00 | day 0      |           |
    | D         | none | Xili     |
    2018: 12,000.00 + 3,000.01 + 1,000.00 − 500.00 = 15,500.01 of 5 + 2 + 1 = 8; on day 1: 13,500.01 of 7; on day 0:
    12,500.01 of 6. 2019: 2,000.00 + 100.00 − 400.00 = 1,700.00 of 4; on day 0: −300.00 of 3.
    """
    a, b, e = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo), HouseholdFactory(village=erniunai)
    c, _d = HouseholdFactory(village=xili), HouseholdFactory(village=xili)
    known, later, corrected = on(0), on(1), on(2)
    earned(a, 2018, 4, "10000.00", expenses=D("500.00"), recorded_at=known, superseded_at=corrected)
    earned(a, 2018, 5, "12000.00", expenses=D("500.00"), recorded_at=corrected, reason="A digit was wrong.")
    earned(b, 2018, 2, "3000.01", recorded_at=known)
    earned(e, 2018, 1, "1000.00", recorded_at=later, village=ruoduo)
    earned(e, 2019, 1, "2000.00", recorded_at=later, status="expected")
    earned(c, 2019, 3, "100.00", expenses=D("400.00"), recorded_at=known)
    return erniunai


DAYS = [FIRST_DAY.date().replace(day=FIRST_DAY.day + day).isoformat() for day in range(3)]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("asked", "net", "persons", "each"),
    [
        ({"year": "2018"}, "15,500.01", "8", "1,937.50"),
        ({"year": "2018", "as_of": DAYS[2]}, "15,500.01", "8", "1,937.50"),
        ({"year": "2018", "as_of": DAYS[1]}, "13,500.01", "7", "1,928.57"),
        ({"year": "2018", "as_of": DAYS[0]}, "12,500.01", "6", "2,083.34"),
        ({"year": "2019"}, "1,700.00", "4", "425.00"),
        ({"year": "2019", "as_of": DAYS[0]}, "-300.00", "3", "-100.00"),
        # In both years: 15,500.01 + 1,700.00 of 8 + 4.
        ({}, "17,200.01", "12", "1,433.33"),
        # What E earned in Ruoduo stays there: 12,000.00 − 500.00 + 3,000.01 + 1,000.00.
        ({"at": "513228212205"}, "15,500.01", "8", "1,937.50"),
        ({"at": "513228213201"}, "2,000.00", "1", "2,000.00"),
        ({"as_of": "2020-02-29"}, "—", "—", "—"),
        ({"outside_plans": "1"}, "—", "—", "—"),
    ],
)
def test_each_day_knows_its_own_sums(
    auditor: User, moved: Division, asked: dict[str, str], net: str, persons: str, each: str
) -> None:
    found = [asking(auditor, slug, asked) for slug in ("net-income", "persons", "per-capita-income")]

    assert [figure.words(query) for figure, query in found] == [net, persons, each]


@pytest.mark.parametrize(
    ("asked", "missing", "replaced"),
    [
        # C and D have none of 2018; D alone has none at all; outside of all plans nobody has one.
        ({"year": "2018"}, 2, 1),
        ({}, 1, 1),
        ({"outside_plans": "1"}, 5, None),
        # On day 0 nothing of E was known, and nothing corrected yet.
        ({"as_of": DAYS[0]}, 2, None),
        ({"as_of": DAYS[2]}, 1, 1),
        # E, who lives in Erniunai today, has a record of 2018, if elsewhere.
        ({"year": "2018", "at": "513228213201"}, None, None),
        ({"year": "2019", "at": "513228212205"}, 2, None),
    ],
)
def test_what_is_left_out_is_told_by_number(
    auditor: User, moved: Division, asked: dict[str, str], missing: int | None, replaced: int | None
) -> None:
    figure, query = asking(auditor, "persons", asked)

    told = [(str(one.reason), one.number) for one in figure.left_out(query)]
    assert told == [(words, number) for words, number in ((MISSING, missing), (REPLACED, replaced)) if number]


@pytest.mark.slow
def test_a_corrected_record_is_a_row_with_its_reason_and_the_first_one_is_none(auditor: User, moved: Division) -> None:
    of_today, _total = taken(auditor, "net-income", year="2018", at="513228212205")
    of_day_1, _total = taken(auditor, "net-income", year="2018", at="513228212205", as_of=DAYS[1])

    key = "Why it was corrected"
    assert [(row["Net income (yuan)"], row[key]) for row in of_today] == [
        ("11500.00", "A digit was wrong."),
        ("3000.01", ""),
        ("1000.00", ""),
    ]
    assert [(row["Net income (yuan)"], row[key]) for row in of_day_1] == [
        ("9500.00", ""),
        ("3000.01", ""),
        ("1000.00", ""),
    ]


def test_a_sum_of_a_year_is_the_same_for_either_reader_though_not_its_rows(
    manager: User, auditor: User, moved: Division, settings: Any
) -> None:
    settings.SMALLEST_CELL = 2

    rows, total = taken(manager, "net-income", year="2019")
    single, same = taken(auditor, "net-income", year="2019")

    # Xili and Erniunai have one household each: two of them in one row, and neither is named.
    assert [(row["Division code"], row["Households"], row["Net income (yuan)"]) for row in rows] == [
        ("", "2", "1700.00")
    ]
    assert [row["Net income (yuan)"] for row in single] == ["-300.00", "2000.00"]
    assert total["Net income (yuan)"] == same["Net income (yuan)"] == "1700.00"


SLUGS = [figure.slug for figure in FIGURES]


@pytest.mark.parametrize("slug", [SLUGS[0], *(pytest.param(slug, marks=pytest.mark.slow) for slug in SLUGS[1:])])
def test_no_page_nor_file_of_a_manager_names_a_household_or_its_record(
    manager: User, ruoduo: Division, xili: Division, erniunai: Division, slug: str
) -> None:
    register = random_register(random.Random(3), [ruoduo, xili, erniunai, of_another_county()], households=8)
    client = signed_in(manager)

    page = client.get(f"/explain/{slug}/").content.decode()
    file = client.get(f"/explain/{slug}.csv").getvalue().decode()

    assert not any(home.number in page + file for home in register.homes)
    assert "/records/beneficiaries.incomerecord/" not in page
    single = IncomeRecord.objects.all()[0]
    assert client.get(reverse("dashboards:record", args=["beneficiaries.incomerecord", single.pk])).status_code == 404
