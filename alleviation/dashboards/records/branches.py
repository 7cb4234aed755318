"""Party branches: whose they are, and the alliances they take part in."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.alliance_story import term_in_words
from alleviation.dashboards.records.alliances import title_of
from alleviation.dashboards.records.branch_story import branch_story
from alleviation.dashboards.records.parts import (
    Fact,
    Link,
    both_names,
    entry_url,
    organisation_link,
    place_link,
    place_names,
)
from alleviation.dashboards.records.story import life_drawing
from projects.models import Alliance, PartyBranch


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One party branch with its alliances, as far as the reader may see them."""
    user: User = request.user  # type: ignore[assignment]
    found = PartyBranch.objects.select_related("organisation", "village").visible_to(user)
    branch = get_object_or_404(found, pk=pk)
    alliances = _alliances_table(branch, user)
    story = branch_story(branch, _home(branch, user), alliances, user)
    return page(
        request,
        "dashboards/record.html",
        title=both_names(branch),
        tables=[alliances],
        is_made_up=branch.is_made_up,
        facts=[Fact(_("Belongs to"), _home(branch, user))],
        story=story,
        drawings=[life_drawing(story.life)],
        change_url=entry_url(user, "partybranch", branch.pk),
        breadcrumbs=[(gettext("Alliances"), reverse("dashboards:alliances")), (both_names(branch), "")],
    )


def _home(branch: PartyBranch, user: User) -> tuple[Link, ...]:
    """The organisation, or the village: its name is public, its page is not."""
    home = branch.organisation
    if home:
        return (organisation_link(home),)
    return (place_link(branch.village, user),) if branch.village else ()


def _alliances_table(branch: PartyBranch, user: User) -> Table:
    found = Alliance.objects.filter(parties__branch=branch).select_related("division").visible_to(user)
    return Table(
        slug="alliances",
        title=_("Alliances"),
        columns=(
            Column("title", _("Alliance")),
            Column("place", _("Serves")),
            Column("signed_on", _("Signed on"), Kind.DATE),
            Column("term", _("Term")),
        ),
        rows=[_alliance_row(alliance) for alliance in found],
        empty=_("It takes part in no alliance that you may see."),
    )


def _alliance_row(alliance: Alliance) -> Row:
    return {
        "title": title_of(alliance),
        "place": place_names(alliance.division),
        "signed_on": alliance.signed_on,
        "term": term_in_words(alliance),
        "_days": (alliance.term_from, alliance.term_to),
        "_url": alliance.get_absolute_url(),
        # Whoever sees an alliance sees the place it serves.
        "_urls": {"place": alliance.division.get_absolute_url()},
        "_made_up": alliance.is_made_up,
    }
