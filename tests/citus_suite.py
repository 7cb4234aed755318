"""Has the suite run on tables that are spread: a plugin of pytest, put in force by `python -m tests.citus`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.creation import DatabaseCreation

from alleviation.common.citus.base import DatabaseWrapper
from tests.citus import join_machines

# Two for each machine: enough to be apart, few enough to be quick.
SHARDS = 4


# What a trigger refuses on one PostgreSQL; on Citus a right or the write path (operations/citus/rights.py).
TRIGGERS = (
    "test_closed_years.py::test_nothing_of_a_household_is_written_in_a_closed_year",
    "test_ledger.py::test_a_place_keeps_its_code_and_so_its_closed_years",
    "test_splits.py::test_what_happened_is_never_rewritten_nor_deleted",
    "test_corrections.py::test_the_database_changes_no_recorded_income",
    "test_corrections.py::test_the_database_brings_no_superseded_income_back",
    "test_erasing.py::test_the_database_keeps_the_erased_erased",
    "test_erasing.py::test_the_database_takes_no_new_row_of_the_erased",
    "test_members.py::test_a_day_of_joining_that_reaches_into_another_membership_is_refused",
)
# On one database a statement for many questions; on Citus one for each, since it takes them in WHERE alone.
COUNTED = (
    "test_reach.py::test_any_number_of_questions_costs_the_same",
    "test_reconciliation.py::test_any_number_of_claims_costs_the_same",
)
# Every test there begins with putting up the wall, which `row_security` refuses (test_citus_cluster.py).
WALLED = ("security/test_row_security.py::",)
SKIPPED = {
    WALLED: "Citus takes no policies that look at other tables",
    COUNTED: "Citus is asked one by one",
    TRIGGERS: "Citus has no triggers on tables that it spreads: rights and the write path keep this rule",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for names, reason in SKIPPED.items():
            if any(name in item.nodeid for name in names):
                item.add_marker(pytest.mark.skip(reason=reason))


class SpreadDatabase(DatabaseCreation):
    """The test database of a worker, and one of its name on each machine."""

    def create_test_db(self, *args: Any, **options: Any) -> str:
        name = super().create_test_db(*args, **options)
        join_machines(str(self.connection.get_connection_params()["host"]), name)
        call_command("distribute", shards=SHARDS, verbosity=0, stdout=StringIO())
        return name

    def destroy_test_db(self, *args: Any, **options: Any) -> None:
        """It goes with the cluster; the machines keep connections to it open."""
        self.connection.close()


DatabaseWrapper.creation_class = SpreadDatabase
