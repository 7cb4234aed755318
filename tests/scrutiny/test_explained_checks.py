"""How far incomes have been looked at, opened: each number is that of its records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from beneficiaries.choices import CheckState, IncomeStatus
from projects.models import Division
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.scrutiny.explained import opened, taken

CHECKED_AT = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.fixture
def village(ruoduo: Division, reviewer: User) -> Division:
    """Four records of 2019: one verified, one returned, two that wait, one of which tells what is expected."""
    checked: dict[str, Any] = {"checked_at": CHECKED_AT, "checked_by": reviewer}
    kinds: list[dict[str, Any]] = [
        {"state": CheckState.VERIFIED, **checked},
        {"state": CheckState.RETURNED, "check_note": "A wage lacks.", **checked},
        {},
        {"status": IncomeStatus.EXPECTED},
    ]
    for kind in kinds:
        IncomeRecordFactory(
            household=HouseholdFactory(village=ruoduo), recorded_at=datetime(2020, 1, 1, tzinfo=UTC), **kind
        )
    return ruoduo


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("slug", "number"), [("unverified-incomes", 3), ("returned-incomes", 1), ("expected-incomes", 1)]
)
@pytest.mark.parametrize("reader", ["manager", "auditor"])
def test_rows_of_a_state_add_up(request: Any, village: Division, reader: str, slug: str, number: int) -> None:
    user = request.getfixturevalue(reader)

    rows, total = taken(user, slug, year=2019)

    assert opened(user, slug, year=2019)["words"] == str(number)
    assert sum(int(row["Records"]) for row in rows) == int(total["Records"]) == number


def test_whoever_sees_households_reads_what_was_wrong(auditor: User, manager: User, village: Division) -> None:
    (row,), _total = taken(auditor, "returned-incomes")
    (of_manager,), _total = taken(manager, "returned-incomes")

    assert (row["Verification"], row["Note of the checker"]) == ("returned with a note", "A wage lacks.")
    assert list(of_manager) == ["Year", "Records", "Made up"]


def test_record_that_was_verified_since_was_not_verified_then(auditor: User, village: Division) -> None:
    told = [opened(auditor, "unverified-incomes", as_of=day)["words"] for day in (date(2020, 3, 1), date(2020, 6, 1))]

    assert told == ["4", "3"]


def test_nothing_recorded_is_no_zero(auditor: User, village: Division) -> None:
    assert opened(auditor, "unverified-incomes", year=2010)["words"] == "—"


def test_state_of_few_records_is_not_told_to_a_manager(settings: Any, manager: User, village: Division) -> None:
    settings.SMALLEST_CELL = 5

    assert opened(manager, "unverified-incomes")["words"] == "—"


def test_records_in_a_state_are_asked_for_households_as_they_stood(auditor: User, village: Division) -> None:
    IncomeRecordFactory(household=HouseholdFactory(village=village, main_cause="illness"), wage_income=Decimal("1.00"))

    told = [opened(auditor, "unverified-incomes", cause=cause)["words"] for cause in ("illness", "none")]

    assert told == ["1", "3"]
