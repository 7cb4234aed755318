"""A process that stays with one database and is asked for one page after another, in turns with another's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from benchmarks.inside import ROOT, environment
from benchmarks.pages import measured

ONCE = "page"


class Asker:
    """Asks a process for pages. What a page costs is that of its second time: the first warms it up."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.pid = process.pid
        self.words, self.answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)

    def ask(self, path: str, session: str) -> dict[str, Any]:
        """What `pages.measured` tells of a page."""
        self.words.write(f"{json.dumps({'path': path, 'session': session})}\n")
        self.words.flush()
        found: dict[str, Any] = json.loads(self.answers.readline())
        return found


@contextmanager
def asker(url: str) -> Iterator[Asker]:
    """Somebody to ask for the pages of a database, until the end."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.asker"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment(url), **pipes) as process:
        yield Asker(process)
        cast(IO[str], process.stdin).close()


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(measured({ONCE: asked["path"]}, asked["session"], 1)[ONCE]), flush=True)


if __name__ == "__main__":
    main()
