"""Keep the head of the trail where the database's administrator does not write."""

import os
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.audit.reading import as_of_one_moment
from alleviation.audit.verification.anchors import Anchor, NoAnchor, anchor_faults, anchor_of, last_event, read_anchor
from alleviation.audit.verification.chain import chain_faults
from alleviation.common.outcomes import outcome

SHOWN = 20


class Command(BaseCommand):
    """Appends the number, digest and authentication code of the last event to a file, or mails them."""

    help = (
        "Writes the head of the trail to a file or a mail, once the events since the last anchor in that file fit. "
        "Exit code 1 where they do not; nothing is anchored then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FILE", help="Append one line of JSON to this file.")
        parser.add_argument("--mail", metavar="ADDRESS", help="Mail the line to this address.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["to"]
        if path is None and not options["mail"]:
            raise CommandError(_("Say where to: --to FILE, --mail ADDRESS, or both."))
        with outcome("anchor"):
            self.anchor_last(path, options["mail"])

    def anchor_last(self, path: Path | None, address: str | None) -> None:
        """Anchor the last event of the trail. Raises CommandError where it does not fit what was anchored before."""
        lines = lines_of(path) if path else []
        with as_of_one_moment():
            event = last_event()
            if event is None and not lines:
                raise CommandError(_("The trail is empty: there is nothing to anchor yet."))
            refuse_faults(lines)
        if event is not None:
            self.anchor(anchor_of(event), path, lines, address)

    def anchor(self, anchor: Anchor, path: Path | None, lines: list[str], address: str | None) -> None:
        """Put the anchor where it is wanted. A file that ends with it already stays as it is."""
        if path and anchor.line not in lines[-1:]:
            append(path, anchor.line)
        if address:
            subject = _("Anchor of the audit trail: event %(number)s") % {"number": anchor.number}
            send_mail(subject, f"{anchor.line}\n", None, [address])
        words = {"number": anchor.number, "digest": anchor.digest}
        self.stdout.write(_("Anchored: event %(number)s, %(digest)s") % words)


def lines_of(path: Path) -> list[str]:
    """The anchors that the file holds; none where there is no file yet."""
    try:
        return [line for line in path.read_text().splitlines() if line.strip()] if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": path, "error": error}) from error


def refuse_faults(lines: list[str]) -> None:
    """Refuse to anchor a trail that is not what was anchored before, or does not go on from there.

    Raises CommandError with exit code 1 and the first faults.
    """
    faults = list(islice(anchor_faults(lines), SHOWN))
    if not faults:
        faults = list(islice(chain_faults(after=last_number(lines)), SHOWN))
    if faults:
        heading = _("The trail is not what was written. Nothing is anchored.")
        raise CommandError("\n".join([heading, *(f"         {fault}" for fault in faults)]), returncode=1)


def last_number(lines: list[str]) -> int:
    """The number of the event that was anchored last; 0 where none was."""
    try:
        return read_anchor(lines[-1]).number if lines else 0
    except NoAnchor:
        return 0


def append(path: Path, line: str) -> None:
    """Add a line, and see it on the disk."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as out:
            out.write(f"{line}\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise CommandError(_("%(file)s cannot be written: %(error)s") % {"file": path, "error": error}) from error
