"""The life of an entry: drafted and submitted by one person, posted or returned by another."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.closings import refuse_closed
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.trail import Actor, name_of, together
from projects.actions.links import drawn_on, refuse_wrong_links
from projects.actions.vouchers import next_vouchers, series_of
from projects.choices import EntryState
from projects.models import LedgerEntry

# An entry, its field that holds a voucher, and the entry whose voucher it is.
Origin = tuple[LedgerEntry, str, LedgerEntry]
# Who made and checked what is made up: no name that a person could have.
EXAMPLE_MAKER, EXAMPLE_CHECKER = "(example clerk)", "(example reviewer)"


def draft_entry(entry: LedgerEntry, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a new entry, or one that its maker may still change, as a draft. Amounts in yuan.

    Raises ValidationError (amount not above zero or finer than fen, date outside the year, year closed, a source or
    an earlier entry that the money cannot come from, changed meanwhile), PermissionDenied.
    """
    with together():
        stored = _locked(entry)
        _refuse_beyond(stored, EntryState.EDITABLE)
        entry.state, entry.drafted_by, entry.drafted_at = EntryState.DRAFT, name_of(by), timezone.now()
        entry.submitted_by, entry.submitted_at = "", None
        entry.checked_by, entry.checked_at = "", None
        entry.full_clean(exclude=["voucher"])
        if stored is not None and _says_the_same(stored, entry):
            # Saved without a change: it was drafted when it was.
            entry.drafted_at = stored.drafted_at
        refuse_closed(entry.division.code, entry.year, field="booked_on")
        refuse_wrong_links(entry, by=by)
        guarded.enter(entry, by=by, batch=batch, reason=entry.reason)


def submit_entry(entry: LedgerEntry, *, by: Actor) -> None:
    """Hand a draft, or what was returned, to be checked. Raises ValidationError, PermissionDenied."""
    with together():
        stored = _moved_from(entry, EntryState.EDITABLE)
        refuse_closed(stored.division.code, stored.year, field="booked_on")
        refuse_wrong_links(stored, by=by)
        stored.state, stored.submitted_by, stored.submitted_at = EntryState.SUBMITTED, name_of(by), timezone.now()
        stored.checked_by, stored.checked_at = "", None
        guarded.enter(stored, by=by)


def take_back_entry(entry: LedgerEntry, *, by: Actor) -> None:
    """Make a draft of a submission again, before somebody checks it. Raises ValidationError, PermissionDenied."""
    with together():
        stored = _moved_from(entry, frozenset({EntryState.SUBMITTED}))
        refuse_closed(stored.division.code, stored.year, field="booked_on")
        stored.state, stored.submitted_by, stored.submitted_at = EntryState.DRAFT, "", None
        guarded.enter(stored, by=by)


def withdraw_entry(entry: LedgerEntry, *, by: Actor) -> None:
    """Give up a draft: it stays, and counts nowhere. Raises ValidationError, PermissionDenied."""
    with together():
        stored = _moved_from(entry, EntryState.PENDING)
        stored.state, stored.checked_by, stored.checked_at = EntryState.WITHDRAWN, "", None
        guarded.enter(stored, by=by)


def post_entry(entry: LedgerEntry, *, by: Actor) -> LedgerEntry:
    """Post a submission: from now on it is in official figures, has a voucher and never changes.

    Raises PermissionDenied for whoever had a hand in making it; ValidationError where it is no submission any more,
    its year is closed, or the money it came from is used up or was taken back meanwhile.
    """
    with together():
        stored = _moved_from(entry, frozenset({EntryState.SUBMITTED}))
        _refuse_maker(stored, by)
        refuse_closed(stored.division.code, stored.year, field="booked_on")
        refuse_wrong_links(stored, by=by, lock=True)
        if stored.reverses:
            _refuse_drawn_on(stored.reverses)
        if stored.replaces:
            _refuse_standing(stored.replaces)
        stored.voucher = next_vouchers(*series_of(stored), 1)[0]
        stored.state, stored.checked_by, stored.checked_at = EntryState.POSTED, name_of(by), timezone.now()
        guarded.enter(stored, by=by, right=Right.CHECK_ENTRIES)
        return stored


def post_entries(entries: Iterable[LedgerEntry], *, by: Actor) -> list[LedgerEntry]:
    """Post several submissions, all or none, in the order of their numbers; those that take back come first."""
    with together():
        ordered = sorted(entries, key=lambda one: (not one.reverses, one.pk))
        _hold(ordered)
        return [post_entry(one, by=by) for one in ordered]


def return_entry(entry: LedgerEntry, *, by: Actor, note: str) -> None:
    """Give a submission back to its maker with a note that says why. Raises ValidationError, PermissionDenied."""
    if not note.strip():
        raise ValidationError({"return_note": _("Say why the entry is returned.")}, code="note_missing")
    with together():
        stored = _moved_from(entry, frozenset({EntryState.SUBMITTED}))
        _refuse_maker(stored, by)
        stored.state, stored.return_note = EntryState.RETURNED, note.strip()
        stored.checked_by, stored.checked_at = name_of(by), timezone.now()
        guarded.enter(stored, by=by, right=Right.CHECK_ENTRIES, reason=stored.return_note)


