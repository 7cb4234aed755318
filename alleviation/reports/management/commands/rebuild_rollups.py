"""Adds up the kept sums anew, or checks that they are what their records add up to."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alleviation.common.outcomes import outcome
from beneficiaries.actions import cells as incomes
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from projects.actions import cells as money

# Each writes the sums of its floor anew, and says how many cells those are.
REBUILDING: tuple[Callable[..., int], ...] = (lambda _progress: money.rebuild(), incomes.rebuild)
CHECKING: tuple[Callable[[], Iterable[str]], ...] = (money.faults, cells_that_are_not_their_incomes)


class Command(BaseCommand):
    """Rebuilds every kept sum, county by county; with --check writes nothing and fails where one is wrong."""

    help = (
        "Adds up the kept sums of money and incomes anew, set-wise and county by county; others write meanwhile. "
        "With --check nothing is written: each sum that is not what its records add up to is told, and the exit code "
        "is 1 where there is any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument(
            "--check", action="store_true", help="Compare with the records, one by one; write nothing."
        )
        parser.add_argument("--language", choices=languages, help="Language of the words (default: the server's).")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or translation.get_language()):
            if options["check"]:
                with outcome("rollup_check"):
                    self._check()
            else:
                self._rebuild()

    def _check(self) -> None:
        wrong = 0
        for fault in chain.from_iterable(faults() for faults in CHECKING):
            wrong += 1
            self.stdout.write(fault)
        if wrong:
            raise CommandError(
                ngettext("%(n)d sum is wrong.", "%(n)d sums are wrong.", wrong) % {"n": wrong}, returncode=1
            )
        self.stdout.write(self.style.SUCCESS(_("Each kept sum is what its records add up to.")))

    def _rebuild(self) -> None:
        done = 0

        def progress(cells: int) -> None:
            nonlocal done
            done += cells
            self.stderr.write(_("%(count)d sums of villages and years") % {"count": done}, ending="\r")

        cells = sum(rebuild(progress) for rebuild in REBUILDING)
        words = ngettext("%(n)d sum was added up anew.", "%(n)d sums were added up anew.", cells) % {"n": cells}
        self.stdout.write(self.style.SUCCESS(words))
