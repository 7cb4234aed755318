"""A place knows what lies above and inside it from its code, and what it was before from its successions."""

import pytest
from django.db import IntegrityError

from projects.choices import Level
from projects.models import Division, Succession
from projects.models.places import short_name
from projects.rollups.places import child_level, child_of, name_children
from tests.factories import DivisionFactory, place


def succeed(former: Division, today: Division, kind: str = "recoded") -> Succession:
    return Succession.objects.create(predecessor=former, successor=today, kind=kind, source="a test")


@pytest.fixture
def ruoduo_today(ruoduo: Division) -> Division:
    """Ruoduo Village in Zhawo Town, as the list of 2023 has it."""
    place("51", "四川省", vintage=2023, name_en="Sichuan Province")
    place("513228107", "扎窝镇", vintage=2023, name_en="Zhawo Town")
    return place("513228107205", "若多村民委员会", vintage=2023, name_en="Ruoduo Village")


def test_ancestors_come_uppermost_first(ruoduo):
    names = [above.name for above in ruoduo.ancestors]

    assert names == ["四川省", "阿坝藏族羌族自治州", "黑水县", "扎窝乡"]


def test_ancestors_take_one_query_however_deep(ruoduo, heishui, django_assert_num_queries):
    # One: the places whose codes are spelt out in this one's.
    with django_assert_num_queries(1):
        assert len(ruoduo.ancestors) == 4
    with django_assert_num_queries(1):
        assert len(heishui.ancestors) == 2


def test_ancestors_are_of_the_same_list(ruoduo, ruoduo_today):
    assert [above.code for above in ruoduo_today.ancestors] == ["510000000000", "513228107000"]


def test_ancestors_of_a_county_whose_code_its_city_shares(db):
    guangdong = place("44", "广东省")
    city = DivisionFactory(code="441900000000", level=Level.PREFECTURE, name="东莞市", parent=guangdong)
    county = DivisionFactory(code="441900000000", level=Level.COUNTY, name="东莞市", parent=city)
    street = place("441900003", "东城街道")

    assert county.ancestors == [guangdong, city]
    assert street.ancestors == [guangdong, city, county]
    assert city.ancestors == [guangdong]


def test_code_stands_once_in_a_list_and_level(ruoduo):
    with pytest.raises(IntegrityError):
        Division.objects.create(code=ruoduo.code, level=ruoduo.level, vintage=ruoduo.vintage, name="又一村")


def test_inside_a_prefix_holds_the_place_and_all_below(ruoduo, xili, erniunai):
    codes = sorted(Division.objects.inside("513228212").values_list("code", flat=True))

    assert codes == ["513228212000", "513228212200", "513228212205"]


def test_latest_of_a_repeated_code_is_the_uppermost(db):
    DivisionFactory(code="441900000000", level=Level.COUNTY, vintage=2023, name="东莞市")
    city = DivisionFactory(code="441900000000", level=Level.PREFECTURE, vintage=2023, name="东莞市")
    DivisionFactory(code="441900000000", level=Level.PREFECTURE, vintage=2019, name="东莞市")

    assert Division.objects.latest_of("441900000000") == city


def test_prefixes_of_an_area_include_its_former_code(ruoduo, ruoduo_today):
    succeed(ruoduo, ruoduo_today)

    assert ruoduo_today.area_prefixes == ["513228107205", "513228212205"]
    assert ruoduo.area_prefixes == ["513228212205"]


def test_prefixes_of_an_area_leave_out_what_became_it_in_part(ruoduo, ruoduo_today):
    succeed(ruoduo, ruoduo_today, kind="split")

    assert ruoduo_today.area_prefixes == ["513228107205"]


def test_prefixes_of_an_area_take_one_query(ruoduo, ruoduo_today, django_assert_num_queries):
    succeed(ruoduo, ruoduo_today)

    # One: the successions that end in this place.
    with django_assert_num_queries(1):
        assert len(ruoduo_today.area_prefixes) == 2


@pytest.mark.parametrize(
    ("code", "level", "child"),
    [
        ("513228212205", Level.PROVINCE, "510000000000"),
        ("513228212205", Level.PREFECTURE, "513200000000"),
        ("513228212205", Level.COUNTY, "513228000000"),
        ("513228212205", Level.TOWNSHIP, "513228212000"),
        ("513228212205", Level.VILLAGE, "513228212205"),
        ("513228000000", Level.COUNTY, "513228000000"),
        ("513228000000", Level.TOWNSHIP, ""),
        ("510000000000", Level.PREFECTURE, ""),
    ],
)
def test_child_of_a_level_holds_the_code(code, level, child):
    assert child_of(code, level) == child


def test_child_level_ends_at_the_village(heishui, ruoduo):
    assert child_level(None) == Level.PROVINCE
    assert child_level(heishui) == Level.TOWNSHIP
    assert child_level(ruoduo) is None


def test_children_are_named_by_the_latest_list_that_has_them(ruoduo, ruoduo_today):
    place("513228212205", "旧名村民委员会", vintage=2018)

    named = name_children(["513228212205", "513228107205"], Level.VILLAGE)

    assert {code: (child.name, child.is_former) for code, child in named.items()} == {
        "513228212205": ("Ruoduo Village (in 2018: 旧名村)", True),
        "513228107205": ("Ruoduo Village", False),
    }


def test_children_are_named_in_two_queries_however_many(heishui, django_assert_num_queries):
    codes = [place(f"5132282122{number:02}").code for number in range(30)]

    for wanted in (codes[:1], codes[:3], codes):
        # The year of the latest list; the places.
        with django_assert_num_queries(2):
            assert len(name_children(wanted, Level.VILLAGE)) == len(wanted)


@pytest.mark.parametrize(
    ("listed", "short"),
    [
        ("若多村民委员会", "若多村"),
        ("正街社区居民委员会", "正街社区"),
        ("文明街居民委员会", "文明街"),
        ("扎窝乡", "扎窝乡"),
    ],
)
def test_short_name_is_the_place_and_not_its_committee(listed, short):
    assert short_name(listed) == short


def test_a_place_entered_by_hand_is_no_list(ruoduo, ruoduo_today):
    place("513228107206", "克别村民委员会", vintage=2025)

    assert Division.objects.latest_vintage() == 2023
