"""Areas as prefixes, over codes nobody thought of."""

import re

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.areas import AREA_CODE, LEVEL_LENGTHS, covers, prefix_of, within, within_any
from projects.models import Division
from tests.factories import place

CODES = st.from_regex(r"[0-9]{12}", fullmatch=True)
PREFIXES = st.sampled_from(LEVEL_LENGTHS).flatmap(lambda n: st.from_regex(rf"[0-9]{{{n}}}", fullmatch=True))


def bounds(prefix: str) -> tuple[str, str | None]:
    """The two ends of the range that `within` asks the database for; None where it has no upper end."""
    ends = dict(within(prefix).children)
    return ends["code__gte"], ends.get("code__lt")


def is_between(code: str, low: str, high: str | None) -> bool:
    return low <= code and (high is None or code < high)


@given(PREFIXES, CODES)
@pytest.mark.slow
def test_the_range_holds_the_codes_that_start_with_the_prefix_and_no_other(prefix, code):
    assert is_between(code, *bounds(prefix)) == code.startswith(prefix)
    assert covers(prefix, code) == code.startswith(prefix)


@given(PREFIXES, CODES)
@pytest.mark.slow
def test_a_code_below_an_area_is_in_its_range(prefix, code):
    inside = prefix + code[len(prefix) :]

    assert is_between(inside, *bounds(prefix))


@given(PREFIXES)
@pytest.mark.slow
def test_the_ends_of_a_range_are_digits_which_every_language_sorts_alike(prefix):
    low, high = bounds(prefix)

    assert all("0" <= character <= "9" for character in low + (high or ""))


@given(CODES)
@pytest.mark.slow
def test_a_code_is_its_prefix_and_zeros(code):
    prefix = prefix_of(code)

    assert prefix.ljust(12, "0") == code
    assert len(prefix) in LEVEL_LENGTHS


@given(PREFIXES)
def test_no_shorter_level_would_do(prefix):
    code = prefix.ljust(12, "0")

    shorter = [n for n in LEVEL_LENGTHS if n < len(prefix_of(code))]

    assert [n for n in shorter if code[:n].ljust(12, "0") == code] == []


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("510000000000", "51"),
        ("513200000000", "5132"),
        ("513228000000", "513228"),
        ("513228212000", "513228212"),
        ("513228212205", "513228212205"),
        ("513228212200", "513228212200"),
        ("110100000000", "1101"),
        ("500000000000", "50"),
        ("441900003000", "441900003"),
    ],
)
def test_prefixes_of_real_codes(code, prefix):
    assert prefix_of(code) == prefix


def test_the_empty_area_is_everywhere():
    assert within("") == Q()
    assert covers("", "513228212205")


@pytest.mark.parametrize(
    ("prefix", "ends"), [("51", ("51", "52")), ("09", ("09", "1")), ("99", ("99", None)), ("5139", ("5139", "514"))]
)
def test_the_end_of_a_range_after_a_nine(prefix, ends):
    assert bounds(prefix) == ends


@pytest.mark.parametrize("text", ["51", "5132", "513228", "513228212", "513228212205"])
def test_an_area_is_a_whole_level(text):
    assert re.match(AREA_CODE, text)


@pytest.mark.parametrize("text", ["", "5", "513", "51322", "5132282", "51322821", "5132282122", "x1"])
def test_part_of_a_level_is_no_area(text):
    assert re.match(AREA_CODE, text) is None


@pytest.mark.django_db
def test_the_database_agrees_with_startswith():
    codes = ["51", "5132", "513228", "513228212", "513228212205", "513229", "52", "99", "990101"]
    for code in codes:
        place(code)

    for prefix in codes:
        asked = set(Division.objects.filter(within(prefix)).values_list("code", flat=True))
        assert asked == {code.ljust(12, "0") for code in codes if code.ljust(12, "0").startswith(prefix)}


@pytest.mark.django_db
def test_any_of_several_areas_is_their_union(ruoduo, erniunai, hezhou):
    found = Division.objects.filter(within_any(["513228212", "45"])).values_list("code", flat=True)

    assert sorted(found) == [
        "450000000000",
        "451100000000",
        "451102000000",
        "513228212000",
        "513228212205",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("prefixes", [[], [""]])
def test_any_of_no_area_is_nothing_rather_than_everything(prefixes, ruoduo):
    assert Division.objects.filter(within_any(prefixes)).count() == 0
