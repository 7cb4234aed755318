import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from alleviation.common.charts import Series, Tile, bar_chart, tile_map
from alleviation.common.drawings import Drawing, standing_alone
from alleviation.common.svg import FONT, text_width, wrapped

NS = "{http://www.w3.org/2000/svg}"


def drawing(title: str = "Money", finding: str = "") -> Drawing:
    svg = bar_chart(title, "By year", [Series("Spent", [Decimal("3.50"), 2])], [2016, 2017], "CNY", uid="drawing-x")
    return Drawing("x", title, svg, "annual-funding", finding)


def test_file_holds_title_finding_origin_and_every_mark_within_its_sheet() -> None:
    drawn = drawing("Money & more", "Spent fell from 3.5 to 2 yuan")

    root = ElementTree.fromstring(standing_alone(drawn, "Funding · 2026"))

    words = [node.text for node in root.iter(f"{NS}text")]
    assert words[:2] == ["Money & more", "Spent fell from 3.5 to 2 yuan"]
    assert words[-1] == "Funding · 2026"
    left, top, width, height = map(Decimal, root.get("viewBox", "").split())
    for node in [*root.iter()][1:]:
        assert left <= Decimal(node.get("x", "0")) <= left + width
        assert top <= Decimal(node.get("y", "0")) + Decimal(node.get("height", "0")) <= top + height


def test_file_opens_whatever_was_typed_into_a_name() -> None:
    root = ElementTree.fromstring(standing_alone(drawing("Zha\x01wo", "\ufffe & <b>")))

    assert [node.text for node in root.iter(f"{NS}text")][:2] == ["Zha�wo", "� & <b>"]


def test_file_has_the_colours_of_its_marks_inside_and_asks_for_nothing_elsewhere() -> None:
    said = standing_alone(drawing())

    assert re.findall(r"\.chart-fill\.chart-s1 \{ fill: (.*?); \}", said) == ["#165587"]
    assert re.findall(r"@import|url\((?!#)|href|<script|var\(", said) == []


def test_file_leads_nowhere_and_keeps_what_its_links_held() -> None:
    svg = tile_map("Areas", "", [Tile("1", "Xili", 5, "/areas/1/")])

    said = standing_alone(Drawing("areas", "Areas", svg))

    assert ("href" in svg, "href" in said, "<a" in said) == (True, False, False)
    assert [node.text for node in ElementTree.fromstring(said).iter(f"{NS}text")][-2:] == ["Xili", "5"]


def test_empty_drawing_makes_no_file() -> None:
    with pytest.raises(ValueError, match="x is not drawn"):
        standing_alone(Drawing("x", "Money", ""))


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("", []),
        ("one two three four", ["one two", "three four"]),
        ("下达资金减少，共三年", ["下达资金减", "少，共三年"]),
        ("unbreakable-and-long", ["unbreakable-and-long"]),
    ],
)
def test_words_are_wrapped_within_the_limit(words: str, lines: list[str]) -> None:
    limit = FONT * Decimal("5.7")

    assert wrapped(words, limit) == lines
    assert [line for line in lines if " " in line and text_width(line) > limit] == []
