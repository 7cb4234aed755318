"""Every explained figure of one small register, by hand: its words, its working, and rows that add up to them.

Four households of Ruoduo in 2019, expenses of 100 each, line 3,000, one and a half times it 4,500:

| household | persons | wages 2018 | wages 2019 | net 2019 | a head   | dividend | record             |
| HH-0      | 1       | 1,000      | 2,000      | 1,900    | 1,900.00 | 111      | verified           |
| HH-1      | 2       | 4,000      | 8,000      | 7,900    | 3,950.00 | 211      | returned           |
| HH-2      | 2       | 6,000      | 9,000      | 8,900    | 4,450.00 | 311      | waits              |
| HH-3      | 3       | 9,000      | 20,000     | 19,900   | 6,633.33 | unknown  | waits, is expected |
| all       | 8       | 20,000     | 39,000     | 38,600   | 4,825.00 | 633      |                    |
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from beneficiaries.choices import CheckState, IncomeStatus
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    PovertyLineFactory,
    ProjectFactory,
)
from tests.scrutiny.explained import opened, taken

pytestmark = pytest.mark.slow
D = Decimal
POVERTY, MONITORING = {"of": "poverty"}, {"of": "monitoring"}
RECORDED_AT, CHECKED_AT = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 5, 1, tzinfo=UTC)
HOMES = (("1000.00", "2000.00", 1), ("4000.00", "8000.00", 2), ("6000.00", "9000.00", 2), ("9000.00", "20000.00", 3))

# A figure, what is asked of it, its words, and the column of its file that adds up to so much.
SUMS: list[tuple[str, dict[str, str], str, str, str]] = [
    ("households-below-line", POVERTY, "1", "Households", "1"),
    ("persons-below-line", POVERTY, "1", "Persons", "1"),
    ("households-near-line", POVERTY, "2", "Households", "2"),
    ("persons-near-line", POVERTY, "4", "Persons", "4"),
    ("households-above-line", POVERTY, "1", "Households", "1"),
    ("persons-above-line", POVERTY, "3", "Persons", "3"),
    ("persons-held-against-line", POVERTY, "8", "Persons", "8"),
    ("households-without-line", POVERTY, "0", "Households", "0"),
    ("households-without-line", MONITORING, "4", "Households", "4"),
    ("share-below-line", POVERTY, "12.5", "Persons", "1"),
    ("share-below-line", POVERTY, "12.5", "Persons held against a line", "8"),
    ("share-of-households-below-line", POVERTY, "25.0", "Households", "1"),
    ("unverified-incomes", {}, "3", "Records", "3"),
    ("returned-incomes", {}, "1", "Records", "1"),
    ("expected-incomes", {}, "1", "Records", "1"),
    ("services", {}, "4", "Enrolments", "4"),
    ("received", {}, "633.00", "Received (yuan)", "633.00"),
    ("received-not-known", {}, "1", "Amount not known", "1"),
    ("households", {}, "4", "Households", "4"),
    ("persons", {}, "8", "Persons", "8"),
    ("wage-income", {}, "39,000.00", "Wages (yuan)", "39000.00"),
    ("expenses", {}, "400.00", "Expenses (yuan)", "400.00"),
    ("net-income", {}, "38,600.00", "Net income (yuan)", "38600.00"),
    ("per-capita-income", {}, "4,825.00", "Net income (yuan)", "38600.00"),
    ("per-capita-income", {}, "4,825.00", "Persons", "8"),
    ("income-change", {"of": "net_income"}, "2,325.00", "Amount of the year (yuan)", "38600.00"),
    ("income-change", {"of": "net_income"}, "2,325.00", "Amount of the year before (yuan)", "20000.00"),
    ("income-change", {"of": "wage_income"}, "2,375.00", "Amount of the year (yuan)", "39000.00"),
    ("income-change", {"of": "expenses"}, "-50.00", "Amount of the year (yuan)", "-400.00"),
    ("income-change", {"of": "role:dividend"}, "79.13", "Amount of the year (yuan)", "633.00"),
]
WORKINGS = [
    ("share-below-line", POVERTY, "1 ÷ 8 = 12.5 %"),
    ("received", {}, "Σ of 4 enrolments = 633.00"),
    ("households", {}, "Σ of 4 income records = 4"),
    ("net-income", {}, "39,000.00 + 0.00 + 0.00 + 0.00 − 400.00 = 38,600.00"),
    ("per-capita-income", {}, "38,600.00 yuan ÷ 8 persons = 4,825.00 yuan per person"),
    ("income-change", {"of": "net_income"}, "38,600.00 ÷ 8 − 20,000.00 ÷ 8 = 2,325.00"),
    ("income-change", {"of": "expenses"}, "-400.00 ÷ 8 − 0.00 ÷ 8 = -50.00"),
    ("income-quantile", {"of": "p25"}, "the person with the number ⌈25 ÷ 100 × 8⌉ = 2: 3,950.00"),
    ("income-quantile", {"of": "p75"}, "the person with the number ⌈75 ÷ 100 × 8⌉ = 6: 6,633.33"),
]
# Persons 1 | 2, 3 | 4, 5 | 6, 7, 8 from the poorest; ⌈p × 8⌉ = 1, 2, 4, 6, 8.
QUANTILES = {"p10": "1,900.00", "p25": "3,950.00", "median": "4,450.00", "p75": "6,633.33", "p90": "6,633.33"}
# What one household earned, lives on or got, and what all of them did.
AMOUNTS = r"\b(1,?900|7,?900|8,?900|19,?900|3,?950|4,?450|6,?633|111|211|311|633|38,?600|39,?000|4,?825|2,?325)\b"
ASKED = [(slug, tuple(asked.items())) for slug, asked, *_rest in SUMS]
ASKED += [("income-quantile", (("of", of),)) for of in QUANTILES]


@pytest.fixture
def village(heishui: Division, ruoduo: Division, reviewer: User) -> Division:
    PovertyLineFactory(year=2019, amount=D("3000.00"))
    checked: dict[str, Any] = {"checked_at": CHECKED_AT, "checked_by": reviewer}
    kinds: list[dict[str, Any]] = [
        {"state": CheckState.VERIFIED, **checked},
        {"state": CheckState.RETURNED, "check_note": "A wage lacks.", **checked},
        {},
        {"status": IncomeStatus.EXPECTED},
    ]
    station = ProjectFactory(code="P-1", name="Station", division=ruoduo)
    for number, ((before, now, persons), kind) in enumerate(zip(HOMES, kinds, strict=True)):
        home = HouseholdFactory(village=ruoduo, number=f"HH-{number}")
        IncomeRecordFactory(household=home, year=2018, persons=persons, wage_income=D(before))
        earned: dict[str, Any] = {"wage_income": D(now), "expenses": D("100.00"), "recorded_at": RECORDED_AT, **kind}
        IncomeRecordFactory(household=home, year=2019, persons=persons, **earned)
        amount = None if number == 3 else D(f"{number + 1}11.00")
        EnrolmentFactory(household=home, project=station, year=2019, role="dividend", amount=amount)
    return ruoduo


@pytest.mark.parametrize("reader", ["auditor", "manager"])
@pytest.mark.parametrize(("slug", "asked", "words", "column", "amount"), SUMS)
def test_rows_of_a_file_add_up_to_the_figure_of_the_page(
    request: Any,
    village: Division,
    reader: str,
    slug: str,
    asked: dict[str, str],
    words: str,
    column: str,
    amount: str,
) -> None:
    user = request.getfixturevalue(reader)

    rows, total = taken(user, slug, year=2019, **asked)

    assert opened(user, slug, year=2019, **asked)["words"] == words
    assert sum(D(row[column] or 0) for row in rows) == D(amount)
    assert D(total[column]) == D(amount)


@pytest.mark.parametrize("reader", ["auditor", "manager"])
@pytest.mark.parametrize(("slug", "asked", "working"), WORKINGS)
def test_working_is_told_in_the_numbers_of_the_register(
    request: Any, village: Division, reader: str, slug: str, asked: dict[str, str], working: str
) -> None:
    assert opened(request.getfixturevalue(reader), slug, year=2019, **asked)["working"] == working


@pytest.mark.parametrize("reader", ["auditor", "manager"])
@pytest.mark.parametrize("of", QUANTILES)
def test_quantile_is_what_the_person_at_its_rank_lives_on(
    request: Any, village: Division, reader: str, of: str
) -> None:
    user = request.getfixturevalue(reader)

    (row,), total = taken(user, "income-quantile", year=2019, of=of)

    found = (row["Per capita (yuan per person)"], total["Per capita (yuan per person)"])
    assert opened(user, "income-quantile", year=2019, of=of)["words"] == QUANTILES[of]
    assert found == (QUANTILES[of].replace(",", ""),) * 2


def test_households_of_the_bands_are_each_in_one_of_them(auditor: User, village: Division) -> None:
    found = {
        band: [row["Household number"] for row in taken(auditor, f"households-{band}-line", year=2019, **POVERTY)[0]]
        for band in ("below", "near", "above", "without")
    }

    assert found == {"below": ["HH-0"], "near": ["HH-1", "HH-2"], "above": ["HH-3"], "without": []}


@pytest.mark.parametrize(("slug", "asked"), ASKED)
def test_manager_is_told_no_household_even_where_all_is_told(
    manager: User, village: Division, slug: str, asked: tuple[tuple[str, str], ...]
) -> None:
    page, file = of_manager(manager, slug, asked)

    assert "HH-" not in page + file
    assert "Household number" not in page + file


@pytest.mark.parametrize(("slug", "asked"), ASKED)
def test_no_amount_of_few_households_is_in_a_page_or_a_file(
    settings: Any, manager: User, village: Division, slug: str, asked: tuple[tuple[str, str], ...]
) -> None:
    told_of_all = of_manager(manager, slug, asked)
    settings.SMALLEST_CELL = 5

    page, file = of_manager(manager, slug, asked)

    assert (re.findall(AMOUNTS, page), re.findall(AMOUNTS, file)) == ([], [])
    assert told_of_all[0] != page


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("net-income", "withheld"),
        ("per-capita-income", "withheld"),
        ("wage-income", "withheld"),
        ("expenses", "withheld"),
        ("households", "4"),
        ("persons", "8"),
        ("received", "—"),
        ("services", "4"),
    ],
)
def test_what_is_withheld_of_few_households_says_so_and_how_many_they_are(
    settings: Any, manager: User, auditor: User, village: Division, slug: str, words: str
) -> None:
    settings.SMALLEST_CELL = 5

    (row,), total = taken(manager, slug, year=2019)

    assert opened(manager, slug, year=2019)["words"] == words
    assert (row["Division code"], row["Households"], total["Households"]) == ("", "4", "4")
    assert row.get("Withheld", "withheld") == total.get("Withheld", "withheld") == "withheld"
    assert opened(auditor, slug, year=2019)["words"] not in {"withheld", "—"}


def of_manager(user: User, slug: str, asked: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The text of the page, without its tags and addresses, and that of its file."""
    client, question = signed_in(user), {"year": "2019", **dict(asked)}
    page = client.get(f"/explain/{slug}/", question)
    file = client.get(f"/explain/{slug}.csv", question)
    assert (page.status_code, file.status_code) == (200, 200)
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]*>", " ", main), file.getvalue().decode("utf-8-sig")
