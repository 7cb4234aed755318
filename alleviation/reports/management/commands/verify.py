"""Checks that every figure is true, from the records up, and that nobody wrote past the trail."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alleviation.audit.reading import as_of_one_moment
from alleviation.audit.verification.anchors import anchor_faults
from alleviation.common.checks import Check
from alleviation.common.outcomes import outcome
from alleviation.reports.checks import CHECKS

SHOWN = 20


class Command(BaseCommand):
    """Runs every check, says what is wrong and where, and fails where anything is."""

    help = (
        "Checks the trail, the tables against it, files, the ledger, every sum, incomes, claims and documents. "
        "Exit code 1 where anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, help="Language of the words (default: the server's).")
        parser.add_argument("--quick", action="store_true", help="Leave out the sums, the constraints and the files.")
        parser.add_argument(
            "--anchor",
            type=Path,
            metavar="FILE",
            help="Anchors that export_anchor wrote: a cut tail or a rewritten trail is found by them.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with outcome("verify_quick" if options["quick"] else "verify"):
            self._check(options)

    def _check(self, options: dict[str, Any]) -> None:
        checks = [check for check in CHECKS if not (options["quick"] and check.is_slow)]
        if options["anchor"]:
            checks.append(anchored(options["anchor"]))
        with translation.override(options["language"] or translation.get_language()), as_of_one_moment():
            wrong = sum(not self._holds(check) for check in checks)
            words = ngettext("%(count)d check.", "%(count)d checks.", len(checks)) % {"count": len(checks)}
            if wrong:
                faulty = ngettext("%(count)d of them found faults.", "%(count)d of them found faults.", wrong)
                raise CommandError(f"{words} {faulty % {'count': wrong}}", returncode=1)
            holds = _("Everything holds.")
            self.stdout.write(self.style.SUCCESS(f"{words} {holds}"))

    def _holds(self, check: Check) -> bool:
        """Print one check with what it found."""
        found = faults_of(check)
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


def anchored(path: Path) -> Check:
    """The check of the trail against a file of anchors. Raises CommandError where the file cannot be read."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": path, "error": error}) from error
    return Check(gettext_lazy("The trail holds every event that was anchored"), lambda: anchor_faults(lines))


def faults_of(check: Check) -> Iterator[str]:
    """What a check finds; one that breaks off over what it read has found something, too."""
    try:
        yield from check.faults()
    except Exception as error:
        # Without the message: it may quote a person's data.
        yield _("this check broke off: %(error)s") % {"error": type(error).__name__}
