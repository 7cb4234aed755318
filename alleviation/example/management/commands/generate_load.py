"""Make up data of any size, for tests of size."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils.translation import gettext as _

from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.example.load import size as sizes
from alleviation.example.load.loading import analyze, load, refuse_where_people_work
from alleviation.example.load.size import Size
from projects.management.progress import Progress
from projects.models import Division

ROLLUPS = "rebuild_rollups"


class Command(BaseCommand):
    """manage.py generate_load --households N [--years 5] [--first-year 2016] [--area 51]"""

    help = "Make up so many households with incomes, money and places, the same every time, for tests of size."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, required=True, help=_("How many, such as 15000."))
        parser.add_argument("--years", type=int, default=sizes.YEARS, help=_("Years of incomes (default 5)."))
        parser.add_argument("--first-year", type=int, default=sizes.FIRST_YEAR, help=_("The first (default 2016)."))
        parser.add_argument("--area", default="", help=_("Leading digits: only counties in there. Default: all."))

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("This fills a database with made-up data: it runs with DEBUG=True alone."))
        size = _size(options["households"], options["years"], options["first_year"])
        refuse_where_people_work()
        if not Division.objects.latest_vintage():
            call_command("load_reference", verbosity=0, stdout=self.stdout)
        rows = load(size, area=options["area"], started=self.progress(verbosity))
        if ROLLUPS in get_commands():
            call_command(ROLLUPS, verbosity=0, stdout=self.stdout)
        analyze()
        if verbosity:
            self.stdout.write(_in_words(size, rows))

    def progress(self, verbosity: int) -> Callable[[int], Callable[[int], None]]:
        """A bar on the error output, once the number of rows is known."""
        out = self.stderr if isinstance(self.stderr, OutputWrapper) else OutputWrapper(sys.stderr)
        return lambda rows: Progress(out, rows, is_quiet=not verbosity).advance


def _size(households: int, years: int, first_year: int) -> Size:
    """Raises CommandError for what cannot be."""
    size = Size(households, years, first_year)
    if households < 1 or years < 1 or not FIRST_YEAR <= first_year <= size.last_year <= LAST_YEAR:
        words = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise CommandError(_("At least one household and one year, and years from %(first)s to %(last)s.") % words)
    return size


def _in_words(size: Size, rows: int) -> str:
    numbers = {"rows": rows, "households": size.households, "villages": size.villages, "counties": size.counties}
    sentence = _("%(rows)s rows: %(households)s households in %(villages)s villages of %(counties)s counties made up.")
    return sentence % {name: f"{number:,}" for name, number in numbers.items()}
