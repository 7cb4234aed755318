"""Django's question which database a model is read from, or written to."""

from typing import Any

from django.db.models.base import Model

from alleviation.common.replica.places import PRIMARY, reading


class ReplicaRouter:
    """Reads go where the page reads, writes and locks to the primary, wherever a record came from.

    It answers always: Django would take the database that a record was read from otherwise.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return reading()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """The replica is the same database, a moment ago."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY
