"""manage.py forget_persons: erase persons who left the register as many years ago as the office keeps them."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from beneficiaries.actions.forgetting import forget_persons, gone_persons

BY = "manage.py forget_persons"


class Command(BaseCommand):
    """Erases whoever belongs to no household any more since PERSONAL_YEARS years. docs/privacy.md."""

    help = "Erase persons who left every household more than PERSONAL_YEARS years ago; what is counted stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many, and erase nobody")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        years = settings.PERSONAL_YEARS
        if not years:
            raise CommandError(_("PERSONAL_YEARS says how many years persons are kept; without it nobody is erased."))
        today = localdate()
        # The 29th of February has no like in most years.
        day = today.replace(year=today.year - years, day=min(today.day, 28))
        counted = {"day": day.isoformat(), "years": years}
        if dry_run:
            number = sum(1 for _person in gone_persons(day))
            told = _("%(number)s persons left before %(day)s and would be erased.")
        else:
            number = forget_persons(day, by=BY, reason=_("Kept for %(years)s years after leaving.") % counted)
            told = _("%(number)s persons who left before %(day)s are erased.")
        if verbosity:
            self.stdout.write(told % {**counted, "number": number})
