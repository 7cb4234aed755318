"""The cells of a file as the database itself writes them: the same text, byte for byte, as csv_out's from Python.

On PostgreSQL an empty cell is NULL, since COPY puts an empty text in quotation marks; SQLite's may be either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, Func, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from alleviation.common.csv_out import FORMULA_STARTS, UNSEEN, guarded
from alleviation.common.tables import Column, Kind, mark_in_words

Compiled = tuple[str, Any]
# Whether texts are written for spreadsheets; who reads JSON has them as they are.
_is_guarded: ContextVar[bool] = ContextVar("texts_are_guarded", default=True)
CONTROLS = "\t\r\n"
# More than any name has characters.
STARS = "*" * 300


@contextmanager
def guarding(is_guarded: bool) -> Iterator[None]:
    """Have the statements that are put together in here guard texts, or write them as they are."""
    token = _is_guarded.set(is_guarded)
    try:
        yield
    finally:
        _is_guarded.reset(token)


class Cell(Func):
    """A cell as text. Each database has its own template, in which {} stands for what it is made of."""

    arity = 1
    output_field = models.CharField()
    templates: dict[str, str]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_args: Any, **_context: Any) -> Compiled:
        text, params = compiler.compile(self.get_source_expressions()[0])
        template = self.templates[connection.vendor]
        return template.replace("{}", text), [*params] * template.count("{}")


class Yuan(Cell):
    """Whole fen as yuan with two decimals."""

    templates = {
        "postgresql": "(({}) * 0.01)",
        "sqlite": (
            "CASE WHEN ({}) >= 0 THEN printf('%%d.%%02d', ({}) / 100, ({}) %% 100) "
            "WHEN ({}) < 0 THEN printf('-%%d.%%02d', -({}) / 100, -({}) %% 100) END"
        ),
    }


class Hundredths(Cell):
    """A number that is kept in hundredths, without needless zeros: 250 is 2.5."""

    templates = {vendor: f"rtrim(rtrim(({sql})::text, '0'), '.')" for vendor, sql in Yuan.templates.items()}
    templates["sqlite"] = templates["sqlite"].replace("::text", "")


class Share(Func):
    """Whole fen divided by a whole number of heads, in whole fen, half up as `words.rounded`: away from zero."""

    arity = 2
    output_field = models.BigIntegerField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_args: Any, **_context: Any) -> Compiled:
        (fen, of_fen), (heads, of_heads) = map(compiler.compile, self.get_source_expressions())
        # Both databases cut off what a division of whole numbers leaves over.
        sql = f"((2 * ({fen}) + CASE WHEN ({fen}) < 0 THEN -({heads}) ELSE ({heads}) END) / (2 * ({heads})))"
        return sql, [*of_fen, *of_fen, *of_heads, *of_heads, *of_heads]


class Masked(Cell):
    """`privacy.masked_name`: the first character, and a star for each other."""

    templates = dict.fromkeys(
        ("postgresql", "sqlite"),
        f"CASE WHEN {{}} = '' THEN '' ELSE substr({{}}, 1, 1) || substr('{STARS}', 1, length({{}}) - 1) END",
    )


class Guarded(Cell):
    """`csv_out.guarded`: a ' before what a spreadsheet could run. Most texts are cleared by one look.

    COPY puts into quotation marks what has to be; on SQLite that is done here.
    """

    @property
    def templates(self) -> dict[str, str]:  # type: ignore[override]
        return guard_templates() if _is_guarded.get() else PLAIN_TEXT


class Told(Value):
    """Words of ours, the same in every row."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any) -> Compiled:
        return Value(quoted(self.value)).as_sql(compiler, connection)


def quoted(text: str) -> str:
    """A text as a cell of CSV."""
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in '",\r\n') else text


class Line(Func):
    """The cells of a row as a line of CSV without its end, on SQLite: one text is quicker to fetch than many."""

    function = "printf"
    output_field = models.CharField()

    def __init__(self, *cells: Any) -> None:
        super().__init__(Value(",".join(["%s"] * len(cells))), *cells)


class Binary(Cell):
    """A text by which rows are ordered: by its bytes on every database, whatever language it sorts by."""

    templates = {"postgresql": '({}) COLLATE "C"', "sqlite": "({}) COLLATE BINARY"}


@cache
def guard_templates() -> dict[str, str]:
    """The formula guard of each database."""
    blanks = "".join(char for char in map(chr, range(1, 0x10000)) if char.isspace()) + UNSEEN
    suspects = ", ".join(str(ord(char)) for char in sorted({"\0", *blanks, *FORMULA_STARTS}))
    starts = ", ".join(f"'{char}'" for char in FORMULA_STARTS)
    controls = ", ".join(str(ord(char)) for char in CONTROLS)
    hidden = f"substr(ltrim({{}}, '{blanks}'), 1, 1) IN ({starts})"
    copy_guard = f"CASE WHEN ascii({{}}) IN ({controls}) OR {hidden} THEN '''' || {{}} ELSE {{}} END"
    guard = copy_guard.replace("ascii(", "unicode(")
    return {
        "postgresql": f"CASE WHEN ascii({{}}) IN ({suspects}) THEN NULLIF({copy_guard}, '') ELSE {{}} END",
        "sqlite": (
            f"CASE WHEN unicode({{}}) IN ({suspects}) OR {{}} {SPECIAL} THEN CASE WHEN {{}} {SPECIAL} "
            f"THEN '\"' || replace({guard}, '\"', '\"\"') || '\"' ELSE {guard} END ELSE {{}} END"
        ),
    }


SPECIAL = "GLOB '*[\",\r\n]*'"
PLAIN_TEXT = {
    "postgresql": "NULLIF({}, '')",
    "sqlite": f"CASE WHEN {{}} {SPECIAL} THEN '\"' || replace({{}}, '\"', '\"\"') || '\"' ELSE {{}} END",
}


class Words(Case):
    """The words of a choice in the reader's language; nothing for an empty one."""


class LookedUp(Subquery):
    """A text of another table's row, made a cell there: a cell's form asks several times what it is made of."""

    def __init__(self, rows: models.QuerySet[Any], text: Combinable | str) -> None:
        super().__init__(rows.values_list(Guarded(text))[:1])


def words_of(field: str, choices: type[models.TextChoices]) -> Words:
    """A column that holds a choice, in words; a value that is none of them is told as it is."""
    told = [When(**{field: value}, then=Told(guarded(str(label)))) for value, label in choices.choices if value]
    return Words(*told, default=Guarded(F(field)))


def made_up(field: str = "is_made_up") -> Words:
    """The word that marks a row of the made-up example."""
    return Words(
        When(Q(**{field: True}), then=Told(mark_in_words(True))), default=Value(None), output_field=models.CharField()
    )


def rendered(column: Column, made_of: Combinable | str | None) -> Combinable:
    """A column's cell as its file has it.

    Raises TypeError for a kind that has no such form: a ratio or a figure with bounds.
    """
    if made_of is None:
        return Value(None, output_field=models.CharField())
    made = F(made_of) if isinstance(made_of, str) else made_of
    if isinstance(made, Words | LookedUp) or column.kind in {Kind.COUNT, Kind.YEAR, Kind.DATE}:
        return made
    if column.kind is Kind.YUAN:
        return Yuan(made)
    if column.kind in Kind.WORDS:
        return Guarded(made)
    raise TypeError(f"{column.key}: a {column.kind} is not written by the database")
