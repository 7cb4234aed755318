"""What a manager is told of how many families warn, are watched and were cleared: by county, and no number of few."""

from datetime import timedelta
from decimal import Decimal as D
from itertools import combinations

import pytest
from django.utils.timezone import localdate

from alleviation.accounts.rights import Role
from projects.models import Division
from tests.acceptance.reading import page
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, LargeExpenseFactory, MonitoringFactory, UserFactory, place
from tests.scrutiny.explained import opened, taken

LIMIT = 5
# Of each village how many warn and are watched, and how many others there are. By county: 6, 5, 4 and none; the first
# three are of one province, two of them of one prefecture.
FAMILIES = {
    "513228212205": (4, 6),
    "513228213201": (2, 6),
    "513229212205": (5, 9),
    "511321212205": (4, 9),
    "451102212205": (0, 9),
}
COUNTIES = {"513228": 6, "513229": 5, "511321": 4, "451102": 0}
FIGURES = ("early-warnings", "monitored", "cleared")
PLACES = [
    *("", "51", "5132", "5113", "45", "4511"),
    *COUNTIES,
    *(code[:length] for code in FAMILIES for length in (9, 12)),
]


@pytest.fixture
def nation(db: None, settings) -> None:
    """Four counties; whoever is in need warns, is watched, and was watched once before."""
    settings.SMALLEST_CELL = LIMIT
    for code in sorted({one[:length] for one in FAMILIES for length in (2, 4, 6, 9, 12)}):
        place(code, f"地{code}")
    for code, (needy, others) in FAMILIES.items():
        village = Division.objects.get(code=code)
        for number in range(needy + others):
            household = HouseholdFactory(village=village, number=f"{number:03}")
            if number < needy:
                _in_need(household)


def _in_need(household) -> None:
    day = localdate()
    LargeExpenseFactory(household=household, amount=D("9.00"), spent_on=day - timedelta(days=9))
    MonitoringFactory(household=household, cleared_on=day - timedelta(days=2), cleared_reason="earns again")
    MonitoringFactory(household=household, identified_on=day - timedelta(days=1))


def told(user, figure: str, **asked: str) -> int | None:
    """The figure of an explanation, which its words, its rows and its file agree with."""
    seen = opened(user, figure, **asked)
    value = seen["figure"].value(seen["query"])
    rows, total = taken(user, figure, **asked)
    assert seen["words"] == ("withheld" if value is None else str(value))
    assert sum(int(row["Number"]) for row in rows) == (value or 0)
    assert (total["Number"], total["Withheld"]) == (("", "withheld") if value is None else (str(value), ""))
    return value


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.slow
def test_of_a_county_it_is_told_how_many_unless_they_are_few(figure, nation, manager):
    found = {code: told(manager, figure, area=code.ljust(12, "0")) for code in COUNTIES}

    assert found == {"513228": 6, "513229": 5, "511321": None, "451102": 0}


def test_of_a_larger_place_it_is_told_where_it_is_of_each_county_in_it(nation, manager):
    found = {code: told(manager, "monitored", area=code.ljust(12, "0")) for code in ("5132", "5113", "51", "45")}

    # 5132: 6 + 5 = 11.
    assert found == {"5132": 11, "5113": None, "51": None, "45": 0}
    assert told(manager, "monitored") is None


@pytest.mark.parametrize("area", ["513228212000", "513228213000", "513228212205"])
@pytest.mark.slow
def test_of_a_part_of_a_county_nothing_is_told(area, nation, manager):
    assert told(manager, "early-warnings", area=area) is None
    assert page(signed_in(manager), "/households/warnings/", area=area)["warnings"].rows == []


def test_no_kind_is_told(nation, manager):
    area = "513228000000"
    tables = page(signed_in(manager), "/households/warnings/", area=area)

    assert told(manager, "early-warnings", area=area, of="expense") is None
    assert told(manager, "monitored", area=area, of="marginal") is None
    assert (tables["warnings"].head, tables["monitored"].head) == (
        ["Area", "Warnings"],
        ["Area", "Monitored", "Cleared"],
    )


def test_the_page_and_its_file_say_withheld_where_the_explanation_does(nation, manager):
    client = signed_in(manager)

    assert page(client, "/households/warnings/")["monitored"].rows == [
        {"Area": "地51", "Monitored": "withheld", "Cleared": "withheld"}
    ]
    shown = page(client, "/households/warnings/", area="513200000000")["monitored"]
    assert [list(row.values()) for row in shown.rows] == [["地513228", "6", "6"], ["地513229", "5", "5"]]
    assert list((shown.total or {}).values()) == ["Total", "11", "11"]


def test_whoever_may_see_households_is_told_every_number(nation, auditor):
    seen = opened(auditor, "early-warnings", area="511321212205")

    assert seen["figure"].value(seen["query"]) == 4
    assert page(signed_in(auditor), "/households/warnings/")["warnings"].rows[0]["Warnings"] == "15"


def test_a_manager_of_a_part_is_told_no_more_than_one_of_all(nation):
    of_part = UserFactory(username="of-a-township", role=Role.MANAGER, area="513228212")
    of_county = UserFactory(username="of-a-county", role=Role.MANAGER, area="513228")

    assert told(of_part, "monitored") is None
    assert told(of_county, "monitored") == 6


@pytest.mark.slow
@pytest.mark.parametrize("figure", FIGURES)
def test_no_difference_of_what_is_told_is_of_few(figure, nation, manager):
    """An attacker asks for every place, and takes what lies inside another place from it."""
    asked = {code: told(manager, figure, **({"area": code.ljust(12, "0")} if code else {})) for code in PLACES}
    known = {code: value for code, value in asked.items() if value is not None}

    sums = {0}
    for count in range(1, 4):
        for parts in combinations(sorted(known), count):
            apart = all(not b.startswith(a) for a, b in combinations(parts, 2))
            around = [known[one] for one in known if apart and all(part.startswith(one) for part in parts)]
            sums |= {one - sum(known[part] for part in parts) for one in around}

    # The third and the last county have one village each, which is all of them.
    whole = {code: asked[code] for code in PLACES if code.startswith(("513229", "451102"))}
    assert known == {"513228": 6, "5132": 11, "45": 0, "4511": 0, **whole}
    assert set(whole.values()) == {5, 0}
    assert [one for one in sums if 0 < one < LIMIT] == []
