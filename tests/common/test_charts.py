from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import translation

from alleviation.common.charts import Series, bar_chart, horizontal_bars, line_chart, stacked_bars

NS = "{http://www.w3.org/2000/svg}"
CHARTS = [bar_chart, stacked_bars, line_chart, horizontal_bars]
YEARS = ["2016", "2017", "2018"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def drawn(svg):
    return ElementTree.fromstring(svg)


def marked(svg, tag, css):
    return [node for node in drawn(svg).iter(f"{NS}{tag}") if css in node.get("class", "").split()]


def texts(svg, css):
    return [node.text for node in marked(svg, "text", css)]


def bars(svg):
    # The keys of the legend are bars without a tooltip.
    return [bar for bar in marked(svg, "rect", "chart-bar") if bar.find(f"{NS}title") is not None]


def number(node, attribute):
    return Decimal(node.get(attribute))


def tips(nodes):
    return [node.find(f"{NS}title").text for node in nodes]


# --- bars -------------------------------------------------------------------------------------------------------
def test_bars_are_as_high_as_their_values_are_to_each_other():
    svg = bar_chart("Households", "By year", [Series("Reached", [100, 200, 50])], YEARS)

    # The axis ends at 200 on a plot 190 units high.
    assert [number(bar, "height") for bar in bars(svg)] == [Decimal("95.0"), Decimal("190.0"), Decimal("47.5")]


def test_bars_stand_on_zero_even_where_all_values_are_high():
    svg = bar_chart("Income", "", [Series("Net", [Decimal("9000.00"), Decimal("9100.00")])], ["2016", "2017"], "yuan")

    assert texts(svg, "chart-tick")[0] == "0"
    (zero,) = marked(svg, "line", "chart-zero")
    assert [number(bar, "y") + number(bar, "height") for bar in bars(svg)] == [number(zero, "y1")] * 2


def test_negative_bar_hangs_from_zero():
    svg = bar_chart("Net", "", [Series("Net", [120, -60])], ["2016", "2017"])

    up, down = bars(svg)
    assert number(up, "height") == 2 * number(down, "height")
    assert number(up, "y") + number(up, "height") == number(down, "y")
    assert texts(svg, "chart-value") == ["120", "-60"]


def test_unknown_value_is_a_gap_and_zero_is_not():
    svg = bar_chart("Households", "", [Series("Reached", [3, None, 0])], YEARS)

    assert [number(bar, "height") for bar in bars(svg)] == [Decimal("190.0"), Decimal("0.0")]
    assert texts(svg, "chart-gap") == ["—"]
    assert tips(marked(svg, "text", "chart-gap")) == ["2017 · Reached: not known"]
    assert texts(svg, "chart-value") == ["3", "0"]


def test_bars_of_two_series_stand_side_by_side_with_a_legend():
    svg = bar_chart("Funding", "", [Series("Allocated", [2, 4]), Series("Spent", [1, 3])], ["2016", "2017"])

    allocated, spent = ([bar for bar in bars(svg) if css in bar.get("class")] for css in ("chart-s1", "chart-s2"))
    ends = [(number(a, "x") + number(a, "width"), number(s, "x")) for a, s in zip(allocated, spent, strict=True)]
    assert [abs(end - start) <= Decimal("0.1") for end, start in ends] == [True, True]
    assert texts(svg, "chart-key") == ["Allocated", "Spent"]


def test_legend_is_left_out_for_one_series():
    assert texts(bar_chart("Funding", "", [Series("Allocated", [2])], ["2016"]), "chart-key") == []


def test_tooltip_has_the_whole_figure_and_a_ratio_two_places():
    values = [Decimal("4032000.00"), Decimal(20000) / 3]

    svg = bar_chart("Funding", "", [Series("Spent", values)], ["2016", "2017"], "CNY")

    assert tips(bars(svg)) == ["2016 · Spent: 4,032,000.00 yuan", "2017 · Spent: 6,666.67 yuan"]


# --- axis -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "ticks"),
    [
        ("1", ["0", "1"]),
        ("7", ["0", "2", "4", "6", "8"]),
        ("0.30", ["0.0", "0.1", "0.2", "0.3"]),
        ("432", ["0", "100", "200", "300", "400", "500"]),
        ("99999", ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
        ("0", ["0", "1"]),
    ],
)
def test_axis_ends_on_round_ticks(value, ticks):
    svg = bar_chart("Title", "", [Series("Name", [Decimal(value)])], ["2016"])

    assert texts(svg, "chart-tick") == ticks


@pytest.mark.parametrize(
    ("value", "caption", "label"),
    [
        ("403200.00", "yuan", "403,200"),
        ("4032000.00", "million yuan", "4.03"),
        ("4950000000.00", "billion yuan", "4.95"),
    ],
)
def test_large_money_counts_in_larger_units(value, caption, label):
    svg = bar_chart("Title", "", [Series("Name", [Decimal(value)])], ["2016"], "CNY")

    assert texts(svg, "chart-unit") == [caption]
    assert texts(svg, "chart-value") == [label]


def test_chinese_axis_counts_in_ten_thousands():
    with translation.override("zh-hans"):
        svg = bar_chart("资金", "", [Series("下达", [Decimal("4032000.00")])], ["2016"], "元")

    assert texts(svg, "chart-tick") == ["0", "100", "200", "300", "400", "500"]
    assert texts(svg, "chart-value") == ["403"]


def test_small_value_on_a_large_scale_never_reads_zero():
    svg = bar_chart("Title", "", [Series("Name", [Decimal("9000000.00"), Decimal("120.00")])], ["2016", "2017"])

    assert texts(svg, "chart-value") == ["9", "≈0"]


# --- stacks -----------------------------------------------------------------------------------------------------
def test_parts_stand_on_each_other_and_the_sum_above():
    svg = stacked_bars("Funding", "", [Series("Central", [30]), Series("County", [20])], ["2016"])

    central, county = bars(svg)
    assert (number(central, "height"), number(county, "height")) == (Decimal("114.0"), Decimal("76.0"))
    assert number(county, "y") + number(county, "height") == number(central, "y")
    assert texts(svg, "chart-value") == ["50"]


def test_sum_with_an_unknown_part_is_not_written():
    svg = stacked_bars("Funding", "", [Series("Central", [30, 1]), Series("County", [None, 2])], ["2016", "2017"])

    assert texts(svg, "chart-value") == ["3"]


def test_column_with_no_known_part_is_a_gap():
    svg = stacked_bars("Funding", "", [Series("Central", [30, None]), Series("County", [4, None])], ["2016", "2017"])

    assert (len(bars(svg)), texts(svg, "chart-gap")) == (2, ["—"])


def test_negative_part_hangs_below_zero():
    svg = stacked_bars("Funding", "", [Series("Paid", [30]), Series("Refunded", [-10])], ["2016"])

    paid, refunded = bars(svg)
    assert number(paid, "y") + number(paid, "height") == number(refunded, "y")
    assert number(paid, "height") == 3 * number(refunded, "height")


# --- lines ------------------------------------------------------------------------------------------------------
def test_line_breaks_where_a_value_is_unknown():
    svg = line_chart("Income", "", [Series("Net", [1, 2, None, 4, 5])], [*YEARS, "2019", "2020"])

    runs = marked(svg, "polyline", "chart-line")
    assert [len(run.get("points").split()) for run in runs] == [2, 2]
    assert len(marked(svg, "circle", "chart-dot")) == 4


def test_reference_is_dashed_named_and_on_its_value():
    line = Series("Poverty line", [Decimal("2952.00")] * 3)

    svg = line_chart("Income", "", [Series("Net", [2000, 3000, 5000])], YEARS, "yuan", reference=line)

    (dashes,) = marked(svg, "polyline", "chart-reference")
    heights = {point.split(",")[1] for point in dashes.get("points").split()}
    # The axis ends at 5,000: 14 + 20 + 20 above the plot, then 190 × (1 − 2952 / 5000).
    assert heights == {"131.8"}
    assert dashes.find(f"{NS}title").text == "Poverty line"
    assert texts(svg, "chart-key") == ["Net", "Poverty line"]


def test_reference_known_for_one_year_crosses_its_slot():
    line = Series("Poverty line", [None, 3000, None])

    svg = line_chart("Income", "", [Series("Net", [2000, 3000, 5000])], YEARS, reference=line)

    (dashes,) = marked(svg, "polyline", "chart-reference")
    assert len(dashes.get("points").split()) == 2


def test_axis_reaches_up_to_the_reference():
    svg = bar_chart("Income", "", [Series("Net", [10])], ["2016"], reference=Series("Line", [90]))

    assert texts(svg, "chart-tick")[-1] == "100"


# --- lying bars -------------------------------------------------------------------------------------------------
def test_lying_bars_are_as_long_as_their_values_are_to_each_other():
    svg = horizontal_bars("Villages", "", [Series("Households", [100, 50, None])], ["Xili", "Ruoduo", "Erniunai"])

    long, short = bars(svg)
    assert abs(number(long, "width") - 2 * number(short, "width")) <= Decimal("0.1")
    assert texts(svg, "chart-value") == ["100", "50"]
    assert texts(svg, "chart-gap") == ["—"]


def test_long_name_takes_two_lines_and_is_shortened_beyond_them_with_the_whole_in_its_tooltip():
    name = "四川省阿坝藏族羌族自治州黑水县扎窝乡西里村"
    longer = name + "三组" * 3

    svg = horizontal_bars("Villages", "", [Series("Households", [1, 2])], [name, longer])

    assert texts(svg, "chart-label") == [name[:11], name[11:], name[:11], "州黑水县扎窝乡西里村…"]
    assert {found.text for found in drawn(svg).iter(f"{NS}title")} >= {longer}


def test_forty_lying_bars_make_a_higher_sheet():
    names = [f"Village {n}" for n in range(40)]

    svg = horizontal_bars("Villages", "", [Series("Households", list(range(40)))], names)

    assert texts(svg, "chart-label") == names
    assert Decimal(drawn(svg).get("viewBox").split()[3]) > 40 * 20


# --- categories -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("count", "shown", "css"), [(1, 1, "chart"), (9, 9, "chart"), (60, 20, "chart chart-wide")])
def test_years_are_skipped_evenly_where_they_are_many(count, shown, css):
    years = list(range(1985, 1985 + count))

    svg = bar_chart("Title", "", [Series("Name", [1] * count)], years)

    assert texts(svg, "chart-label") == [str(year) for year in years[:: 3 if count == 60 else 1]]
    assert len(texts(svg, "chart-label")) == shown
    assert drawn(svg).get("class") == css


def test_names_too_long_for_their_slots_are_turned_and_all_there():
    names = [f"Village {n} of Zhawo Countryside" for n in range(12)]

    svg = bar_chart("Title", "", [Series("Name", [1] * 12)], names)

    labels = marked(svg, "text", "chart-label")
    assert {label.get("transform")[:10] for label in labels} == {"rotate(-40"}
    assert tips(labels) == names


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("count", [1, 9, 40])
def test_nothing_is_drawn_outside_the_sheet(chart, count):
    svg = chart("Title", "", [Series("Name", [Decimal(n * 977) for n in range(count)])], list(range(count)), "yuan")

    _x, _y, width, height = map(Decimal, drawn(svg).get("viewBox").split())
    for node in drawn(svg).iter():
        assert Decimal(0) <= Decimal(node.get("x", "0")) <= width
        assert Decimal(0) <= Decimal(node.get("y", "0")) + Decimal(node.get("height", "0")) <= height


# --- all charts -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_chart_without_a_known_value_is_empty(chart, values):
    assert chart("Title", "", [Series("Name", values)], YEARS[: len(values)]) == ""


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_refuses_values_that_do_not_match_the_categories(chart):
    with pytest.raises(ValueError, match=r"^Spent: 2 values for 3 categories$"):
        chart("Title", "", [Series("Spent", [1, 2])], YEARS)


@pytest.mark.parametrize("chart", CHARTS)
def test_all_text_is_escaped(chart):
    hostile = """</title><script>alert("1")</script>&'"""

    svg = chart(hostile, hostile, [Series(hostile, [1, 2]), Series("b", [3, 4])], [hostile, "x"], hostile)

    root = drawn(svg)
    assert {node.tag.removeprefix(NS) for node in root.iter()} <= {
        *("svg", "title", "desc", "text", "line", "rect", "polyline", "circle", "defs", "pattern", "path")
    }
    assert root.find(f"{NS}title").text == hostile


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_obeys_the_strict_policy(chart):
    svg = chart("Title", "Words", [Series("a", [1, None, 3]), Series("b", [3, 4, 5])], YEARS, "yuan")

    names = {name for node in drawn(svg).iter() for name in node.attrib}
    assert [name for name in names if name == "style" or name.startswith("on") or "href" in name] == []


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_is_named_and_described_for_those_who_do_not_see_it(chart):
    svg = chart("Funding", "Allocated by year", [Series("a", [1, 2, 3])], YEARS, uid="funding")

    root = drawn(svg)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "funding-title funding-desc")
    named = {node.get("id"): node.text for node in root.iter() if node.get("id")}
    assert named == {"funding-title": "Funding", "funding-desc": "Allocated by year"}


def test_charts_on_one_page_have_ids_of_their_own():
    first = drawn(bar_chart("Title", "", [Series("Name", [1])], ["2016"])).get("aria-labelledby")
    second = drawn(bar_chart("Title", "", [Series("Name", [2])], ["2016"])).get("aria-labelledby")

    assert first != second


def test_years_may_be_given_as_numbers():
    svg = line_chart("Income", "By year", [Series("Net", [1])], [2016])

    assert tips(marked(svg, "circle", "chart-dot")) == ["2016 · Net: 1"]
