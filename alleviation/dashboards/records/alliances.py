"""Party-branch alliances: who joined whom, what they did, and what of their undertakings is done."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, explain_url
from alleviation.common.words import count, is_chinese
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.alliance_story import alliance_story, progress_drawing, term_in_words
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.list_forms import AlliancesForm, Undertaken
from alleviation.dashboards.records.parts import (
    Fact,
    both_names,
    branch_url,
    entry_url,
    fact,
    in_both,
    not_stated,
    organisation_url,
    place_link,
    place_names,
    place_url,
    seen,
)
from alleviation.dashboards.records.story import LONG, life_drawing
from alleviation.scrutiny.unchanged import unless_unchanged
from projects.models import Alliance, AllianceActivity, AllianceParty, AlliancePledge, Claim, Project
from projects.rollups.alliances import AllianceSummary, alliance_summaries, deeds_of


@unless_unchanged(incomes=False)
@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every alliance with its parties and how much was done."""
    user: User = request.user  # type: ignore[assignment]
    form = AlliancesForm(request.GET, user=user, fields=("area", "undertaken"))
    query = form.query()
    found = [] if query is None else _so_far(alliance_summaries(query), form.cleaned_data["undertaken"])
    return page(
        request,
        "dashboards/alliances.html",
        title=gettext("Alliances"),
        tables=[] if query is None else [_list_table(found, query)],
        stats=_list_stats(found, query) if query and not form.cleaned_data["undertaken"] else [],
        form=form,
        add_url=entry_url(user, "alliance"),
        add_label=gettext("Enter an alliance"),
    )


def _so_far(found: list[AllianceSummary], undertaken: str) -> list[AllianceSummary]:
    """Those that have come so far with what they undertook."""
    return [
        one
        for one in found
        if undertaken == ""
        or (undertaken == Undertaken.OPEN and one.open)
        or (undertaken == Undertaken.DONE and one.done and not one.open)
        or (undertaken == Undertaken.NONE and not one.done and not one.open)
    ]


def _list_stats(found: list[AllianceSummary], query: Query) -> list[Stat]:
    """How many alliances there are, and what they did of what they undertook."""
    asked, deeds = {"area": query.area_code}, deeds_of(found)
    told = (
        (_("Alliances"), len(found), "alliances"),
        (_("Undertakings done"), deeds.done, "undertakings-done"),
        (_("Undertakings open"), deeds.open, "undertakings-open"),
        (_("Activities"), deeds.activities, "activities"),
    )
    return [Stat(str(label), count(number), opens=explain_url(figure, asked)) for label, number, figure in told]


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One alliance: parties, term, activities, undertakings, claims."""
    user: User = request.user  # type: ignore[assignment]
    alliance = get_object_or_404(Alliance.objects.select_related("division").visible_to(user), pk=pk)
    claims = Claim.objects.filter(alliance=alliance).with_texts().visible_to(user)
    parties = AllianceParty.objects.filter(alliance=alliance).visible_to(user)
    joined = list(parties.select_related("branch__organisation", "branch__village"))
    tables = [
        *record_tables(alliance, joined, user),
        about_table(claims, empty=_("No document that is recorded speaks of this alliance.")),
    ]
    story = alliance_story(alliance, joined, user, {table.slug: table for table in tables})
    return page(
        request,
        "dashboards/alliance.html",
        title=in_both(alliance.title, alliance.title_zh),
        tables=tables,
        lead=alliance.note,
        story=story,
        drawings=[progress_drawing(alliance, tables[2]), life_drawing(story.life)],
        is_made_up=alliance.is_made_up,
        facts=facts_of(alliance, user),
        change_url=entry_url(user, "alliance", alliance.pk),
        breadcrumbs=[(gettext("Alliances"), reverse("dashboards:alliances")), (title_of(alliance), "")],
    )


def title_of(alliance: Alliance) -> str:
    """The title in the reader's language where it is known."""
    return (alliance.title_zh if is_chinese() else "") or alliance.title


def record_tables(alliance: Alliance, parties: list[AllianceParty], user: User) -> list[Table]:
    """Who joined, what they did, and what they undertook."""
    return [
        _parties_table(parties, user),
        _activities_table(alliance, user),
        _undertakings_table(alliance, user),
    ]


def facts_of(alliance: Alliance, user: User) -> list[Fact]:
    """What was agreed, for which place, from when until when."""
    return [
        Fact(_("Serves"), (place_link(alliance.division, user),)),
        fact(_("Agreement"), not_stated(alliance.agreement)),
        fact(_("Signed on"), not_stated(alliance.signed_on)),
        fact(_("Term"), term_in_words(alliance)),
    ]


