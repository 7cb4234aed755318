from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from alleviation.common.charts import Bin, Series
from alleviation.common.charts.findings import contributions, largest_part, middle, ranking, trend

YEARS = [2018, 2019, 2020]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def money(*values: str | None) -> Series:
    return Series("Allocated", [None if value is None else Decimal(value) for value in values])


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (money("4920000", None, "2130000"), "Allocated fell from 4.92 to 2.13 million yuan, 2018 to 2020."),
        (money("100", "150", "200"), "Allocated rose from 100 to 200 yuan, 2018 to 2020."),
        (
            money("100", "900", "200"),
            "Allocated rose from 100 to 200 yuan, 2018 to 2020. Highest in 2019: 900 yuan.",
        ),
        (money("4920000.00", "1", "4920000.01"), "Allocated: 4.92 million yuan in 2018 as in 2020."),
        (money(None, "100", "200"), "Allocated rose from 100 to 200 yuan, 2019 to 2020."),
        (money(None, "100", None), ""),
        (money(None, None, None), ""),
    ],
)
def test_trend_tells_first_last_and_highest(series: Series, said: str) -> None:
    assert trend(series, YEARS, "CNY") == said


def test_trend_in_chinese_counts_in_ten_thousands() -> None:
    with translation.override("zh-hans"):
        said = trend(money("4920000", None, "2130000"), YEARS, "CNY")

    assert ("492" in said, "213" in said) == (True, True)


def test_year_that_is_not_over_is_named_so() -> None:
    said = trend(money("100", "150", "20"), YEARS, "CNY", so_far=2020)

    assert said == "Allocated fell from 100 to 20 yuan, 2018 to 2020 so far. Highest in 2019: 150 yuan."


@pytest.mark.parametrize(("line", "said"), [(4000, " Poverty line in 2020: 4,000 yuan."), (None, "")])
def test_reference_is_told_where_it_is_known(line: int | None, said: str) -> None:
    reference = Series("Poverty line", [2952, 3218, line])

    assert trend(money("3000", "3500", "6400"), YEARS, "CNY", reference=reference) == (
        f"Allocated rose from 3,000 to 6,400 yuan, 2018 to 2020.{said}"
    )


@pytest.mark.parametrize(
    ("values", "adds_up", "said"),
    [
        ((30, 50, 20), True, "B has the most: 50 yuan, 50% of all."),
        ((30, None, 20), True, "A has the most of the 2 that are known: 30 yuan."),
        ((30, 50, 20), False, "B is highest with 50 yuan, C lowest with 20."),
        ((30, 30, 30), True, ""),
        ((30, None, None), True, ""),
        ((30, 50, -20), True, "B has the most: 50 yuan."),
        ((999, 1, 0), True, "A has the most: 999 yuan, 99% of all."),
    ],
)
def test_ranking_tells_the_most_and_its_share_only_of_what_adds_up(
    values: tuple[int], adds_up: bool, said: str
) -> None:
    assert ranking(Series("x", values), ["A", "B", "C"], "CNY", adds_up=adds_up) == said


def test_largest_part_is_told_where_all_parts_of_the_last_year_are_known() -> None:
    parts = [Series("Wages", [10, 60, 60]), Series("Business", [90, 40, 40])]

    assert largest_part(parts, YEARS) == "Largest part in 2020: Wages, 60%."
    assert largest_part([Series("Wages", [1]), Series("Business", [None])], [2018]) == ""
    assert largest_part([Series("Wages", [2]), Series("Business", [-1])], [2018]) == ""


def test_contributions_tell_what_added_and_what_took_away() -> None:
    parts = [Series("Wages", [10, 300, None]), Series("Transfers", [10, 20, None]), Series("Costs", [0, -50, None])]

    assert contributions(parts, YEARS, "CNY") == ("2019: Wages added most (300 yuan), Costs took most away (50 yuan).")
    assert contributions([Series("Wages", [5])], [2018]) == "2018: Wages added most (5)."
    assert contributions([Series("Wages", [-5])], [2018], "CNY") == "2018: Wages took most away (5 yuan)."
    assert contributions([Series("Wages", [None])], [2018]) == ""


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 2, 4), "The middle one of 7: 2,000 and more yuan."),
        ((3, 2, 1), "The middle one of 6: below 1,000 yuan."),
        ((3, None, 1), ""),
        ((0, 0, 0), ""),
    ],
)
def test_middle_is_the_bin_of_the_middle_one(counts: tuple[int | None, ...], said: str) -> None:
    edges = [None, Decimal(1000), Decimal(2000), None]

    assert middle([Bin(*edges[n : n + 2], count) for n, count in enumerate(counts)], "CNY") == said
