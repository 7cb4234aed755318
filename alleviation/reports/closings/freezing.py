"""The reports of a year as files, as they are at this moment: what a closing freezes and what is held against it."""

import io
from dataclasses import replace
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.accounts.trusted import trusted_reader
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.common.csv_out import write_csv
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.reports.catalogue import CATALOGUE
from alleviation.reports.files import name_for
from projects.filters import QueryForm
from projects.models import LedgerEntry

# What is compared is read in this language, whatever the reader's.
MACHINE_LANGUAGE = "en"
YEARLY = frozenset({"year", "area"})


def yearly_reports() -> list[Report]:
    """The reports that can be made for one year of one area, and say the same on another day."""
    return [report for report in CATALOGUE if set(report.filters) >= YEARLY and not report.is_of_the_day]


def reader_of(area: str) -> User:
    """Reads all of an area and nothing beyond it.

    So the files name no project of another area, which somebody who may read them need not see.
    """
    reader = trusted_reader("closing")
    reader.area = area
    return reader


def question(report: Report, closing: YearClosing) -> Query:
    """What a report is asked for a closing. Raises ValidationError where there is no such place."""
    asked = {"year": closing.year, "area": closing.area.ljust(12, "0")}
    try:
        query = QueryForm(asked, user=reader_of(closing.area), fields=report.filters).query()
    except Http404:
        query = None
    if query is None:
        message = gettext("There is no place with the code %(area)s.") % {"area": closing.area}
        raise ValidationError({"area": ValidationError(message, code="no_place")})
    return query


def freeze(closing: YearClosing) -> list[FrozenReport]:
    """Every report of the year in every language, byte for byte as a download of this moment; not saved yet."""
    now = timezone.now()
    files = []
    for report in yearly_reports():
        query = question(report, closing)
        for language, _name in settings.LANGUAGES:
            content, rows = file_of(report, query, language)
            files.append(
                FrozenReport(
                    slug=report.slug,
                    language=language,
                    file_name=name_for(report, query, now),
                    content=content,
                    sha256=sha256(content).hexdigest(),
                    rows=rows,
                )
            )
    return files


def file_of(report: Report, query: Query, language: str) -> tuple[bytes, int]:
    """A report as its CSV in a language, and the number of its rows, header and total not counted."""
    with translation.override(language), io.StringIO(newline="") as whole:
        table = report.table(query)
        rows = list(table.rows)
        write_csv(replace(table, rows=rows), whole)
        return whole.getvalue().encode(), len(rows)


def open_entries(closing: YearClosing) -> list[LedgerEntry]:
    """The entries of the year that nobody has posted or withdrawn; they stand in the way of its closing."""
    entries = LedgerEntry.objects.pending().of_years(closing.year, closing.year).in_area(closing.area)
    return list(entries.select_related("division").order_by("pk"))
