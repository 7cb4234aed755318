from decimal import Decimal

import pytest
from django.utils import translation

from alleviation.common.charts import Bounded, Progress, bounds_chart, progress_bars
from alleviation.common.figures import Figure
from tests.drawn import marked, number, texts, tips


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def bounds(*figures: Figure) -> str:
    return bounds_chart("Claims", "", [Bounded.of(f"c{n}", one) for n, one in enumerate(figures)], uid="u")


def progress(done: int | None, of: Figure) -> str:
    # A row in full beside it, so that something is always drawn.
    return progress_bars("Pledges", "", [Progress("p", done, of), Progress("full", 1, Figure.exact(1))], uid="u")


# --- bounds -----------------------------------------------------------------------------------------------------
def test_certain_part_is_solid_and_the_rest_of_a_range_hatched() -> None:
    svg = bounds(Figure.between(20, 100), Figure.exact(100))

    solid, hatch = marked(svg, "rect", "chart-bar")[1:], marked(svg, "rect", "chart-hatched")[1:]
    whole = number(solid[1], "width")
    assert [round(number(one, "width") / whole, 2) for one in (solid[0], hatch[0])] == [
        Decimal("0.20"),
        Decimal("0.80"),
    ]
    assert abs(number(hatch[0], "x") - number(solid[0], "x") - number(solid[0], "width")) <= Decimal("0.1")
    assert texts(svg, "chart-value") == ["20–100", "100"]


@pytest.mark.parametrize(
    ("figure", "label", "masks", "waves"),
    [
        (Figure.over(40000), "> 40,000", ["url(#u-up)"], 0),
        (Figure.at_least(40000), "≥ 40,000", ["url(#u-up)"], 0),
        (Figure.at_most(40000), "≤ 40,000", [], 0),
        (Figure.about(2640), "≈ 2,640", [], 1),
        (Figure.about(10) + Figure.over(5), "≈ ≥ 15", ["url(#u-up)"], 1),
        (Figure.exact(7), "7", [], 0),
        (Figure.under(-5), "< -5", ["url(#u-down)"], 0),
    ],
)
def test_open_end_fades_and_about_waves(figure: Figure, label: str, masks: list[str], waves: int) -> None:
    svg = bounds(figure)

    assert texts(svg, "chart-value") == [label]
    assert [bar.get("mask") for bar in marked(svg, "rect", "chart-bar") if bar.get("mask")] == masks
    assert len(marked(svg, "path", "chart-arrow")) == len(masks)
    assert len(marked(svg, "path", "chart-bar")) == waves


def test_figure_without_a_number_is_named_and_not_drawn() -> None:
    svg = bounds(Figure.unstated(), Figure.exact(5))

    assert (texts(svg, "chart-gap"), texts(svg, "chart-value")) == (["not stated"], ["5"])


def test_tip_of_bounds_tells_the_figure_in_full() -> None:
    svg = bounds_chart("t", "", [Bounded.of("Output", Figure.over("4950000000"))], "CNY")

    assert tips(svg) == ["Output: over RMB 4,950,000,000"]


# --- progress ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("done", "of", "said"),
    [
        (25, Figure.exact(100), "25 of 100 · 25%"),
        (999, Figure.exact(1000), "999 of 1,000 · 99%"),
        (130, Figure.exact(100), "130 of 100 · 130%"),
        (30, Figure.between(20, 100), "30 of 20–100 · 30%–150%"),
        (30, Figure.over(100), "30 of > 100 · at most 30%"),
        (30, Figure.at_most(100), "30 of ≤ 100 · at least 30%"),
        (30, Figure.about(100), "30 of ≈ 100 · ≈ 30%"),
        (1, Figure.exact(300), "1 of 300 · 0.3%"),
        (5, Figure.unstated(), "5 · pledged: not stated"),
        (None, Figure.exact(100), "not known of 100"),
        (30000, Figure.exact(1), "30,000 of 1 · > 10,000%"),
    ],
)
def test_share_of_a_pledge_says_no_more_than_its_bounds(done: int | None, of: Figure, said: str) -> None:
    svg = progress(done, of)

    assert texts(svg, "chart-value") == [said, "1 of 1 · 100%"]


def test_bar_passes_the_line_of_all_where_more_was_done() -> None:
    svg = progress(150, Figure.exact(100))

    whole = number(marked(svg, "line", "chart-all")[0], "x1")
    bar = marked(svg, "rect", "chart-bar")[1]
    assert round(number(bar, "width") / whole, 2) == Decimal("1.50")


def test_bar_of_many_times_a_pledge_ends_in_an_arrow() -> None:
    svg = progress(1000, Figure.exact(100))

    bar = marked(svg, "rect", "chart-bar")[1]
    assert number(bar, "width") == 2 * number(marked(svg, "line", "chart-all")[0], "x1")
    assert len(marked(svg, "path", "chart-arrow")) == 1


def test_ground_is_hatched_between_the_bounds_of_a_pledge() -> None:
    svg = progress(0, Figure.between(20, 100))

    whole = number(marked(svg, "line", "chart-all")[0], "x1")
    hatch = marked(svg, "rect", "chart-hatched")[-1]
    assert (number(hatch, "x"), number(hatch, "width")) == (
        (whole * Decimal("0.2")).quantize(Decimal("0.1")),
        (whole * Decimal("0.8")).quantize(Decimal("0.1")),
    )
