"""What must be true of each ledger entry by itself."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext

from alleviation.audit.chain import moment
from alleviation.audit.models import ClosingState, YearClosing
from projects.models import LedgerEntry


def entries_of_another_year() -> Iterator[str]:
    """Entries whose year is not that of their date."""
    wrong = LedgerEntry.objects.exclude(booked_on__year=F("year")).order_by("pk")
    for entry in wrong.only("voucher", "year", "booked_on").iterator():
        yield gettext("%(voucher)s: booked on %(date)s for the year %(year)s") % {
            "voucher": name(entry),
            "date": entry.booked_on.isoformat(),
            "year": entry.year,
        }


def entries_of_nothing() -> Iterator[str]:
    """Entries of zero yuan."""
    for entry in LedgerEntry.objects.filter(amount=0).order_by("pk").only("voucher").iterator():
        yield gettext("%(voucher)s: the amount is zero") % {"voucher": name(entry)}


def entries_checked_by_their_maker() -> Iterator[str]:
    """Entries that somebody checked who drafted, submitted or imported them."""
    same = Q(checked_by=F("drafted_by")) | Q(checked_by=F("submitted_by")) | Q(checked_by=F("imported_by"))
    found = LedgerEntry.objects.exclude(checked_by="").filter(same).order_by("pk")
    for entry in found.only("voucher", "checked_by").iterator():
        words = {"voucher": name(entry), "person": entry.checked_by}
        yield gettext("%(voucher)s: made and checked by %(person)s") % words


def entries_posted_after_closing() -> Iterator[str]:
    """Entries posted in a year while it was closed: between its closing and its reopening, if any."""
    closings = YearClosing.objects.filter(state__in=sorted(ClosingState.ONCE_IN_FORCE))
    for closing in closings.order_by("pk"):
        found = LedgerEntry.objects.posted().of_years(closing.year, closing.year).in_area(closing.area)
        found = found.filter(checked_at__gt=closing.decided_at)
        if closing.reopened_at is not None:
            found = found.filter(checked_at__lt=closing.reopened_at)
        for entry in found.order_by("pk").only("voucher", "checked_at").iterator():
            yield gettext("%(voucher)s: posted at %(at)s, but %(closing)s was closed at %(closed)s") % {
                "voucher": name(entry),
                "at": moment(entry.checked_at or ""),
                "closing": closing,
                "closed": moment(closing.decided_at or ""),
            }


def name(entry: LedgerEntry) -> str:
    """How a fault names an entry: by its voucher, or #12 before it has one."""
    return entry.voucher or entry.draft_name
