"""What Citus refuses, or does slowly, in the text of a statement: known on any database, before there is a Citus.

It reads the words, not the plan: `tests/` hold real statements against it, and a real cluster against both.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from alleviation.common.citus.placement import Place, models_in, place_of
from alleviation.operations.citus.reading_sql import COLUMN, Query, read

LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b")
# One record, saved whole: the engine asks for its household instead of setting it (alleviation/common/citus).
SAVED = re.compile(r'\bWHERE\s+"?\w+"?\."?id"? = %s\s*$')
SET = re.compile(r'^\s*UPDATE\s+"?(\w+)"?\s+SET\s+(.*?)(?:\sWHERE\s|$)', re.DOTALL | re.IGNORECASE)
CONFLICT = re.compile(r"\bON CONFLICT\s*\(([^)]*)\)")
GROUPED = re.compile(r'\bGROUP BY\s+"?(\w+)"?\."?(\w+)"?\s*(?:\)|$|ORDER|HAVING|LIMIT)')
ADDED = re.compile(r"\b(?:COUNT|SUM|MIN|MAX|AVG)\([^()]*\)", re.IGNORECASE)
OUTWARDS = re.compile(r'\bFROM\s+"?(\w+)"?.*?\bLEFT OUTER JOIN\s+"?(\w+)"?', re.DOTALL)


class Lint:
    """Objects to statements; `objections` of one are remembered, since the same come again and again."""

    def __init__(self) -> None:
        self.cut = {model._meta.db_table: place_of(model).column for model in models_in(Place.CUT)}
        self.copied = {model._meta.db_table for model in models_in(Place.COPIED)}
        self.here = {model._meta.db_table for model in models_in(Place.COORDINATOR)}
        self.objections: Callable[[str], tuple[str, ...]] = lru_cache(maxsize=20_000)(self._objections)
        self.found: dict[str, tuple[str, ...]] = {}

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """As an execute wrapper: note what is objected to once it went through: what is refused is no matter."""
        result = execute(sql, params, many, context)
        if isinstance(sql, str) and (why := self.objections(sql)):
            self.found[sql] = why
        return result

    def _objections(self, sql: str) -> tuple[str, ...]:
        if not any(table in sql for table in self.cut):
            return ()
        whole = read(sql)
        found = [*self._of_write(sql), *(why for query in whole.all() for why in self._of_query(query))]
        return tuple(dict.fromkeys(found))

    def _of_write(self, sql: str) -> Iterator[str]:
        found = SET.match(sql)
        column = self.cut.get(found[1], "") if found else ""
        if found and column and not SAVED.search(sql) and re.search(rf'(?:^|,)\s*"?{column}"?\s*=', found[2]):
            yield f"sets {found[1]}.{column}, which tells the machine"
        if sql.lstrip().startswith("INSERT") and (found := CONFLICT.search(sql)):
            table = next(iter(read(sql[: found.start()]).tables.values()), "")
            if table in self.cut and self.cut[table] not in found[1]:
                yield f"ON CONFLICT on {table} without {self.cut[table]}"

    def _of_query(self, query: Query) -> Iterator[str]:
        cut_here = {name: table for name, table in query.tables.items() if table in self.cut}
        if LOCKS.search(query.text):
            yield from self._of_lock(query, cut_here)
        if (found := GROUPED.search(query.text)) and found[2] == "id" and query.tables.get(found[1]) in self.cut:
            asked = ADDED.sub("", query.text.partition(" FROM ")[0])
            if any(column != "id" for _name, column in COLUMN.findall(asked)):
                yield f"groups {query.tables[found[1]]} by its id alone"
        if (found := OUTWARDS.search(query.text)) and found[1] in self.copied | self.here and found[2] in self.cut:
            yield f"slow: from {found[1]} outwards to {found[2]}; begin with {found[2]}"
        yield from self._of_join(query, cut_here)
        yield from self._of_outside(query, cut_here)

    def _of_lock(self, query: Query, cut_here: dict[str, str]) -> Iterator[str]:
        _begin, _where, condition = query.text.partition(" WHERE ")
        for name, table in cut_here.items():
            column = self.cut[table]
            if not re.search(rf'"?{name}"?\."?{column}"? (?:= |IN \(%s\))', condition):
                yield f"locks {table} without naming one {column}"

    def _of_join(self, query: Query, cut_here: dict[str, str]) -> Iterator[str]:
        """Cut tables in one query: each beside another one, by what they are cut by."""
        joined: set[str] = set(list(cut_here)[:1])
        for _again in cut_here:
            for pair in self._by_cut(query, cut_here):
                joined |= pair if pair & joined else set()
        apart = [table for name, table in cut_here.items() if name not in joined]
        yield from (f"joins {table} by another column than its cut" for table in apart)

    def _of_outside(self, query: Query, cut_here: dict[str, str]) -> Iterator[str]:
        """A query within another that names a row of it, or is looked at for each row that is counted."""
        tables = set(query.tables.values())
        if query.is_counted and query.outer and tables and tables <= self.copied | set(self.cut):
            yield from (f"counts {t} by a look at {', '.join(sorted(tables))}" for t in self._cut_of(query.outer))
        is_here = any(table in self.here for table in query.tables.values())
        for name, around in query.names_outside():
            table = around.tables[name]
            if table in self.cut:
                outside = {name: table}
                if is_here:
                    yield f"looks from {table} at rows of the coordinator: {', '.join(sorted(query.tables.values()))}"
                if cut_here and not any(name in pair for pair in self._by_cut(query, cut_here | outside)):
                    yield f"looks from {table} at {', '.join(sorted(cut_here.values()))} of another household"
            elif cut_here:
                yield f"looks from {table} at {', '.join(sorted(cut_here.values()))}; begin with those"

    def _cut_of(self, query: Query) -> list[str]:
        return sorted({table for table in query.tables.values() if table in self.cut})[:1]

    def _by_cut(self, query: Query, names: dict[str, str]) -> Iterator[set[str]]:
        """Pairs of names that are held together by what they are cut by."""
        for one, column, other, with_column in query.equals():
            cuts = self.cut.get(names.get(one, "")), self.cut.get(names.get(other, ""))
            if None not in cuts and cuts == (column, with_column):
                yield {one, other}
