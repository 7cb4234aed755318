"""Organisations: their branches, people, projects and honours."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.claims import about_table
from alleviation.dashboards.records.honours import PERSON, awards_table, posts_table
from alleviation.dashboards.records.organisation_story import organisation_story
from alleviation.dashboards.records.parts import (
    Fact,
    both_names,
    branch_url,
    entry_url,
    fact,
    organisation_link,
    organisation_url,
    place_link,
    place_names,
)
from alleviation.dashboards.records.story import life_drawing
from projects.models import Award, Claim, Organisation, PartyBranch, Post, Project
from projects.rollups.people import OrganisationSummary


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One organisation with everything that is recorded of it."""
    user: User = request.user  # type: ignore[assignment]
    found = Organisation.objects.select_related("parent", "division").visible_to(user)
    organisation = get_object_or_404(found, pk=pk)
    posts, awards = _posts(organisation, user), _awards(organisation, user)
    tables = _tables(organisation, posts, awards, user)
    story = organisation_story(organisation, posts, awards, {table.slug: table for table in tables}, user)
    return page(
        request,
        "dashboards/organisation.html",
        title=both_names(organisation),
        tables=tables,
        is_made_up=organisation.is_made_up,
        facts=_facts(organisation, user),
        story=story,
        drawings=[life_drawing(story.life)],
        change_url=entry_url(user, "organisation", organisation.pk),
        breadcrumbs=[(gettext("People"), reverse("dashboards:people")), (both_names(organisation), "")],
    )


def list_table(found: list[OrganisationSummary]) -> Table:
    """Every organisation with how much is recorded of it."""
    return Table(
        slug="organisations",
        title=_("Organisations"),
        columns=(
            Column("name", _("Organisation")),
            Column("kind", _("Kind")),
            Column("parent", _("Belongs to")),
            Column("seat", _("Seat")),
            Column("branches", _("Party branches"), Kind.COUNT, explained="branches"),
            Column("projects", _("Projects"), Kind.COUNT, explained="projects"),
            Column("awards", _("Awards"), Kind.COUNT, explained="awards"),
            Column("claims", _("Claims"), Kind.COUNT, explained="claims"),
        ),
        rows=[_organisation_row(one) for one in found],
        empty=_("No organisation is recorded. Organisations are entered in the admin."),
        asked={},
    )


def _organisation_row(one: OrganisationSummary) -> Row:
    organisation = one.organisation
    parent = organisation.parent
    return {
        "name": both_names(organisation),
        "kind": organisation.get_kind_display(),
        "parent": both_names(parent) if parent else "",
        "seat": place_names(organisation.division) if organisation.division else "",
        "branches": one.branches,
        "projects": one.projects,
        "awards": one.awards,
        "claims": one.claims,
        "_asked": {"of": f"organisation:{organisation.pk}"},
        "_url": organisation_url(organisation.pk),
        "_urls": {"parent": organisation_url(parent.pk) if parent else ""},
        "_made_up": organisation.is_made_up,
    }


def _posts(organisation: Organisation, user: User) -> list[Post]:
    found = Post.objects.filter(organisation=organisation).select_related("official", "organisation")
    return list(found.visible_to(user))


def _awards(organisation: Organisation, user: User) -> list[Award]:
    found = Award.objects.filter(organisation=organisation).select_related("official", "organisation")
    return list(found.visible_to(user))


def _tables(organisation: Organisation, posts: list[Post], awards: list[Award], user: User) -> list[Table]:
    claims = Claim.objects.filter(organisation=organisation).with_texts()
    return [
        _branches_table(organisation, user),
        posts_table(posts, PERSON, on=timezone.localdate()),
        _projects_table(organisation, user),
        awards_table(awards),
        about_table(claims.visible_to(user), empty=_("No document that is recorded speaks of this organisation.")),
    ]


def _facts(organisation: Organisation, user: User) -> list[Fact]:
    parent, seat = organisation.parent, organisation.division
    above = (organisation_link(parent),) if parent else ()
    return [
        fact(_("Kind"), organisation.get_kind_display()),
        Fact(_("Belongs to"), above),
        Fact(_("Seat"), (place_link(seat, user),) if seat else ()),
    ]


def _branches_table(organisation: Organisation, user: User) -> Table:
    branches = PartyBranch.objects.filter(organisation=organisation).visible_to(user)
    return Table(
        slug="branches",
        title=_("Party branches"),
        columns=(Column("name", _("Party branch")),),
        rows=[
            {"name": both_names(branch), "_url": branch_url(branch.pk), "_made_up": branch.is_made_up}
            for branch in branches
        ],
        empty=_("No party branch is recorded. Party branches are entered in the admin."),
    )


def _projects_table(organisation: Organisation, user: User) -> Table:
    projects = Project.objects.filter(operator=organisation).with_places().visible_to(user)
    return Table(
        slug="projects",
        title=_("Projects it runs"),
        columns=(Column("name", _("Project")), Column("kind", _("Kind")), Column("status", _("Status"))),
        rows=[
            {
                "name": f"{project.code} {project.local_name}",
                "kind": project.get_kind_display(),
                "status": project.get_status_display(),
                "_started_on": project.started_on,
                "_url": project.get_absolute_url(),
                "_made_up": project.is_made_up,
            }
            for project in projects
        ],
        empty=_("No project that you may see is run by it."),
    )
