"""A test writes rows as it likes; the cells over them are added up before somebody reads them, as an action would."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.walls.telling import keep_told
from alleviation.audit import trail
from beneficiaries.actions import cells as incomes
from projects.actions import cells as money

# The rows that cells are added up from, the cells, and what adds them up.
KEPT: tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[], Any]], ...] = (
    (
        re.compile(r'(INSERT|UPDATE|DELETE)\b.{1,40}"?projects_ledgerentry\b'),
        re.compile(r"\bprojects_(place|county|countyproject)money\b"),
        money.rebuild,
    ),
    (
        # A household or a place that is new has no income yet.
        re.compile(
            r'(INSERT\b.{1,40}"?beneficiaries_(incomerecord|householdmove|povertyline)\b'
            r'|UPDATE "?(beneficiaries_(incomerecord|household|povertyline)|projects_division)\b'
            r'|DELETE\b.{1,40}"?beneficiaries_(incomerecord|householdmove|povertyline)\b)'
        ),
        re.compile(r'\bFROM "?beneficiaries_(villageyear|countyyear|mergedyear)\b'),
        incomes.rebuild,
    ),
)


class Follower:
    """Watches a connection: what was written outside of the trail is added up at the next look at a cell."""

    def __init__(self) -> None:
        self.stale: set[Callable[[], Any]] = set()
        self.is_on = True

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        for rows, cells, rebuild in KEPT if self.is_on and isinstance(sql, str) else ():
            if rebuild in self.stale and cells.search(sql):
                self._add_up(rebuild, context["connection"])
            elif trail._pending.get() is None and rows.match(sql):
                self.stale.add(rebuild)
        return execute(sql, params, many, context)

    def _add_up(self, rebuild: Callable[[], Any], connection: Any) -> None:
        """Add up; no test counts these queries."""
        self.stale.discard(rebuild)
        counts, connection.force_debug_cursor = connection.force_debug_cursor, False
        try:
            with self.off(), beyond_scope("a test's rows are in the cells, whoever asks"):
                rebuild()
            if hasattr(connection, "area_told"):
                # What is asked now is not asked by the test.
                keep_told(connection)
        finally:
            connection.force_debug_cursor = counts

    @contextmanager
    def off(self) -> Iterator[None]:
        """Leave the cells as the app has them."""
        self.is_on = False
        try:
            yield
        finally:
            self.is_on = True


follower = Follower()
