"""Keeps segments of PostgreSQL's write-ahead log, and gives them back: its archive_command and restore_command.

    python -m alleviation.operations.backup.archiving keep PATH --to FOLDER --recipient age1…
    python -m alleviation.operations.backup.archiving fetch NAME PATH --from FOLDER

Without Django, since it runs for every segment. A segment's file is named by its name and its SHA-256: what is there
already under the same name is either the same, or nothing is written and the server is told that it failed.
"""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pyrage
from pyrage import x25519

from alleviation.operations.backup.streams import Damaged, Made, WrongKey, hash_of, open_packed, packed, write_file

# From 126 on PostgreSQL gives up its recovery, below it takes the segment for one that was never archived.
ABSENT, BROKEN, REFUSED = 1, 200, 1
IDENTITIES = "BACKUP_IDENTITIES"
SAID = "alleviation: "


class Refused(Exception):
    """The segment is not kept; with the reason."""


def kept_as(folder: Path, name: str) -> list[Path]:
    """The files that a segment is kept as: one, or none."""
    # 000000010000000000000002.00000028.backup is none of 000000010000000000000002.
    form = re.compile(re.escape(name) + r"\.([0-9a-f]{32})\.gz(\.age)?")
    return sorted(one for one in folder.glob(f"{name}.*") if form.fullmatch(one.name))


def keep(path: Path, folder: Path, recipients: Sequence[x25519.Recipient]) -> None:
    """Have a segment in the folder, packed and encrypted, on the disk. Raises Refused, or OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _size, digest = hash_of(path)
    target = folder / f"{path.name}.{digest[:32]}.gz{'.age' if recipients else ''}"
    others = kept_as(folder, path.name)
    if others == [target]:
        return
    if others:
        raise Refused(f"{others[0]} is another segment of this name: it stays. Another server archives to this folder.")
    with path.open("rb") as source:
        write_file(target, Made(packed(source)), recipients)
    if hash_of(path)[1] != digest or kept_as(folder, path.name) != [target]:
        target.unlink()
        raise Refused(f"{path.name} was written to by somebody else meanwhile.")


def fetch(name: str, path: Path, folder: Path, identities: Sequence[x25519.Identity]) -> bool:
    """Write a segment where the server wants it; False where it was never archived. Raises Refused where it is broken."""
    found = kept_as(folder, name)
    if not found:
        return False
    content = BytesIO()
    try:
        open_packed(found[0], content, identities, is_sealed=found[0].name.endswith(".age"))
    except WrongKey as error:
        raise Refused(f"{found[0]} does not open with this private key.") from error
    except Damaged as error:
        raise Refused(f"{found[0]} is damaged or cut off.") from error
    path.write_bytes(content.getvalue())
    if hash_of(path)[1][:32] != found[0].name.removeprefix(f"{name}.").partition(".")[0]:
        path.unlink()
        raise Refused(f"{found[0]} is not the segment of its name.")
    return True


def main(arguments: Sequence[str]) -> int:
    """The exit code that PostgreSQL goes by."""
    told = parsed(arguments)
    try:
        if told.what == "keep":
            if not told.recipient and not told.plain:
                raise Refused("name a public key with --recipient, or ask for plain files with --plain.")
            keep(told.path, told.to, [x25519.Recipient.from_str(one) for one in told.recipient])
            return 0
        keys = [x25519.Identity.from_str(one) for one in os.environ.get(IDENTITIES, "").split()]
        return 0 if fetch(told.name, told.path, told.source, keys) else ABSENT
    except (Refused, OSError, pyrage.RecipientError, pyrage.IdentityError) as error:
        sys.stderr.write(f"{SAID}{error}\n")
        return REFUSED if told.what == "keep" else BROKEN


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """What the server asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="what", required=True)
    keeping, fetching = ways.add_parser("keep"), ways.add_parser("fetch")
    keeping.add_argument("path", type=Path)
    keeping.add_argument("--to", type=Path, required=True)
    keeping.add_argument("--recipient", action="append", default=[])
    keeping.add_argument("--plain", action="store_true")
    fetching.add_argument("name")
    fetching.add_argument("path", type=Path)
    fetching.add_argument("--from", type=Path, required=True, dest="source")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
