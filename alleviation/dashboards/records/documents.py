"""Documents: the list, and each text with its quotes marked, every mark leading to its claim."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.common.words import count
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.parts import Fact, entry_url, fact, not_stated
from projects.models import Document
from projects.passages import passages
from projects.rollups.documents import DocumentSummary, document_summaries


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every document, and whether its text is there."""
    user: User = request.user  # type: ignore[assignment]
    tables = [_list_table(document_summaries(user))]
    return page(request, "dashboards/documents.html", title=gettext("Documents"), tables=tables)


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One document: what it is, its text with the quotes marked, and what it claims."""
    user: User = request.user  # type: ignore[assignment]
    document = get_object_or_404(Document.objects.visible_to(user), pk=pk)
    claims = list(document.claims.visible_to(user))
    return page(
        request,
        "dashboards/document.html",
        title=document.title,
        tables=[
            about_table(
                claims,
                title=_("What it claims, in the order of the text"),
                empty=_("No claim is recorded of this document. Claims are entered in the admin."),
            )
        ],
        document=document,
        is_made_up=document.is_made_up,
        facts=_facts(document),
        passages=passages(document.text, claims),
        change_url=entry_url(user, "document", document.pk),
        breadcrumbs=[(gettext("Documents"), reverse("dashboards:documents")), (document.title, "")],
    )


def _facts(document: Document) -> list[Fact]:
    return [
        fact(_("Publisher"), not_stated(document.publisher)),
        fact(_("Published on"), not_stated(document.published_on)),
        fact(_("Tells of"), not_stated(document.event_on)),
        fact(_("Note on the dates"), document.date_note),
        fact(_("File name"), document.file_name),
        fact(_("SHA-256"), document.sha256),
        fact(_("Length in characters"), count(document.length) if document.length is not None else ""),
    ]


def _list_table(found: list[DocumentSummary]) -> Table:
    return Table(
        slug="documents",
        title=_("Documents"),
        columns=(
            Column("title", _("Title")),
            Column("publisher", _("Publisher")),
            Column("published_on", _("Published on"), Kind.DATE),
            Column("event_on", _("Tells of"), Kind.DATE),
            Column("claims", _("Claims"), Kind.COUNT),
            Column("text", _("Text")),
        ),
        rows=[_document_row(one) for one in found],
        note=_("Dates of which nothing is shown are not stated."),
        empty=_("No document is recorded. Enter a document in the admin, then the claims that it makes."),
    )


def _document_row(one: DocumentSummary) -> Row:
    document = one.document
    return {
        "title": document.title,
        "publisher": document.publisher,
        "published_on": document.published_on,
        "event_on": document.event_on,
        "claims": one.claims,
        "text": gettext("present") if one.has_text else gettext("not added"),
        "_url": document.get_absolute_url(),
        "_made_up": document.is_made_up,
    }
