"""What must be true of projects, money and claims, and where it is not."""

from collections.abc import Iterable, Iterator
from functools import reduce
from hashlib import sha256
from operator import add

from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.checks import Check
from alleviation.common.query import Query
from projects.models import Claim, Document, LedgerEntry
from projects.rollups import (
    Funding,
    funding_by_area,
    funding_by_kind,
    funding_by_project,
    funding_by_year,
    funding_by_year_and_source,
    funding_total,
)
from projects.rollups.funding import SUMS


def entries_of_another_year() -> Iterator[str]:
    """Entries whose year is not that of their date."""
    wrong = LedgerEntry.objects.exclude(booked_on__year=F("year")).order_by("voucher")
    for voucher, year, day in wrong.values_list("voucher", "year", "booked_on").iterator():
        yield gettext("%(voucher)s: booked on %(date)s for the year %(year)s") % {
            "voucher": voucher,
            "date": day.isoformat(),
            "year": year,
        }


def entries_of_nothing() -> Iterator[str]:
    """Entries of zero yuan."""
    for voucher in LedgerEntry.objects.filter(amount=0).order_by("voucher").values_list("voucher", flat=True):
        yield gettext("%(voucher)s: the amount is zero") % {"voucher": voucher}


def funding_that_does_not_add_up() -> Iterator[str]:
    """Where the sums by year, source, kind, project or province are another total than that of all entries."""
    query = Query(user=trusted_reader("verify"))
    total = funding_total(query)
    parts: dict[str, Iterable[Funding]] = {
        gettext("by year"): funding_by_year(query),
        gettext("by year and source"): funding_by_year_and_source(query),
        gettext("by kind of project"): funding_by_kind(query),
        gettext("by project"): funding_by_project(query),
        gettext("by area"): funding_by_area(query, None),
    }
    for name, sums in parts.items():
        added = reduce(add, sums, Funding())
        for key in (*SUMS, "entries"):
            if getattr(added, key) != getattr(total, key):
                yield difference(f"{name}, {key}", getattr(added, key), getattr(total, key))


def difference(what: str, parts: object, total: object) -> str:
    """The words for parts that add up to something else than their total."""
    return gettext("%(what)s: the parts add up to %(parts)s, the total is %(total)s") % {
        "what": what,
        "parts": parts,
        "total": total,
    }


def spans_outside_their_text() -> Iterator[str]:
    """Claims whose characters are not among those of their document."""
    outside = Claim.objects.filter(Q(end__gt=F("document__length")) | Q(start__gte=F("end"))).order_by("code")
    for claim in outside.select_related("document").defer("document__text"):
        yield gettext("claim %(code)s: characters %(start)s to %(end)s of a text of %(length)s") % {
            "code": claim.code,
            "start": claim.start,
            "end": claim.end,
            "length": claim.document.length,
        }


def texts_that_are_not_theirs() -> Iterator[str]:
    """Documents whose text has another SHA-256 or length than they say."""
    for document in Document.objects.exclude(text="").order_by("pk").iterator(chunk_size=50):
        digest = sha256(document.text.encode()).hexdigest()
        if (digest, len(document.text)) != (document.sha256, document.length):
            yield gettext("document %(number)s: its text of %(length)s characters has the SHA-256 %(digest)s") % {
                "number": document.pk,
                "length": len(document.text),
                "digest": digest,
            }


CHECKS = (
    Check(_("Each ledger entry belongs to the year of its date"), entries_of_another_year),
    Check(_("No ledger entry is of zero yuan"), entries_of_nothing),
    Check(_("Funding by year, source, kind, project and area adds up to the total"), funding_that_does_not_add_up),
    Check(_("Each claim's characters lie inside its document"), spans_outside_their_text),
    Check(_("Each document's text has the SHA-256 and length that are recorded"), texts_that_are_not_theirs),
)
