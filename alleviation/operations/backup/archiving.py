"""Keeps segments of PostgreSQL's write-ahead log, as its archive_command, and opens them again.

    python -m alleviation.operations.backup.archiving PATH --to FOLDER --recipient age1…

Without Django, since it runs for every segment; deploy/archive-wal does the same with the tool age. A segment's file
is named by its name and its SHA-256: what is there already under the same name is either the same, or nothing is
written and the server is told that it failed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pyrage
from pyrage import x25519

from alleviation.operations.backup.streams import Damaged, Made, WrongKey, hash_of, open_packed, packed, write_file

DONE, REFUSED, ABSENT = 0, 1, 1


class Refused(Exception):
    """The segment is not kept, or cannot be used; with the reason."""


def kept_as(folder: Path, name: str) -> list[Path]:
    """The files that a segment is kept as: one, or none."""
    # 000000010000000000000002.00000028.backup is none of 000000010000000000000002.
    form = re.compile(re.escape(name) + r"\.[0-9a-f]{32}\.gz(\.age)?")
    return sorted(one for one in folder.glob(f"{name}.*") if form.fullmatch(one.name))


def keep(path: Path, folder: Path, recipients: Sequence[x25519.Recipient]) -> None:
    """Have a segment in the folder, packed and encrypted, on the disk. Raises Refused, or OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hash_of(path)[1]
    target = folder / f"{path.name}.{digest[:32]}.gz{'.age' if recipients else ''}"
    others = kept_as(folder, path.name)
    if others == [target]:
        return
    if others:
        raise Refused(f"{others[0]} is another segment of this name, of another server perhaps: it stays.")
    with path.open("rb") as source:
        write_file(target, Made(packed(source)), recipients)
    # Whoever restores, and deletes what is old, is not the server's user, but of the folder's group (install.sh).
    target.chmod(0o640)
    if hash_of(path)[1] != digest or kept_as(folder, path.name) != [target]:
        target.unlink()
        raise Refused(f"{path.name} was written to by somebody else meanwhile.")


def fetch(name: str, path: Path, folder: Path, identities: Sequence[x25519.Identity]) -> bool:
    """Write a segment where the server wants it; False where it was never archived. Raises Refused for a bad one."""
    found = kept_as(folder, name)
    if not found:
        return False
    content = BytesIO()
    try:
        open_packed(found[0], content, identities, is_sealed=found[0].suffix == ".age")
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--recipient", action="append", default=[])
    parser.add_argument("--plain", action="store_true")
    told = parser.parse_args(arguments)
    try:
        if not told.recipient and not told.plain:
            raise Refused("name a public key with --recipient, or ask for plain files with --plain.")
        keep(told.path, told.to, [x25519.Recipient.from_str(one) for one in told.recipient])
    except (Refused, OSError, pyrage.RecipientError) as error:
        sys.stderr.write(f"alleviation: {error}\n")
        return REFUSED
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
