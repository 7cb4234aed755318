"""The queue of imports: the runs themselves. A worker takes the oldest that waits, does its step, and looks again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from alleviation.common.request_numbers import numbered
from alleviation.imports.catalogue import BY_SLUG
from alleviation.intake import files, running
from alleviation.intake.models import ImportRun, RunState

STEPS = {RunState.WAITING: running.check, RunState.QUEUED: running.write}


def work_off() -> int:
    """Do all that waits, one after the other; answers with how many steps that were."""
    done = 0
    while run := _next():
        # What it logs can be found again by the number of the import.
        with numbered(f"import-{run.pk}"):
            STEPS[RunState(run.state)](run, BY_SLUG[run.kind])
        done += 1
    return done


def go_on(run: ImportRun) -> None:
    """Do a run's next step while somebody waits, if it is a small one; else a worker will."""
    if running.is_small(run) and run.state in STEPS:
        STEPS[RunState(run.state)](run, BY_SLUG[run.kind])


def sweep() -> None:
    """Tell what broke off, and let go of files that nobody came back for within IMPORT_DAYS."""
    for run in ImportRun.objects.under_way():
        running.tell_broken(run)
    old = timezone.now() - timedelta(days=settings.IMPORT_DAYS)
    for run in ImportRun.objects.filter(state__in=RunState.KEPT, seen_at__lt=old):
        if run.state == RunState.FAULTY:
            files.forget(run.pk)
        else:
            running.cancel(run, by=run.asked_by)
    _throw_away_what_was_left(old)


def _throw_away_what_was_left(old: datetime) -> None:
    """Rows of persons that nobody comes back for: of a process that was killed, or of a run that just ended."""
    for path in files.left_behind(old):
        is_waited_for = path.name.isdigit() and ImportRun.objects.filter(
            pk=int(path.name), state__in=RunState.KEPT | RunState.UNDER_WAY
        )
        if not (is_waited_for and is_waited_for.exists()):
            files.throw_away(path)


def _next() -> ImportRun | None:
    return ImportRun.objects.filter(state__in=STEPS, kind__in=BY_SLUG, is_attended=False).order_by("id").first()
