"""A step of the load: rows of one table, each made of its number by SQL that both databases understand alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from alleviation.audit.trail import allot_ids
from alleviation.common.guard import writing

# So many rows in one statement: that is how often one sees how far it has come.
CHUNK = 100_000


@dataclass(frozen=True)
class Step:
    """`rows` of a model with ids from `first` on. `columns` are SQL over the row's number `i`; others hold defaults.

    `n` is the number of the household, or of whatever the row belongs to, as SQL over `i`. `lets` name what several
    columns are made of, each layer over `i`, `n` and the layers before. `join` finds what only another table knows.
    """

    model: type[Model]
    first: int
    rows: int
    columns: dict[str, str]
    n: str = "i"
    lets: tuple[dict[str, str], ...] = ()
    join: str = ""

    def run(self, advance: Callable[[int], None]) -> None:
        """Insert the rows, some at a time, and tell how many each time."""
        for start in range(0, self.rows, CHUNK):
            number = min(CHUNK, self.rows - start)
            with writing(), connection.cursor() as cursor:
                # As it stands: a "%" is no parameter but the rest of a division.
                cursor.execute(self.sql(start, start + number - 1))
            advance(number)

    def sql(self, start: int, end: int) -> str:
        """The statement for the rows numbered from `start` to `end`."""
        values = {**_defaults(self.model), "id": f"{self.first} + i", **self.columns}
        columns = {_column(self.model, name): value for name, value in values.items()}
        source = f"(SELECT i, {self.n} AS n FROM {_numbers(start, end)}) AS s0"
        for depth, layer in enumerate(self.lets):
            named = ", ".join(f"{value} AS {name}" for name, value in layer.items())
            source = f"(SELECT s{depth}.*, {named} FROM {source}) AS s{depth + 1}"
        into = f"{self.model._meta.db_table} ({', '.join(map(connection.ops.quote_name, columns))})"
        return f"INSERT INTO {into} SELECT {', '.join(columns.values())} FROM {source} {self.join}"


def first_id(model: type[Model]) -> int:
    """The id from which on a table has none yet."""
    return allot_ids(model, 1)[0]


def _column(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).column)


def literal(value: Any) -> str:
    """A constant in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("'", "''")
    # Inside an expression, PostgreSQL takes a day without its type for words.
    kind = {date: "date ", datetime: "timestamptz "}.get(type(value), "") if connection.vendor == "postgresql" else ""
    return f"{kind}'{text}'"


def moment(year: int, month: int, day: int) -> str:
    """Noon of a day in SQL, in universal time, as Django keeps it."""
    text = f"{year}-{month:02}-{day:02} 12:00:00"
    return f"timestamptz '{text}+00'" if connection.vendor == "postgresql" else f"'{text}'"


def choice(number: str, among: list[str] | tuple[str, ...]) -> str:
    """SQL: one of these texts, by a number of any size."""
    cases = " ".join(f"WHEN {place} THEN {literal(text)}" for place, text in enumerate(among))
    return f"CASE {number} % {len(among)} {cases} END"


def listed(rows: list[tuple[Any, ...]], name: str) -> str:
    """SQL: a table of constants, whose columns are column1, column2 … on both databases."""
    lines = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    return f"(VALUES {lines}) AS {name}"


def _numbers(start: int, end: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series(CAST({start} AS bigint), CAST({end} AS bigint)) AS numbers(i)"
    return (
        f"(WITH RECURSIVE numbers(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM numbers WHERE i < {end}) "
        "SELECT i FROM numbers)"
    )


def _defaults(model: type[Model]) -> dict[str, str]:
    return dict(_constants(model))


def _constants(model: type[Model]) -> Iterator[tuple[str, str]]:
    """What each column holds that nothing is said of; a default that is drawn has to be said."""
    for field in model._meta.concrete_fields:
        if not field.primary_key and not (field.has_default() and callable(field.default)):
            yield field.name, literal(field.get_db_prep_save(field.get_default(), connection))
