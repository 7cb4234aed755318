"""People and organisations: who held which post when, and who was honoured for what."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Table
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.honours import ORGANISATION, PERSON, awards_table, posts_table
from alleviation.dashboards.records.organisations import list_table as organisations_table
from alleviation.dashboards.records.parts import both_names, entry_url
from alleviation.dashboards.records.people_stories import person_story
from alleviation.dashboards.records.story import life_drawing
from projects.models import Award, Claim, Official, Post
from projects.rollups.people import OfficialSummary, official_summaries, organisation_summaries


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Everyone named, their posts in time, all awards, and the organisations."""
    user: User = request.user  # type: ignore[assignment]
    posts = Post.objects.select_related("official", "organisation").visible_to(user)
    awards = Award.objects.select_related("official", "organisation").visible_to(user)
    tables = [
        _list_table(official_summaries(user)),
        posts_table(posts, PERSON, ORGANISATION, on=timezone.localdate()),
        awards_table(awards, PERSON, ORGANISATION),
        organisations_table(organisation_summaries(user)),
    ]
    return page(request, "dashboards/people.html", title=gettext("People, organisations and awards"), tables=tables)


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person: posts, awards and claims."""
    user: User = request.user  # type: ignore[assignment]
    official = get_object_or_404(Official.objects.visible_to(user), pk=pk)
    posts = list(Post.objects.filter(official=official).select_related("official", "organisation").visible_to(user))
    awards = list(Award.objects.filter(official=official).select_related("official", "organisation").visible_to(user))
    claims = Claim.objects.filter(official=official).with_texts().visible_to(user)
    about = about_table(claims, empty=_("No document that is recorded speaks of this person."))
    today = timezone.localdate()
    story = person_story(official, posts, awards, about, user)
    return page(
        request,
        "dashboards/person.html",
        title=both_names(official),
        tables=[posts_table(posts, ORGANISATION, on=today), awards_table(awards), about],
        is_made_up=official.is_made_up,
        lead=official.note,
        story=story,
        drawings=[life_drawing(story.life)],
        change_url=entry_url(user, "official", official.pk),
        breadcrumbs=[(gettext("People"), reverse("dashboards:people")), (both_names(official), "")],
    )


def _list_table(found: list[OfficialSummary]) -> Table:
    return Table(
        slug="people",
        title=_("People"),
        columns=(
            Column("name", _("Name")),
            Column("posts", _("Posts"), Kind.COUNT, explained="posts"),
            Column("awards", _("Awards"), Kind.COUNT, explained="awards"),
            Column("claims", _("Claims"), Kind.COUNT, explained="claims"),
            Column("note", _("Note")),
        ),
        rows=[
            {
                "name": both_names(one.official),
                "posts": one.posts,
                "awards": one.awards,
                "claims": one.claims,
                "note": one.official.note,
                "_asked": {"of": f"official:{one.official.pk}"},
                "_url": one.official.get_absolute_url(),
                "_made_up": one.official.is_made_up,
            }
            for one in found
        ],
        note=_("People in public office or staff, as documents name them. Beneficiaries are never listed here."),
        empty=_("Nobody is recorded. People and their posts are entered in the admin."),
        asked={},
    )
