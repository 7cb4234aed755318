"""What documents claim: the list with its gross totals by class, and each claim with its quote in context."""

from collections.abc import Iterable
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, Text, explain_url
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claim_forms import JudgmentForm, judged
from alleviation.dashboards.records.claim_records import recorded_facts
from alleviation.dashboards.records.claim_story import claim_story
from alleviation.dashboards.records.claim_tables import adopted_words, fact_words
from alleviation.dashboards.records.claim_totals import derived_table, totals_table
from alleviation.dashboards.records.judgment import Judgment
from alleviation.dashboards.records.parts import (
    Fact,
    Link,
    both_names,
    entry_url,
    fact,
    organisation_url,
    place_link,
    seen,
)
from alleviation.dashboards.records.story import LONG
from alleviation.scrutiny.derived import derived_figures
from projects.filters import QueryForm
from projects.models import Claim
from projects.passages import quotation
from projects.rollups.claims import claims as claims_asked_for

CLAIM = Column("code", _("Claim"), Kind.CODE)
FACT = Column("fact", _("Fact"))
MEASURE = Column("measure", _("Measure"), file_only=True)
FIGURE = (
    Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code", explained="claim"),
    Column("unit", _("Unit"), file_only=True),
    Column("basis", _("Basis")),
    Column("period", _("Period")),
    Column("status", _("Status")),
    Column("adopted", _("Adopted")),
)
DOCUMENT = Column("document", _("Document"), Kind.LINK)
# The stylesheet gives the last column of a table of claims the most room.
QUOTE = Column("quote", _("Quote"))
WHAT_DOCUMENTS_SAY = _("What documents say")


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every claim, and the figures of each class added up."""
    user: User = request.user  # type: ignore[assignment]
    form = QueryForm(request.GET, user=user, fields=("measure", "status"))
    query = form.query()
    tables = [] if query is None else [totals_table(query), derived_table(derived_figures(query)), list_table(query)]
    number = words.count(len(list(tables[-1].rows))) if tables else ""
    return page(
        request,
        "dashboards/claims.html",
        title=gettext("Claims"),
        tables=tables,
        stats=[Stat(gettext("Claims"), number, opens=explain_url("claims", query.asked()))] if query else [],
        form=form,
        add_url=entry_url(user, "document"),
        add_label=gettext("Add a document"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One claim: the fact, the figure, the sentence it comes from, what overlaps with it, and how it is judged."""
    user: User = request.user  # type: ignore[assignment]
    if not user.may(Right.VIEW_RECORDS):
        raise PermissionDenied
    claim = get_object_or_404(Claim.objects.with_documents().visible_to(user), code=code)
    refused: JudgmentForm | None = None
    if request.method == "POST":
        refused = judged(request, claim)
        if not refused.errors:
            messages.success(request, str(refused.done))
            return redirect(claim)
    title = gettext("Claim %(code)s") % {"code": claim.code}
    judgment = Judgment.of(claim, user, refused)
    return page(
        request,
        "dashboards/claim.html",
        title=title,
        tables=judgment.tables,
        claim=claim,
        is_made_up=claim.document.is_made_up,
        facts=[*_figure_facts(claim), *_subject_facts(claim, user), *_source_facts(claim)],
        story=claim_story(claim, user),
        recorded=recorded_facts(claim, user),
        quotation=quotation(claim.document.text, claim) if claim.document.text else None,
        judgment=judgment,
        breadcrumbs=[(gettext("Claims"), reverse("dashboards:claims")), (title, "")],
    )


def list_table(query: Query) -> Table:
    """The claims asked for, each with its quote where the text is there."""
    rows = claim_rows(claims_asked_for(query).with_texts().order_by("code"))
    # Most lists have no adopted claim: the page spares the room, the file has the column.
    figure = (
        FIGURE
        if any(row["adopted"] for row in rows)
        else tuple(replace(c, file_only=c.file_only or c.key == "adopted") for c in FIGURE)
    )
    return Table(
        slug="claims",
        title=_("Claims"),
        columns=(CLAIM, FACT, MEASURE, *figure, DOCUMENT, QUOTE),
        rows=rows,
        note=_("What documents say, each with its own unit, basis and status. Nothing here is booked money."),
        empty=_("No claim is recorded for this filter. Widen it, or enter a document and its claims in the admin."),
        asked={},
        first=LONG,
    )


def about_table(claims: Iterable[Claim], *, empty: Text, title: Text = WHAT_DOCUMENTS_SAY) -> Table:
    """The claims about one record, for its page."""
    return Table(
        slug="claims",
        title=title,
        columns=(CLAIM, FACT, *FIGURE, QUOTE),
        rows=claim_rows(claims),
        note=_("Published figures, not booked money. Figures of different measures, bases or statuses are not added."),
        empty=empty,
        asked={},
    )


def claim_rows(claims: Iterable[Claim]) -> list[Row]:
    """The rows of tables of claims."""
    return [_claim_row(claim) for claim in claims]


def _claim_row(claim: Claim) -> Row:
    has_figure = bool(claim.qualifier)
    return {
        "code": claim.code,
        "fact": fact_words(claim),
        "measure": claim.get_measure_display(),
        "figure": claim.figure,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "basis": claim.get_basis_display() if has_figure else "",
        "period": claim.period,
        "status": claim.get_status_display(),
        "adopted": claim.adopted_by,
        "document": claim.document.title,
        "quote": claim.quote or gettext("text not added"),
        "_quoted": (claim.local_attribute, claim.quote),
        "_url": claim.get_absolute_url(),
        "_urls": {"document": f"{claim.document.get_absolute_url()}#{claim.code}"},
        "_asked": {"of": claim.code},
        "_made_up": claim.document.is_made_up,
    }


def _figure_facts(claim: Claim) -> list[Fact]:
    return [
        fact(_("Measure"), claim.get_measure_display()),
        fact(
            _("Figure"),
            claim.figure.words(claim.unit) if claim.figure else "",
            explain_url("claim", {"of": claim.code}),
        ),
        fact(_("Basis"), claim.get_basis_display() if claim.figure else ""),
        fact(_("Period"), claim.period),
        fact(_("Status"), claim.get_status_display()),
        *([fact(_("Adopted"), adopted_words(claim))] if claim.adopted_by else []),
    ]


def _subject_facts(claim: Claim, user: User) -> list[Fact]:
    """What the claim is about, as far as this person may see it."""
    organisation, official = claim.organisation, claim.official
    shown = [
        Fact(label, (Link(str(record), record.get_absolute_url(), record.is_made_up),))
        for label, record in ((_("Project"), claim.project), (_("Alliance"), claim.alliance))
        if record and seen([record], user)
    ]
    if organisation:
        link = Link(both_names(organisation), organisation_url(organisation.pk), organisation.is_made_up)
        shown.append(Fact(_("Organisation"), (link,)))
    if official:
        link = Link(both_names(official), official.get_absolute_url(), official.is_made_up)
        shown.append(Fact(_("Person"), (link,)))
    if claim.division:
        shown.append(Fact(_("Place"), (place_link(claim.division, user),)))
    return shown


def _source_facts(claim: Claim) -> list[Fact]:
    document = claim.document
    span = gettext("characters %(start)s to %(end)s") % {"start": claim.start, "end": claim.end}
    return [
        Fact(_("Document"), (Link(document.title, document.get_absolute_url(), document.is_made_up),)),
        fact(_("Where in it"), span, f"{document.get_absolute_url()}#{claim.code}"),
        fact(_("SHA-256 of the text"), document.sha256),
    ]
