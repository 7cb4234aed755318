"""Households over time: registered, moved, split, merged, ended."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from beneficiaries.actions.holding import (
    hold,
    hold_both,
    refuse_before_history,
    refuse_closed_years,
    refuse_ended,
    refuse_foreign_village,
    refuse_outside_life,
    refuse_stale,
    this_year,
    told_at,
)
from beneficiaries.actions.incomes import record_enrolment, record_income
from beneficiaries.actions.persons import go_over, leave, present
from beneficiaries.choices import HouseholdEnd, Joined, Left, Lineage
from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    Person,
    StatusChange,
    status_on,
)
from projects.choices import Level
from projects.models import Division

# What a household that is split from another has in common with it.
SHARED = ("village_id", "category", "main_cause", "second_cause", "third_cause", "is_made_up")
ENDINGS = (HouseholdEnd.DIED_OUT, HouseholdEnd.MOVED_AWAY, HouseholdEnd.SPLIT)


def register_household(household: Household, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a household, or the facts of one that is registered; its village, status and end have actions of their own.

    The village, and the status, are corrected here only as long as nothing rests on them.
    Raises ValidationError, PermissionDenied.
    """
    with together():
        if household.pk is not None:
            stored = hold(household, by=by)
            _refuse_rewriting(stored, household)
            household.ended_on, household.ended_as = stored.ended_on, stored.ended_as
        guarded.enter(household, by=by, batch=batch)


def move_household(
    household: Household, *, to: Division, on: date, reason: str, by: Actor, number: str = "", note: str = ""
) -> None:
    """From a day on a household belongs to another village; `number` is its number there, else the one it has.

    Incomes and parts in projects of years that end on that day or later go along, the incomes by a correction; those
    of earlier years keep the village they had. A merger of villages is a move like any other.
    Raises ValidationError at `to`, `on`, `number`, `reason` (a village of another level or outside the area, a closed
    year, a later move, a number that is taken, moved meanwhile); PermissionDenied.
    """
    with told_at(to_village="to", moved_on="on", to_number="number", village="to", year="on"), together():
        stored = hold(household, by=by)
        refuse_stale(stored, household)
        move = HouseholdMove(
            household=stored,
            from_village=stored.village,
            from_number=stored.number,
            to_village=to,
            to_number=number.strip() or stored.number,
            moved_on=on,
            reason=reason,
            note=note,
        )
        _refuse_move(move, by)
        guarded.enter(move, by=by)
        stored.village, stored.number = to, move.to_number
        guarded.enter(stored, by=by)
        _take_along(move, by)
    household.village, household.number = to, move.to_number


def split_household(
    household: Household, *, number: str, members: Sequence[Person], on: date, by: Actor, note: str = ""
) -> Household:
    """These members become a household of their own, with this number, in the same village; it is returned.

    It stands where the other one stood on that day, and is known as of then. At least one member leaves, at least one
    stays. Raises ValidationError at `number`, `members`, `on`; PermissionDenied.
    """
    with told_at(happened_on="on", left_on="on", joined_on="on", village="number"), together():
        stored = hold(household, by=by)
        refuse_stale(stored, household)
        refuse_ended(stored, field="on")
        refuse_before_history(stored, on, field="on")
        refuse_closed_years(stored, on.year, this_year(), field="on")
        leaving = _leaving(stored, members)
        made = Household(**{name: getattr(stored, name) for name in SHARED})
        made.number, made.status, made.status_since = number.strip(), status_on(stored, on) or stored.status, on
        _refuse_taken(made, field="number")
        guarded.enter(made, by=by)
        _found(made, stored, on=on, note=note, by=by)
        for one in leaving:
            go_over(one, made, on=on, left=Left.SPLIT, joined=Joined.SPLIT, by=by)
    return made


def merge_household(household: Household, *, into: Household, on: date, by: Actor, note: str = "") -> None:
    """All members go over to another household, and this one ends; what it was stays on its own page.

    Raises ValidationError at `into`, `on`; PermissionDenied.
    """
    with told_at(happened_on="on", left_on="on", joined_on="on", ended_on="on"), together():
        stored, other = hold_both(household, into, by=by, field="into")
        refuse_stale(stored, household)
        refuse_ended(stored, field="on")
        refuse_ended(other, field="into")
        refuse_outside_life(other, on, field="on")
        for one in stored.persons.present().order_by("pk"):
            go_over(present(one), other, on=on, left=Left.MERGER, joined=Joined.MERGER, by=by)
        link = HouseholdLink(kind=Lineage.MERGED_INTO, other_number=other.pk, happened_on=on, note=note)
        link.household = stored
        guarded.enter(link, by=by)
        _end(stored, on, HouseholdEnd.MERGED, by)
    _follow(household, stored)


def end_household(household: Household, *, on: date, how: str, by: Actor) -> None:
    """A household is none any more: nobody is left, it moved out of the area, or all went to households split from it.

    The members of one that moves away leave with it; of the others, every member has left before.
    Raises ValidationError at `on`, `how`; PermissionDenied.
    """
    if how not in ENDINGS:
        message = _("Say how it ended: %(ways)s.") % {"ways": ", ".join(str(one.label) for one in ENDINGS)}
        raise ValidationError({"how": ValidationError(message, code="how")})
    with told_at(left_on="on", ended_on="on", ended_as="how"), together():
        stored = hold(household, by=by)
        refuse_stale(stored, household)
        refuse_ended(stored, field="on")
        for one in stored.persons.present().order_by("pk"):
            _leave_with(present(one), on, how, by)
        _end(stored, on, how, by)
    _follow(household, stored)


