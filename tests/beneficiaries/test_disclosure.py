"""Which sums may be told: whoever knows all of them, and each number of households, computes no small one."""

import csv
import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common import words
from alleviation.common.query import Query
from beneficiaries.choices import HouseholdCategory
from beneficiaries.models import Household
from beneficiaries.rollups import (
    income_by_category,
    income_by_cause,
    income_by_year_and_area,
    income_by_year_and_village,
    income_total,
)
from beneficiaries.rollups.blocks import Part, Path, blocks_of, hang_together, regions_of
from beneficiaries.rollups.telling import changes_told
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    UserFactory,
    place,
)
from tests.scrutiny.explained import opened, taken

LIMIT = 5
CODES = "abc"


def random_tree(rng: random.Random, most: int = 9) -> dict[Path, int]:
    """Households by village, in up to two counties of up to three townships of up to three villages."""
    places = product("12", "123", "123")
    return {path: rng.randint(1, most) for path in places if rng.random() < 0.6}


def sums_told(cells: dict[Path, int], parts: Iterable[Part]) -> list[set[Path]]:
    """The villages of each place of which the sum is told: they make whole blocks, none of which is small."""
    places = {path[:depth] for path in cells for depth in range(len(path) + 1)}
    held = [{path for path in cells if path[: len(place)] == place} for place in places]
    return [inside for inside in held if all(_is_whole(part, inside) for part in parts)]


def _is_whole(part: Part, inside: set[Path]) -> bool:
    return not part.paths & inside or (part.paths <= inside and part.households >= LIMIT)


class Attacker:
    """Who knows sums, as rows of 0 and 1 over cells, and whatever follows from them."""

    def __init__(self, told: Iterable[list[Fraction]]) -> None:
        self.known: list[tuple[int, list[Fraction]]] = []
        for row in told:
            left = self._less_known(row)
            if (lead := next((place for place, value in enumerate(left) if value), None)) is not None:
                self.known.append((lead, left))

    def computes(self, wanted: list[Fraction]) -> bool:
        """Whether a sum follows from those that are told, by Gaussian elimination."""
        return not any(self._less_known(wanted))

    def _less_known(self, row: list[Fraction]) -> list[Fraction]:
        for lead, known in self.known:
            if row[lead]:
                row = [a - b * row[lead] / known[lead] for a, b in zip(row, known, strict=True)]
        return row


def row_of(cells: Iterable[object], among: set[object]) -> list[Fraction]:
    return [Fraction(cell in among) for cell in cells]


def small_sets(weights: dict[object, int]) -> Iterator[set[object]]:
    """Each set of up to three cells of fewer households than may be told."""
    for number in (1, 2, 3):
        for some in combinations(sorted(weights, key=repr), number):
            if sum(weights[cell] for cell in some) < LIMIT:
                yield set(some)


@pytest.mark.parametrize("seed", range(12))
def test_no_sum_of_few_households_follows_from_the_sums_that_are_told(seed: int) -> None:
    cells = random_tree(random.Random(seed))

    told = sums_told(cells, blocks_of(cells, LIMIT))

    attacker = Attacker(row_of(cells, inside) for inside in told)
    assert [some for some in small_sets(cells) if attacker.computes(row_of(cells, some))] == []


@pytest.mark.parametrize("seed", range(6))
def test_a_tree_without_a_small_cell_is_told_whole(seed: int) -> None:
    cells = {path: 4 + number for path, number in random_tree(random.Random(seed)).items()}

    parts = blocks_of(cells, LIMIT)

    assert sorted(min(part.paths) for part in parts) == sorted(cells)
    assert len(parts) == len(cells)


def test_a_small_village_is_told_with_the_smallest_beside_it() -> None:
    cells = {("1", "1"): 1, ("1", "2"): 20, ("1", "3"): 7, ("2", "1"): 6}

    parts = blocks_of(cells, LIMIT)

    assert {part.paths: part.households for part in parts} == {
        frozenset({("1", "1"), ("1", "3")}): 8,
        frozenset({("1", "2")}): 20,
        frozenset({("2", "1")}): 6,
    }


def test_a_small_township_is_told_with_the_smallest_village_of_another() -> None:
    cells = {("1", "1"): 1, ("1", "2"): 2, ("2", "1"): 9, ("2", "2"): 6}

    parts = blocks_of(cells, LIMIT)

    assert {part.paths: part.households for part in parts} == {
        frozenset({("1", "1"), ("1", "2"), ("2", "2")}): 9,
        frozenset({("2", "1")}): 9,
    }


