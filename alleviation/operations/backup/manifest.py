"""What a backup is made of: written last, so that a folder without it is half a backup."""

import hmac
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.streams import hash_of

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True)
class Part:
    """A file of a backup: its size and SHA-256 as it lies there, and the size of what it holds."""

    name: str
    size: int
    sha256: str
    holds: int

    @property
    def is_sealed(self) -> bool:
        return self.name.endswith(".age")

    def fault_in(self, folder: Path) -> str:
        """What is wrong with it as it lies there; "" where nothing is."""
        path = folder / self.name
        if not path.is_file():
            return _("%(part)s is missing.") % {"part": path}
        size, found = hash_of(path)
        if size != self.size:
            words = _("%(part)s has %(size)s bytes instead of %(wanted)s.")
            return words % {"part": path, "size": size, "wanted": self.size}
        return "" if found == self.sha256 else _("%(part)s was changed: its SHA-256 is another.") % {"part": path}


@dataclass(frozen=True)
class Manifest:
    """Of one backup: what, when, of which release, under which keys; `moment` is what its contents are of."""

    number: str
    database: str
    moment: str
    ended: str
    parts: list[Part]
    evidence: dict[str, Any]
    recipients: list[str]
    keys: dict[str, list[str]]
    migrations: list[str]
    release: str
    trail: dict[str, Any]
    server: dict[str, Any] = field(default_factory=dict)
    seconds: int = 0
    format: int = FORMAT
    seal: str = ""

    @property
    def at(self) -> datetime:
        """The moment."""
        return datetime.fromisoformat(self.moment)

    @property
    def size(self) -> int:
        """The bytes of its parts, as they lie there."""
        return sum(part.size for part in self.parts)

    @property
    def holds(self) -> int:
        """The bytes that its database takes where it is restored."""
        return sum(part.holds for part in self.parts)

    def part(self, start: str) -> Part:
        """The part whose name begins so. Raises BackupFault where there is none."""
        for part in self.parts:
            if part.name.startswith(start):
                return part
        raise BackupFault(_("The backup %(number)s has no part %(part)s.") % {"number": self.number, "part": start})

    def sealed(self) -> Self:
        """With a code that only the holder of TRAIL_KEY can make."""
        return replace(self, seal=self._code())

    def is_genuine(self) -> bool:
        """Whether it was made with this TRAIL_KEY and is as it was made."""
        return hmac.compare_digest(self.seal, self._code())

    def _code(self) -> str:
        key = hmac.digest(settings.TRAIL_KEY.encode(), b"alleviation.backup.manifest", "sha256")
        told = json.dumps(asdict(replace(self, seal="")), sort_keys=True, separators=(",", ":"))
        return hmac.new(key, told.encode(), sha256).hexdigest()

    @property
    def text(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupFault where there is none, or one of another format."""
    path = folder / NAME
    try:
        told = json.loads(path.read_text())
    except FileNotFoundError as error:
        words = _("%(folder)s has no manifest.json: it is half a backup, or none. Take another.")
        raise BackupFault(words % {"folder": folder}) from error
    except (OSError, ValueError) as error:
        words = _("%(file)s cannot be read. Take another backup, or another copy of this one.")
        raise BackupFault(words % {"file": path}) from error
    if told.get("format") != FORMAT:
        words = _("%(folder)s has the format %(format)s, this release reads %(own)s: install the release it is of.")
        raise BackupFault(words % {"folder": folder, "format": told.get("format"), "own": FORMAT})
    try:
        return Manifest(**told | {"parts": [Part(**part) for part in told["parts"]]})
    except (TypeError, KeyError) as error:
        words = _("%(file)s is not as it was written. Take another backup, or another copy of this one.")
        raise BackupFault(words % {"file": path}) from error


def applied(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations that a database has seen."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def unknown_migrations(manifest: Manifest) -> list[str]:
    """Those of a backup that this release does not have: it is of a newer one."""
    own = disk_migrations()
    return [name for name in manifest.migrations if name not in own]


def disk_migrations() -> set[str]:
    """Those of this release."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
