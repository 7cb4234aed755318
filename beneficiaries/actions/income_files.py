"""The incomes of a file, written by the database at once and told by one event; and taken back.

The rows stand in a temporary table with the columns of WRITTEN; who made it has checked them. What the record of one
income does for each (beneficiaries/actions/incomes.py), this does for all: the same right, area, years and correction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import kept, trail
from alleviation.audit.bulk import tell_born, tell_ended
from alleviation.audit.closings import refuse_closed
from alleviation.audit.models import AuditEvent, ImportBatch, Verb, YearClosing
from alleviation.audit.rules import YEAR_LOCK
from alleviation.audit.values import Values, values_of
from alleviation.common.areas import covers
from alleviation.common.guard import writing
from beneficiaries.actions.holding import HOMES_LOCK
from beneficiaries.actions.numbers import lock
from beneficiaries.choices import CheckState
from beneficiaries.models import IncomeRecord
from beneficiaries.models.cells import COUNTY_DIGITS
from projects.models import Division

TABLE = IncomeRecord._meta.db_table
# What a row states of an income.
STATED = ("household_id", *IncomeRecord.STATED)
# What a staged row must have.
WRITTEN = (*STATED, "recorded_id")


def hold(codes: Iterable[str], years: Iterable[int]) -> None:
    """Keep the households of these villages where they are, and these years open, until the transaction ends.

    Whoever moves one of them waits, or has finished (beneficiaries/actions/holding.py holds the same lock, shared); so
    does whoever closes one of these years, or changes its line. The years are taken in their order, not in that of the
    rows, and after the counties, as everybody does.
    """
    lock(HOMES_LOCK, (int(code[:COUNTY_DIGITS]) for code in codes))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for year in sorted(set(years)):
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [YEAR_LOCK, year])


def record_incomes(rows: str, *, by: User, batch: ImportBatch, reason: str) -> datetime:
    """Record the incomes that `rows`, a query of ours with the columns WRITTEN, finds; answers with their moment.

    A row with a `recorded_id` takes the place of that record. Call it under hold.
    Raises PermissionDenied; IntegrityError where the database refuses one, ValidationError where one was corrected
    meanwhile.
    """
    _refuse_without_right(by)
    with trail.together():
        at = timezone.now()
        _refuse_foreign(_touched(rows), by)
        ended = _end(rows, at)
        if ended:
            ids = f"SELECT recorded_id FROM ({rows}) r WHERE recorded_id IS NOT NULL ORDER BY recorded_id"  # noqa: S608
            tell_ended(IncomeRecord, ids, at=at, by=by, batch=batch, reason=reason)
        _write(rows, at, by, batch, reason)
        return at


def take_back_incomes(batch: ImportBatch, reversal: ImportBatch, *, by: User, reason: str) -> int:
    """End the incomes of a batch, and record anew those that it took the place of; answers with how many it ended.

    Raises ValidationError where one of them was corrected or verified since, its household was put elsewhere, or its
    year is closed; PermissionDenied outside the area. Nothing is written then.
    """
    _refuse_without_right(by)
    born = AuditEvent.objects.filter(
        subject_type=IncomeRecord._meta.label_lower, subject_id__isnull=True, verb=Verb.CREATED, batch=batch
    )
    try:
        with trail.together():
            return sum(_take_back(event, reversal, by, reason) for event in born.order_by("id"))
    except IntegrityError as error:
        raise ValidationError(_("Somebody wrote to these incomes at the same moment. Try again."), "busy") from error


def _take_back(event: AuditEvent, reversal: ImportBatch, by: User, reason: str) -> int:
    at = datetime.fromisoformat(event.after["at"])
    mine = IncomeRecord.objects.filter(recorded_at=at, pk__range=(event.after["first"], event.after["last"]))
    homes = mine.order_by().values_list("village__code", "household__village__code", "year").distinct()
    hold({code for *codes, _year in homes for code in codes}, {year for *_codes, year in homes})
    _refuse_rested_on(mine)
    moment = connection.ops.adapt_datetimefield_value(at)
    names = ", ".join(f"i.{name}" for name in STATED)
    select = (
        f"SELECT {names}, o.id AS former_id, i.id AS recorded_id "  # noqa: S608
        f"FROM {TABLE} i LEFT JOIN {TABLE} o ON o.household_id = i.household_id AND o.year = i.year "
        "AND o.superseded_at = %s WHERE i.recorded_at = %s AND i.id BETWEEN %s AND %s"
    )
    found = [moment, moment, event.after["first"], event.after["last"]]
    with _set_aside("taken_back", select, found):
        places = _touched("SELECT * FROM taken_back")
        _refuse_foreign(places, by)
        _refuse_closed(places)
        now = timezone.now()
        number = _end("SELECT * FROM taken_back", now)
        ids = "SELECT recorded_id FROM taken_back ORDER BY recorded_id"
        tell_ended(IncomeRecord, ids, at=now, by=by, batch=reversal, reason=reason)
        former = ", ".join(f"o.{name}" for name in STATED)
        again = f"SELECT {former}, NULL AS recorded_id FROM taken_back t JOIN {TABLE} o ON o.id = t.former_id"  # noqa: S608
        _write(again, now, by, reversal, reason)
    return number


@contextmanager
def _set_aside(name: str, select: str, values: list[Any]) -> Iterator[None]:
    """A table of this transaction alone with what a query finds; where the database refuses, it goes with it."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {select}", values)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {name}")


