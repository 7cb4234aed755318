"""Writes a report as a file, byte for byte as the page gives it to someone who sees everything."""

import os
import shutil
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.csv_out import Block
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.common.snapshots import Snapshot
from alleviation.common.xlsx_out import XLSX_ROWS, TooManyRows
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.files import name_for, record_taken, report_blocks, write_workbook
from alleviation.reports.packages import Tally, description, zipped
from beneficiaries.filters import IncomeQueryForm
from projects.models import Division
from projects.rollups.places import child_level

# The name under which a command acts in the trail; no person can have it.
NAME = "manage.py export_report"
LISTED = 40
OPTIONS = ("year", "area", "as_of")
FORMATS = ("csv", "xlsx", "zip")
# Seconds between two words of progress.
EVERY = 2


class Command(BaseCommand):
    """Writes a report to a file or to the standard output; never half of it."""

    help = (
        "Writes a report. Without --output the file is named as a download and put where you are. Beside a CSV stands "
        "its data package, by which check.py (in the zip) checks it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("slug", help=f"One of: {', '.join(BY_SLUG)}.")
        parser.add_argument("--year", default="", help="One year. Default: all.")
        parser.add_argument("--area", default="", help="Division code or its leading digits. Default: everywhere.")
        parser.add_argument("--as-of", default="", help="A past day, 2024-03-01: as it was known at its end.")
        parser.add_argument("--output", default="", help="A file, or - for the standard output.")
        parser.add_argument("--format", choices=FORMATS, default="csv", dest="form", help="Default: csv.")
        parser.add_argument("--language", choices=languages, help="Language of the header (default: the server's).")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or translation.get_language()):
            report = _report(options["slug"])
            query = _query(report, **{name: options[name].strip() for name in OPTIONS})
            _refuse_empty_year(report, query)
            self.form: str = options["form"]
            if options["output"] == "-":
                self._print(report, query)
            else:
                name = name_for(report, query, timezone.now(), self.form)
                self._save(report, query, Path(options["output"] or name))

    def _print(self, report: Report, query: Query) -> None:
        """Nothing is printed before all of it is made."""
        with tempfile.TemporaryDirectory(prefix="report-") as folder:
            path = Path(folder, name_for(report, query, timezone.now(), self.form))
            self._write(report, query, path)
            record_taken(report, query, by=NAME, form=self._told_form)
            with path.open("rb") as whole:
                self._to_standard_output(whole)

    def _to_standard_output(self, whole: Any) -> None:
        if (binary := getattr(self.stdout._out, "buffer", None)) is not None:
            shutil.copyfileobj(whole, binary)
        else:
            self.stdout.write(whole.read().decode(), ending="")

    def _save(self, report: Report, query: Query, path: Path) -> None:
        """Write beside the file and put it in its place when it is whole, and what checks it beside a CSV."""
        if not path.parent.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": path.parent})
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            told = self._write(report, query, part, path.name)
            record_taken(report, query, by=NAME, form=self._told_form)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        if told:
            path.with_name(f"{path.stem}.datapackage.json").write_text(told, encoding="utf-8")
        self.stdout.write(str(path))

    @property
    def _told_form(self) -> str:
        return "" if self.form == "csv" else self.form

    def _write(self, report: Report, query: Query, path: Path, name: str = "") -> str:
        """Write the file; of a CSV its data package."""
        now = timezone.now()
        if self.form == "xlsx":
            self._write_workbook(report, query, path)
        elif self.form == "zip":
            _write_parts(path, zipped([(report, query)], by=NAME, now=now))
        else:
            with Snapshot() as snapshot:
                tally = Tally(report)
                _write_parts(path, tally.counted(self._watched(report_blocks(report, query, snapshot))))
                return snapshot.ask(description, [tally.resource(name or path.name, query)], by=NAME, now=now)
        return ""

    def _write_workbook(self, report: Report, query: Query, path: Path) -> None:
        try:
            write_workbook(path, report, query, by=NAME, now=timezone.now())
        except TooManyRows as error:
            message = _("A workbook has %(most)s rows at most. Narrow the filter, or take the CSV, which has all.")
            raise CommandError(message % {"most": XLSX_ROWS}) from error

    def _watched(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The same blocks; of a long file somebody who waits is told how far it is."""
        rows, last = 0, monotonic()
        for block in blocks:
            yield block
            rows += block.rows
            if monotonic() - last >= EVERY:
                last = monotonic()
                self.stderr.write(_("%(rows)s rows so far") % {"rows": rows})


def _write_parts(path: Path, parts: Iterator[bytes]) -> None:
    with path.open("wb") as whole:
        whole.writelines(parts)


def _report(slug: str) -> Report:
    if slug not in BY_SLUG:
        known = ", ".join(BY_SLUG)
        raise CommandError(_("There is no report “%(slug)s”. There are: %(known)s.") % {"slug": slug, "known": known})
    return BY_SLUG[slug]


def _query(report: Report, year: str, area: str, as_of: str) -> Query:
    """The question of the options, through the same form as on the page."""
    asked = {"year": year, "area": area.ljust(12, "0") if area else "", "as_of": as_of}
    given = {name: value for name, value in asked.items() if value}
    if foreign := [name for name in given if name not in report.filters]:
        answers = ", ".join(_option(name) for name in report.filters if name in OPTIONS) or "-"
        words = {"report": report.slug, "filter": _option(foreign[0]), "filters": answers}
        raise CommandError(_("%(report)s is not made by %(filter)s, only by: %(filters)s.") % words)
    form = IncomeQueryForm(given, user=trusted_reader(NAME), fields=report.filters)
    try:
        query = form.query()
    except Http404 as error:
        raise CommandError(_no_such_place(area)) from error
    if query is None:
        raise CommandError(
            "\n".join(f"--{_option(name)}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        )
    return query


def _option(name: str) -> str:
    """A field of the filter as the command calls it."""
    return name.replace("_", "-")


def _no_such_place(area: str) -> str:
    """What is known nearest to a code that is not: the places below the smallest one that would hold it."""
    above = [area[:length].ljust(12, "0") for length in LEVEL_LENGTHS if len(area) > length]
    holder = Division.objects.filter(code__in=above).order_by("-level", "-vintage").first()
    listed = Division.objects.current().of_level(child_level(holder) or 5).inside(holder.prefix if holder else "")
    known = ", ".join(f"{place.code} {place.local_name}" for place in listed.order_by("code")[:LISTED])
    words = {"area": area, "known": known or "-"}
    return _("There is no place with the code %(area)s. There are: %(known)s.") % words


def _refuse_empty_year(report: Report, query: Query) -> None:
    """A year without any row is more likely a slip than a question."""
    if query.year is None or report.first(query, 1):
        return
    whole = query.of_years(FIRST_YEAR, LAST_YEAR)
    years = sorted({row["year"] for row in report.rows(whole)})
    words = {"year": query.year, "known": ", ".join(map(str, years)) or "-"}
    raise CommandError(_("There is nothing for %(year)s. There are: %(known)s.") % words)
