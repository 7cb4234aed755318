"""What held and what did not, as a table."""

import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class NotSo(Exception):
    """Something is not as it should be; the words say what was found."""


def expect(found: object, wanted: object, what: str = "") -> None:
    """Raises NotSo where they differ."""
    if found != wanted:
        raise NotSo(f"{what}{': ' if what else ''}{found!r} instead of {wanted!r}")


def said(
    command: Sequence[str], told: Sequence[str] = (), env: dict[str, str] | None = None, cwd: Path | None = None
) -> str:
    """What a command said, errors among it. Raises NotSo with that, and `told` for its name, where it failed."""
    done = subprocess.run(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotSo(f"{' '.join(told or command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


@dataclass
class Board:
    """The rows of the table, told as they come."""

    rows: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def all_held(self) -> bool:
        return bool(self.rows) and all(held for _what, held in self.rows)

    @contextmanager
    def row(self, what: str) -> Iterator[Callable[[str], None]]:
        """One thing that should hold; it may say more about itself."""
        more: list[str] = []
        try:
            yield more.append
        except NotSo as reason:
            self.tell(what, False, str(reason))
        except Exception:
            self.tell(what, False, traceback.format_exc(limit=-3).strip())
        else:
            self.tell(what, True, "; ".join(more))

    def tell(self, what: str, held: bool, more: str) -> None:
        self.rows.append((what, held))
        print(f"{'holds ' if held else 'BROKEN'}  {what}{f'  ({more})' if more else ''}", flush=True)

    def end(self) -> int:
        broken = sum(not held for _what, held in self.rows)
        print(f"\n{len(self.rows) - broken} of {len(self.rows)} hold", flush=True)
        if not self.rows:
            print("nothing was tried", file=sys.stderr)
        return int(not self.all_held)
