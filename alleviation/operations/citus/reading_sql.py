"""Takes a statement apart as far as it matters here: which tables stand in which query, and what joins them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WORD = r'"?(\w+)"?'
NAMED = re.compile(
    rf'\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:ONLY\s+)?{WORD}(?:\s+(?:AS\s+)?(?!\w*\()"?(\w+)"?)?', re.IGNORECASE
)
BESIDE = re.compile(rf",\s*{WORD}\s+(?:AS\s+)?(\w\d*)\b(?=\s*(?:,|WHERE|$))", re.IGNORECASE)
EQUAL = re.compile(rf"{WORD}\.{WORD}\s*\)?\s*=\s*\(?\s*{WORD}\.{WORD}")
COLUMN = re.compile(rf"{WORD}\.{WORD}")
QUERY = re.compile(r"\(\s*(?:SELECT|WITH)\b", re.IGNORECASE)
APART = re.compile(r"\b(?:UNION(?:\s+ALL)?|INTERSECT|EXCEPT)\b", re.IGNORECASE)
TEXT = re.compile(r"'(?:[^']|'')*'")
# What comes after a table's name and is no other name for it.
NO_NAME = re.compile(
    r"(?:where|on|inner|left|right|full|cross|join|order|group|limit|set|values|using|union|for|select|as|returning"
    r"|having|offset|default|natural|lateral|with|except|intersect|window|fetch|and|or)?$",
    re.IGNORECASE,
)


@dataclass
class Query:
    """One query of a statement without those within it: its tables by the names they go by, and those within."""

    text: str
    outer: "Query | None" = None
    inner: list["Query"] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    # It stands in the condition of a count or sum: FILTER (WHERE …).
    is_counted: bool = False

    def table_of(self, name: str) -> tuple[str, "Query | None"]:
        """The table that a name stands for, and the query in which it stands."""
        here: Query | None = self
        while here is not None:
            if name in here.tables:
                return here.tables[name], here
            here = here.outer
        return "", None

    def all(self) -> Iterator["Query"]:
        yield self
        for one in self.inner:
            yield from one.all()

    def equals(self) -> Iterator[tuple[str, str, str, str]]:
        """(name, column, name, column) of what is held equal, here and in the queries around."""
        here: Query | None = self
        while here is not None:
            yield from EQUAL.findall(here.text)
            here = here.outer

    def names_outside(self) -> Iterator[tuple[str, "Query"]]:
        """The tables of the queries around that this one names, with the query in which they stand."""
        for name, _column in COLUMN.findall(self.text):
            _table, where = self.table_of(name)
            if where is not None and where is not self:
                yield name, where


def read(sql: str) -> Query:
    """The queries of a statement, one within the other."""
    return _read(TEXT.sub("''", sql), None)


def _read(sql: str, outer: Query | None) -> Query:
    own, inside, at = [], [], 0
    for found in QUERY.finditer(sql):
        if found.start() < at:
            continue
        end = _end(sql, found.start())
        own.append(sql[at : found.start()])
        inside.append((sql[found.start() + 1 : end], _is_counted("".join(own))))
        at = end + 1
    # One after the other, they know nothing of each other.
    first, *others = APART.split(" (…) ".join([*own, sql[at:]]))
    query = Query(first, outer, tables=dict(_tables(first)))
    query.inner = [Query(one, outer, tables=dict(_tables(one))) for one in others]
    for one, is_counted in inside:
        query.inner.append(_read(one, query))
        query.inner[-1].is_counted = is_counted
    return query


def _is_counted(before: str) -> bool:
    """Whether the last FILTER that comes before is open still."""
    _begin, found, since = before.rpartition("FILTER (WHERE")
    return bool(found) and _end(f"({since}", 0) > len(since)


def _end(sql: str, begin: int) -> int:
    """Where the parenthesis closes that opens here."""
    depth = 0
    for place in range(begin, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth == 0:
            return place
    return len(sql)


def _tables(text: str) -> Iterator[tuple[str, str]]:
    for table, name in [*NAMED.findall(text), *BESIDE.findall(text)]:
        yield (table if NO_NAME.match(name) else name), table
