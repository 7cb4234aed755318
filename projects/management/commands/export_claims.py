"""manage.py export_claims FILE [--document NAME]: what documents say, in a file that import_claims reads."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from alleviation.audit import trail
from projects.imports.claim_files import written
from projects.imports.claims import exported
from projects.models import Claim, Document

BY = "manage.py export_claims"


class Command(BaseCommand):
    """Writes a whole file or none; that it was taken away stands in the trail."""

    help = "Write claims as CSV: UTF-8, with the quote of each where its document's text is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it")
        parser.add_argument(
            "--document",
            action="append",
            default=[],
            metavar="NAME",
            help="file name or SHA-256 of a document; may be given several times (default: all)",
        )

    def handle(self, *args: Any, file: Path, document: list[str], verbosity: int, **options: Any) -> None:
        claims = Claim.objects.filter(document__in=_documents(document)) if document else Claim.objects.all()
        try:
            content = written(exported(claims))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        _save(file, content)
        if verbosity:
            number = claims.count()
            self.stdout.write(_("%(number)s claims written to %(file)s.") % {"number": number, "file": file})


def _documents(names: list[str]) -> list[int]:
    """The documents of these names. Raises CommandError for a name that none has."""
    found: list[int] = []
    for name in names:
        numbers = Document.objects.filter(Q(file_name=name) | Q(sha256=name)).values_list("pk", flat=True)
        if not name or not numbers:
            raise CommandError(_("No document has the file name or SHA-256 “%(name)s”.") % {"name": name})
        found += numbers
    return found


def _save(file: Path, content: bytes) -> None:
    """Write beside the file and put it in its place when it is whole, and told."""
    if not file.parent.is_dir():
        raise CommandError(_("There is no folder %(folder)s.") % {"folder": file.parent})
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        trail.record_download(what="export_claims", by=BY, details={"bytes": len(content)})
        part.replace(file)
    except OSError as error:
        raise CommandError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
