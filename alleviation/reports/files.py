"""A report as a file: its name, and what the trail keeps of it."""

from datetime import datetime
from typing import Any

from alleviation.audit import trail
from alleviation.audit.trail import Actor
from alleviation.common.csv_out import file_name, span_of
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.common.years import FIRST_YEAR, LAST_YEAR


def name_for(report: Report, query: Query, now: datetime) -> str:
    """slug_area_year_YYYYMMDD-HHMM.csv; a span of years is 2016-2020, without any it is "all".

    As of a past day it is slug_area_year-as-of-2024-03-01_YYYYMMDD-HHMM.csv.
    """
    span = (query.first_year, query.last_year)
    years = "" if span == (FIRST_YEAR, LAST_YEAR) else f"{span[0]}-{span[1]}"
    return file_name(report.slug, query.area_code, span_of(str(query.year or years), query.as_of_words), now)


def record_taken(report: Report, query: Query, *, by: Actor) -> None:
    """Leave in the trail who took the report away and with which filter."""
    details: dict[str, Any] = {**query.words(), "measure": query.measure, "status": query.status}
    trail.record_download(what=report.slug, by=by, details={name: value for name, value in details.items() if value})
