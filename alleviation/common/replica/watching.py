"""Looks at each statement where there is a replica, so that no page mixes two ages."""

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from alleviation.common.replica.places import PRIMARY, is_elsewhere
from alleviation.common.saved import OWN

READ = re.compile(r"\s*(?:SELECT|WITH|COPY)\b", re.IGNORECASE)


class ReadElsewhere(RuntimeError):
    """A page that is read from the replica asked the primary. Ask `connections[reading()]` instead of `connection`."""


def watch(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Look at the statements of a connection that was made just now."""
    if connection.alias == PRIMARY and refuse_mixing not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, refuse_mixing)


def refuse_mixing(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a statement through to the primary, unless the page is read from the replica. Raises ReadElsewhere."""
    text = str(sql)[:2000]
    if is_elsewhere() and READ.match(text) and not OWN.search(text):
        raise ReadElsewhere(text[:80])
    return execute(sql, params, many, context)
