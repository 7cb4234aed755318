"""How many income records are verified, returned and expected, by year."""

from datetime import UTC, datetime
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from beneficiaries.choices import CheckState, IncomeStatus
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.checks import CHECKS, checked_by_year, checked_total
from projects.models import Division
from tests.factories import IncomeRecordFactory

RECORDED_AT = datetime(2020, 1, 1, tzinfo=UTC)
CHECKED_AT = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.fixture
def records(ruoduo: Division, reviewer: User) -> list[IncomeRecord]:
    """2018: one verified. 2019: one returned, one that waits and is expected in part, of a made-up household."""
    checked: dict[str, Any] = {"checked_at": CHECKED_AT, "checked_by": reviewer}
    kinds: list[dict[str, Any]] = [
        {"year": 2018, "state": CheckState.VERIFIED, **checked},
        {"state": CheckState.RETURNED, "check_note": "A wage lacks.", **checked},
        {"status": IncomeStatus.EXPECTED, "household__is_made_up": True},
    ]
    return [
        IncomeRecordFactory(**{"household__village": ruoduo, "recorded_at": RECORDED_AT, **kind}) for kind in kinds
    ]


def test_states_are_counted_by_year(manager: User, records: list[IncomeRecord]) -> None:
    found = checked_by_year(Query(user=manager))

    assert [(one.key, one.records, one.unverified, one.returned, one.expected, one.made_up) for one in found] == [
        (2018, 1, 0, 0, 0, 0),
        (2019, 2, 2, 1, 1, 1),
    ]


def test_years_add_up_to_the_total(manager: User, records: list[IncomeRecord]) -> None:
    total, years = checked_total(Query(user=manager)), checked_by_year(Query(user=manager))

    for name in ("records", "unverified", "returned", "expected", "made_up"):
        assert getattr(total, name) == sum(getattr(one, name) for one in years)


def test_each_number_counts_the_records_of_its_word(manager: User, records: list[IncomeRecord]) -> None:
    query = Query(user=manager)
    total = checked_total(query)

    assert {name: found(query).count() for name, found in CHECKS.items()} == {
        name: getattr(total, name) for name in CHECKS
    }


def test_state_is_that_of_the_day_asked_about(manager: User, records: list[IncomeRecord]) -> None:
    before = checked_total(Query(user=manager, as_of=datetime(2020, 3, 1, tzinfo=UTC)))
    after = checked_total(Query(user=manager, as_of=CHECKED_AT))

    assert (before.unverified, before.returned) == (3, 0)
    assert (after.unverified, after.returned) == (2, 1)


def test_record_that_was_corrected_is_counted_no_more(manager: User, records: list[IncomeRecord]) -> None:
    IncomeRecord.objects.filter(pk=records[1].pk).update(superseded_at=CHECKED_AT)

    assert checked_total(Query(user=manager)).returned == 0


def test_who_may_see_no_figures_counts_nothing(administrator: User, records: list[IncomeRecord]) -> None:
    assert checked_by_year(Query(user=administrator)) == []
    assert checked_total(Query(user=administrator)).records == 0


def test_clerk_counts_their_area_alone(clerk: User, stranger: User, records: list[IncomeRecord]) -> None:
    assert [checked_total(Query(user=user)).records for user in (clerk, stranger)] == [3, 0]
