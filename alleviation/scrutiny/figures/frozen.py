"""A figure of a closed year as it was frozen: a cell of a file that nobody can change, and the rows of that file."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.http import Http404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.frozen_files import (
    NAMED_BY,
    TOTAL,
    Cell,
    File,
    decimal_of,
    file_of,
    line_of,
)


class FileColumn(Column):
    """A column as the file heads it, with the unit in the heading."""

    @property
    def unit_words(self) -> str:
        return ""


def kind_of(value: Decimal | None) -> Kind:
    """Money, which the files have to the fen, else a count."""
    return Kind.YUAN if value is not None and value.as_tuple().exponent == -2 else Kind.COUNT


def spelt(value: Decimal) -> str:
    """A number of a file, in groups of three, with the decimals that the file has."""
    return f"{value:,f}"


class Frozen(Explained, abstract=True):
    """A cell of a frozen file. `of` names it as Cell does."""

    permission = Right.VIEW_RECORDS
    filters = ()
    source = _(
        "The report of the year as a file, made when the year was closed and kept byte for byte; nobody can change or "
        "delete it. What the same figure is today stands beside it on the page of the closed year."
    )
    empty = _("The file has no rows.")
    parts_of = 0

    def cells(self, query: Query) -> list[tuple[str, int]]:
        """The columns of the rows: the key, and which column of the file it is."""
        raise NotImplementedError

    def names_it(self, query: Query) -> str:
        cell, file = self._read(query)
        told = {
            "column": self._heading(query, cell.column),
            "area": file.report.closing.area,
            "year": file.report.closing.year,
            "row": gettext("total") if cell.row == TOTAL else " · ".join(self._line(query)[:NAMED_BY]),
        }
        return gettext("%(column)s, %(row)s, %(year)s in %(area)s") % told

    def value(self, query: Query) -> Any:
        return self._number(self._line(query), self._read(query)[0].column)

    def words(self, query: Query) -> str:
        return spelt(self.value(query))

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        named = Column("line", _("Row of the file"), Kind.CODE), Column("name", _("Named"))
        kinds = {key: kind_of(value) for key, value in self.total(query).items()}
        told = (FileColumn(key, self._heading(query, number), kinds[key]) for key, number in self.cells(query))
        return (*named, *told)

    def rows(self, query: Query) -> Iterable[Row]:
        cell, file = self._read(query)
        lines = file.lines if cell.row == TOTAL else [self._line(query)]
        first = 1 if cell.row == TOTAL else int(cell.row)
        return [
            {"line": str(number), "name": " · ".join(line[:NAMED_BY]), **self._numbers(query, line)}
            for number, line in enumerate(lines, start=first)
        ]

    def total(self, query: Query) -> Row:
        return self._numbers(query, self._line(query))

    def parts(self, query: Query) -> list[Part]:
        report = self._read(query)[1].report
        closing, is_intact = report.closing, sha256(bytes(report.content)).hexdigest() == report.sha256
        closed = gettext("%(who)s, %(when)s") % {
            "who": closing.decided_by,
            "when": date_format(localtime(closing.decided_at), "DATETIME_FORMAT") if closing.decided_at else "",
        }
        broken = gettext("The file is not what its SHA-256 says: run manage.py verify.")
        return [
            Part(_("Frozen file"), report.file_name),
            Part("SHA-256", report.sha256 if is_intact else f"{report.sha256}: {broken}"),
            Part(_("Closed by"), closed),
        ]

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("Whatever was entered, corrected or posted after the year was closed"))]

    def _read(self, query: Query) -> tuple[Cell, File]:
        return once(query, self.slug, lambda: self._opened(query))

    def _opened(self, query: Query) -> tuple[Cell, File]:
        cell = Cell.read(query.of, of=self.parts_of)
        file = file_of(query, cell)
        columns = (cell.column, *cell.of)
        if file is None or any(number >= len(file.header) for number in columns):
            raise Http404
        line = line_of(file, cell.row)
        if not line or any(decimal_of(line[number]) is None for number in columns):
            raise Http404
        return cell, file

    def _line(self, query: Query) -> list[str]:
        cell, file = self._read(query)
        return line_of(file, cell.row)

    def _heading(self, query: Query, number: int) -> str:
        return self._read(query)[1].header[number]

    def _numbers(self, query: Query, line: Sequence[str]) -> Row:
        return {key: self._number(line, number) for key, number in self.cells(query)}

    def _number(self, line: Sequence[str], number: int) -> Decimal | None:
        return decimal_of(line[number])


class FrozenSum(Frozen):
    """A sum of a frozen file, or one of its cells."""

    slug = "frozen"
    title = _("As it was frozen")
    description = _("A figure of a closed year as it was when the year was closed.")
    columns = (Column("name", _("Named")), Column("frozen", _("Frozen"), Kind.COUNT))
    value_column = Column("value", _("Figure"), Kind.COUNT)
    formula = _("The cell of the frozen file; of its total row: the sum of the rows of the file")
    adds_up = ("frozen",)

    def cells(self, query: Query) -> list[tuple[str, int]]:
        return [("frozen", self._read(query)[0].column)]


class FrozenRatio(Frozen, abstract=True):
    """A ratio of two columns of a frozen file."""

    columns = (
        Column("name", _("Named")),
        Column("numerator", _("Numerator"), Kind.COUNT),
        Column("denominator", _("Denominator"), Kind.COUNT),
    )
    adds_up = ("numerator", "denominator")
    parts_of = 2

    def cells(self, query: Query) -> list[tuple[str, int]]:
        return list(zip(self.adds_up, self._read(query)[0].of, strict=True))

    def working(self, query: Query) -> str:
        made = self._numbers(query, self._line(query))
        told = {name: spelt(number) for name, number in made.items()}
        return gettext("%(numerator)s ÷ %(denominator)s = %(ratio)s") % {**told, "ratio": self.words(query)}


class FrozenRate(FrozenRatio):
    """A share of a frozen file, in percent."""

    slug = "frozen-rate"
    title = _("As it was frozen, in percent")
    description = _("A share of a closed year as it was when the year was closed, in percent.")
    value_column = Column("value", _("Figure"), Kind.RATIO)
    formula = _("One column of the frozen file ÷ another × 100, rounded as in the file")

    def value(self, query: Query) -> Decimal:
        return Decimal(super().value(query)).scaleb(-2)

    def words(self, query: Query) -> str:
        return spelt(self.value(query).scaleb(2))


class FrozenPerHead(FrozenRatio):
    """A figure per person of a frozen file."""

    slug = "frozen-per-head"
    title = _("As it was frozen, per person")
    description = _("A figure per person of a closed year as it was when the year was closed.")
    value_column = Column("value", _("Figure"), Kind.YUAN)
    formula = _("One column of the frozen file ÷ another, rounded as in the file")


FIGURES: tuple[Explained, ...] = (FrozenSum(), FrozenRate(), FrozenPerHead())
