"""PostgreSQL, told the few things that Citus needs to be told."""

from typing import Any

from django.db.backends.postgresql import base, features, operations

# One connection to each machine and transaction: a page reads what is cut and then writes what is copied.
ONE_AFTER_ANOTHER = "-c citus.multi_shard_modify_mode=sequential"


class DatabaseFeatures(features.DatabaseFeatures):
    """What Django may count on."""

    is_spread = True
    # The key of a table that is cut is (household, id): to group by the id alone names no other column.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    """How Django spells it."""

    compiler_module = "alleviation.common.citus.compiler"

    def deferrable_sql(self) -> str:
        """Keys are checked at once: what is put off to COMMIT fails there on one machine, and on no other."""
        return ""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the coordinator."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_connection_params()
        return given | {"options": f"{given.get('options', '')} {ONE_AFTER_ANOTHER}".strip()}
