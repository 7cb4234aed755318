"""manage.py import_claims FILE: enter what documents say from a file, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from alleviation.audit.forms import words_of
from projects.imports.claims import Refused, import_claims

BY = "manage.py import_claims"


class Command(BaseCommand):
    """Tells all that is wrong at once; the same file again changes nothing."""

    help = "Enter claims from CSV (UTF-8 or GB18030) as export_claims writes it. Their documents must be recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to read")

    def handle(self, *args: Any, file: Path, verbosity: int, **options: Any) -> None:
        try:
            done = import_claims(file.read_bytes(), title=file.name, by=BY)
        except Refused as refused:
            raise CommandError(_told([str(problem) for problem in refused.problems])) from refused
        except (ValidationError, IntegrityError) as error:
            raise CommandError(_told([words_of(error)])) from error
        except OSError as error:
            raise CommandError(_told([str(error)])) from error
        if verbosity:
            self.stdout.write(_("%(added)s claims added, %(same)s recorded before.") % vars(done))


def _told(said: list[str]) -> str:
    return "\n".join([*said, _("Nothing was imported.")])
