"""manage.py run_imports: check and write the files that are too large to be done while somebody waits."""

import logging
import os
import signal
from argparse import ArgumentParser
from time import monotonic_ns, sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, OperationalError, close_old_connections
from django.utils.translation import gettext as _

from alleviation.common.trouble import Trouble, trouble_of
from alleviation.imports.working import sweep, work_off
from alleviation.intake.workers import Heart, ending

# In seconds: between two looks at what waits, and between two sweeps.
PAUSE = 1
SWEEP_AFTER = 60
SECOND = 1_000_000_000
# Where processors are short, whoever looks at a page goes first: nobody sits before an import of many rows.
GIVING_WAY = 10

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Several may run, on machines that share IMPORT_ROOT. What one leaves when it is ended, another takes up."""

    help = "Check and write imports that wait, until it is ended with Ctrl-C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits, and end")
        parser.add_argument("--parent", type=int, help="end when the process with this number ends")

    def handle(self, *args: Any, once: bool, parent: int | None, **options: Any) -> None:
        if once:
            work_off()
            return
        signal.signal(signal.SIGTERM, _end)
        os.nice(GIVING_WAY)
        try:
            with Heart(parent=parent):
                self.work()
        except KeyboardInterrupt:
            self.stderr.write(_("The worker of imports has ended."))

    def work(self) -> None:
        """For ever. A database or a disk that is busy, away, full or only to be read for a while is asked again."""
        swept = 0
        while True:
            try:
                if monotonic_ns() - swept > SWEEP_AFTER * SECOND:
                    sweep()
                    swept = monotonic_ns()
                work_off()
            except (Error, OSError) as error:
                trouble = trouble_of(error)
                if trouble is None and not isinstance(error, OperationalError):
                    raise
                if trouble is not Trouble.BUSY:
                    log.warning("The database cannot be reached; trying again.")
            close_old_connections()
            sleep(PAUSE)


def _end(_number: int, _frame: Any) -> None:
    ending.set()
    raise SystemExit(0)