def _refuse_rewriting(stored: Household, household: Household) -> None:
    """What rests on a village, a number or a status would be another household's. Raises ValidationError."""
    has_moved = stored.moves.exists()
    if household.village_id != stored.village_id and (has_moved or _has_past(stored)):
        message = _("Record a move: what was recorded before keeps the village it had.")
        raise ValidationError({"village": ValidationError(message, code="move")})
    if household.number != stored.number and has_moved:
        message = _("The number came with the last move of the household.")
        raise ValidationError({"number": ValidationError(message, code="move")})
    for name in ("status", "status_since"):
        if getattr(household, name) != getattr(stored, name) and stored.status_changes.exists():
            message = _("Record a change of status: what the household was before stays known.")
            raise ValidationError({name: ValidationError(message, code="status_change")})


def _has_past(household: Household) -> bool:
    children = (household.incomes, household.enrolments, household.links)
    return any(rows.exists() for rows in children)


def _refuse_move(move: HouseholdMove, by: Actor) -> None:
    """Raises ValidationError where the household cannot have moved there on that day."""
    household, to, on = move.household, move.to_village, move.moved_on
    refuse_foreign_village(to, by=by, field="to")
    if to.level != Level.VILLAGE:
        raise ValidationError({"to": ValidationError(_("Choose a village."), code="no_village")})
    if to.pk == household.village_id:
        message = _("The household belongs to this village already.")
        raise ValidationError({"to": ValidationError(message, code="same_village")})
    refuse_ended(household, field="on")
    refuse_outside_life(household, on, field="on")
    if later := household.moves.filter(moved_on__gte=on).order_by("moved_on").first():
        message = _("The household moved again on %(day)s: moves are entered in their order.")
        raise ValidationError({"on": ValidationError(message % {"day": later.moved_on}, code="not_in_order")})
    refuse_closed_years(household, on.year, this_year(), field="on", to=to)
    _refuse_taken(Household(village=to, number=move.to_number), field="number")


def _refuse_taken(household: Household, *, field: str) -> None:
    taken = Household.objects.filter(village_id=household.village_id, number=household.number)
    if taken.exists():
        message = _("The village has a household of this number already.")
        raise ValidationError({field: ValidationError(message, code="number_taken")})


def _take_along(move: HouseholdMove, by: Actor) -> None:
    """Give the incomes and parts of years that ended after the move the village that the household had then."""
    gone = Q(household=move.household_id, village=move.from_village_id, year__gte=move.moved_on.year)
    reason = _("The household moved on %(day)s.") % {"day": move.moved_on}
    for income in IncomeRecord.objects.standing().filter(gone).order_by("year"):
        income.village, income.reason = move.to_village, reason
        record_income(income, by=by)
    for part in Enrolment.objects.filter(gone).order_by("year", "pk"):
        # The action looks up the village of the year.
        record_enrolment(part, by=by)


def _leaving(household: Household, members: Sequence[Person]) -> list[Person]:
    """Those of the members who leave, locked. Raises ValidationError at `members`."""
    there = {one.pk: one for one in household.persons.present().select_for_update().order_by("pk")}
    chosen = {one.pk for one in members}
    if not chosen <= set(there):
        message, code = _("Choose present members of the household."), "no_member"
    elif not chosen or len(chosen) == len(there):
        message, code = _("At least one member leaves, and at least one stays."), "all_or_none"
    else:
        return [there[number] for number in sorted(chosen)]
    raise ValidationError({"members": ValidationError(message, code=code)})


def _found(made: Household, origin: Household, *, on: date, note: str, by: Actor) -> None:
    """A household begins on a day: what it is split from, and where it stands since."""
    link = HouseholdLink(household=made, kind=Lineage.SPLIT_FROM, other_number=origin.pk, happened_on=on, note=note)
    guarded.enter(link, by=by)
    decided_by = _("as the household it was split from")
    guarded.enter(StatusChange(household=made, status=made.status, happened_on=on, decided_by=decided_by), by=by)


def _leave_with(person: Person, on: date, how: str, by: Actor) -> None:
    if how != HouseholdEnd.MOVED_AWAY:
        message = _("Record first how each member left: somebody is a member still.")
        raise ValidationError({"how": ValidationError(message, code="members_present")})
    leave(person, on=on, how=Left.MOVE, by=by)


def _end(household: Household, on: date, how: str, by: Actor) -> None:
    """The last write of a household, with whoever looked after it and what it was watched for."""
    refuse_before_history(household, on, field="on")
    refuse_closed_years(household, on.year, this_year(), field="on")
    _refuse_later_records(household, on)
    for responsibility in household.responsibilities.filter(until_on__isnull=True):
        responsibility.until_on = max(on, responsibility.from_on)
        guarded.enter(responsibility, by=by)
    for monitoring in household.monitorings.filter(cleared_on__isnull=True):
        monitoring.cleared_on, monitoring.cleared_reason = on, _("The household ended.")
        guarded.enter(monitoring, by=by)
    household.ended_on, household.ended_as = on, how
    guarded.enter(household, by=by)


def _refuse_later_records(household: Household, on: date) -> None:
    """What is recorded of the household after its last day, or its last year. Raises ValidationError at `on`."""
    if household.persons.filter(left_on__gt=on).exists():
        message = _("A member left after that day.")
        raise ValidationError({"on": ValidationError(message, code="not_in_order")})
    later = {"year__gt": on.year}
    if household.incomes.standing().filter(**later).exists() or household.enrolments.filter(**later).exists():
        message = _("An income, or a part in a project, is recorded of a later year.")
        raise ValidationError({"on": ValidationError(message, code="not_in_order")})


def _follow(household: Household, stored: Household) -> None:
    household.ended_on, household.ended_as = stored.ended_on, stored.ended_as
