"""The app as gunicorn serves it to people in trouble; `python -m tests.faults.served` is its worker.

They are the app's own but for a few numbers, so that a run takes seconds: a file is a worker's from four hundred
bytes on, a worker that died is missed after four seconds instead of thirty, and a database that says nothing is given
up two seconds after it should have broken the statement off instead of fifteen.
"""

import os
import sys

if "OFFICE_CLOCK" in os.environ:
    from tests.faults import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")

from alleviation.common import unheard
from alleviation.wsgi import application

__all__ = ["application"]


def hurry() -> None:
    """Set the numbers, and have signs of life read by the clock that wrote them."""
    from alleviation.imports.management.commands import run_imports
    from alleviation.intake import pulse, running, workers

    unheard.TICK = unheard.MARGIN = 2
    running.AT_ONCE = 400
    run_imports.GIVING_WAY = 0
    pulse.LOST_AFTER = workers.LOST_AFTER = 4
    if "OFFICE_CLOCK" in os.environ:
        # The moments of files are the machine's, whose clock is right here.
        pulse.time = clock.right_time


hurry()

if __name__ == "__main__":
    from django.core.management import call_command

    sys.exit(call_command("run_imports"))
