"""What a command leaves that breaks off by a fault of ours: on a server a line of its log, without anybody's data."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

log = logging.getLogger(__name__)


@contextmanager
def tell_failures() -> Iterator[None]:
    """Log a failure where lines are for machines (LOG_FORMAT=json), and end with exit code 1.

    Python's own words of it would quote what PostgreSQL quotes: a whole row. On one's own machine they stay.
    """
    try:
        yield
    except Exception as error:
        if not settings.configured or settings.LOG_FORMAT != "json":
            raise
        log.critical("The command broke off.", exc_info=error)
        raise SystemExit(1) from None
