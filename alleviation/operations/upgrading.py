"""Which migrations may run while the release before them still serves (docs/operate.md, "The next release")."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field

# The code before knows nothing of what these make, and misses nothing of what they take away.
HARMLESS = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
)
# Why the release before can go on serving, said by whoever wrote a migration of which that cannot be seen.
WORD = "beside"


def in_the_way(migration: Migration, before: ProjectState) -> list[str]:
    """What of a migration the release before it may not bear, each in words of Django; empty where it bears all.

    `before` is the state that the migration finds. A migration that says why it is borne (`beside = "…"`) is believed.
    """
    if getattr(migration, WORD, ""):
        return []
    return list(_found(migration, before.clone()))


def _found(migration: Migration, state: ProjectState) -> Iterator[str]:
    for operation in migration.operations:
        if not is_borne(operation, state, migration.app_label):
            yield operation.describe()
        operation.state_forwards(migration.app_label, state)


def is_borne(operation: Operation, state: ProjectState, app: str) -> bool:
    """Whether code that knows nothing of this operation goes on reading and writing as before."""
    if isinstance(operation, operations.AddField):
        return is_left_out(operation.field)
    if isinstance(operation, operations.AlterField):
        return is_widened(field_of(state, app, operation), operation.field)
    return isinstance(operation, HARMLESS)


def is_left_out(field: "Field[Any, Any]") -> bool:
    """Whether a row can be written without this field: code before it does not name it."""
    return field.many_to_many or field.null or field.db_default is not NOT_PROVIDED


def is_widened(old: "Field[Any, Any]", new: "Field[Any, Any]") -> bool:
    """Whether the column takes all that it took, and gives back the same: unchanged, nullable now, or longer."""
    if old.db_parameters(connection)["type"] != new.db_parameters(connection)["type"]:
        longer = (new.max_length or 0) >= (old.max_length or 0) > 0
        if type(old) is not type(new) or not longer:
            return False
    is_stricter = (old.null and not new.null) or (new.unique and not old.unique)
    return not is_stricter and old.db_column == new.db_column


def field_of(state: ProjectState, app: str, operation: operations.AlterField) -> "Field[Any, Any]":
    return state.models[app, operation.model_name_lower].fields[operation.name]
