"""manage.py export_iati: projects and their money in the form of IATI 2.03, to be published."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.trusted import trusted_reader
from alleviation.audit import trail
from alleviation.common.query import Query
from alleviation.reports.iati.asked import Asked, Counted
from alleviation.reports.iati.file import NothingToPublishError, parts, told_at_the_end
from alleviation.reports.iati.views import FIELDS, WHAT
from projects.filters import QueryForm

# The name under which a command acts in the trail; no person can have it.
NAME = "manage.py export_iati"


class Command(BaseCommand):
    """Writes the file, never half of it, and says what is in it and what is not. docs/iati.md."""

    help = "Write projects and their posted money as an activity file of IATI 2.03."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, help="The file.")
        parser.add_argument("--area", default="", help="Division code or its leading digits. Default: everywhere.")
        parser.add_argument("--year", default="", help="One year, for an excerpt. Default: all.")
        parser.add_argument("--made-up", action="store_true", help="With the made-up example, to try it.")

    def handle(self, *args: Any, **options: Any) -> None:
        org = settings.IATI_REPORTING_ORG
        if org is None:
            told = _("Set IATI_REPORTING_ORG to who publishes: %(form)s. docs/iati.md says what each part is.")
            raise CommandError(told % {"form": "reference|type|name|Chinese name"})
        asked = Asked(org, _query(options["area"].strip(), options["year"].strip()), options["made_up"])
        counted = self._save(asked, Path(options["to"]))
        for line in told_at_the_end(asked, counted):
            self.stdout.write(line)

    def _save(self, asked: Asked, path: Path) -> Counted:
        """Write beside the file and put it in its place when it is whole."""
        if not path.parent.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": path.parent})
        part, counted = path.with_name(f".{path.name}.{os.getpid()}.part"), Counted()
        try:
            with part.open("wb") as out:
                out.writelines(parts(asked, timezone.now(), counted))
            trail.record_download(what=WHAT, by=NAME, details={k: v for k, v in asked.query.words().items() if v})
            part.replace(path)
        except NothingToPublishError as error:
            raise CommandError(_("There is nothing to publish: no project has a start or money.")) from error
        finally:
            part.unlink(missing_ok=True)
        return counted


def _query(area: str, year: str) -> Query:
    """The question of the options, through the same form as on the page."""
    given = {"area": area.ljust(12, "0") if area else "", "year": year}
    form = QueryForm({name: told for name, told in given.items() if told}, user=trusted_reader(NAME), fields=FIELDS)
    try:
        query = form.query()
    except Http404 as error:
        raise CommandError(_("There is no place with the code %(area)s.") % {"area": area}) from error
    if query is None:
        raise CommandError("\n".join(f"--{name}: {' '.join(map(str, told))}" for name, told in form.errors.items()))
    return query
