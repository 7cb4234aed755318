"""Every write of the first floor ends here, with its audit event in the same transaction."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from projects.models import Claim, Division, Document, LedgerEntry, Succession, VoucherSeries

enter = guarded.enter


def enter_reference(record: Division | Succession, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a place or what became of it. Raises PermissionDenied, ValidationError."""
    guarded.enter(record, by=by, batch=batch, right=Right.MANAGE_REFERENCE)


def book_entry(entry: LedgerEntry, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Book money in yuan. An entry without a voucher gets the next number of its county and year.

    Raises ValidationError (amount zero or finer than fen, date outside the year), PermissionDenied.
    """
    with transaction.atomic():
        if not entry.voucher and entry.division_id and entry.year:
            entry.voucher = next_vouchers(entry.division.code[:6], entry.year, 1)[0]
        guarded.enter(entry, by=by, batch=batch)


def book_entries(entries: Sequence[LedgerEntry], *, by: str, batch: ImportBatch) -> None:
    """Book many entries at once, all or none; vouchers follow the order given. Only commands do this so far."""
    with transaction.atomic():
        wanted = Counter((entry.division.code[:6], entry.year) for entry in entries)
        given = {key: iter(next_vouchers(*key, number)) for key, number in sorted(wanted.items())}
        for entry in entries:
            entry.voucher = next(given[entry.division.code[:6], entry.year])
        guarded.enter_many(entries, by=by, batch=batch)


def next_vouchers(area: str, year: int, number: int) -> list[str]:
    """The next voucher numbers of an area and year, as 513228-2024-00001. Call it inside a transaction.

    The series' row stays locked until the transaction ends, so numbers neither repeat nor leave a gap.
    """
    VoucherSeries.objects.get_or_create(area=area, year=year)
    series = VoucherSeries.objects.select_for_update().get(area=area, year=year)
    first = series.last + 1
    series.last += number
    series.save(update_fields=["last"])
    return [f"{area}-{year}-{n:05}" for n in range(first, first + number)]


def attach_text(document: Document, content: bytes, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Add a document's text, as the bytes of a UTF-8 file, and keep its hash.

    Raises ValidationError where the file is not UTF-8, is another text than the document's hash names, or is too
    short for a claim already made of it; the document is left as it was.
    """
    digest, text = sha256(content).hexdigest(), _decoded(content)
    with transaction.atomic():
        if document.sha256 and document.sha256 != digest:
            raise ValidationError(
                _("This is another text: its SHA-256 is %(digest)s, the document's is %(expected)s.")
                % {"digest": digest, "expected": document.sha256},
                code="other_text",
            )
        _refuse_spans_outside(document, len(text))
        document.text, document.sha256, document.length = text, digest, len(text)
        guarded.enter(document, by=by, batch=batch)


def make_claim(claim: Claim, *, by: Actor, quote: str = "", batch: ImportBatch | None = None) -> None:
    """Record what a document says at a span. A quote, where given, must be the document's own characters there.

    Raises ValidationError where the span lies outside the text, or the quote differs or cannot be checked.
    """
    if quote:
        _refuse_other_quote(claim, quote)
    with transaction.atomic():
        if not claim.code:
            claim.code = _next_claim_code()
        guarded.enter(claim, by=by, batch=batch)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("The file is not UTF-8 text (byte %(place)s). Save it as UTF-8 and add it again.")
            % {"place": error.start},
            code="not_utf8",
        ) from error


def _refuse_spans_outside(document: Document, length: int) -> None:
    if document.pk is None:
        return
    outside = document.claims.filter(end__gt=length).order_by("code").values_list("code", flat=True)
    if outside:
        raise ValidationError(
            _("The text has %(length)s characters, too few for claim %(claims)s.")
            % {"length": length, "claims": ", ".join(outside)},
            code="span_outside",
        )


def _refuse_other_quote(claim: Claim, quote: str) -> None:
    if not claim.document.text:
        raise ValidationError(
            {"quote": _("The document's text is missing, so a quote cannot be checked. Add the text first.")},
            code="no_text",
        )
    if claim.quote != quote:
        raise ValidationError(
            {"quote": _("The document has other characters there: “%(actual)s”.") % {"actual": claim.quote[:200]}},
            code="other_quote",
        )


def _next_claim_code() -> str:
    last = Claim.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return f"C{last + 1:05}"
