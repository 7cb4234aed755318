"""The record of an alliance on paper (支部联建记录): parties, agreement, term, undertakings and what was done."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs
from alleviation.dashboards.papers.sheets import sheet
from alleviation.dashboards.records import alliances
from alleviation.dashboards.records.parts import both_names
from projects.models import Alliance, AllianceParty


@needs(Right.VIEW_RECORDS)
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything that was agreed and done, with a line for each party to sign."""
    user: User = request.user  # type: ignore[assignment]
    alliance = get_object_or_404(Alliance.objects.select_related("division").visible_to(user), pk=pk)
    joined = AllianceParty.objects.filter(alliance=alliance).visible_to(user)
    parties = list(joined.select_related("branch__organisation", "branch__village"))
    return sheet(
        request,
        "papers/alliance.html",
        title=gettext("Record of an alliance: %(of)s") % {"of": alliances.title_of(alliance)},
        tables=alliances.record_tables(alliance, parties, user),
        facts=alliances.facts_of(alliance, user),
        note=alliance.note,
        signatures=[*(both_names(one.branch) for one in parties), _("Date and seal")],
        is_made_up=alliance.is_made_up,
        way=[(alliances.title_of(alliance), alliance.get_absolute_url())],
    )
