"""What every action on a household asks first: who may, is it locked, does it live on that day, is the year open."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.asking import OutsideArea
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.closings import refuse_closed
from alleviation.audit.models import YearClosing
from alleviation.audit.rules import YEAR_LOCK
from alleviation.audit.trail import Actor
from alleviation.audit.versions import refuse_overwriting
from alleviation.common.areas import covers
from beneficiaries.choices import Lineage
from beneficiaries.models import Household, village_on
from beneficiaries.models.cells import COUNTY_DIGITS
from projects.models import Division

# Any number, the same for all; the second key of the lock is the county's code.
HOMES_LOCK = 20261124


def hold(household: Household, *, by: Actor) -> Household:
    """The household as it is now, locked until the transaction ends.

    Raises PermissionDenied without the right or outside the area.
    """
    _refuse_without_right(by)
    (stored,) = _locked(household.pk)
    _refuse_foreign(stored, by)
    return stored


def hold_both(household: Household, other: Household, *, by: Actor, field: str) -> tuple[Household, Household]:
    """Both households as they are now, locked; of the other one, if it lies outside, nothing is told.

    Raises PermissionDenied; ValidationError at the field that named the other one.
    """
    _refuse_without_right(by)
    if household.pk == other.pk:
        raise ValidationError({field: ValidationError(_("Name another household."), code="same_household")})
    one, two = _locked(household.pk, other.pk)
    _refuse_foreign(one, by)
    if not is_seen(two, by):
        message = _("There is no such household in your area.")
        raise ValidationError({field: ValidationError(message, code="no_such_household")})
    return one, two


def refuse_stale(stored: Household, household: Household) -> None:
    """Where the household moved or ended since it was opened. Raises ValidationError, or ChangedMeanwhile."""
    refuse_overwriting(stored, household)
    names = ("village_id", "ended_on")
    if any(getattr(stored, name) != getattr(household, name) for name in names):
        message = _("The household moved or ended meanwhile. Open it again.")
        raise ValidationError(message, code="changed_meanwhile")


def is_seen(household: Household, by: Actor) -> bool:
    """Whether the household lies in the actor's area; a command sees all."""
    return not isinstance(by, User) or Household.objects.visible_to(by).filter(pk=household.pk).exists()


def refuse_foreign_village(village: Division, *, by: Actor, field: str) -> None:
    """A village outside of the actor's area is not told from one that is not there. Raises ValidationError."""
    if isinstance(by, User) and not covers(by.area, village.code):
        message = _("There is no such village in your area.")
        raise ValidationError({field: ValidationError(message, code="no_such_village")})


def began_on(household: Household) -> date | None:
    """The day on which the household was split from another; None where it was none of that kind."""
    links = household.links.filter(kind=Lineage.SPLIT_FROM)
    return links.values_list("happened_on", flat=True).first()


def refuse_ended(household: Household, *, field: str) -> None:
    """Nothing more happens to a household that has ended. Raises ValidationError."""
    if household.ended_on is not None:
        message = _("The household ended on %(day)s.") % {"day": household.ended_on}
        raise ValidationError({field: ValidationError(message, code="ended")})


def refuse_outside_life(household: Household, day: date, *, field: str) -> None:
    """A day before the household was split from another, or after it ended. Raises ValidationError."""
    if household.ended_on is not None and day > household.ended_on:
        refuse_ended(household, field=field)
    if (began := began_on(household)) is not None and day < began:
        message = _("The household was split from another on %(day)s.") % {"day": began}
        raise ValidationError({field: ValidationError(message, code="not_begun")})


def home_of_year(household: Household, year: int, *, field: str) -> Division:
    """The village of the household at the end of a year, which no move changes until the transaction ends.

    Raises ValidationError for a year before the one in which the household was split from another, or after the one
    in which it ended.
    """
    (stored,) = _locked(household.pk)
    if stored.ended_on is not None and year > stored.ended_on.year:
        refuse_ended(stored, field=field)
    if (began := began_on(stored)) is not None and year < began.year:
        refuse_outside_life(stored, date(year, 12, 31), field=field)
    return village_on(stored, date(year, 12, 31))


def refuse_before_history(household: Household, day: date, *, field: str) -> None:
    """A day before the last move or change of status: what happens to the whole household is entered in its order.

    Raises ValidationError.
    """
    refuse_outside_life(household, day, field=field)
    days = [
        household.moves.order_by("-moved_on").values_list("moved_on", flat=True).first(),
        household.status_changes.order_by("-happened_on").values_list("happened_on", flat=True).first(),
    ]
    if (last := max(filter(None, days), default=day)) > day:
        message = _("The household moved or changed its status on %(day)s; enter what came after that.")
        raise ValidationError({field: ValidationError(message % {"day": last}, code="not_in_order")})


def refuse_closed_years(
    household: Household, first: int, last: int, *, field: str, to: Division | None = None
) -> None:
    """Years that are closed where the household stood at their end, or in the village that it comes to.

    What changes from a day on changes the end of its year and of each after it. On PostgreSQL whoever closes one of
    these years waits for us, as for every other writer of the year. Raises ValidationError that names the year.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            years = "generate_series(%s::integer, %s::integer)"
            cursor.execute(
                f"SELECT pg_advisory_xact_lock_shared(%s, y) FROM {years} AS y",  # noqa: S608 - no one's words
                [YEAR_LOCK, first, last],
            )
    closed = YearClosing.objects.in_force().filter(year__gte=first, year__lte=last)
    for year in closed.order_by("year").values_list("year", flat=True).distinct():
        refuse_closed(village_on(household, date(year, 12, 31)).code, year, field=field)
        if to is not None:
            refuse_closed(to.code, year, field=field)


def this_year() -> int:
    """The year of today, where the app is."""
    return timezone.localdate().year


@contextmanager
def told_at(**names: str) -> Iterator[None]:
    """Faults of a record's fields are told at what the caller named: `told_at(moved_on="on")`."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        found: dict[str, list[ValidationError]] = {}
        for field, faults in error.error_dict.items():
            found.setdefault(names.get(field, field), []).extend(faults)
        raise ValidationError(found) from error


def _locked(*numbers: int) -> list[Household]:
    """Locked in the order of their numbers, so that no two wait for each other; returned as they were asked for.

    Whoever imports a file of a whole county holds no households but the county (income_files.hold): it is waited
    for here.
    """
    wait_for_files(numbers)
    rows = Household.objects.select_for_update().order_by()
    # One by one: each may lie on a machine of its own.
    found = {number: rows.get(pk=number) for number in sorted(set(numbers))}
    return [found[number] for number in numbers]


def wait_for_files(numbers: Sequence[int]) -> None:
    """Wait until no file of incomes is written in the counties of these households, and have the next one wait."""
    if connection.vendor != "postgresql":
        return
    codes = Household.objects.filter(pk__in=numbers).order_by("village__code").values_list("village__code", flat=True)
    with connection.cursor() as cursor:
        for county in sorted({int(code[:COUNTY_DIGITS]) for code in codes}):
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [HOMES_LOCK, county])


def _refuse_without_right(by: Actor) -> None:
    if isinstance(by, User) and not by.may(Right.ENTER_RECORDS):
        raise PermissionDenied(_("Your role does not cover this."))


def _refuse_foreign(household: Household, by: Actor) -> None:
    if not is_seen(household, by):
        raise OutsideArea