def test_a_nation_of_few_households_is_one_small_block() -> None:
    parts = blocks_of({("1", "1"): 1, ("2", "1"): 3}, LIMIT)

    assert [part.households for part in parts] == [4]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(20))
def test_no_sum_of_few_households_follows_from_a_cut_beside_the_sums_by_place(seed: int) -> None:
    """Known besides: which village has no household of a code."""
    rng = random.Random(seed)
    most = rng.choice((2, 9, 20))
    weights = {
        (path, code): number
        for path in random_tree(rng)
        for code in CODES
        if (number := rng.choice((0, rng.randint(1, most))))
    }
    cells: dict[Path, int] = {}
    for (path, _code), number in weights.items():
        cells[path] = cells.get(path, 0) + number
    blocks = blocks_of(cells, LIMIT)
    regions = regions_of(blocks, weights, LIMIT)
    told = [row_of(weights, {(p, c) for p, c in weights if p in inside}) for inside in sums_told(cells, blocks)]

    untold = {path for path in cells if not any(path in part.paths for part in regions)}
    for inside in sums_told(cells, [*regions, *(Part(1, frozenset({path})) for path in untold)]):
        for code in CODES:
            if not any(code in part.untold and part.paths & inside for part in regions):
                told.append(row_of(weights, {(p, c) for p, c in weights if p in inside and c == code}))

    attacker = Attacker(told)
    assert [some for some in small_sets(weights) if attacker.computes(row_of(weights, some))] == []


def test_rows_and_columns_that_share_few_tell_what_they_share() -> None:
    # a-x 9, b-y 9, and 2 between: Σ a − Σ x are the 2.
    assert not hang_together({("a", "x"): 9, ("b", "y"): 9, ("a", "y"): 2}, LIMIT)
    assert hang_together({("a", "x"): 9, ("b", "y"): 9, ("a", "y"): 2, ("b", "x"): 3}, LIMIT)
    assert hang_together({("a", "x"): 9, ("b", "y"): 9}, LIMIT)


# --- of a county -------------------------------------------------------------------------------------------------

# Households by village and year: Xili has one household in 2018.
COUNTY = {
    (2018, "ruoduo"): 6,
    (2018, "xili"): 1,
    (2018, "zhawo_village"): 9,
    (2018, "erniunai"): 7,
    (2019, "ruoduo"): 6,
    (2019, "xili"): 5,
    (2019, "zhawo_village"): 9,
    (2019, "erniunai"): 7,
}
SECRET = Decimal("31337.77")


@pytest.fixture
def county(db: None, settings: Any, ruoduo: Division, xili: Division, erniunai: Division) -> dict[str, Division]:
    """Three villages of Zhawo and one of Qinglang, told to managers from five households on."""
    settings.SMALLEST_CELL = LIMIT
    places = {"ruoduo": ruoduo, "xili": xili, "erniunai": erniunai}
    places["zhawo_village"] = place("513228212201", "扎窝村民委员会", name_en="Zhawo Village")
    homes = {name: [HouseholdFactory(village=village) for _ in range(9)] for name, village in places.items()}
    for (year, name), number in COUNTY.items():
        for home in homes[name][:number]:
            wages = SECRET if (year, name) == (2018, "xili") else Decimal(1000 * year + home.pk)
            IncomeRecordFactory(household=home, year=year, persons=3, wage_income=wages)
    return places


def asked_of_figures(county: dict[str, Division]) -> Iterator[tuple[dict[str, str], set[object]]]:
    """Questions as addresses have them, and the villages and years that each is about."""
    places = {"": "", "county": "513228", "zhawo": "513228212", "qinglang": "513228213"}
    prefixes = places | {name: village.code for name, village in county.items()}
    years = ({"year": "2018"}, (2018,)), ({"year": "2019"}, (2019,)), ({}, (2018, 2019))
    for (asked, among), prefix, by in product(years, prefixes.values(), ("area", "inside")):
        code = prefix.ljust(12, "0") if prefix else ""
        held = {(year, name) for year, name in COUNTY if year in among and county[name].code.startswith(prefix)}
        yield {**asked, **({by: code} if code else {})}, held