def _refuse_rested_on(mine: QuerySet[IncomeRecord]) -> None:
    """Raises ValidationError where somebody built on these incomes since."""
    if corrected := mine.filter(superseded_at__isnull=False).count():
        told = _("%(number)s of its incomes were corrected since. Correct the others one by one.")
        raise ValidationError(told % {"number": corrected}, code="corrected")
    if verified := mine.filter(state=CheckState.VERIFIED).count():
        told = _("%(number)s of its incomes were verified since. Correct what is wrong one by one.")
        raise ValidationError(told % {"number": verified}, code="verified")


def _write(rows: str, at: datetime, by: User, batch: ImportBatch, reason: str) -> None:
    """Insert the rows and tell of them."""
    first, last = _insert(rows, at, by, reason)
    if last:
        alike = _alike(by, reason)
        tell_born(IncomeRecord, at=at, alike=alike, by=by, batch=batch, first=first, last=last, reason=reason)


def _touched(rows: str) -> set[tuple[str, int]]:
    """(code, year) of every village and year that these rows are in, or were; their sums are added up at the end."""
    villages = (
        f"SELECT village_id, year FROM ({rows}) r UNION "  # noqa: S608
        f"SELECT i.village_id, i.year FROM ({rows}) r JOIN {TABLE} i ON i.id = r.recorded_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v.village_id, v.year, d.code FROM ({villages}) v "  # noqa: S608
            f"JOIN {Division._meta.db_table} d ON d.id = v.village_id"
        )
        found = cursor.fetchall()
    kept.touch_keys(IncomeRecord, [(village, year) for village, year, _code in found])
    return {(code, year) for _village, year, code in found}


def _end(rows: str, at: datetime) -> int:
    """End the records whose place is taken. Raises ValidationError where one has ended already."""
    ids = f"SELECT recorded_id FROM ({rows}) r WHERE recorded_id IS NOT NULL"  # noqa: S608
    with connection.cursor() as cursor, writing():
        cursor.execute(f"SELECT count(*) FROM ({ids}) n")  # noqa: S608
        (expected,) = cursor.fetchone()
        if not expected:
            return 0
        cursor.execute(
            f"UPDATE {TABLE} SET superseded_at = %s WHERE superseded_at IS NULL AND id IN ({ids})",  # noqa: S608
            [connection.ops.adapt_datetimefield_value(at)],
        )
        if cursor.rowcount != expected:
            raise ValidationError(_("Some of these incomes were corrected meanwhile. Try again."), code="corrected")
    return int(expected)


def _insert(rows: str, at: datetime, by: User, reason: str) -> tuple[int, int]:
    """Write the rows in the order of their households; answers with their first and last id, (0, 0) for none."""
    alike = {name: value for name, value in _alike(by, reason).items() if value is not None}
    alike["recorded_at"] = connection.ops.adapt_datetimefield_value(at)
    columns = ", ".join((*STATED, *alike))
    values = ", ".join((*(f"r.{name}" for name in STATED), *("%s" for _name in alike)))
    before = IncomeRecord.objects.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor, writing():
        cursor.execute(
            f"INSERT INTO {TABLE} ({columns}) "  # noqa: S608
            f"SELECT {values} FROM ({rows}) r ORDER BY r.household_id, r.year",
            list(alike.values()),
        )
    ours = IncomeRecord.objects.filter(pk__gt=before, recorded_at=at).aggregate(first=Min("pk"), last=Max("pk"))
    return ours["first"] or 0, ours["last"] or 0


def _alike(by: User, reason: str) -> Values:
    """The columns that are the same in every row of a file, as the trail tells them."""
    blank = IncomeRecord(state=CheckState.SUBMITTED, recorded_by=by, reason=reason[:300])
    told = values_of(blank)
    return {name: told[name] for name in told if name not in (*IncomeRecord.bulk.content, IncomeRecord.bulk.born)}


def _refuse_without_right(by: User) -> None:
    if not by.may(Right.ENTER_RECORDS):
        raise PermissionDenied(_("Your role does not cover this."))


def _refuse_foreign(places: set[tuple[str, int]], by: User) -> None:
    """Raises PermissionDenied where one of these places lies outside of the person's area."""
    if not all(covers(by.area, code) for code, _year in places):
        raise OutsideArea


def _refuse_closed(places: set[tuple[str, int]]) -> None:
    """Raises ValidationError where one of these places and years is closed."""
    closed = set(YearClosing.objects.in_force().values_list("year", flat=True))
    for code, year in sorted(places):
        if year in closed:
            refuse_closed(code, year, field="year")
