"""Tables of one figure cut in two ways at once: a row for each of the one, a column for each of the other."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Column, Kind, Mark, Row, Table, Text

WHOLE = "whole"


@dataclass(frozen=True)
class Head:
    """A column: what it is of, its title, and what it asks besides."""

    key: Hashable
    title: Text
    asked: Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """What stands in the cells: its title in the last column, "" for none; the figure that explains it, its unit."""

    title: Text
    explained: str
    of: Callable[[Any], Any]
    mark: Callable[[Any], Mark]
    is_withheld: Callable[[Any], bool] = lambda _one: False
    unit: Text = ""


@dataclass(frozen=True)
class Crossed:
    """Sums by row and column; by row, by column and over all, each by the same roll-up, where these are told."""

    cells: Mapping[tuple[Hashable, Hashable], Any]
    rows: Mapping[Hashable, Any] = field(default_factory=dict)
    columns: Mapping[Hashable, Any] = field(default_factory=dict)
    whole: Any = None


def crossed_table(
    query: Query,
    *,
    slug: str,
    title: Text,
    first: Column,
    lines: Iterable[tuple[Hashable, Row]],
    heads: Sequence[Head],
    figure: Figure,
    sums: Crossed,
    note: Text = "",
    empty: Text = "",
) -> Table:
    """The table; `lines` are the keys of its rows with what each is named and asks. The last column is of the row."""
    names = {head.key: f"c{number}" for number, head in enumerate(heads)}
    asked_of = {names[head.key]: dict(head.asked) for head in heads}

    def told(found: Mapping[Hashable, Any], whole: Any) -> Row:
        cells = {names[head.key]: found.get(head.key) for head in heads} | {WHOLE: whole}
        known = {key: one for key, one in cells.items() if one is not None}
        return {
            **{key: figure.of(one) for key, one in known.items()},
            "_withheld": [key for key, one in known.items() if figure.is_withheld(one)],
            "_asked_of": asked_of,
            "_made_up": mark_of_all([figure.mark(one) for one in found.values() if one]),
        }

    rows = [
        {**row, **told({head.key: sums.cells.get((key, head.key)) for head in heads}, sums.rows.get(key))}
        for key, row in lines
    ]
    return Table(
        slug=slug,
        title=title,
        columns=(first, *(_column(names[head.key], head.title, figure) for head in heads), *_whole(figure)),
        rows=rows,
        total={first.key: gettext("Total"), **told(sums.columns, sums.whole)} if rows and sums.whole else None,
        note=note,
        empty=empty,
        asked=query.asked(),
    )


def _column(key: str, title: Text, figure: Figure) -> Column:
    return Column(key, title, Kind.YUAN, unit=figure.unit, explained=figure.explained)


def _whole(figure: Figure) -> list[Column]:
    return [_column(WHOLE, figure.title, figure)] if figure.title else []


def mark_of_all(marks: Sequence[Mark]) -> Mark:
    """The mark of sums together."""
    return PARTLY if len(set(marks)) > 1 else bool(marks) and marks[0]