@pytest.mark.slow
def test_no_small_sum_follows_from_what_a_manager_is_told(manager: User, county: dict[str, Division]) -> None:
    cells = list(COUNTY)
    told, hidden = [], []
    for asked, held in asked_of_figures(county):
        words = opened(manager, "net-income", **asked)["words"]
        (hidden if words == "withheld" else told).append(row_of(cells, held))

    attacker = Attacker(told)

    assert [some for some in small_sets(COUNTY) if attacker.computes(row_of(cells, some))] == []
    # Xili and, with it, Ruoduo of 2018; Zhawo, Qinglang and the county are told.
    assert {tuple(row) for row in hidden} == {
        tuple(row_of(cells, {(year, name) for year in years}))
        for name in ("xili", "ruoduo")
        for years in ((2018,), (2018, 2019))
    }


@pytest.mark.parametrize(
    "address",
    [
        "/income/",
        "/income/?year=2018&area=513228212000",
        "/",
        "/areas/",
        "/areas/513228212000/",
        "/areas/513228212200/",
        "/explain/per-capita-income/?year=2018&area=513228212200",
        "/explain/wage-income/?year=2018&inside=513228212000",
        "/explain/net-income.csv?area=513228212000",
        "/explain/net-income.csv?area=513228212200",
        "/reports/per-capita-income/?area=513228212000",
        "/reports/per-capita-income.csv?area=513228212000",
    ],
)
@pytest.mark.slow
def test_no_page_nor_file_of_a_manager_has_the_income_of_the_only_household(
    manager: User, auditor: User, county: dict[str, Division], address: str
) -> None:
    found = signed_in(manager).get(address)
    page = (found.getvalue() if found.streaming else found.content).decode()

    assert found.status_code == 200
    # The figure, per head, and with the six of Ruoduo what is told without it.
    assert [text for text in ("31337.77", "31,337.77", "10445.92", "10,445.92") if text in page] == []


@pytest.mark.slow
def test_a_table_says_of_a_village_that_it_is_withheld_and_tells_the_exact_total(
    manager: User, county: dict[str, Division]
) -> None:
    page = signed_in(manager).get("/income/?year=2018&area=513228212000")
    table = page.context["tables"]["income_by_area"].table

    cells = {line.cells[0].text: [cell.text for cell in line.cells[1:5]] for line in table.body()}
    assert cells["Xili Village"] == ["1", "3", "withheld", "withheld"]
    assert cells["Ruoduo Village"] == ["6", "18", "withheld", "withheld"]
    exact = sum(
        one.net_income
        for one in income_by_year_and_village(Query(user=manager, first_year=2018, last_year=2018))
        if one.key[1] != county["erniunai"].code
    )
    assert [cell.text for cell in table.foot().cells[1:4]] == ["16", "48", words.yuan(exact)]


def test_the_rows_of_an_explanation_add_up_though_two_villages_stand_in_one(
    manager: User, county: dict[str, Division]
) -> None:
    rows, total = taken(manager, "net-income", year="2018", area="513228212000")

    assert [(row["Division code"], row["Households"]) for row in rows] == [("513228212201", "9"), ("", "7")]
    assert sum(Decimal(row["Net income (yuan)"]) for row in rows) == Decimal(total["Net income (yuan)"])


def test_the_file_says_which_rows_lack_figures(manager: User, county: dict[str, Division]) -> None:
    text = signed_in(manager).get("/reports/per-capita-income.csv?year=2018&area=513228212000").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))

    told = [(row["Division code"], row["Net income (yuan)"] == "", row["Withheld"]) for row in rows]
    assert told == [
        ("513228212200", True, "withheld"),
        ("513228212201", False, ""),
        ("513228212205", True, "withheld"),
        ("", False, ""),
    ]


def test_whoever_sees_households_is_told_everything_but_in_the_report_to_be_published(
    auditor: User, county: dict[str, Division]
) -> None:
    client = signed_in(auditor)
    asked = "?year=2018&area=513228212000"

    own = client.get(f"/reports/per-capita-income.csv{asked}").getvalue().decode()
    public = client.get(f"/reports/per-capita-income-public.csv{asked}").getvalue().decode()

    assert ("31337.77" in own, "31337.77" in public) == (True, False)


def test_the_report_to_be_published_is_the_same_for_every_reader(
    manager: User, auditor: User, county: dict[str, Division]
) -> None:
    address = "/reports/per-capita-income-public.csv?year=2018&area=513228212000"

    assert signed_in(manager).get(address).getvalue() == signed_in(auditor).get(address).getvalue()


