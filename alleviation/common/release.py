"""Which release of the code runs: another one makes other pages of the same figures."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import django

# What pages are made of.
MADE_OF = frozenset({".py", ".html", ".txt", ".mo", ".css", ".js", ".svg", ".csv"})


def release_of(folders: Iterable[Path]) -> str:
    """A digest of the files in these folders by path, size and moment of change, and of Django's version.

    Taken when the process starts, as it keeps what it has read; a file that changes later is of the next release.
    """
    found = hashlib.sha256(django.get_version().encode())
    for folder in folders:
        for path in sorted(one for one in folder.rglob("*") if one.suffix in MADE_OF):
            about = path.stat()
            found.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\0".encode())
    return found.hexdigest()[:16]
