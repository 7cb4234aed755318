"""To whom a backup is encrypted, who opens it, and which of the app's own keys it needs; none of them is in it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import scrypt, sha256
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _
from pyrage import x25519

from alleviation.operations.backup.faults import BackupFault

# A guess at a key costs as much as at a password that is well kept; the keys themselves are drawn at random.
COST: dict[str, Any] = {"n": 2**14, "r": 8, "p": 1, "dklen": 8}


@dataclass(frozen=True)
class Sealing:
    """How the parts of a backup are closed."""

    recipients: tuple[x25519.Recipient, ...]

    @property
    def names(self) -> list[str]:
        """The public keys."""
        return sorted(str(one) for one in self.recipients)

    @property
    def suffix(self) -> str:
        """How the name of a closed file ends."""
        return ".age" if self.recipients else ""

    @property
    def mark(self) -> str:
        """A folder's name for what these recipients can open: others are given files of their own."""
        return sha256("\n".join(self.names).encode()).hexdigest()[:8] if self.recipients else "plain"


def sealing_for(texts: Iterable[str], *, is_plain: bool = False) -> Sealing:
    """Raises BackupFault for what is no public key, and where there is none and nobody asked for plain files."""
    texts = [text.strip() for text in texts if text.strip()]
    if is_plain:
        return Sealing(())
    if not texts:
        words = _(
            "BACKUP_RECIPIENTS names no key to encrypt to. Make a pair with `manage.py backup_key FILE` and set its "
            "public half, or ask for a backup that anybody can read with --plain."
        )
        raise BackupFault(words)
    return Sealing(tuple(map(_recipient, texts)))


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        words = _("BACKUP_RECIPIENTS: %(text)s… is no public key of age; one looks like age1….") % {"text": text[:12]}
        raise BackupFault(words) from error


def identities_in(path: Path | None) -> list[x25519.Identity]:
    """The private keys in a file, one on a line; none where no file is named. Raises BackupFault."""
    if path is None:
        return []
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        words = _("The private key %(file)s cannot be read: %(why)s.")
        raise BackupFault(words % {"file": path, "why": getattr(error, "strerror", None) or _("no text")}) from error
    try:
        found = [x25519.Identity.from_str(line.strip()) for line in lines if line.strip() and line[0] != "#"]
    except pyrage.IdentityError as error:
        raise BackupFault(_("%(file)s holds no private key of age.") % {"file": path}) from error
    if not found:
        raise BackupFault(_("%(file)s holds no private key of age.") % {"file": path})
    return found


def make_pair(path: Path) -> str:
    """Write a new private key, readable by its owner alone, and answer with the public one.

    Raises BackupFault where something is there already: whatever was encrypted to it would be lost.
    """
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        words = _("%(file)s is there already and stays as it is: backups may need it. Name another file.")
        raise BackupFault(words % {"file": path}) from error
    except OSError as error:
        words = _("%(file)s cannot be written: %(why)s.") % {"file": path, "why": error.strerror}
        raise BackupFault(words) from error
    with os.fdopen(handle, "w") as file:
        file.write(f"# created: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return public


@cache
def fingerprint(key: str) -> str:
    """By which a key is recognised and not guessed: 16 hexadecimal digits of scrypt."""
    return scrypt(key.encode(), salt=b"alleviation.backup.fingerprint", **COST).hex()


def fingerprints() -> dict[str, list[str]]:
    """Of each key that the app needs beside its database."""
    own: dict[str, Sequence[str]] = {
        "SECRET_KEY": [settings.SECRET_KEY],
        "TRAIL_KEY": [settings.TRAIL_KEY],
        "PERSONAL_KEYS": settings.PERSONAL_KEYS,
    }
    return {name: [fingerprint(key) for key in keys if key] for name, keys in own.items()}


def keys_missing(wanted: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The names and fingerprints of keys that a backup needs and this machine does not have."""
    here = fingerprints()
    return [(name, one) for name, ones in wanted.items() for one in ones if one not in here.get(name, [])]
