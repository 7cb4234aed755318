"""Checks that every figure is true, from the records up."""

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alleviation.common.checks import Check
from alleviation.reports.checks import CHECKS

SHOWN = 20


class Command(BaseCommand):
    """Runs every check, says what is wrong and where, and fails where anything is."""

    help = "Checks ledger, incomes, claims, documents and the trail. Exit code 1 where anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="Language of the words (default: the server's).")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or translation.get_language()):
            wrong = sum(not self._holds(check) for check in CHECKS)
            words = ngettext("%(count)d check.", "%(count)d checks.", len(CHECKS)) % {"count": len(CHECKS)}
            if wrong:
                faulty = ngettext("%(count)d of them found faults.", "%(count)d of them found faults.", wrong)
                raise CommandError(f"{words} {faulty % {'count': wrong}}", returncode=1)
            holds = _("Everything holds.")
            self.stdout.write(self.style.SUCCESS(f"{words} {holds}"))

    def _holds(self, check: Check) -> bool:
        """Print one check with what it found."""
        found = iter(check.faults())
        shown = list(islice(found, SHOWN))
        if not shown:
            self.stdout.write(_("OK: %(check)s") % {"check": check.title})
            return True
        self.stdout.write(self.style.ERROR(_("WRONG: %(check)s") % {"check": check.title}))
        for fault in shown:
            self.stdout.write(f"         {fault}")
        if more := sum(1 for _fault in found):
            words = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
            self.stdout.write(f"         {words}")
        return False
