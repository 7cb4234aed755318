"""The whole trail as files, to be checked without this app."""

from argparse import ArgumentParser
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from alleviation.audit import trail
from alleviation.audit.export import TRAIL, SpoiltTrail, write_files
from alleviation.audit.models import AuditEvent
from alleviation.audit.verification.anchors import last_event


class Command(BaseCommand):
    """Writes trail.jsonl, verify_trail.py, anchor.json and README.txt, and leaves an event that tells so."""

    help = "Writes the audit trail as files, with a script that checks them without this app."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="A folder; made where it lacks.")
        parser.add_argument("--until", metavar="NUMBER|DATE", help="The last event, or the last day or moment (ISO).")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["output"]
        if (folder / TRAIL).exists():
            raise CommandError(_("There is a trail in %(folder)s already.") % {"folder": folder})
        until = number_of(options["until"]) if options["until"] else None
        details = {"until": until} if until else {}
        trail.record_download(what="audit-trail.zip", by="manage.py export_trail", details=details)
        if until is None:
            # The one just written is in it, at the least.
            until = event.pk if (event := last_event()) else 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_files(folder, until)
        except (OSError, SpoiltTrail) as error:
            raise CommandError(_("The trail could not be written: %(error)s") % {"error": error}) from error
        self.stdout.write(_("%(number)s events in %(folder)s") % {"number": until, "folder": folder})


def number_of(until: str) -> int:
    """The number of the last event that is wanted. Raises CommandError where there is none, or nobody can tell."""
    if until.isdecimal() and until.isascii():
        found = AuditEvent.objects.filter(pk=int(until) if len(until) < 19 else 0)
    else:
        found = AuditEvent.objects.filter(at__lte=moment_of(until)).order_by("-pk")
    number: int | None = found.values_list("pk", flat=True).first()
    if number is None:
        raise CommandError(_("There is no event up to %(until)s.") % {"until": until})
    return number


def moment_of(until: str) -> datetime:
    """The moment that somebody means; of a day its end, in the office's time."""
    try:
        day, moment = parse_date(until), parse_datetime(until)
    except ValueError:
        day = moment = None
    if day is not None:
        moment = datetime.combine(day, time.max)
    if moment is None:
        raise CommandError(_("Say a number of an event, or a day such as 2024-12-31: %(until)s") % {"until": until})
    return make_aware(moment) if is_naive(moment) else moment
