import json
import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from alleviation.common.charts import Event, Tile, tile_map, timeline
from alleviation.common.charts.boundaries import read
from alleviation.common.charts.outlines import cosine, laid
from alleviation.common.charts.shades import class_lows
from tests.drawn import NS, drawn, marked, number, outside, texts, tips

SQUARE = [[102, 32], [103, 32], [103, 33], [102, 33], [102, 32]]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- timeline ---------------------------------------------------------------------------------------------------
def test_bar_lies_over_its_term_and_a_day_is_a_point() -> None:
    events = [
        Event("half", date(2018, 1, 1), date(2018, 7, 2)),
        Event("day", date(2018, 7, 2), date(2018, 7, 2)),
        Event("year", date(2018, 1, 1), date(2018, 12, 31)),
    ]

    svg = timeline("t", "", events)

    half, year = marked(svg, "rect", "chart-bar")
    (day,) = marked(svg, "circle", "chart-dot")
    assert number(half, "x") == number(year, "x")
    assert round(number(half, "width") / number(year, "width"), 2) == Decimal("0.50")
    assert abs(number(day, "cx") - number(half, "x") - number(half, "width")) <= Decimal("0.1")
    assert tips(svg)[0] == "half · 2018-01-01 to 2018-07-02"


@pytest.mark.parametrize(
    ("first", "last", "masks", "words"),
    [
        (date(2018, 1, 1), None, ["url(#u-up)"], "2018-01-01 to end not stated"),
        (None, date(2018, 1, 1), ["url(#u-down)"], "start not stated to 2018-01-01"),
    ],
)
def test_end_that_is_not_known_fades(first: date | None, last: date | None, masks: list[str], words: str) -> None:
    svg = timeline("t", "", [Event("e", first, last)], uid="u")

    assert [bar.get("mask") for bar in marked(svg, "rect", "chart-bar")] == masks
    assert tips(svg) == [f"e · {words}"]


def test_event_without_a_day_says_that_its_term_is_not_stated() -> None:
    svg = timeline("t", "", [Event("e", None, None), Event("f", date(2018, 1, 1), None)])

    assert texts(svg, "chart-gap") == ["term not stated"]


def test_kinds_have_colours_and_a_legend_and_today_is_marked() -> None:
    events = [Event("a", date(2018, 1, 1), None, "alliance"), Event("b", None, date(2021, 1, 1), "pledge")]

    svg = timeline("t", "", events, today=date(2019, 1, 1))

    assert texts(svg, "chart-key") == ["alliance", "pledge"]
    assert (len(marked(svg, "line", "chart-today")), texts(svg, "chart-note")) == (1, ["today"])


# --- tiles ------------------------------------------------------------------------------------------------------
def tiles(*values: int | None) -> list[Tile]:
    return [Tile(f"{n:012}", f"Village {n}", value, f"/areas/{n:012}/") for n, value in enumerate(values)]


