"""Money cut in two ways at once, against the golden county of tests/golden.py."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from alleviation.common.query import Query
from projects.models import Division
from projects.rollups import (
    Funding,
    area_query,
    funding_by_year_and_area,
    funding_by_year_and_kind,
    funding_by_year_and_level,
    funding_flows,
    funding_total,
)
from tests.golden import golden_money


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    return heishui


def allocated(sums: list[Funding]) -> dict[Any, str]:
    return {one.key: str(one.allocated) for one in sums if one.allocated}


def test_by_year_and_kind_and_level_are_the_sums_by_hand(everything: Query, county: Division) -> None:
    assert allocated(funding_by_year_and_kind(everything)) == {
        (2018, "pv_centralised"): "1500.30",
        (2019, "road"): "200.00",
        (2019, None): "99.70",
    }
    assert allocated(funding_by_year_and_level(everything)) == {
        (2018, "county"): "500.20",
        (2018, "enterprise"): "1000.10",
        (2019, "county"): "299.70",
    }


def test_by_year_and_area_tells_what_lies_in_no_smaller_place(everything: Query, county: Division) -> None:
    assert allocated(funding_by_year_and_area(area_query(everything, county), county)) == {
        (2018, "513228212000"): "1500.30",
        (2019, "513228213000"): "200.00",
        (2019, ""): "99.70",
    }


def test_flows_lead_from_source_over_kind_to_place(everything: Query, county: Division, ruoduo: Division) -> None:
    found = funding_flows(area_query(everything, county), county)
    of_village = funding_flows(area_query(everything, ruoduo), ruoduo)

    assert {(one.key[0][0], *one.key[1:]): str(one.allocated) for one in found if one.allocated} == {
        ("company", "pv_centralised", "513228212000"): "1000.10",
        ("county", "pv_centralised", "513228212000"): "500.20",
        ("county", "road", "513228213000"): "200.00",
        ("county", None, ""): "99.70",
    }
    assert {one.key[1:] for one in of_village} == {("pv_centralised", "")}
    assert sum((one.allocated for one in of_village), Decimal(0)) == Decimal("1500.30")


@pytest.mark.parametrize("year", [None, 2018])
def test_each_cut_adds_up_to_the_whole_today_and_on_a_day(
    everything: Query, county: Division, year: int | None
) -> None:
    asked = everything.of_years(year, year) if year else everything
    for query in (asked, replace(asked, as_of=timezone.now())):
        cuts = [
            funding_by_year_and_kind(query),
            funding_by_year_and_level(query),
            funding_by_year_and_area(query, None),
            funding_flows(query, None),
        ]

        assert [sum(cut, Funding()) for cut in cuts] == [funding_total(query)] * 4
