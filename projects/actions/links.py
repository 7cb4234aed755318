"""Where booked money came from: the allocation it is paid out of, the entry that it was handed down from."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.audit.trail import Actor
from alleviation.common.areas import covers, prefix_of
from alleviation.common.words import yuan
from projects.choices import EntryKind, Level, SourceLevel
from projects.models import LedgerEntry

NO_SUCH = gettext_lazy("There is no posted entry with this voucher in your area.")


def refuse_wrong_links(entry: LedgerEntry, *, by: Actor, lock: bool = False) -> None:
    """Refuse a source or an earlier entry that this money cannot come from.

    `lock` keeps the earlier entries as they are until the transaction ends: whoever posts needs that.
    Raises ValidationError at the field to mend.
    """
    refuse_wrong_level(entry)
    if entry.reverses:
        _refuse_before(entry)
        return
    if entry.allocation:
        earlier = _named(entry, "allocation", EntryKind.ALLOCATION, by, lock=lock)
        if not covers(prefix_of(earlier.division.code), entry.division.code):
            raise _wrong("allocation", _("That money was allocated to another place."))
        _refuse_more_than_left(entry, earlier, "allocation", is_posting=lock)
    if entry.handed_down_from:
        earlier = _named(entry, "handed_down_from", entry.kind, by, lock=lock)
        _refuse_wrong_direction(entry, earlier)
        _refuse_more_than_left(entry, earlier, "handed_down_from", is_posting=lock)


def _refuse_before(reversal: LedgerEntry) -> None:
    """A reversal is not booked before what it takes back, whenever its day was set."""
    earlier = LedgerEntry.objects.with_voucher(reversal.reverses).first()
    if earlier is not None and reversal.booked_on < earlier.booked_on:
        message = _("A reversal is not booked before what it reverses: %(day)s.")
        raise _wrong("booked_on", message % {"day": earlier.booked_on.isoformat()})


def refuse_wrong_level(entry: LedgerEntry) -> None:
    """A county's budget pays for the county and what lies in it, not for the province."""
    uppermost = SourceLevel.UPPERMOST.get(entry.source.level, 0)
    if entry.division.level < uppermost:
        message = _("Money of this source (%(source)s) is not booked for a place of the level “%(level)s”.")
        told = {"source": entry.source.get_level_display(), "level": Level(entry.division.level).label}
        raise _wrong("source", message % told)


def drawn_on(voucher: str) -> "list[str]":
    """The vouchers of standing entries that were paid or handed down out of this one."""
    found = LedgerEntry.objects.posted().not_reversed()
    named = found.naming("allocation", voucher) | found.naming("handed_down_from", voucher)
    return list(named.order_by("voucher").values_list("voucher", flat=True))


def _named(entry: LedgerEntry, field: str, kind: str, by: Actor, *, lock: bool) -> LedgerEntry:
    """The earlier entry that a field names, where it may be named.

    Of a place above their area people know the voucher from its paper, and no more: whatever is wrong with one that
    they do not see is told in the same words as that there is none.
    """
    found = LedgerEntry.objects.with_voucher(getattr(entry, field)).select_related("division", "source")
    earlier = (found.select_for_update(of=("self",)) if lock else found).first()
    if earlier is None:
        raise _wrong(field, NO_SUCH)
    is_seen = not isinstance(by, User) or covers(by.area, earlier.division.code)
    is_above = covers(prefix_of(earlier.division.code), entry.division.code)
    if message := _mismatch(entry, earlier, kind):
        raise _wrong(field, message if is_seen else NO_SUCH)
    if not is_seen and not is_above:
        raise _wrong(field, NO_SUCH)
    earlier.is_seen = is_seen  # type: ignore[attr-defined]
    return earlier


def _mismatch(entry: LedgerEntry, earlier: LedgerEntry, kind: str) -> str:
    """Why money of an earlier entry is not this money; empty where it may be."""
    if earlier.kind != kind:
        told = {"kind": earlier.get_kind_display(), "wanted": EntryKind(kind).label}
        return _("That is an entry of the kind “%(kind)s”; it must be “%(wanted)s”.") % told
    if earlier.is_made_up != entry.is_made_up:
        return _("That entry is made up, or this one is: the one cannot pay for the other.")
    if earlier.source_id != entry.source_id:
        return _("That money is of another source: %(source)s.") % {"source": earlier.source}
    if earlier.project_id not in (None, entry.project_id):
        return _("That money is for another project.")
    if earlier.reverses or LedgerEntry.objects.posted().reversing(earlier.voucher).exists():
        return _("That entry was reversed.")
    if earlier.booked_on > entry.booked_on:
        return _("That entry is of a later day: %(day)s.") % {"day": earlier.booked_on.isoformat()}
    return ""


def _refuse_wrong_direction(entry: LedgerEntry, earlier: LedgerEntry) -> None:
    """Money comes down from a place above; what is given back goes up from a place below."""
    upper, lower = (entry, earlier) if entry.kind == EntryKind.REFUND else (earlier, entry)
    above, below = prefix_of(upper.division.code), prefix_of(lower.division.code)
    if above == below or not covers(above, below):
        message = (
            _("What is refunded is handed on from a place inside this one.")
            if entry.kind == EntryKind.REFUND
            else _("Money is handed down from a place that this one lies in.")
        )
        raise _wrong("handed_down_from", message)


def _refuse_more_than_left(entry: LedgerEntry, earlier: LedgerEntry, field: str, *, is_posting: bool) -> None:
    """Σ of what is posted out of an entry, this one with it, is no more than the entry.

    A correction may take what the entry had that it stands for; its reversal, which is posted first, gives that back.
    """
    drawn = LedgerEntry.objects.posted().naming(field, earlier.voucher)
    if entry.replaces and not is_posting:
        drawn = drawn.exclude(voucher=entry.replaces).exclude(reverses=entry.replaces)
    left = earlier.amount - (drawn.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
    if entry.amount > left:
        told = {"left": yuan(left), "amount": yuan(earlier.amount)}
        message = _("Of its %(amount)s yuan only %(left)s are left.") % told
        raise _wrong(field, message if earlier.is_seen else _("So much is not left of it."))  # type: ignore[attr-defined]


def _wrong(field: str, message: Any) -> ValidationError:
    return ValidationError({field: ValidationError(message, code="wrong_link")})
