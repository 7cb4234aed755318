"""The app as gunicorn serves it to people in trouble; `python -m tests.faults.served` is its worker.

They are the app's own but for a few numbers, so that a run takes seconds: a file is a worker's from seven hundred
bytes on, a worker that died is missed after four seconds instead of thirty, and a database that says nothing is given
up two seconds after it should have broken the statement off instead of fifteen.
"""

import os
import sys
from pathlib import Path
from time import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")

from alleviation.common import unheard
from alleviation.wsgi import application

__all__ = ["application"]

DAY = 24 * 60 * 60


def hurry() -> None:
    """Set the numbers, and have signs of life read by the clock that they were written by."""
    from alleviation.intake import pulse, running, workers

    unheard.TICK = unheard.MARGIN = 2
    running.AT_ONCE = 700
    pulse.LOST_AFTER = workers.LOST_AFTER = 4
    if clock := os.environ.get("FAKETIME_TIMESTAMP_FILE"):
        # Whose clock is wrong here is the app's, not the disk's.
        pulse.time = lambda: time() - DAY * int(Path(clock).read_text().strip().removesuffix("d"))


hurry()

if __name__ == "__main__":
    from django.core.management import call_command

    sys.exit(call_command("run_imports"))
