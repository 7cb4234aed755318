"""What must be true between ledger entries: what takes back, what is paid out of what."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext

from alleviation.common.words import yuan
from projects.choices import EntryKind, EntryState
from projects.models import LedgerEntry

# SQLite takes a limited number of values in one statement.
BATCH = 500
# What a reversal has in common with the entry that it takes back.
SAME = ("kind", "source_id", "division_id", "project_id", "allocation", "handed_down_from", "is_made_up")
LINKS = ("allocation", "handed_down_from", "replaces")


def reversals_that_do_not_fit() -> Iterator[str]:
    """Reversals of what is not posted or is one itself, that do not sum to zero with it or differ; second ones."""
    reversals = LedgerEntry.objects.posted().exclude(reverses="")
    for reversal, original in pairs(reversals, "reverses"):
        words: dict[str, Any] = {"voucher": reversal.voucher, "other": reversal.reverses}
        if original is None:
            yield gettext("%(voucher)s: reverses %(other)s, which is not posted") % words
            continue
        if original.reverses:
            yield gettext("%(voucher)s: reverses %(other)s, which is a reversal") % words
        if original.amount + reversal.amount:
            words["sum"] = yuan(original.amount + reversal.amount)
            yield gettext("%(voucher)s: sums to %(sum)s with %(other)s, not to zero") % words
        for name in (name for name in SAME if getattr(original, name) != getattr(reversal, name)):
            words["field"] = LedgerEntry._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            yield gettext("%(voucher)s: differs from %(other)s, which it reverses: %(field)s") % words
    for voucher in twice_reversed():
        yield gettext("%(voucher)s: reversed more than once") % {"voucher": voucher}


def twice_reversed() -> Iterator[str]:
    """Vouchers that several reversals name."""
    standing = LedgerEntry.objects.exclude(reverses="").exclude(state=EntryState.WITHDRAWN).order_by()
    named = standing.values("reverses").annotate(number=Count("id")).filter(number__gt=1).order_by("reverses")
    yield from named.values_list("reverses", flat=True).iterator()


def links_that_lead_nowhere() -> Iterator[str]:
    """Posted entries that name as allocation, upper or replaced entry what is not posted, or cannot be that."""
    for link in LINKS:
        for entry, named in pairs(LedgerEntry.objects.posted().exclude(**{link: ""}), link):
            words = {
                "voucher": entry.voucher,
                "field": LedgerEntry._meta.get_field(link).verbose_name,  # type: ignore[union-attr]
                "other": getattr(entry, link),
            }
            if named is None:
                yield gettext("%(voucher)s: %(field)s: %(other)s is not posted") % words
            elif link != "replaces" and not can_pay(named, entry, link):
                yield gettext("%(voucher)s: %(field)s: %(other)s is of another kind or source") % words


def can_pay(earlier: LedgerEntry, entry: LedgerEntry, link: str) -> bool:
    """Whether the money of an entry can come from the one it names."""
    kind = EntryKind.ALLOCATION if link == "allocation" else entry.kind
    return earlier.kind == kind and earlier.source_id == entry.source_id


def drawn_beyond() -> Iterator[str]:
    """Posted entries out of which more was paid or handed down than they have, what was reversed taken off."""
    for link in ("allocation", "handed_down_from"):
        sums = LedgerEntry.objects.posted().exclude(**{link: ""}).order_by().values(link).annotate(drawn=Sum("amount"))
        for batch in batches(sums.order_by(link).values_list(link, "drawn").iterator()):
            drawn = dict(batch)
            of_them = LedgerEntry.objects.posted().filter(voucher__in=list(drawn)).order_by("voucher")
            for voucher, amount in of_them.values_list("voucher", "amount"):
                if drawn[voucher] > max(amount, 0):
                    words = {"voucher": voucher, "amount": yuan(amount), "drawn": yuan(drawn[voucher])}
                    yield gettext("%(voucher)s: has %(amount)s yuan, %(drawn)s yuan were drawn on it") % words


def pairs(entries: Any, link: str) -> Iterator[tuple[LedgerEntry, LedgerEntry | None]]:
    """Each entry with the posted one that it names in this field; None where there is none."""
    for batch in batches(entries.order_by("pk").iterator(chunk_size=BATCH)):
        wanted = {getattr(entry, link) for entry in batch}
        named = {entry.voucher: entry for entry in LedgerEntry.objects.posted().filter(voucher__in=wanted)}
        yield from ((entry, named.get(getattr(entry, link))) for entry in batch)


def batches(found: Iterable[Any]) -> Iterator[list[Any]]:
    """The same, a limited number at a time."""
    rest = iter(found)
    while batch := list(islice(rest, BATCH)):
        yield batch
