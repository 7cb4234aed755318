"""What a log keeps: what happened where, of which kind, in which request; never whom it was about.

Of a failure its place and kind, never its words, which may quote a person. What numbers, names or secrets stand in a
message all the same are taken out, and nothing that was typed can end a line or pass for one. Imports no settings, so
that gunicorn can use it before there are any. docs/hardening.md tells the form of a line.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from alleviation.common.request_numbers import current
from alleviation.common.scrubbing import scrubbed

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
# Whoever could fill a line with what they type could fill the disk.
LONGEST = 4000


class ImpersonalFormatter(logging.Formatter):
    """A line of text: moment, level, logger, request, message; below it a traceback without messages.

    PostgreSQL puts the whole refused row into its own, names and all.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        words = [scrubbed(message_of(record)), *(f"{name}={scrubbed(str(value))}" for name, value in fields.items())]
        line = f"{moment(record)} {record.levelname} {record.name} [{current() or '-'}] {' '.join(words)}"
        failure = self.formatException(record.exc_info) if record.exc_info else ""
        return f"{line}\n{failure}" if failure else line

    def formatException(self, ei: Failure) -> str:
        return "\n".join(_chain(ei[1]))


class JsonFormatter(ImpersonalFormatter):
    """The same as one line of JSON in ASCII, for a machine that gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": moment(record),
            "level": record.levelname,
            "logger": record.name,
            "request": current(),
            "message": scrubbed(message_of(record)),
        }
        for name, value in getattr(record, "fields", {}).items():
            line[name] = scrubbed(value) if isinstance(value, str) else value
        if record.exc_info:
            line["failure"] = self.formatException(record.exc_info).splitlines()
        return json.dumps(line, default=str)


FORMATTERS = {"text": "alleviation.common.logs.ImpersonalFormatter", "json": "alleviation.common.logs.JsonFormatter"}


def moment(record: logging.LogRecord) -> str:
    """When, in UTC to the millisecond."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def message_of(record: logging.LogRecord) -> str:
    """The words of a line. Django ends its own with the address of a page, which may say of whom; a name will do."""
    try:
        words = record.getMessage()
    except Exception:  # whatever a value may raise that is to be told
        return f"(a message that cannot be put together: {type(record.msg).__name__})"
    request: Any = getattr(record, "request", None)
    if path := getattr(request, "path", ""):
        # As it is, or as Django spells what is no ASCII.
        spelt = path.encode("unicode_escape").decode("ascii")
        words = words.removesuffix(path).removesuffix(spelt).rstrip(" :")
    name = getattr(getattr(request, "resolver_match", None), "view_name", "")
    return words[:LONGEST] + (f" ({name})" if name else "")


def _chain(error: BaseException | None) -> list[str]:
    """The frames and kinds of a failure and of those that led to it, the first one first."""
    if error is None:
        return []
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*_chain(earlier), f"Traceback (most recent call last):\n{frames}{kind}"]
