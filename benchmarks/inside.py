"""Runs one function of a benchmark in a process of its own with a database of its own: inside(url, function, …).

A process knows one database from its start to its end, and its memory is its own: so what is compared between two
databases, or measured for memory, runs in here. The function gets its words as JSON and gives its result back so.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Where the app keeps files while it is measured.
FILES = Path(tempfile.gettempdir()) / f"benchmarks-{os.getuid()}"


def inside(url: str, function: Callable[..., Any], *, python: str = sys.executable, **words: Any) -> Any:
    """What the function gives, run with this DATABASE_URL. Raises CalledProcessError where it fails."""
    # A benchmark that was started by its name goes by another while it runs.
    where = f"{function.__globals__['__spec__'].name}:{function.__name__}"
    command = [python, "-W", "ignore", "-m", "benchmarks.inside", where, json.dumps(words)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=environment(url))
    return json.loads(done.stdout.splitlines()[-1])


def manage(url: str, *words: str, **variables: str) -> str:
    """Run a command of manage.py on a database; returns what it printed."""
    command = [sys.executable, "-W", "ignore", "manage.py", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=environment(url, **variables))
    return done.stdout.decode()


def environment(url: str, **variables: str) -> dict[str, str]:
    """The environment of a process that works on a database, and beside it touches nothing of the checkout's."""
    # Keys of its own, so that none is made in the checkout.
    keys = dict.fromkeys(("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS"), "of-a-benchmark-and-no-secret" * 3)
    folders = {name: str(FILES / name.lower()) for name in ("EVIDENCE_ROOT", "IMPORT_ROOT")}
    ours = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "alleviation.settings"}
    return {**os.environ, **keys, **folders, **ours, **variables}


def main(where: str, words: str) -> None:
    import django

    django.setup()
    module, _, name = where.partition(":")
    found = getattr(importlib.import_module(module), name)(**json.loads(words))
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
