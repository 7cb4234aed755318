"""Whatever the county: the kept sums answer as the records do, whoever asks and however narrowly."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries import rollups
from beneficiaries.choices import LineKind
from beneficiaries.rollups import bands, breaks, checks, disclosure, incomes, stored, sums
from beneficiaries.rollups.checks import checked_by_year, checked_total
from beneficiaries.rollups.telling import bands_by_area_told, changes_told, told_years
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from projects.models import Division
from projects.rollups import area_query
from projects.rollups.places import gathered_under
from tests.acceptance.entering import CODES, FIRST, TOWNSHIP, Clerk
from tests.acceptance.test_worlds import played
from tests.cells import follower

pytestmark = pytest.mark.slow

READERS = (bands, breaks, checks, disclosure, incomes, stored, sums)


def answers(query: Query, place: Division | None) -> dict[str, Any]:
    """What every reader of sums says, in a form that can be compared."""
    return {
        "total": rollups.income_total(query),
        "expected": rollups.expected_income(query),
        "years": keyed(rollups.per_capita_income(query)),
        "villages": keyed(rollups.income_by_year_and_village(query)),
        "area": keyed(rollups.income_by_area(query, place)),
        "year and area": keyed(rollups.income_by_year_and_area(query, place)),
        "latest": rollups.latest_year(query),
        "ways": breaks.kept_by_year(query),
        "checked": (checked_total(query), keyed(checked_by_year(query))),
        "bands": [keyed(rollups.line_bands(query, kind)) for kind in LineKind],
        "all bands": [rollups.line_bands_total(query, kind) for kind in LineKind],
        "bands by area": keyed(rollups.line_bands_by_area(query, place)),
        "told": (rollups.is_told(query), told_years(query), rollups.years_told_in_bands(query, LineKind.POVERTY)),
        "bands told": sorted(bands_by_area_told(query, place)),
        "changes": [(one.year, one.before, one.after) for one in changes_told(query)],
    }


def keyed(found: Any) -> list[tuple[Any, Any]]:
    return [(one.key, one) for one in found]


def questions(user: User, clerk: Clerk) -> Iterator[tuple[Query, Division | None]]:
    """Of the nation, the township and each village, by address, by table row and of few years."""
    nation = Query(user=user)
    township = Division.objects.get(code=TOWNSHIP.ljust(12, "0"))
    places = [township, *clerk.villages.values()]
    for span in ((nation.first_year, nation.last_year), (FIRST + 1, FIRST + 1)):
        asked = nation.of_years(*span)
        yield asked, None
        yield replace(asked, above_level=2), None
        for code in ("51".ljust(12, "0"), "513228000000", township.code, CODES[0]):
            yield replace(asked, inside_code=code, inside=gathered_under(code)), None
        for place in places:
            yield area_query(asked, place), place
        yield replace(asked, place_code=CODES[1]), None
        yield replace(asked, outside_plans=True), None


def as_recorded(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any]) -> Any:
    """What is answered where nothing is kept."""
    with monkeypatch.context() as patch:
        for module in READERS:
            patch.setattr(module, "is_kept", lambda _query: False, raising=False)
        return ask()


@pytest.mark.parametrize("role", [pytest.param("auditor", marks=pytest.mark.long), "manager"])
def test_kept_sums_answer_as_the_records_do(
    role: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Any, zhawo: Division
) -> None:
    user = request.getfixturevalue(role)
    settings.SMALLEST_CELL = 3

    def check(clerk: Clerk) -> None:
        assert list(cells_that_are_not_their_incomes()) == []
        for query, place in questions(user, clerk):
            fast = answers(query, place)
            afresh = replace(query, memory={})
            slow = as_recorded(monkeypatch, lambda afresh=afresh, place=place: answers(afresh, place))
            assert fast == slow, query

    with follower.off():
        played(check)
