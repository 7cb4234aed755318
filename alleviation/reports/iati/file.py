"""The file: a head, an activity after the other, and at the end what it could not say."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.timezone import localtime

from alleviation.common.csv_out import file_name, span_of
from alleviation.common.snapshots import Snapshot
from alleviation.reports.iati import codes
from alleviation.reports.iati.activities import Activity, activities
from alleviation.reports.iati.asked import Asked, Counted
from alleviation.reports.iati.elements import (
    write_head,
    write_people,
    write_planned,
    write_result,
    write_sector,
    write_transaction,
    write_when,
    write_where,
)
from alleviation.reports.iati.writing import Writer

CONTENT_TYPE = "application/xml; charset=utf-8"
CHUNK = 256 * 1024


class NothingToPublishError(ValueError):
    """There is no activity, and the standard knows no file without one."""


def name_for(asked: Asked, now: datetime) -> str:
    """iati_area_year_YYYYMMDD-HHMM.xml"""
    query = asked.query
    years = f"{query.first_year}-{query.last_year}" if asked.is_of_some_years else ""
    name = file_name("iati", query.area_code, span_of(str(query.year or years), ""), now)
    return name.removesuffix("csv") + "xml"


def parts(asked: Asked, now: datetime, counted: Counted | None = None) -> Iterator[bytes]:
    """The file in pieces, of one moment. Raises NothingToPublishError before the first."""
    counted = counted or Counted()
    with Snapshot() as snapshot:
        yield from snapshot.each(_written(asked, now, counted))


def _written(asked: Asked, now: datetime, counted: Counted) -> Iterator[bytes]:
    xml = Writer()
    found = activities(asked)
    sayable = (one for one in found if _is_said(one, counted))
    first = next(sayable, None)
    if first is None:
        raise NothingToPublishError
    made = localtime(now).isoformat(timespec="seconds")
    head = {"version": codes.VERSION, "generated_datetime": made, "xmlns:ledger": codes.NAMESPACE}
    with xml.element("iati-activities", **head):
        yield from _activity(xml, first, asked, counted)
        for activity in sayable:
            yield from _activity(xml, activity, asked, counted)
        for line in told_at_the_end(asked, counted):
            xml.comment(line)
    xml.end()
    yield xml.taken()


def _is_said(activity: Activity, counted: Counted) -> bool:
    if not activity.is_sayable:
        counted.not_sayable.append(activity.key)
    return activity.is_sayable


def _activity(xml: Writer, activity: Activity, asked: Asked, counted: Counted) -> Iterator[bytes]:
    counted.activities += 1
    counted.promises_in_words += len(activity.promised.in_words)
    changed = localtime(activity.changed_at).isoformat(timespec="seconds") if activity.changed_at else ""
    with xml.element("iati-activity", default_currency=codes.CURRENCY, last_updated_datetime=changed):
        write_head(xml, activity, asked.org)
        write_people(xml, activity, asked.org)
        write_when(xml, activity)
        write_where(xml, activity)
        write_sector(xml, activity.project)
        for planned in activity.promised.planned:
            counted.planned += 1
            write_planned(xml, planned)
        for one in activity.money:
            counted.transactions += 1
            write_transaction(xml, one)
            if len(xml) > CHUNK:
                yield xml.taken()
        write_result(xml, activity, counted)
    if len(xml) > CHUNK:
        yield xml.taken()


def told_at_the_end(asked: Asked, counted: Counted) -> Iterator[str]:
    """What is not in the file as a number, and why; in English alone, for whoever works with the file."""
    yield f"{counted.activities} activities, {counted.transactions} transactions"
    yield f"{counted.planned} exact promises of stated years, as planned disbursements"
    if counted.promises_in_words:
        yield (
            f"{counted.promises_in_words} promises are told in words alone: they are not exact, or their years are "
            "not stated"
        )
    if counted.capacities_in_words:
        yield f"{counted.capacities_in_words} capacities are told in words alone: a day on which they end is missing"
    if counted.not_sayable:
        keys = ", ".join(sorted(counted.not_sayable))
        yield f"left out, since neither a start nor money, or no status, is recorded of them: {keys}"
    if asked.is_of_some_years or asked.query.area_code or asked.query.user.area:
        yield "an excerpt: of some years or of one area alone, not to be published as the whole of these activities"
    yield (
        "with the made-up example, which is true of no real place"
        if asked.with_made_up
        else "the made-up example of a new installation is not in this file"
    )