def _list_table(found: list[AllianceSummary], query: Query) -> Table:
    return Table(
        slug="alliances",
        title=_("Alliances"),
        columns=(
            Column("title", _("Alliance")),
            Column("parties", _("Parties")),
            Column("place", _("Serves")),
            Column("signed_on", _("Signed on"), Kind.DATE),
            Column("term", _("Term")),
            Column("activities", _("Activities"), Kind.COUNT, explained="activities"),
            Column("done", _("Undertakings done"), Kind.COUNT, explained="undertakings-done"),
            Column("open", _("Undertakings open"), Kind.COUNT, explained="undertakings-open"),
            Column("claims", _("Claims"), Kind.COUNT, explained="claims"),
        ),
        rows=[_alliance_row(one) for one in found],
        empty=_("No alliance is recorded for this filter. Widen the filter, or enter an alliance in the admin."),
        # What one alliance did is the same wherever the list is cut.
        asked={},
        first=LONG,
    )


def _alliance_row(one: AllianceSummary) -> Row:
    alliance = one.alliance
    return {
        "title": title_of(alliance),
        "parties": "; ".join(both_names(party.branch) for party in alliance.parties.all()),
        "place": place_names(alliance.division),
        "signed_on": alliance.signed_on,
        "term": term_in_words(alliance),
        "activities": one.activities,
        "done": one.done,
        "open": one.open,
        "claims": one.claims,
        "_asked": {"of": f"alliance:{alliance.pk}"},
        "_url": alliance.get_absolute_url(),
        # Whoever sees an alliance sees the place it serves.
        "_urls": {"place": alliance.division.get_absolute_url()},
        "_made_up": alliance.is_made_up,
    }


def _parties_table(parties: list[AllianceParty], user: User) -> Table:
    return Table(
        slug="parties",
        title=_("Parties"),
        columns=(Column("branch", _("Party branch")), Column("home", _("Of"))),
        rows=[_party_row(party, user) for party in parties],
        empty=_("No party is recorded. Parties are entered with the alliance in the admin."),
    )


def _party_row(party: AllianceParty, user: User) -> Row:
    branch = party.branch
    if branch.organisation:
        home, url = both_names(branch.organisation), organisation_url(branch.organisation.pk)
    else:
        home, url = place_names(branch.village) if branch.village else "", place_url(branch.village, user)
    return {
        "branch": both_names(branch),
        "home": home,
        "_url": branch_url(branch.pk),
        "_urls": {"home": url},
        "_made_up": branch.is_made_up,
    }


def _activities_table(alliance: Alliance, user: User) -> Table:
    found = list(
        AllianceActivity.objects.filter(alliance=alliance)
        .select_related("place", "project__division")
        .visible_to(user)
    )
    projects = seen((activity.project for activity in found), user)
    return Table(
        slug="activities",
        title=_("Activities"),
        columns=(
            Column("title", _("Activity")),
            Column("kind", _("Kind")),
            Column("held_on", _("Held on"), Kind.DATE),
            Column("place", _("Place")),
            Column("project", _("Project")),
            Column("number", _("Number"), explained="activity-number"),
            Column("note", _("Note")),
        ),
        rows=[_activity_row(one, projects.get(one.project_id or 0), user, alliance) for one in found],
        empty=_("No activity is recorded. Activities are entered with the alliance in the admin."),
        asked={},
    )


def _activity_row(one: AllianceActivity, project: Project | None, user: User, alliance: Alliance) -> Row:
    return {
        "title": one.title,
        "kind": one.get_kind_display(),
        "held_on": one.held_on,
        "place": place_names(one.place) if one.place else "",
        "project": project.local_name if project else "",
        "number": not_stated(one.number if one.number is None else count(one.number)),
        "_asked": {"of": str(one.pk)},
        "_explained": {"number": ""} if one.number is None else {},
        "note": one.note,
        "_urls": {
            "place": place_url(one.place, user),
            "project": project.get_absolute_url() if project else "",
        },
        "_made_up": alliance.is_made_up,
    }


def _undertakings_table(alliance: Alliance, user: User) -> Table:
    found = AlliancePledge.objects.filter(alliance=alliance).visible_to(user)
    return Table(
        slug="undertakings",
        title=_("Undertakings"),
        columns=(
            Column("undertaking", _("Undertaking")),
            Column("due_on", _("Due on"), Kind.DATE),
            Column("done_on", _("Done on"), Kind.DATE),
            Column("state", _("State")),
        ),
        rows=[
            {
                "undertaking": one.undertaking,
                "due_on": one.due_on,
                "done_on": one.done_on,
                "state": gettext("done") if one.done_on else gettext("open"),
                "_made_up": alliance.is_made_up,
            }
            for one in found
        ],
        note=_("Promised money is a pledge, not an undertaking; it stands on the funding page."),
        empty=_("No undertaking is recorded. Undertakings are entered with the alliance in the admin."),
    )
