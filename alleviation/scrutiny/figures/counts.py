"""How many projects, alliances, documents and claims there are; each number opens to its records."""

from typing import ClassVar, cast

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut
from alleviation.scrutiny.figures.counting import TITLE, Counted
from projects.models import (
    Alliance,
    Claim,
    Document,
    Project,
)
from projects.rollups.documents import versions_of_document
from projects.rollups.lists import alliances_in, projects_in


class Projects(Counted):
    """How many projects there are."""

    slug = "projects"
    title = _("Projects")
    description = _(
        "The projects placed in the area, those with a site in it, and those with money booked in it; of an "
        "organisation: those that it runs."
    )
    filters = ("year", "plan", "area", "kind", "as_of")
    columns = (
        Column("code", _("Code"), Kind.CODE),
        TITLE,
        Column("kind", _("Kind")),
        Column("status", _("Status")),
        Column("place", _("Place")),
        MADE_UP,
    )
    owners: ClassVar = {"organisation": "operator"}

    def found(self, query: Query) -> list[Project]:
        return projects_in(query)

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[Project]:
        return Project.objects.filter(**{key: owner}).with_places().visible_to(query.user)

    def row(self, record: Project) -> Row:
        return {
            "code": record.code,
            "title": record.local_name,
            "kind": record.get_kind_display(),
            "status": record.get_status_display(),
            "place": record.division.local_name if record.division else "",
            "_url": record.get_absolute_url(),
        }


class Alliances(Counted):
    """How many alliances there are."""

    slug = "alliances"
    title = _("Party-branch alliances")
    description = _("The alliances of party branches that serve the area.")
    filters = ("area",)
    columns = (TITLE, Column("place", _("Serves")), Column("date", _("Signed on"), Kind.DATE), MADE_UP)

    def found(self, query: Query) -> QuerySet[Alliance]:
        return alliances_in(query)

    def row(self, record: Alliance) -> Row:
        return {
            "title": words.local(record.title, record.title_zh),
            "place": record.division.local_name,
            "date": record.signed_on,
            "_url": record.get_absolute_url(),
        }


class Documents(Counted):
    """How many documents there are."""

    slug = "documents"
    title = _("Documents")
    description = _(
        "The published documents that are recorded, each by its latest version; they are public and the same for "
        "every area."
    )
    columns = (
        TITLE,
        Column("publisher", _("Publisher")),
        Column("date", _("Published on"), Kind.DATE),
        MADE_UP,
    )

    def found(self, query: Query) -> QuerySet[Document]:
        return Document.objects.filter(newer__isnull=True).defer("text").visible_to(query.user)

    def row(self, record: Document) -> Row:
        return {
            "title": record.title,
            "publisher": record.publisher,
            "date": record.published_on,
            "_url": record.get_absolute_url(),
        }

    def left_out(self, query: Query) -> list[LeftOut]:
        return []


class Versions(Counted):
    """How many versions of a document there are."""

    slug = "versions"
    title = _("Versions of a document")
    description = _("A file that was changed is a new version beside the old one, which keeps its claims.")
    columns = (TITLE, Column("date", _("Published on"), Kind.DATE), MADE_UP)
    owners: ClassVar = {"document": "pk"}

    def found(self, query: Query) -> QuerySet[Document]:
        return Document.objects.defer("text").visible_to(query.user)

    def of_owner(self, query: Query, key: str, owner: Model) -> list[Document]:
        return versions_of_document(cast(Document, owner), query.user)

    def row(self, record: Document) -> Row:
        return {"title": record.title, "date": record.published_on, "_url": record.get_absolute_url()}

    def left_out(self, query: Query) -> list[LeftOut]:
        return []


class Claims(Counted):
    """How many claims there are."""

    slug = "claims"
    title = _("Claims")
    description = _("What documents say, claim by claim; they are public and the same for every area.")
    columns = (
        Column("code", _("Claim"), Kind.CODE),
        TITLE,
        Column("fact", _("Fact")),
        Column("document", _("Document")),
        MADE_UP,
    )
    owners: ClassVar = {name: name for name in ("document", "official", "organisation", "alliance", "project")}

    def found(self, query: Query) -> QuerySet[Claim]:
        found = Claim.objects.of_measure(query.measure).of_status(query.status).visible_to(query.user)
        return _with_titles(found)

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[Claim]:
        owners = versions_of_document(owner, query.user) if isinstance(owner, Document) else [owner]
        return _with_titles(Claim.objects.filter(**{f"{key}__in": owners}).visible_to(query.user))

    def row(self, record: Claim) -> Row:
        return {
            "code": record.code,
            "title": record.local_subject,
            "fact": record.local_attribute,
            "document": record.document.title,
            "_url": record.get_absolute_url(),
        }

    def is_made_up(self, record: Claim) -> bool:
        return record.document.is_made_up

    def left_out(self, query: Query) -> list[LeftOut]:
        return []


def _with_titles(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return claims.select_related("document").defer("document__text")


FIGURES: tuple[Explained, ...] = (Projects(), Alliances(), Documents(), Versions(), Claims())
