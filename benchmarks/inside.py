"""Runs one function of a benchmark in a process of its own with a database of its own: inside(url, function, …).

A process knows one database from its start to its end: so what is compared between two databases, or must not share
what another has learnt, runs in here. The processes are forked from one that has the app ready and has never asked a
database, so that each begins alike and at once. The function gets its words as JSON and gives its result back so.
"""

import atexit
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Where the app keeps files while it is measured.
FILES = Path(tempfile.gettempdir()) / f"benchmarks-{os.getuid()}"
NO_DATABASE = "sqlite:///:memory:"


class Failed(RuntimeError):
    """The function failed; what it said stands on the error output."""


def inside(url: str, function: Callable[..., Any], *, python: str = sys.executable, **words: Any) -> Any:
    """What the function gives, run with this DATABASE_URL, by another Python where one is named. Raises Failed."""
    # A benchmark that was started by its name goes by another while it runs.
    where = f"{function.__globals__['__spec__'].name}:{function.__name__}"
    return _asked(python, {"url": url, "where": where, "words": words})


def manage(url: str, *words: str, debug: bool = False) -> None:
    """Run a command of manage.py on a database. Raises Failed."""
    inside(url, run_command, words=words, debug=debug)


def environment(url: str, **variables: str) -> dict[str, str]:
    """The environment of a process that works on a database, and beside it touches nothing of the checkout's."""
    # Keys of its own, so that none is made in the checkout.
    keys = dict.fromkeys(("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS"), "of-a-benchmark-and-no-secret" * 3)
    folders = {name: str(FILES / name.lower()) for name in ("EVIDENCE_ROOT", "IMPORT_ROOT")}
    # What is measured is the file, and nobody is there to approve it.
    ours = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "alleviation.settings", "BULK_HOUSEHOLDS": "2000000000"}
    return {**os.environ, **keys, **folders, **ours, **variables}


def run_command(words: list[str], debug: bool) -> None:
    """Runs inside: a command of manage.py."""
    from django.conf import settings
    from django.core.management import ManagementUtility

    settings.DEBUG = debug
    ManagementUtility(["manage.py", *words]).execute()


def _asked(python: str, what: dict[str, Any]) -> Any:
    process = _mother(python)
    process.stdin.write(f"{json.dumps(what)}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer.strip():
        raise Failed(f"{what['where']} on {what['url']}")
    return json.loads(answer)["found"]


@cache
def _mother(python: str) -> Any:
    """The process that all others of this benchmark are forked from."""
    command = [python, "-W", "ignore", "-m", "benchmarks.inside"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process: Any = subprocess.Popen(command, cwd=ROOT, env=environment(NO_DATABASE), **pipes)
    atexit.register(process.stdin.close)
    return process


def main() -> None:
    """Fork a child for each line that asks for something; an empty line says that it failed."""
    import django
    from django.urls import get_resolver

    django.setup()
    # All that pages need, once for all children.
    _ready = get_resolver().url_patterns
    answers = os.dup(1)
    # What a command prints is no answer.
    os.dup2(2, 1)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_do(answers, **json.loads(line)))
        _pid, status = os.waitpid(child, 0)
        if status:
            os.write(answers, b"\n")


def _do(answers: int, url: str, where: str, words: dict[str, Any]) -> int:
    """A child's life: its exit code."""
    import traceback

    from django.db import connections

    from alleviation.common.databases import database

    os.environ["DATABASE_URL"] = url
    # Nothing was asked of it, but it was looked at.
    with suppress(AttributeError):
        del connections["default"]
    connections.__dict__["settings"] = connections.configure_settings({"default": database(url)})
    module, _, name = where.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)(**words)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
    _write_all(answers, json.dumps({"found": found}).encode() + b"\n")
    return 0


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


if __name__ == "__main__":
    main()