def book_made_up(
    entries: Sequence[LedgerEntry], *, by: str, batch: ImportBatch, origins: Iterable[Origin] = ()
) -> None:
    """Post made-up entries, all or none; vouchers follow the order given. Only the example does this.

    `origins` say which entry names which other in a field that holds a voucher.
    Raises ValueError for an entry that is not made up: real money takes two people.
    """
    if not all(entry.is_made_up for entry in entries):
        raise ValueError("only what is made up is posted without two people")
    with together():
        wanted = Counter(series_of(entry) for entry in entries)
        given = {key: iter(next_vouchers(*key, number)) for key, number in sorted(wanted.items())}
        now = timezone.now()
        for entry in entries:
            entry.voucher = next(given[series_of(entry)])
            entry.state, entry.drafted_at, entry.submitted_at, entry.checked_at = EntryState.POSTED, now, now, now
            entry.drafted_by = entry.submitted_by = EXAMPLE_MAKER
            entry.checked_by = EXAMPLE_CHECKER
        for entry, field, other in origins:
            setattr(entry, field, other.voucher)
        guarded.enter_many(entries, by=by, batch=batch)


def _locked(entry: LedgerEntry) -> LedgerEntry | None:
    """The entry as the database has it, under a lock; None for a new one."""
    if entry.pk is None:
        return None
    return LedgerEntry.objects.select_for_update().filter(pk=entry.pk).order_by().first()


def _says_the_same(stored: LedgerEntry, entry: LedgerEntry) -> bool:
    names = [field.attname for field in LedgerEntry._meta.concrete_fields if field.name != "drafted_at"]
    return all(getattr(stored, name) == getattr(entry, name) for name in names)


def _hold(entries: Sequence[LedgerEntry]) -> None:
    """Lock what posting these takes in the order in which posting one does: them, what they name, their series.

    Two who post lists at the same moment then wait for each other, and never in a ring, which a database breaks by
    failing one of them.
    """
    locked = LedgerEntry.objects.select_for_update(of=("self",)).order_by("pk")
    waiting = list(locked.select_related("division").filter(pk__in=[one.pk for one in entries]))
    named = {name for one in waiting for name in _vouchers_named(one) if name}
    list(locked.with_voucher(*named))
    for area, year in sorted({series_of(one) for one in waiting}):
        next_vouchers(area, year, 0)


def _vouchers_named(entry: LedgerEntry) -> tuple[str, ...]:
    return entry.allocation, entry.handed_down_from, entry.reverses, entry.replaces


def _moved_from(entry: LedgerEntry, states: frozenset[str]) -> LedgerEntry:
    """The stored entry, locked, if it is in one of these states; what the form had seen of it goes along."""
    stored = _locked(entry)
    if stored is None:
        raise ValidationError(_("This entry is not there any more."), code="gone")
    stored.seen_version = getattr(entry, "seen_version", None)  # type: ignore[attr-defined]
    _refuse_beyond(stored, states)
    return stored


def _refuse_beyond(stored: LedgerEntry | None, states: frozenset[str]) -> None:
    """Refuse what has gone further meanwhile, or never came so far."""
    if stored is None or stored.state in states:
        return
    told = {"entry": stored, "state": stored.get_state_display()}
    if stored.is_posted:
        raise ValidationError(
            _("%(entry)s is posted and never changes. Reverse it, and book it anew.") % told, code="posted"
        )
    raise ValidationError(_("%(entry)s is “%(state)s”: this cannot be done with it now.") % told, code="state")


def _refuse_maker(entry: LedgerEntry, by: Actor) -> None:
    """Two people: nobody checks what they had a hand in, now or at an earlier try."""
    if not isinstance(by, User):
        raise PermissionDenied(_("An entry is checked by a person."))
    if by.get_username() in entry.makers or _has_written(entry, by):
        raise PermissionDenied(_("You made, imported or submitted this entry; somebody else has to check it."))


def _has_written(entry: LedgerEntry, by: User) -> bool:
    """Whether the trail knows this person as one who made the entry what it is; to return it is no making."""
    told = AuditEvent.objects.filter(
        subject_type=LedgerEntry._meta.label_lower,
        subject_id=entry.pk,
        actor=by.get_username(),
        verb__in=sorted(Verb.WRITES),
    )
    return any(after.get("state") != EntryState.RETURNED for after in told.values_list("after", flat=True))


def _refuse_standing(voucher: str) -> None:
    """What an entry replaces is reversed first: else the money would stand twice."""
    LedgerEntry.objects.with_voucher(voucher).select_for_update().get()
    if not LedgerEntry.objects.posted().reversing(voucher).exists():
        message = _("It stands for %(voucher)s, which is not reversed yet. Post the reversal first, or both together.")
        raise ValidationError(message % {"voucher": voucher}, code="not_reversed")


def _refuse_drawn_on(voucher: str) -> None:
    """An entry that others were paid out of stands until those are reversed."""
    # Locked, so that nobody is paid out of it at this moment.
    LedgerEntry.objects.with_voucher(voucher).select_for_update().get()
    if vouchers := drawn_on(voucher):
        told = {"voucher": voucher, "others": ", ".join(vouchers[:20])}
        raise ValidationError(
            _("Money of %(voucher)s was passed on. Reverse these first: %(others)s") % told, code="drawn_on"
        )
