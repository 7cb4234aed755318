"""People and organisations: who held which post when, and who was honoured for what."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Table, explain_url
from alleviation.common.words import count
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.honours import ORGANISATION, PERSON, awards_table, posts_table
from alleviation.dashboards.records.list_forms import PeopleForm
from alleviation.dashboards.records.organisations import list_table as organisations_table
from alleviation.dashboards.records.parts import both_names, entry_url
from alleviation.dashboards.records.person_story import person_story
from alleviation.dashboards.records.story import LONG, life_drawing
from projects.models import Award, Claim, Official, Post
from projects.rollups.people import OfficialSummary, official_summaries, organisation_summaries


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Everyone named, their posts in time, all awards, and the organisations."""
    user: User = request.user  # type: ignore[assignment]
    form = PeopleForm(request.GET, user=user, fields=("organisation_kind", "award_level"))
    is_right = form.is_valid()
    kind, level = (form.cleaned_data.get(name, "") for name in ("organisation_kind", "award_level"))
    tables = _lists(user, kind, level) if is_right else []
    return page(
        request,
        "dashboards/people.html",
        title=gettext("People, organisations and awards"),
        tables=tables,
        stats=_numbers(tables) if is_right and not (kind or level) else [],
        form=form,
        add_url=entry_url(user, "official"),
        add_label=gettext("Enter a person"),
    )


def _lists(user: User, kind: str, level: str) -> list[Table]:
    """People, posts, awards and organisations; those of one kind of organisation, or of one level of award."""
    posts = list(Post.objects.select_related("official", "organisation").visible_to(user))
    awards = list(Award.objects.select_related("official", "organisation").visible_to(user))
    posts = [post for post in posts if kind in ("", post.organisation.kind)]
    awards = [award for award in awards if level in ("", award.level)]
    holding, winning = ({one.official_id for one in found} for found in (posts, awards))
    winners = {award.organisation_id for award in awards}
    people = [
        one
        for one in official_summaries(user)
        if (not kind or one.official.pk in holding) and (not level or one.official.pk in winning)
    ]
    organisations = [
        one
        for one in organisation_summaries(user)
        if kind in ("", one.organisation.kind) and (not level or one.organisation.pk in winners)
    ]
    tables = [
        _list_table(people),
        posts_table(posts, PERSON, ORGANISATION, on=timezone.localdate()),
        awards_table(awards, PERSON, ORGANISATION),
        organisations_table(organisations),
    ]
    return [replace(table, first=LONG) for table in tables]


def _numbers(tables: list[Table]) -> list[Stat]:
    """How many there are in each list, where all are asked for."""
    return [
        Stat(str(table.title), count(len(list(table.rows))), url=f"#{table.slug}", opens=explain_url(table.slug, {}))
        for table in tables
    ]


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
