"""What is looked at in each statement where there is a replica: that a page does not mix two ages."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from alleviation.common.replica.deadlines import DEADLINES
from alleviation.common.replica.places import PRIMARY, REPLICA, is_elsewhere
from alleviation.common.saved import OWN

READ = re.compile(r"\s*(?:SELECT|WITH|COPY)\b", re.IGNORECASE)
# The server ends a statement after STATEMENT_SECONDS, or DOWNLOAD_SECONDS; one that does not even do that is cut off.
GRACE_SECONDS = 5


class ReadElsewhere(RuntimeError):
    """A page that is read from the replica asked the primary. Ask `connections[reading()]` instead of `connection`."""


def watch(connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    """Look at the statements of a connection that was made just now."""
    wrapper = {PRIMARY: refuse_mixing, REPLICA: keep_in_time}.get(connection.alias)
    if wrapper and wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, wrapper)


def refuse_mixing(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a statement through to the primary, unless the page is read from the replica. Raises ReadElsewhere."""
    text = str(sql)[:2000]
    if is_elsewhere() and READ.match(text) and not OWN.search(text):
        raise ReadElsewhere(text[:80])
    return execute(sql, params, many, context)


def keep_in_time(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Wait for the replica no longer than a statement, or a file, may take."""
    replica = context["connection"]
    seconds = getattr(replica, "seconds_given", settings.STATEMENT_SECONDS)
    with replica.wrap_database_errors, DEADLINES.within(replica.connection, seconds + GRACE_SECONDS):
        return execute(sql, params, many, context)