def test_tile_has_its_value_a_shade_and_a_link() -> None:
    svg = tile_map("t", "", tiles(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "person")

    assert [node.get("href") for node in drawn(svg).iter(f"{NS}a")][:1] == ["/areas/000000000000/"]
    shades = [node.get("class", "")[-1] for node in marked(svg, "rect", "chart-tile")]
    assert "".join(shades) == "1122334455"
    assert texts(svg, "chart-key") == ["1 – <3", "3 – <5", "5 – <7", "7 – <9", "≥ 9"]
    assert tips(svg)[0] == "Village 0: 1 persons"
    assert drawn(svg).get("role") == "group"


def test_unknown_tile_is_hatched_and_told() -> None:
    svg = tile_map("t", "", tiles(5, None), uid="u")

    assert [node.get("fill") for node in marked(svg, "rect", "chart-hatched")] == ["url(#u-hatch)"] * 2
    assert (texts(svg, "chart-key"), tips(svg)) == (["5", "not known"], ["Village 0: 5", "Village 1: not known"])


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_every_value_is_in_a_class(values: list[Decimal]) -> None:
    lows = class_lows(values)

    assert lows == sorted(set(lows))
    assert len(lows) <= 5
    assert lows[0] <= min(values)
    assert [low for low in lows if low > max(values)] == []


def test_tiles_of_a_county_stay_small() -> None:
    many = [Tile(f"{n:012}", f"Ruoduo Village {n}", 1000 + n, f"/areas/{n:012}/") for n in range(130)]

    assert len(tile_map("t", "", many, "CNY").encode()) < 60_000


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example/"])
def test_tile_leads_nowhere_else(url: str) -> None:
    with pytest.raises(ValueError, match="is not an address of this site"):
        tile_map("t", "", [Tile("1", "a", 1, url)])


# --- boundaries -------------------------------------------------------------------------------------------------
def feature(code: Any = "513228", ring: Any = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": [ring]}}


def geojson(folder: Path, said: Any) -> Path:
    path = folder / "areas.geojson"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_boundaries_are_read_by_code(tmp_path: Path) -> None:
    shapes = read(geojson(tmp_path, collection(feature("513228"), feature("513228212205"))))

    assert list(shapes) == ["513228000000", "513228212205"]
    assert shapes["513228000000"][0][1] == (Decimal(103), Decimal(32))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("{", "is no JSON"),
        ("NaN", "is no FeatureCollection"),
        ("[" * 100_000, "is no JSON"),
        ([], "is no FeatureCollection"),
        ({"type": "Feature"}, "is no FeatureCollection"),
        (collection(3), "feature 1: its property code is not 2 to 12 digits"),
        (collection(feature("51-32")), "feature 1: its property code is not 2 to 12 digits"),
        (collection(feature(), feature()), "feature 2: code 513228000000 is there twice"),
        (collection(feature(kind="Point")), "feature 1: its geometry is Point, not Polygon or MultiPolygon"),
        (collection(feature(ring=SQUARE[:3])), "a ring does not end where it begins"),
        (collection(feature(ring=[["a", 1]] * 4)), "a point is not two numbers"),
        (collection(feature(ring=[[500, 1]] * 4)), "a point is not in degrees, longitude first"),
        (collection(feature(ring="x")), "its coordinates are not lists of rings"),
    ],
)
def test_file_that_makes_no_sense_is_refused_with_the_reason(tmp_path: Path, said: Any, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=reason):
        read(geojson(tmp_path, said))


def test_file_with_too_many_points_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alleviation.common.charts.boundaries.MOST_POINTS", 4)

    with pytest.raises(ImproperlyConfigured, match="has more than 4 points"):
        read(geojson(tmp_path, collection(feature())))


def test_missing_and_huge_files_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(9 * 1024 * 1024)

    with pytest.raises(ImproperlyConfigured, match="is larger than 8 MiB"):
        read(huge)
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read(tmp_path / "none")


def test_areas_with_boundaries_are_drawn_within_them_and_the_others_are_tiles(tmp_path: Path) -> None:
    shapes = read(geojson(tmp_path, collection(feature("000000000000"), feature("51"))))
    areas = tiles(7, 9)

    svg = tile_map("t", "", areas, bounds=laid(shapes, [tile.code for tile in areas], (Decimal(420), Decimal(300))))

    assert [node.get("d", "")[0] for node in marked(svg, "path", "chart-tile")] == ["M"]
    assert (len(marked(svg, "rect", "chart-tile")), outside(svg)) == (1, [])


def test_degree_of_longitude_is_as_wide_as_it_is_in_its_latitude(tmp_path: Path) -> None:
    north = [[10, 59], [11, 59], [11, 61], [10, 61], [10, 59]]
    shapes = read(geojson(tmp_path, collection(feature("51", north))))

    left, top, right, bottom = laid(shapes, ["510000000000"], (Decimal(400), Decimal(400)))["510000000000"].box

    # Two degrees high, one wide, at 60°: cos 60° = 0.5.
    assert (bottom - top, round((right - left) / (bottom - top), 6)) == (400, Decimal("0.25"))


def test_long_outlines_lose_points_that_lie_on_each_other(tmp_path: Path) -> None:
    ring = [[102 + math.cos(n / 1300), 32 + math.sin(n / 1300)] for n in range(8_000)]
    shapes = read(geojson(tmp_path, collection(feature("51", [*ring, ring[0]]))))

    outline = laid(shapes, ["510000000000"], (Decimal(720), Decimal(460)))["510000000000"]

    assert 1_000 < len(outline.path) < 40_000


@pytest.mark.parametrize("degrees", [0, 30, 45, 60, 85])
def test_cosine_is_that_of_the_library(degrees: int) -> None:
    assert abs(cosine(Decimal(degrees)) - Decimal(math.cos(math.radians(degrees)))) < Decimal("1e-12")
