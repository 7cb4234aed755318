"""Folders that are file systems of their own, small enough to be filled, where we may make such; only root may."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

FILLER = "filler"
MEGABYTE = 1024 * 1024
PATIENCE = 30


class Place:
    """A folder on a disk of its own. `is_real` says whether it is one; else it can be neither filled nor shut."""

    def __init__(self, path: Path, *, megabytes: int, owner: int = 0) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.is_real = os.geteuid() == 0 and _ran("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", path)
        if owner:
            os.chown(path, owner, -1)

    def fill(self) -> None:
        """Leave not one byte."""
        block = b"\0" * MEGABYTE
        with (self.path / FILLER).open("ab", buffering=0) as file:
            while len(block):
                try:
                    file.write(block)
                except OSError:
                    block = block[: len(block) // 2]

    def empty(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.path / FILLER).unlink()

    def shut(self, let_go: Callable[[], None]) -> None:
        """Make it read-only, as a system does whose disk has failed. Who has a file open is asked to let go."""
        deadline = time.monotonic() + PATIENCE
        let_go()
        while not _ran("mount", "-o", "remount,ro", self.path):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.path} cannot be made read-only")
            time.sleep(0.05)

    def open(self) -> None:
        _ran("mount", "-o", "remount,rw", self.path)

    def close(self) -> None:
        if self.is_real:
            _ran("umount", "-l", self.path)


def _ran(*command: str | Path) -> bool:
    return subprocess.run([*map(str, command)], capture_output=True, check=False).returncode == 0
