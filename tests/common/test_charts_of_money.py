from collections import Counter
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from alleviation.common.charts import Bin, Flow, Mark, Panel, Series, flow, histogram, small_multiples
from tests.drawn import NS, drawn, marked, number, texts, tips


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def bins(*counts: int | None) -> list[Bin]:
    return [Bin(Decimal(1000 * n), Decimal(1000 * (n + 1)), count) for n, count in enumerate(counts)]


# --- histogram --------------------------------------------------------------------------------------------------
def test_bars_of_equal_bins_are_as_high_as_their_counts() -> None:
    svg = histogram("t", "", bins(10, 40, None, 0), unit="CNY")

    assert [number(bar, "height") for bar in marked(svg, "rect", "chart-bar")] == [
        Decimal("42.5"),
        Decimal("170.0"),
        Decimal("0.0"),
    ]
    assert (texts(svg, "chart-value"), texts(svg, "chart-gap")) == (["10", "40", "0"], ["—"])
    assert tips(svg)[0] == "0 to below 1,000 yuan: 10"


def test_area_of_a_bar_is_its_count_where_bins_are_not_equal() -> None:
    svg = histogram("t", "", [Bin(Decimal(0), Decimal(1000), 30), Bin(Decimal(1000), Decimal(4000), 90)])

    narrow, wide = marked(svg, "rect", "chart-bar")
    assert number(narrow, "height") == number(wide, "height")


def test_line_stands_at_its_value_with_its_name() -> None:
    svg = histogram("t", "", bins(1, 2, 3, 4), [Mark("Poverty line", 3000)], "CNY")

    (line,) = marked(svg, "line", "chart-reference")
    fourth = marked(svg, "rect", "chart-bar")[3]
    assert abs(number(line, "x1") - number(fourth, "x")) <= 1
    assert texts(svg, "chart-note") == ["Poverty line 3,000 yuan"]


def test_line_outside_of_the_bins_is_not_drawn() -> None:
    assert marked(histogram("t", "", bins(1, 2), [Mark("Line", 9000)]), "line", "chart-reference") == []


def test_open_bins_are_as_wide_as_the_narrowest_and_marked_by_arrows() -> None:
    svg = histogram("t", "", [Bin(None, Decimal(0), 1), *bins(2, 3), Bin(Decimal(2000), None, 4)])

    assert len({number(bar, "width") for bar in marked(svg, "rect", "chart-bar")}) == 1
    assert [*Counter(texts(svg, "chart-tick"))] == ["←", "0", "1,000", "2,000", "→"]
    assert (tips(svg)[0], tips(svg)[-1]) == ("below 0: 1", "2,000 and more: 4")


@pytest.mark.parametrize(
    "wrong",
    [
        [Bin(Decimal(0), Decimal(1), 1), Bin(Decimal(2), Decimal(3), 1)],
        [Bin(Decimal(1), Decimal(1), 1), Bin(Decimal(1), Decimal(3), 1)],
        [Bin(Decimal(0), None, 1), Bin(None, Decimal(3), 1)],
    ],
)
def test_bins_that_are_not_in_order_are_refused(wrong: list[Bin]) -> None:
    with pytest.raises(ValueError, match=r"a bin must end|each bin must begin"):
        histogram("t", "", wrong)


# --- small multiples --------------------------------------------------------------------------------------------
def test_panels_share_one_scale() -> None:
    panels = [Panel("a", Series("x", [10, 10])), Panel("b", Series("x", [None, 40])), Panel("c", Series("x", [0, 0]))]

    svg = small_multiples("t", "", panels, [2016, 2017])

    a, _a, b, c, _c = (number(dot, "cy") for dot in marked(svg, "circle", "chart-dot"))
    assert (c - a) * 4 == c - b


def test_panel_without_a_value_keeps_its_place_and_says_so() -> None:
    panels = [Panel("known", Series("x", [1])), Panel("unknown", Series("x", [None]))]

    svg = small_multiples("t", "", panels, [2016])

    assert (texts(svg, "chart-label"), texts(svg, "chart-gap")) == (["known", "unknown"], ["—"])


# --- flow -------------------------------------------------------------------------------------------------------
def links(*values: tuple[str, str, int], start: str = "Source", end: str = "Kind") -> list[Flow]:
    return [Flow(start, name, end, other, value) for name, other, value in values]


def width(node: object) -> Decimal:
    return number(node, "stroke-width")  # type: ignore[arg-type]


def through(svg: str) -> dict[str, Decimal]:
    """What flows through each name, and how high it is."""
    nodes = marked(svg, "rect", "chart-node")
    return {node.findtext(f"{NS}title", ""): number(node, "height") for node in nodes}


def test_bands_are_as_wide_as_what_flows_and_fill_their_names() -> None:
    svg = flow("t", "", links(("a", "x", 30), ("a", "y", 10), ("b", "x", 20)))

    assert [width(band) for band in marked(svg, "path", "chart-band")] == [Decimal(150), Decimal(50), Decimal(100)]
    assert through(svg) == {"a: 40": Decimal(200), "b: 20": Decimal(100), "x: 50": Decimal(250), "y: 10": Decimal(50)}


def test_small_names_are_gathered_with_their_sum_and_nothing_is_lost() -> None:
    many = links(*((f"source {n}", "x", 100 - n) for n in range(15)))

    svg = flow("t", "", many)

    # The six smallest are 91 + 90 + 89 + 88 + 87 + 86.
    assert {"x: 1,395", "others (6): 531"} <= through(svg).keys()
    assert len(marked(svg, "path", "chart-band")) == 10
    assert abs(sum(width(band) for band in marked(svg, "path", "chart-band")) - 300) <= Decimal("0.5")


def test_names_stand_in_full_in_lines_and_a_low_bar_has_its_value_on_the_last() -> None:
    name = gettext_lazy("Not tied to a smaller place of the county that was asked about")

    svg = flow("t", "", links((name, "x", 3), ("b", "x", 97)), "CNY")  # type: ignore[arg-type]

    lines = texts(svg, "chart-note")[2:6]
    assert lines == ["Not tied to a smaller place", "of the county that was asked", "about 3", "x"]


def test_same_pair_is_added_up_and_nothing_flows_where_nothing_is_left() -> None:
    svg = flow("t", "", links(("a", "x", 3), ("a", "x", 4), ("b", "x", 0), ("c", "x", -5)), "CNY")

    assert tips(svg) == ["a → x: 7 yuan", "a: 7 yuan", "a: 7 yuan", "x: 7 yuan", "x: 7 yuan"]


def test_stages_stand_in_the_order_that_flows_lead() -> None:
    later = links(("x", "village", 5), start="Kind", end="Village")

    svg = flow("t", "", [*later, *links(("a", "x", 5))])

    assert texts(svg, "chart-unit") == ["Source", "Kind", "Village"]


def test_flow_in_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="a flow leads backwards"):
        flow("t", "", [*links(("a", "x", 5)), *links(("x", "a", 5), start="Kind", end="Source")])


def test_three_hundred_flows_stay_small() -> None:
    many = [Flow("Source", f"Source {n % 15}", "Village", f"Village {n % 20}", n + 1) for n in range(300)]

    svg = flow("t", "", many, "CNY")

    assert len(svg.encode()) < 60_000
    assert drawn(svg).tag.endswith("svg")
