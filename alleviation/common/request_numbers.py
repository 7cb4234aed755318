"""The number of a request: in its log lines, in its events of the trail, in its answer and on a page of failure."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

HEADER = "X-Request-ID"
# What proxies make, and what a column of the trail holds; anything else could break a line or pass for another's.
SOUND = re.compile(r"[0-9A-Za-z_-]{16,32}\Z")
NAME_OF_COMMAND = re.compile(r"[a-z_]{1,40}\Z")

_number: ContextVar[str] = ContextVar("request_number", default="")


def current() -> str:
    """Of the request that this thread answers, or answered last while its file still goes out, or of a command."""
    return _number.get()


def give_number(request: HttpRequest) -> str:
    """The number that the proxy in front gave this request, where there is one to trust; else a new one."""
    told = request.headers.get(HEADER, "").replace("-", "") if settings.BEHIND_PROXY else ""
    number = told if SOUND.match(told) else uuid4().hex
    _number.set(number)
    return number


@contextmanager
def numbered(number: str) -> Iterator[None]:
    """What is logged within belongs together: a command, or what a worker does of one import."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


def number_of_command(words: list[str]) -> str:
    """A new number for a command: "verify-1f0c9a72"; only a name that could be one of ours is repeated."""
    name = words[1] if len(words) > 1 and NAME_OF_COMMAND.match(words[1]) else "command"
    return f"{name}-{uuid4().hex[:8]}"
