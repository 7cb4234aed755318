"""Documents with how much is claimed of them, without reading their texts."""

from dataclasses import dataclass

from django.db.models import Q

from alleviation.accounts.models import User
from projects.models import Claim, Document
from projects.rollups.counts import count_by


@dataclass(frozen=True)
class DocumentSummary:
    """A document, how many claims are made of it, and whether its text is present."""

    document: Document
    claims: int
    has_text: bool


def document_summaries(user: User) -> list[DocumentSummary]:
    """Every document this person may see; the texts stay in the database."""
    claims = count_by(Claim.objects.visible_to(user), "document")
    found = Document.objects.annotate(has_text=~Q(text="")).defer("text").visible_to(user)
    return [DocumentSummary(one, claims.get(one.pk, 0), one.has_text) for one in found]
