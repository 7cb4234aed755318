"""What holds for every chart, whatever is drawn: nothing outside, no words on words, nothing foreign."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alleviation.common import charts
from alleviation.common.figures import Figure
from tests.drawn import foreign, outside, touching

NAMES = st.text(alphabet="ab <&\"'>村县乡第若多", min_size=1, max_size=40).filter(lambda name: name.strip() == name)
MONEY = st.decimals(min_value=0, max_value=10**11, places=2)
ANY = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
DAYS = st.none() | st.dates(date(2010, 1, 1), date(2030, 12, 31))
FIGURES = st.one_of(
    st.builds(Figure.exact, MONEY),
    st.builds(Figure.over, MONEY),
    st.builds(Figure.under, MONEY),
    st.builds(Figure.about, MONEY),
    st.builds(lambda low, more: Figure.between(low, low + more), MONEY, MONEY),
    st.just(Figure.unstated()),
)
HISTOGRAMS = st.builds(
    lambda start, widths, counts, is_open: [
        charts.Bin(
            None if is_open and n == 0 else start + sum(widths[:n]),
            None if is_open and n == len(widths) - 1 else start + sum(widths[: n + 1]),
            counts[n],
        )
        for n in range(len(widths))
    ],
    ANY,
    st.lists(st.decimals(min_value=1, max_value=10**6, places=2), min_size=2, max_size=15),
    st.lists(st.none() | st.integers(0, 10**6), min_size=15, max_size=15),
    st.booleans(),
)
ROWS = {"min_size": 1, "max_size": 12}
VALUES = st.lists(st.none() | MONEY, min_size=3, max_size=3)
DATA: dict[str, tuple[Callable[..., Any], st.SearchStrategy[list[Any]]]] = {
    "bounds": (
        lambda rows: charts.bounds_chart("t", "d", rows, "CNY"),
        st.lists(st.builds(charts.Bounded.of, NAMES, FIGURES), **ROWS),
    ),
    "histogram": (
        lambda bins: charts.histogram("t", "d", bins, [charts.Mark("Poverty line", 4000)], "CNY"),
        HISTOGRAMS,
    ),
    "multiples": (
        lambda panels: charts.small_multiples(
            "t", "d", panels, [2016, 2017, 2018], charts.Series("Line", [2952, None, 3000]), "CNY"
        ),
        st.lists(st.builds(lambda n, v: charts.Panel(n, charts.Series(n, v)), NAMES, VALUES), **ROWS),
    ),
    "flow": (
        lambda links: charts.flow("t", "d", links, "CNY"),
        st.lists(
            st.builds(charts.Flow, st.just("Source"), NAMES, st.just("Kind"), NAMES, MONEY)
            | st.builds(charts.Flow, st.just("Kind"), NAMES, st.just("Village"), NAMES, MONEY),
            min_size=1,
            max_size=40,
        ),
    ),
    "progress": (
        lambda rows: charts.progress_bars("t", "d", rows, "CNY"),
        st.lists(st.builds(charts.Progress, NAMES, st.none() | MONEY, FIGURES), **ROWS),
    ),
    "timeline": (
        lambda events: charts.timeline("t", "d", events, today=date(2020, 6, 1)),
        st.lists(
            st.builds(
                lambda name, days, kind: charts.Event(name, *sorted(days, key=lambda day: day or date.max), kind),
                NAMES,
                st.tuples(DAYS, DAYS),
                st.sampled_from(["alliance", "milestone"]),
            ),
            **ROWS,
        ),
    ),
    "tiles": (
        lambda tiles: charts.tile_map("t", "d", tiles, "CNY"),
        st.lists(st.builds(charts.Tile, st.just("1"), NAMES, st.none() | ANY, st.just("/areas/1/")), **ROWS),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DATA)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_all_stays_on_the_sheet_and_words_do_not_touch(kind: str, data: st.DataObject) -> None:
    draw, rows = DATA[kind]
    language = data.draw(st.sampled_from(["en", "zh-hans"]))

    with translation.override(language):
        svg = draw(data.draw(rows))

    if svg:
        assert (outside(svg), touching(svg), foreign(svg)) == ([], [], set())


NOTHING = [
    charts.bounds_chart("t", "d", [charts.Bounded("a", None, None, "unstated")]),
    charts.histogram("t", "d", [charts.Bin(Decimal(0), Decimal(1), None)]),
    charts.small_multiples("t", "d", [charts.Panel("a", charts.Series("a", [None]))], [2016]),
    charts.flow("t", "d", [charts.Flow("A", "a", "B", "b", 0)]),
    charts.progress_bars("t", "d", [charts.Progress("a", None, Figure.exact(1))]),
    charts.timeline("t", "d", [charts.Event("a", None, None)]),
    charts.tile_map("t", "d", [charts.Tile("1", "a", None)]),
    charts.bounds_chart("t", "d", []),
    charts.histogram("t", "d", []),
    charts.small_multiples("t", "d", [], []),
    charts.flow("t", "d", []),
    charts.progress_bars("t", "d", []),
    charts.timeline("t", "d", []),
    charts.tile_map("t", "d", []),
]


def test_chart_without_anything_known_is_empty() -> None:
    assert {*NOTHING} == {""}
