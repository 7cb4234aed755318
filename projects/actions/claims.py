"""Adding a document's text, and recording what it says at a span."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from projects.models import Claim, Document


def attach_text(document: Document, content: bytes, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Add a document's text, as the bytes of a UTF-8 file, and keep its hash.

    Raises ValidationError where the file is not UTF-8, is another text than the document's hash names, or is too
    short for a claim already made of it; the document is left as it was.
    """
    digest, text = sha256(content).hexdigest(), _decoded(content)
    with together():
        # As it is now: somebody may have added a text since the form was opened.
        stored = Document.objects.select_for_update().filter(pk=document.pk).order_by().first()
        expected = (stored and stored.sha256) or document.sha256
        if expected and expected != digest:
            raise ValidationError(
                _("This is another text: its SHA-256 is %(digest)s, the document's is %(expected)s.")
                % {"digest": digest, "expected": expected},
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
    with together():
        # One row locked by all who number claims, in no way of a claim that is being written: numbers do not collide.
        Document.objects.select_for_update(no_key=True).order_by("pk").values_list("pk").first()
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
    """The number after the latest claim's; one that someone typed by hand is passed over."""
    number = (Claim.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    while Claim.objects.filter(code=f"C{number:05}").exists():
        number += 1
    return f"C{number:05}"