def test_a_past_day_is_told_as_far_as_nothing_changed_since(manager: User, county: dict[str, Division]) -> None:
    before = timezone.now()
    late = HouseholdFactory(village=county["erniunai"])
    IncomeRecordFactory(household=late, year=2019)

    def told(year: int, name: str) -> bool:
        code = county[name].code
        asked = Query(user=manager, first_year=year, last_year=year, place_code=code, as_of=before)
        return not income_total(asked).withheld

    assert (told(2019, "erniunai"), told(2018, "erniunai"), told(2019, "zhawo_village")) == (False, True, True)


def test_two_cuts_at_once_are_not_told(manager: User, county: dict[str, Division]) -> None:
    Household.objects.update(category="general", main_cause="illness")
    one, both = Query(user=manager, category="general"), Query(user=manager, category="general", cause="illness")

    assert (income_total(one).withheld, income_total(both).withheld) == (False, True)


def test_a_cut_of_few_tells_neither_their_income_nor_their_number(manager: User, county: dict[str, Division]) -> None:
    Household.objects.update(category="general")
    few = Household.objects.filter(village=county["erniunai"])[:2]
    Household.objects.filter(pk__in=[one.pk for one in few]).update(category="subsistence")
    nation = Query(user=manager, first_year=2019, last_year=2019)

    by_category = {one.key: (one.withheld, one.households) for one in income_by_category(nation)}

    # Nor which categories there are: each is withheld.
    assert by_category == dict.fromkeys(HouseholdCategory.values, (True, None))


def test_a_cut_tells_of_no_village_whether_it_has_such_a_household(
    manager: User, county: dict[str, Division], zhawo: Division
) -> None:
    Household.objects.filter(village=county["xili"]).update(category="destitute")
    asked = Query(user=manager, first_year=2018, last_year=2018, category="destitute", prefixes=("513228212",))

    rows = [(one.key, one.withheld, one.households) for one in income_by_year_and_area(asked, zhawo)]

    assert rows == [((2018, code), True, None) for code in ("513228212200", "513228212205")]


@pytest.mark.parametrize(
    ("of_zhawo", "told"),
    [
        # Zhawo Village 5 and 4, Ruoduo 1 and 5: between the two villages and causes nothing under 4 + 1 can be told.
        (4, {"illness": 18, "schooling": 9}),
        # 6 and 3, 1 and 5: illness less Zhawo Village would tell of 1 less 3.
        (3, {}),
    ],
)
def test_a_cut_is_told_where_its_sums_beside_those_of_villages_tell_of_enough(
    manager: User, county: dict[str, Division], of_zhawo: int, told: dict[str, int]
) -> None:
    """Xili and Erniunai, five and seven households, are all poor by illness."""
    Household.objects.update(main_cause="illness")
    for name, number in (("ruoduo", 5), ("zhawo_village", of_zhawo)):
        homes = Household.objects.filter(village=county[name], incomes__year=2019).order_by("pk")[:number]
        Household.objects.filter(pk__in=[one.pk for one in homes]).update(main_cause="schooling")
    of_2019 = Query(user=manager, first_year=2019, last_year=2019)

    of_all = {one.key: one.households for one in income_by_cause(of_2019) if not one.withheld}
    of_village = income_by_cause(replace(of_2019, place_code=county["zhawo_village"].code))

    assert of_all == told
    assert {one.withheld for one in of_village} == {True}


def test_the_manager_of_one_township_is_told_no_more_than_one_of_all(county: dict[str, Division]) -> None:
    of_zhawo = UserFactory(role=Role.MANAGER, area="513228212")
    asked = {"year": "2018", "area": county["xili"].code}

    assert opened(of_zhawo, "net-income", **asked)["words"] == "withheld"


@pytest.mark.slow
def test_a_page_costs_the_same_with_more_villages(manager: User, county: dict[str, Division]) -> None:
    client = signed_in(manager)
    with CaptureQueriesContext(connection) as few:
        client.get("/income/?year=2018")
    for number in range(210, 220):
        home = HouseholdFactory(village=place(f"513228212{number}"))
        IncomeRecordFactory(household=home, year=2018)
    with CaptureQueriesContext(connection) as many:
        client.get("/income/?year=2018")

    assert len(many) == len(few)


def test_what_projects_brought_to_few_is_told_to_whoever_sees_them(settings, ruoduo, manager, auditor):
    settings.SMALLEST_CELL = 5
    household = HouseholdFactory(village=ruoduo)
    for year in (2018, 2019):
        IncomeRecordFactory(household=household, year=year)
        EnrolmentFactory(household=household, year=year, amount=Decimal("100.00"))

    told = [changes_told(Query(user=user))[-1].received_after.households for user in (manager, auditor)]

    assert told == [{}, {"dividend": 1}]
