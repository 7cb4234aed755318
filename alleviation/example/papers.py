"""The papers of the made-up county: receipts that say of themselves that they are made up."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import Model, QuerySet

from alleviation.evidence.actions import attach
from alleviation.evidence.models import Evidence
from alleviation.example.book import ACTOR, Book
from beneficiaries.models import Enrolment, IncomeRecord, LargeExpense, StatusChange, SupportMeasure
from projects.choices import EntryKind
from projects.models import LedgerEntry, Milestone, Pledge

PAPER = """MADE UP · 虚构示例

{title}
{kind} {name}

This paper is part of the example. It proves nothing about any real place or person.
本单据为演示数据，不涉及任何真实的地方或个人。
"""
# What happened to a household, and what it is; one of each kind has a paper.
OF_HOUSEHOLDS: dict[type[Model], str] = {
    StatusChange: "Minutes of the village meeting (made up)",
    SupportMeasure: "Note of acceptance (made up)",
    LargeExpense: "Hospital bill (made up)",
}


def enter_papers(book: Book) -> None:
    """Put a paper to a few records of each kind, but for those that have one from an earlier example.

    Raises CommandError where the disk takes no file.
    """
    for record, title in records():
        if not Evidence.objects.of(type(record), [record.pk]).exists():
            try:
                attach(record, paper_of(record, title), title=title, by=ACTOR, batch=book.batch)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error


def records() -> Iterator[tuple[Any, str]]:
    """Which records have a paper, and what it is; most have none, as the page of what lacks evidence shows."""
    spent: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(is_made_up=True, kind=EntryKind.EXPENDITURE).posted()
    yield from ((entry, "Receipt (made up)") for entry in spent.order_by("pk")[:5])
    promises = Pledge.objects.filter(is_made_up=True, stated_in=None)
    yield from ((pledge, "Letter of the giver (made up)") for pledge in promises.order_by("pk")[:1])
    reached = Milestone.objects.filter(project__is_made_up=True, reached_on__isnull=False)
    yield from ((milestone, "Record of acceptance (made up)") for milestone in reached.order_by("pk")[:2])
    theirs = {"household__is_made_up": True}
    yield from ((one, "Survey sheet (made up)") for one in IncomeRecord.objects.filter(**theirs).order_by("pk")[:2])
    yield from ((one, "Signed list (made up)") for one in Enrolment.objects.filter(**theirs).order_by("pk")[:2])
    for model, title in OF_HOUSEHOLDS.items():
        yield from ((one, title) for one in model._default_manager.filter(**theirs).order_by("pk")[:1])


def paper_of(record: Any, title: str) -> bytes:
    """A plain text, of which no two records have the same."""
    return PAPER.format(title=title, kind=record._meta.label_lower, name=f"#{record.pk}").encode()
