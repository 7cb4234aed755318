"""Awards: what was conferred on whom, by whom, when and why."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.award_story import award_story
from alleviation.dashboards.records.parts import (
    Fact,
    Link,
    entry_url,
    fact,
    not_stated,
    organisation_link,
    person_link,
)
from projects.models import Award


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One award."""
    user: User = request.user  # type: ignore[assignment]
    award = get_object_or_404(Award.objects.select_related("official", "organisation").visible_to(user), pk=pk)
    return page(
        request,
        "dashboards/record.html",
        title=award.title,
        tables=[],
        is_made_up=award.is_made_up,
        facts=_facts(award),
        story=award_story(award, _winner(award), user),
        change_url=entry_url(user, "award", award.pk),
        breadcrumbs=[(gettext("People"), reverse("dashboards:people")), (award.title, "")],
    )


def _facts(award: Award) -> list[Fact]:
    return [
        Fact(_("Conferred on whom"), (_winner(award),)),
        fact(_("Level"), award.get_level_display()),
        fact(_("Conferred by"), not_stated(award.conferred_by)),
        fact(_("Conferred on"), not_stated(award.conferred_on)),
        fact(_("Occasion"), not_stated(award.occasion)),
    ]


def _winner(award: Award) -> Link:
    """The person or the organisation, of which the database keeps exactly one."""
    if award.official:
        return person_link(award.official)
    return organisation_link(award.organisation) if award.organisation else Link("")
