"""Pledges: what was promised, by whom, for what, for which years, which document says so, and how it changed."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Table, explain_url
from alleviation.dashboards.figures.pledge_tables import versions_table, years_in_words, years_table
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.parts import (
    Fact,
    Link,
    both_names,
    entry_url,
    fact,
    not_stated,
    place_link,
    seen,
    source_url,
)
from alleviation.dashboards.records.pledge_story import pledge_story
from projects.filters import QueryForm
from projects.models import Pledge
from projects.rollups.pledges import promise_of


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One promise: its facts, its versions, and the years it is shown in; a revision is on the page of the first."""
    user: User = request.user  # type: ignore[assignment]
    pledge = get_object_or_404(Pledge.objects.with_names().visible_to(user), pk=pk)
    if pledge.revises_id is not None:
        return redirect("dashboards:pledge", pledge.revises_id)
    form = QueryForm(request.GET, user=user, fields=("as_of",))
    title = gettext("Pledge of %(source)s") % {"source": pledge.source.local_name}
    return page(
        request,
        "dashboards/record.html",
        title=title,
        tables=_tables(form, pk),
        form=form,
        is_made_up=pledge.is_made_up,
        facts=_facts(pledge, user),
        story=pledge_story(pledge, _amount(pledge), user),
        change_url=entry_url(user, "pledge", pledge.pk),
        revise_url=entry_url(user, "pledge", revises=pledge.pk),
        breadcrumbs=[(gettext("Funding"), reverse("dashboards:funding")), (title, "")],
    )


def _tables(form: QueryForm, pk: int) -> list[Table]:
    """Its versions and years; none of a day on which it was not made yet."""
    query = form.query()
    promise = promise_of(query, pk) if query else None
    return [versions_table(promise, query), years_table(promise, query)] if query and promise else []


def _facts(pledge: Pledge, user: User) -> list[Fact]:
    source, document = pledge.source, pledge.stated_in
    stated = Link(document.title, document.get_absolute_url(), document.is_made_up) if document else None
    return [
        Fact(_("Amount"), (_amount(pledge),)),
        fact(_("Paid"), pledge.get_basis_display()),
        fact(_("Years"), years_in_words(pledge)),
        Fact(_("Pledged by"), (Link(both_names(source), source_url(source.code), source.is_made_up),)),
        Fact(_("For"), (place_link(pledge.division, user),)),
        Fact(_("Project"), (_project_link(pledge, user),)),
        Fact(_("Stated in"), (stated or Link(not_stated("")),)),
        fact(_("Note"), pledge.note),
    ]


def _amount(pledge: Pledge) -> Link:
    """The amount of the first version, with what explains it."""
    return Link(pledge.figure.words("CNY"), explain_url("pledge", {"of": pledge.pk}), is_explained=True)


def _project_link(pledge: Pledge, user: User) -> Link:
    """The project it pays for; a foreign one is neither named nor linked."""
    project = pledge.project
    if project is None:
        return Link(gettext("Not tied to a project"))
    if not seen([project], user):
        return Link(gettext("A project outside your area"))
    return Link(f"{project.code} {project.local_name}", project.get_absolute_url(), project.is_made_up)
