"""Loads the example, all or nothing, as one batch that can be taken out again."""

from collections import Counter
from dataclasses import dataclass, field

from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.trail import open_batch, together
from alleviation.example.book import ACTOR, Book, originals_of, places_of_example
from alleviation.example.county import HOUSEHOLDS_PER_VILLAGE, enter_county
from alleviation.example.papers import enter_papers
from alleviation.example.people import enter_people
from alleviation.example.records import enter_claims, enter_documents, enter_pledges, enter_records
from alleviation.example.shelf import codes_named


@dataclass(frozen=True)
class Loaded:
    """What came in: how many records of each kind, and which sign-ins were taken by someone else."""

    records: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)


def current_batch() -> ImportBatch | None:
    """The batch of the example as it stands; None while there is none."""
    return ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE, is_removed=False).first()


def load(*, per_village: int = HOUSEHOLDS_PER_VILLAGE) -> Loaded:
    """Enter the documents' facts, the made-up county and the sign-ins in one transaction.

    Raises CommandError where a place is missing or a record of the office is in the way; nothing is entered then.
    """
    with together():
        earlier = list(ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE))
        batch = open_batch(kind=ImportBatch.Kind.EXAMPLE, title="Example", by=ACTOR)
        book = Book(batch, places_of_example(codes_named()), originals=originals_of(earlier))
        # Some of them have checked what follows.
        taken = enter_people(book)
        enter_everything(book, per_village)
    return Loaded(records_of(batch), taken)


def enter_everything(book: Book, per_village: int) -> None:
    """In the order of the links between records."""
    for name, is_made_up in (("records.toml", False), ("county.toml", True)):
        enter_records(book, name, is_made_up=is_made_up)
    enter_documents(book)
    enter_pledges(book, "records.toml", is_made_up=False)
    enter_pledges(book, "county.toml", is_made_up=True)
    enter_claims(book)
    enter_county(book, per_village=per_village)
    enter_papers(book)


def records_of(batch: ImportBatch) -> dict[str, int]:
    """How many records of each kind came in with a batch."""
    kinds = (
        AuditEvent.objects.filter(batch=batch, verb=Verb.CREATED).order_by("id").values_list("subject_type", flat=True)
    )
    return dict(Counter(kinds))
