"""One household: its handbook page (扶贫手册), on the screen and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.areas import covers
from alleviation.common.tables import Table
from alleviation.dashboards.households import care, past, persons
from alleviation.dashboards.households.gaps import gaps
from alleviation.dashboards.households.handbook import Handbook, opened
from alleviation.dashboards.households.income_sheet import sheet
from alleviation.dashboards.households.parts import causes_in_words, entry_url, place_in_words, route
from alleviation.dashboards.households.show_story import household_story, incomes_chart
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.parts import Fact, both_names, fact, not_stated, place_link
from beneficiaries.choices import HouseholdEnd
from beneficiaries.models import Household, Monitoring
from projects.choices import Unit


@needs(Right.VIEW_HOUSEHOLDS)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All that is recorded of a household, names masked: so nobody is revealed by reading it."""
    user: User = request.user  # type: ignore[assignment]
    household = get_object_or_404(Household.objects.with_places().visible_to(user), pk=pk)
    book, today = opened(household, user), timezone.localdate()
    title, missing = gettext("Household %(number)s") % {"number": household.number}, gaps(book, today)
    return page(
        request,
        "households/household.html",
        title=title,
        # What stands here is in no file: some of it is for this page alone.
        tables=[],
        book=book,
        place=place_in_words(household.village),
        today=today,
        facts=_facts(book),
        living=_living(household),
        sections=_sections(book),
        sheet=sheet(book),
        gaps=missing,
        story=household_story(book, missing),
        chart=incomes_chart(book),
        is_partial=_is_partial(book),
        is_made_up=household.is_made_up,
        change_url=entry_url(household, user),
        reveal_url=route("household-reveal", pk) if user.may(Right.REVEAL_PERSONS) else "",
        breadcrumbs=[(pgettext("register", "Households"), reverse("dashboards:households")), (household.number, "")],
    )


def told_of(household: Household, user: User) -> dict[str, Any]:
    """What the handbook of a household is filled in from, for paper."""
    book = opened(household, user)
    return {
        "place": place_in_words(household.village),
        "facts": _facts(book),
        "living": _living(household),
        "sections": _sections(book),
        "sheet": sheet(book),
        "is_partial": _is_partial(book),
        "is_made_up": household.is_made_up,
    }


def _sections(book: Handbook) -> list[Table]:
    """The tables of the handbook beside the income sheet, in the order of the paper."""
    return [
        persons.members_table(book),
        persons.former_table(book),
        care.responsible_table(book),
        past.statuses_table(book),
        care.monitoring_table(book),
        care.measures_table(book),
        care.visits_table(book),
        care.expenses_table(book),
        care.enrolments_table(book),
        past.origins_table(book),
    ]


def _facts(book: Handbook) -> list[Fact]:
    household = book.household
    now = next((one.official for one in book.responsible if one.until_on is None), None)
    watched = next((one for one in book.monitorings if one.cleared_on is None), None)
    since = date_format(household.status_since, "DATE_FORMAT") if household.status_since else gettext("not stated")
    return [
        fact(_("Household number"), household.number),
        fact(_("Head of the household"), not_stated(book.head)),
        Fact(_("Village"), (place_link(household.village, book.user),)),
        fact(_("Status"), _since(household.get_status_display(), since)),
        *([_end(household)] if household.ended_on else []),
        fact(_("Category"), household.get_category_display()),
        fact(_("Causes of poverty"), not_stated(causes_in_words(household))),
        fact(_("Members"), words.count(len(book.members))),
        fact(
            _("Responsible person"),
            both_names(now) if now else gettext("nobody"),
            now.get_absolute_url() if now else "",
        ),
        fact(_("Monitored"), _watched(watched)),
    ]


def _since(what: str, since: str) -> str:
    return gettext("%(what)s, since %(day)s") % {"what": what, "day": since}


def _watched(watched: Monitoring | None) -> str:
    if watched is None:
        return gettext("no")
    return _since(watched.get_kind_display(), date_format(watched.identified_on, "DATE_FORMAT"))


def _end(household: Household) -> Fact:
    day = date_format(household.ended_on, "DATE_FORMAT") if household.ended_on else ""
    told = {"what": HouseholdEnd(household.ended_as).label, "day": day}
    return fact(_("Ended"), gettext("%(what)s, on %(day)s") % told)


def _living(household: Household) -> list[Fact]:
    """House, water, road and land, as they are today."""
    area, land = household.housing_area, household.farmland
    square_metres, mu = pgettext("unit", "m²"), Unit.MU.label
    return [
        fact(_("House"), household.get_housing_display()),
        fact(_("Floor area"), None if area is None else f"{words.count(area)} {square_metres}"),
        fact(_("Drinking water"), household.get_water_display()),
        fact(_("Road"), household.get_road_display()),
        fact(_("Farmland"), None if land is None else f"{words.count(land)} {mu}"),
    ]


def _is_partial(book: Handbook) -> bool:
    """Whether it once belonged to a village outside the reader's area: what was recorded there is left out."""
    return any(not covers(book.user.area, one.from_village.code) for one in book.moves)
