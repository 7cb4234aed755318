"""Where a household stands: changes of status, monitoring, and who looks after it."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.audit import entry as guarded
from alleviation.audit.trail import Actor, together
from alleviation.common.parts import beside_whole
from beneficiaries.actions.holding import hold, refuse_closed_years, refuse_outside_life, this_year, told_at
from beneficiaries.choices import HouseholdStatus, MonitoringKind
from beneficiaries.models import EXIT_STEPS, Household, Monitoring, StatusChange, status_on

REGISTERED, EXITED = HouseholdStatus.REGISTERED, HouseholdStatus.EXITED
MONITORED, CLEARED, STRUCK = HouseholdStatus.MONITORED, HouseholdStatus.CLEARED, HouseholdStatus.STRUCK
# From where a household comes to where, and why. "": it was on no list before.
TRANSITIONS: Mapping[tuple[str, str], Promise] = {
    ("", REGISTERED): gettext_lazy("it is found poor"),
    ("", MONITORED): gettext_lazy("it is found at risk"),
    (REGISTERED, EXITED): gettext_lazy("it exits by the five steps"),
    (REGISTERED, STRUCK): gettext_lazy("it was registered by mistake"),
    (EXITED, MONITORED): gettext_lazy("it is at risk again"),
    (EXITED, REGISTERED): gettext_lazy("it is poor again"),
    (MONITORED, EXITED): gettext_lazy("it exits by the five steps, or its risk is cleared"),
    (MONITORED, CLEARED): gettext_lazy("its risk is cleared, and it was never registered"),
    (MONITORED, REGISTERED): gettext_lazy("it is poor"),
    (CLEARED, MONITORED): gettext_lazy("it is at risk again"),
    (CLEARED, REGISTERED): gettext_lazy("it is found poor"),
    (STRUCK, REGISTERED): gettext_lazy("it is found poor after all"),
    (STRUCK, MONITORED): gettext_lazy("it is found at risk"),
}
# What a household was before, where its first change is entered after later ones.
CAME_FROM = {EXITED: REGISTERED, STRUCK: REGISTERED, CLEARED: MONITORED}
ONCE_POOR = (REGISTERED, EXITED)


def change_status(change: StatusChange, *, by: Actor) -> None:
    """Save that a household changed its status on a day; `was` follows from what is recorded.

    An exit takes its five steps. A change may be entered after a later one, if that one leads on from it. The state
    in which a household was registered becomes its first change, so that it stays known.
    Raises ValidationError at `happened_on`, `status`, the missing steps; PermissionDenied.
    """
    with together():
        household = hold(change.household, by=by)
        change.clean_fields(exclude=["household", "was"])
        _refuse_missing_steps(change)
        _refuse_monitored_still(change, household)
        _enter_change(change, household, by=by)


def start_monitoring(monitoring: Monitoring, *, by: Actor) -> None:
    """Save that a household is watched for a risk since a day; its status becomes monitored, if it is not.

    Of one that is saved already, the facts change, not the day. Raises ValidationError, PermissionDenied.
    """
    names = dict.fromkeys(("happened_on", "status"), "identified_on") | {"decided_by": "identified_by"}
    with told_at(**names), together():
        household = hold(monitoring.household, by=by)
        monitoring.clean_fields(exclude=["household"])
        _refuse_another_day(monitoring)
        refuse_outside_life(household, monitoring.identified_on, field="identified_on")
        is_new = monitoring.pk is None
        guarded.enter(monitoring, by=by)
        if is_new and status_on(household, monitoring.identified_on) != MONITORED:
            change = StatusChange(status=MONITORED, happened_on=monitoring.identified_on)
            change.decided_by = monitoring.identified_by
            _enter_change(change, household, by=by)


def clear_monitoring(monitoring: Monitoring, *, on: date, reason: str, by: Actor) -> None:
    """The risk is cleared on a day; the household is again what it was before: exited, or else on no list.

    An exit by clearing is none by the five steps. A household that is not monitored any more stays what it is.
    Raises ValidationError at `on`, `reason`, and where it is cleared already; PermissionDenied.
    """
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Say why the risk is cleared."), code="missing")})
    names = {"cleared_on": "on", "happened_on": "on", "status": "on", "cleared_reason": "reason"}
    with told_at(**names), together():
        household = hold(monitoring.household, by=by)
        stored = _open(monitoring)
        stored.cleared_on, stored.cleared_reason = on, reason.strip()
        guarded.enter(stored, by=by)
        if status_on(household, on) == MONITORED:
            change = StatusChange(status=_before_watch(household, stored, on), happened_on=on)
            change.decided_by = stored.identified_by
            _enter_change(change, household, by=by)
    monitoring.cleared_on, monitoring.cleared_reason = stored.cleared_on, stored.cleared_reason


def _enter_change(change: StatusChange, household: Household, *, by: Actor) -> None:
    """Write a change into the history of a household, which is locked; an exit needs no steps here."""
    day = change.happened_on
    change.household = household
    refuse_outside_life(household, day, field="happened_on")
    _enter_first_state(change, household, by=by)
    changes = household.status_changes.order_by("happened_on", "id")
    if changes.filter(happened_on=day).exists():
        message = _("The household changed its status on this day already.")
        raise ValidationError({"happened_on": ValidationError(message, code="same_day")})
    earlier, following = changes.filter(happened_on__lt=day).last(), changes.filter(happened_on__gt=day).first()
    change.was = _was(change, household, earlier, following)
    _refuse_transition(change)
    _refuse_other_than(following, change)
    last = max(day.year, following.happened_on.year - 1) if following else this_year()
    refuse_closed_years(household, day.year, last, field="happened_on")
    guarded.enter(change, by=by)
    if following is None:
        household.status, household.status_since = change.status, day
        guarded.enter(household, by=by)


def _enter_first_state(change: StatusChange, household: Household, *, by: Actor) -> None:
    """The state in which the household was registered becomes a change of its own before the first other one."""
    since = household.status_since
    if since is None or household.status_changes.exists():
        return
    if change.status == household.status or change.happened_on == since:
        told = {"status": household.get_status_display(), "day": since}
        message = _("The household is “%(status)s” since %(day)s already.") % told
        raise ValidationError({"status": ValidationError(message, code="same_status")})
    first = StatusChange(household=household, status=household.status, happened_on=since)
    first.was = "" if since < change.happened_on else change.status
    first.decided_by = _("as registered")
    guarded.enter(first, by=by)


def _was(change: StatusChange, household: Household, earlier: StatusChange | None, later: StatusChange | None) -> str:
    """Where the household stood before the change, as far as that is recorded or follows from it."""
    if earlier is not None:
        return earlier.status
    if later is None and household.status != change.status:
        return household.status
    return CAME_FROM.get(HouseholdStatus(change.status), "")


def _refuse_missing_steps(change: StatusChange) -> None:
    """An exit has the day of each step. Raises ValidationError at each that is missing."""
    if change.status != EXITED:
        return
    message = _("An exit takes five steps: enter the day of each.")
    if missing := [step for step in EXIT_STEPS if getattr(change, step) is None]:
        raise ValidationError({step: ValidationError(message, code="step_missing") for step in missing})


def _refuse_monitored_still(change: StatusChange, household: Household) -> None:
    """Whoever is watched ceases to be so by the clearing of the risk. Raises ValidationError."""
    watched = household.monitorings.filter(cleared_on__isnull=True, identified_on__lte=change.happened_on)
    if change.status in (EXITED, CLEARED) and watched.exists():
        message = _("The household is monitored: record that its risk is cleared, and the status follows.")
        raise ValidationError({"status": ValidationError(message, code="monitored")})


def _refuse_transition(change: StatusChange) -> None:
    """Raises ValidationError that says where a household goes from where it stood, and why."""
    was, status = change.was, change.status
    if was == status:
        message = _("The household has this status already.")
        raise ValidationError({"status": ValidationError(message, code="same_status")})
    if (was, status) not in TRANSITIONS:
        ways = "; ".join(_way(after, why) for (before, after), why in TRANSITIONS.items() if before == was)
        told = {"was": HouseholdStatus(was).label if was else _("on no list"), "ways": ways}
        message = _("From “%(was)s” a household comes to: %(ways)s.") % told
        raise ValidationError({"status": ValidationError(message, code="transition")})
    if status == CLEARED and change.household.status_changes.filter(status__in=ONCE_POOR).exists():
        message = _("The household was registered as poor once: it is exited when its risk is cleared.")
        raise ValidationError({"status": ValidationError(message, code="once_poor")})


def _way(status: str, why: Promise) -> str:
    return _("%(status)s, if %(why)s") % {"status": HouseholdStatus(status).label, "why": why}


def _refuse_other_than(following: StatusChange | None, change: StatusChange) -> None:
    """A change that is entered late leads to where the next one begins. Raises ValidationError."""
    if following is None or following.was == change.status:
        return
    told = {"day": following.happened_on, "was": HouseholdStatus(following.was).label if following.was else "—"}
    message = _("The next change, on %(day)s, was from “%(was)s”: this one would have to lead there.")
    raise ValidationError({"status": ValidationError(message % told, code="not_in_order")})


def _refuse_another_day(monitoring: Monitoring) -> None:
    stored = Monitoring.objects.filter(pk=monitoring.pk).first()
    if stored is not None and stored.identified_on != monitoring.identified_on:
        message = _("The status of the household changed on this day: it stays.")
        raise ValidationError({"identified_on": ValidationError(message, code="day_stays")})


def _open(monitoring: Monitoring) -> Monitoring:
    """The monitoring as it is now, locked. Raises ValidationError where it is cleared already, or ChangedMeanwhile."""
    stored = Monitoring.objects.select_for_update().get(pk=monitoring.pk, **beside_whole(monitoring))
    if stored.cleared_on is not None:
        message = _("The risk was cleared already, on %(day)s.") % {"day": stored.cleared_on}
        raise ValidationError(message, code="cleared_already")
    stored.seen_version = getattr(monitoring, "seen_version", None)  # type: ignore[attr-defined]
    return stored


def _before_watch(household: Household, monitoring: Monitoring, on: date) -> HouseholdStatus:
    """What a monitored household is when its risk is cleared."""
    watched = household.status_changes.filter(status=MONITORED, happened_on__lte=on)
    last = watched.order_by("happened_on", "id").last()
    was_exited = monitoring.kind == MonitoringKind.UNSTABLE if last is None or not last.was else last.was == EXITED
    return EXITED if was_exited else CLEARED
