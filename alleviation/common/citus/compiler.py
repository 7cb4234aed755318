"""How writes are spelt so that Citus takes them: one row's write names its machine, and ids are allotted before."""

from typing import Any

from django.db import IntegrityError, NotSupportedError, transaction
from django.db.models import AutoField
from django.db.models.sql import Query, compiler
from django.db.models.sql.constants import MULTI

from alleviation.common.citus.across import refuse_twice, written_by
from alleviation.common.citus.placement import Place, key_to_whole, place_of

SQLCompiler = compiler.SQLCompiler
SQLDeleteCompiler = compiler.SQLDeleteCompiler
SQLAggregateCompiler = compiler.SQLAggregateCompiler


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """Rows come back machine by machine, not in the order in which they were given: their ids are drawn before."""

    query: Any

    def execute_sql(self, returning_fields: Any = None) -> list[Any]:  # type: ignore[override]
        model = self.query.model
        across = written_by(model, (field.attname for field in self.query.fields)) if model is not None else []
        if not across:
            return self._insert(returning_fields)
        with transaction.atomic(using=self.using, savepoint=False):
            found = self._insert(returning_fields)
            for one in across:
                names = [model._meta.get_field(name).attname for name in one.fields]
                rows = [tuple(getattr(obj, name) for name in names) for obj in self.query.objs]
                refuse_twice(model, one, rows, self.connection)
            return found

    def _insert(self, returning_fields: Any) -> list[Any]:
        key, objs = self.query.get_meta().pk, list(self.query.objs)
        is_allotted = list(returning_fields or ()) == [key] and isinstance(key, AutoField)
        if len(objs) < 2 or not is_allotted or key in self.query.fields:
            return list(super().execute_sql(returning_fields))
        ids = self._allotted(key, len(objs))
        for obj, number in zip(objs, ids, strict=True):
            setattr(obj, key.attname, number)
        self.query.fields = [key, *self.query.fields]
        super().execute_sql(None)
        return [(number,) for number in ids]

    def _allotted(self, key: Any, number: int) -> list[int]:
        table = self.connection.ops.quote_name(key.model._meta.db_table)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, key.column, number],
            )
            return sorted(row[0] for row in cursor.fetchall())


class SQLUpdateCompiler(compiler.SQLUpdateCompiler):
    """A record that is saved whole names its household among what is set: that is where it is, and it stays there."""

    query: Any

    def execute_sql(self, result_type: Any) -> Any:  # type: ignore[override]
        model, numbers = self.query.model, _named(self.query.where)
        whole = self._stay_with_whole()
        if whole and numbers is None:
            raise NotSupportedError(f"{model._meta.label}: name the rows by their ids to write their {whole}")
        across = written_by(model, (field.attname for field, _model, _value in self.query.values))
        if not across:
            return self._refuse_elsewhere(super().execute_sql(result_type), whole, numbers or [])
        with transaction.atomic(using=self.using, savepoint=False):
            if numbers is None:
                numbers = self._narrowed()
            found = super().execute_sql(result_type)
            for one in across:
                rows = model._base_manager.using(self.using).filter(pk__in=numbers).order_by()
                refuse_twice(model, one, rows.values_list(*one.fields), self.connection)
            return found

    def _narrowed(self) -> list[Any]:
        """The ids of the rows that are to be written, and of no others from here on.

        Afterwards the condition may find them no more. To lock them instead is refused: they are on many machines.
        """
        query = self.query.chain(klass=Query)
        query.clear_ordering(force=True)
        query.add_fields([query.get_meta().pk.name])
        numbers = [row[0] for rows in query.get_compiler(self.using).execute_sql(MULTI) for row in rows]
        self.query.add_filter("pk__in", numbers)
        return numbers

    def _stay_with_whole(self) -> str:
        """Ask for the machine instead of setting what tells it; the name of the key that does, "" for no such key."""
        key = key_to_whole(self.query.model)
        if key is None or place_of(self.query.model).place is not Place.CUT:
            return ""
        given = [value for field, _model, value in self.query.values if field is key]
        if not given or hasattr(given[0], "resolve_expression"):
            return ""
        self.query.values = [one for one in self.query.values if one[0] is not key]
        self.query.add_filter(key.attname, given[0])
        return str(key.name)

    def _refuse_elsewhere(self, found: Any, whole: str, numbers: list[Any]) -> Any:
        """A row that was not there with the household that it names is not written a second time."""
        model = self.query.model
        if whole and not found and model._base_manager.using(self.using).filter(pk__in=numbers).exists():
            raise IntegrityError(f"{model._meta.label}: a row stays with its {whole}")
        return found


def _named(where: Any) -> list[Any] | None:
    """The ids by which a condition names its rows, as that of a record that is saved; None for any other condition."""
    if where.negated or len(where.children) != 1:
        return None
    (one,) = where.children
    target = getattr(getattr(one, "lhs", None), "target", None)
    if target is None or not target.primary_key or one.lookup_name not in ("exact", "in"):
        return None
    values = [one.rhs] if one.lookup_name == "exact" else one.rhs
    is_told = isinstance(values, list | tuple | set) and not any(hasattr(value, "as_sql") for value in values)
    return list(values) if is_told else None
