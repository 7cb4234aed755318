"""Runs inside: pages asked for without a network, with the time that each leaves to the database."""

import re
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

TABLES = re.compile(r'(?:FROM|JOIN) "?([a-z]+_[a-z]+)"?')


def measured(pages: dict[str, str], session: str, repeats: int) -> dict[str, dict[str, Any]]:
    """For each page: milliseconds in all and of SQL, queries, rows of its tables; the first time does not count."""
    from django.conf import settings
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    found = {}
    for name, path in pages.items():
        asked = [_ask(client, path) for _time in range(repeats + 1)][1:]
        found[name] = {
            **asked[-1],
            "page": median(one["page"] for one in asked),
            "sql": median(one["sql"] for one in asked),
        }
    return found


def _ask(client: Any, path: str) -> dict[str, Any]:
    from django.db import connection

    log = _Log()
    with connection.execute_wrapper(log):
        start = perf_counter()
        answer = client.get(path)
        content = answer.getvalue()
        page = perf_counter() - start
    slowest = max(log.times, default=(0.0, ""))
    return {
        "status": answer.status_code,
        "page": page * 1000,
        "sql": sum(seconds for seconds, _sql in log.times) * 1000,
        "queries": len(log.times),
        "rows": content.count(b"<tr"),
        "slowest": f"{slowest[0] * 1000:.1f} ms {_table_of(slowest[1])}",
    }


class _Log:
    """How long each statement took; the driver of PostgreSQL has the rows by then."""

    def __init__(self) -> None:
        self.times: list[tuple[float, str]] = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        start = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.times.append((perf_counter() - start, str(sql)))


def _table_of(sql: str) -> str:
    """Which tables a statement reads."""
    return " ".join(dict.fromkeys(TABLES.findall(sql)))
