"""Recording what a document says at a span of its text."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from projects.models import Claim, Document


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
