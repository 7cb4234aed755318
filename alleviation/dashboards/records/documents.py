"""Documents: the list, and each text with its quotes marked, every mark leading to its claim."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Row, Table, explain_url
from alleviation.common.words import count
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.document_story import document_story
from alleviation.dashboards.records.document_versions import standing_table, version_facts
from alleviation.dashboards.records.list_forms import DocumentsForm, TextState
from alleviation.dashboards.records.parts import Fact, entry_url, fact, not_stated
from alleviation.dashboards.records.story import LONG
from projects.forms import PassageForm
from projects.models import Claim, Document
from projects.passages import passages
from projects.rollups.documents import DocumentSummary, document_summaries, versions_of_document


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """The latest version of every document, and whether its text is there."""
    user: User = request.user  # type: ignore[assignment]
    form = DocumentsForm(request.GET, user=user, fields=("year", "text"))
    tables = [_list_table(_found(form, document_summaries(user)))] if form.is_valid() else []
    is_whole = bool(tables) and not any(form.cleaned_data.values())
    return page(
        request,
        "dashboards/documents.html",
        title=gettext("Documents"),
        tables=tables,
        stats=[_number_of(tables[0])] if is_whole else [],
        form=form,
        add_url=entry_url(user, "document"),
        add_label=gettext("Add a document"),
    )


def _found(form: DocumentsForm, summaries: list[DocumentSummary]) -> list[DocumentSummary]:
    """The documents of a year, and those whose text is here or not."""
    year, text = form.cleaned_data["year"], form.cleaned_data["text"]
    return [
        one
        for one in summaries
        if (not year or (one.document.published_on and one.document.published_on.year == year))
        and (not text or one.has_text == (text == TextState.PRESENT))
    ]


def _number_of(table: Table) -> Stat:
    return Stat(gettext("Documents"), count(len(list(table.rows))), opens=explain_url("documents", {}))


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One document: what it is, its text with the quotes marked, and what it claims."""
    document = document_or_404(request, pk)
    return document_page(request, document, PassageForm(text=document.text))


def document_or_404(request: HttpRequest, pk: int) -> Document:
    """The document, if this person sees it, with its original."""
    user: User = request.user  # type: ignore[assignment]
    return get_object_or_404(Document.objects.visible_to(user).select_related("original"), pk=pk)


def document_page(request: HttpRequest, document: Document, form: PassageForm) -> HttpResponseBase:
    """The page of a document, with the form that finds a passage for those who enter claims."""
    user: User = request.user  # type: ignore[assignment]
    claims = list(document.claims.visible_to(user))
    versions = versions_of_document(document, user)
    return page(
        request,
        "dashboards/document.html",
        title=document.title,
        tables=_tables(document, versions, claims, user),
        document=document,
        is_made_up=document.is_made_up,
        facts=[*_facts(document), *_original_facts(document), *version_facts(document, versions)],
        story=document_story(document, versions, claims, user),
        is_old=document != versions[-1],
        latest=versions[-1],
        passages=passages(document.text, claims),
        passage_form=form,
        claim_url=entry_url(user, "claim"),
        change_url=entry_url(user, "document", document.pk),
        breadcrumbs=[(gettext("Documents"), reverse("dashboards:documents")), (document.title, "")],
    )


def _tables(document: Document, versions: list[Document], claims: list[Claim], user: User) -> list[Table]:
    said = about_table(
        claims,
        title=_("What it claims, in the order of the text"),
        empty=_("No claim is recorded of this document. Mark a passage in its text to make one."),
    )
    return [said] if document == versions[-1] else [standing_table(document, versions, claims, user), said]


def _facts(document: Document) -> list[Fact]:
    return [
        fact(_("Publisher"), not_stated(document.publisher)),
        fact(_("Published on"), not_stated(document.published_on)),
        fact(_("Tells of"), not_stated(document.event_on)),
        fact(_("Note on the dates"), document.date_note),
        fact(_("File name"), document.file_name),
        fact(_("SHA-256 of the text"), document.sha256),
        _length(document),
    ]


def _length(document: Document) -> Fact:
    length = fact(_("Length in characters"), count(document.length) if document.length is not None else "")
    return replace(length, is_technical=True)


def _original_facts(document: Document) -> list[Fact]:
    """Where the text is from, and the file as it was handed in."""
    if not document.text:
        return []
    address = reverse("dashboards:document-original", args=[document.pk])
    facts = [fact(_("Where the text is from"), document.get_text_origin_display() or gettext("the text file itself"))]
    if document.original is None:
        return [*facts, fact(_("Original file"), gettext("the text file: download it"), address)]
    return [
        *facts,
        fact(_("Original file"), gettext("%s: download it") % document.original.get_kind_display(), address),
        fact(_("SHA-256 of the original"), document.original.sha256),
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
            Column("versions", _("Versions"), Kind.COUNT, explained="versions"),
            Column("claims", _("Claims"), Kind.COUNT, explained="claims"),
            Column("text", _("Text")),
        ),
        rows=[_document_row(one) for one in found],
        note=_(
            "The latest version of each; the claims are those of all its versions. Dates of which nothing is shown "
            "are not stated."
        ),
        empty=_("No document is recorded. Enter a document in the admin, then the claims that it makes."),
        asked={},
        first=LONG,
    )


def _document_row(one: DocumentSummary) -> Row:
    document = one.document
    return {
        "title": document.title,
        "publisher": document.publisher,
        "published_on": document.published_on,
        "event_on": document.event_on,
        "versions": one.versions,
        "claims": one.claims,
        "_asked": {"of": f"document:{document.pk}"},
        "text": gettext("present") if one.has_text else gettext("not added"),
        "_url": document.get_absolute_url(),
        "_made_up": document.is_made_up,
    }
