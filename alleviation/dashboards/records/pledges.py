"""Pledges: what was promised, by whom, for what, for which years, and which document says so."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Table
from alleviation.dashboards.figures.funding_tables import years_in_words
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
from projects.models import Pledge
from projects.rollups import PledgedYear
from projects.rollups.pledges import pledged, years_of


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One pledge, and the years it is shown in."""
    user: User = request.user  # type: ignore[assignment]
    pledge = get_object_or_404(Pledge.objects.with_names().visible_to(user), pk=pk)
    title = gettext("Pledge of %(source)s") % {"source": pledge.source.local_name}
    return page(
        request,
        "dashboards/record.html",
        title=title,
        tables=[_years_table(pledge, until=timezone.localdate().year)],
        is_made_up=pledge.is_made_up,
        facts=_facts(pledge, user),
        change_url=entry_url(user, "pledge", pledge.pk),
        breadcrumbs=[(gettext("Funding"), reverse("dashboards:funding")), (title, "")],
    )


def _facts(pledge: Pledge, user: User) -> list[Fact]:
    source, document = pledge.source, pledge.stated_in
    stated = Link(document.title, document.get_absolute_url(), document.is_made_up) if document else None
    return [
        fact(_("Amount"), pledge.figure.words("CNY")),
        fact(_("Paid"), pledge.get_basis_display()),
        fact(_("Years"), years_in_words(pledge)),
        Fact(_("Pledged by"), (Link(both_names(source), source_url(source.code), source.is_made_up),)),
        Fact(_("For"), (place_link(pledge.division, user),)),
        Fact(_("Project"), (_project_link(pledge, user),)),
        Fact(_("Stated in"), (stated or Link(not_stated("")),)),
        fact(_("Note"), pledge.note),
    ]


def _project_link(pledge: Pledge, user: User) -> Link:
    """The project it pays for; a foreign one is neither named nor linked."""
    project = pledge.project
    if project is None:
        return Link(gettext("Not tied to a project"))
    if not seen([project], user):
        return Link(gettext("A project outside your area"))
    return Link(f"{project.code} {project.local_name}", project.get_absolute_url(), project.is_made_up)


def _years_table(pledge: Pledge, *, until: int) -> Table:
    """The years in which the funding page shows it: those stated, and up to `until` where no end is."""
    years = [PledgedYear(year, pledge) for year in years_of(pledge, until=until)]
    return Table(
        slug="pledged-years",
        title=_("The years it is shown in"),
        columns=(Column("year", _("Year"), Kind.YEAR), Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY")),
        rows=[{"year": one.year, "pledged": pledge.figure, "_made_up": pledge.is_made_up} for one in years],
        total={"year": gettext("Total"), "pledged": pledged(years), "_made_up": pledge.is_made_up} if years else None,
        note=_(
            "Promised, not booked. A pledge whose start is not stated is shown from the year of its document, "
            "and one whose end is not stated up to the present year."
        ),
        empty=_("It is shown in no year: no first year and no dated document is recorded, or it has not begun."),
    )
