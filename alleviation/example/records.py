"""Enters the rows of the data files: the records behind the documents, the documents, and what they say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model

from alleviation.common.made_up import MadeUpModel
from alleviation.example.book import ACTOR, Book
from alleviation.example.shelf import Row, rows_of, tables_of, text_of
from projects.actions import attach_text, make_claim
from projects.models import (
    Alliance,
    AllianceActivity,
    AllianceParty,
    AlliancePledge,
    Award,
    Claim,
    Document,
    FundingSource,
    Milestone,
    Official,
    Organisation,
    PartyBranch,
    Pledge,
    Post,
    Project,
    ProjectSite,
)

# Table of the TOML files → model, and the fields that tell one row from another. In the order of their links.
TABLES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "organisation": (Organisation, ("name",)),
    "branch": (PartyBranch, ("name",)),
    "official": (Official, ("name", "note")),
    "post": (Post, ("official", "organisation", "title")),
    "award": (Award, ("title", "official", "organisation")),
    "project": (Project, ("code",)),
    "site": (ProjectSite, ()),
    "milestone": (Milestone, ()),
    "alliance": (Alliance, ("title", "division")),
    "party": (AllianceParty, ()),
    "activity": (AllianceActivity, ()),
    "undertaking": (AlliancePledge, ()),
    "source": (FundingSource, ("code",)),
}
PLEDGES = (Pledge, ("source", "division", "note"))


def enter_records(book: Book, name: str, *, is_made_up: bool) -> None:
    """Enter the tables of a TOML file."""
    for table, (model, unique) in TABLES.items():
        for row in tables_of(name).get(table, ()):
            for one in spread(row):
                enter_row(book, model, one, unique, is_made_up=is_made_up)


def enter_pledges(book: Book, name: str, *, is_made_up: bool) -> None:
    """Enter the pledges of a TOML file; they name documents, which come after the rest."""
    model, unique = PLEDGES
    for row in tables_of(name)["pledge"]:
        enter_row(book, model, row, unique, is_made_up=is_made_up)


def enter_row(
    book: Book, model: type[Model], row: Mapping[str, Any], unique: tuple[str, ...], *, is_made_up: bool
) -> None:
    marks = {"is_made_up": is_made_up} if issubclass(model, MadeUpModel) else {}
    record = model(**book.resolve(model, row), **marks)
    book.add(record, key=row.get("key") or row.get("code") or "", unique=unique)


def spread(row: Row) -> Iterator[Row]:
    """A row that names two alliances stands for one row of each."""
    several = row.get("alliance")
    if isinstance(several, list):
        yield from ({**row, "alliance": one} for one in several)
    else:
        yield row


def enter_documents(book: Book) -> None:
    """Enter the documents; only the made-up one comes with its text."""
    for row in rows_of("documents.csv"):
        values = book.resolve(Document, row)
        document = Document(**{**values, "is_made_up": "is_made_up" in row})
        entered = book.add(document, key=row["key"], unique=("sha256",))
        content = text_of(row["file_name"])
        if content and isinstance(entered, Document) and not entered.text:
            attach_text(entered, content, by=ACTOR, batch=book.batch)


def enter_claims(book: Book) -> None:
    """Enter what the documents say; the figure fields read the file's plain digits themselves."""
    for row in rows_of("claims.csv"):
        values = book.resolve(Claim, row)
        claim = Claim(**{**values, "start": int(row["start"]), "end": int(row["end"])})
        if not book.is_part_of_kept(claim):
            make_claim(claim, by=ACTOR, batch=book.batch)
