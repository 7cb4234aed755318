"""Documents with how much is claimed of them and their versions, without reading their texts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from alleviation.accounts.models import User
from projects.models import Claim, Document
from projects.passages import places_of_words
from projects.rollups.counts import count_by


@dataclass(frozen=True)
class DocumentSummary:
    """The latest version of a document, the claims made of all its versions, and whether its text is present."""

    document: Document
    claims: int
    has_text: bool
    versions: int


@dataclass(frozen=True)
class QuoteInNewer:
    """A claim, and where its quote stands word for word in a newer text: (start, end) each time."""

    claim: Claim
    places: list[tuple[int, int]]


def document_summaries(user: User) -> list[DocumentSummary]:
    """Every document this person may see, by its latest version; the texts stay in the database."""
    claims, older = count_by(Claim.objects.visible_to(user), "document"), _older()
    superseded = set(older.values())
    found = Document.objects.annotate(has_text=~Q(text="")).defer("text").visible_to(user)
    return [
        DocumentSummary(one, sum(claims.get(pk, 0) for pk in chain), one.has_text, len(chain))
        for one in found
        if one.pk not in superseded and (chain := _back_from(one.pk, older))
    ]


def versions_of_document(document: Document, user: User) -> list[Document]:
    """All versions of a document, this one among them, the earliest first; without their texts."""
    older = _older()
    newer = {before: after for after, before in older.items()}
    numbers = [*_back_from(document.pk, older)[::-1], *_back_from(document.pk, newer)[1:]]
    if len(numbers) == 1:
        return [document]
    found = Document.objects.visible_to(user).defer("text").in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def quotes_in_newer(claims: list[Claim], text: str) -> list[QuoteInNewer]:
    """Whether what each claim quotes still stands in a newer text; blanks and ends of lines may differ."""
    return [QuoteInNewer(claim, places_of_words(claim.quote, text)) for claim in claims]


def _older() -> dict[int, int]:
    """Newer version → the one that it supersedes."""
    return dict(Document.objects.filter(supersedes__isnull=False).order_by().values_list("pk", "supersedes_id"))


def _back_from(number: int, steps: Mapping[int, int]) -> list[int]:
    """A number and those that the steps lead to, as far as they go; a circle is gone through once."""
    found = [number]
    while (following := steps.get(found[-1])) is not None and following not in found:
        found.append(following)
    return found
