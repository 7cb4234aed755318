"""Papers that tell of households: the notice of a village's register, and the handbook of one household.

Both are for those who may see households, and leave an event as a file does. Names are masked on both.
"""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households import show
from alleviation.dashboards.households.parts import household_url
from alleviation.dashboards.pages import needs
from alleviation.dashboards.papers.forms import BY_SLUG
from alleviation.dashboards.papers.sheets import notice, personal, sheet
from beneficiaries.filters import IncomeQueryForm
from beneficiaries.models import Household
from beneficiaries.privacy import masked_name
from beneficiaries.rollups import on_register_each
from beneficiaries.rollups.roster import Listed, listed, roster
from projects.choices import Level
from projects.filters import place_or_404
from projects.rollups import area_query

SIGNED_BY = (_("Head of the household (signature or fingerprint)"), _("Responsible person (signature)"), _("Date"))


@needs(Right.VIEW_HOUSEHOLDS)
def notice_of_register(request: HttpRequest, code: str) -> HttpResponseBase:
    """The households on the register of a village by number: no name in full, no cause, no income, no health.

    Raises Http404 for a place that is no village.
    """
    user: User = request.user  # type: ignore[assignment]
    place = place_or_404(code, user)
    if place.level != Level.VILLAGE:
        raise Http404
    form = IncomeQueryForm(request.GET, user=user, fields=BY_SLUG["register-notice"].asked_by)
    asked = form.query()
    response = notice(
        request,
        "papers/register_notice.html",
        title=gettext("Public notice of the register: %(of)s") % {"of": place.local_name},
        # In no file: the report of the register is the file.
        tables=[],
        table=None if asked is None else _register(area_query(asked, place)),
        form=form,
        place=place,
        way=[(place.local_name, place.get_absolute_url())],
    )
    return personal(request, response, what="register-notice", key=place.code)


@needs(Right.VIEW_HOUSEHOLDS)
def handbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The handbook of one household (扶贫手册), to be signed by its head."""
    user: User = request.user  # type: ignore[assignment]
    household = get_object_or_404(Household.objects.with_places().visible_to(user), pk=pk)
    title = gettext("Handbook of poverty alleviation: household %(number)s") % {"number": household.number}
    context = {**show.told_of(household, user), "way": [(household.number, household_url(pk))]}
    response = sheet(request, "papers/handbook.html", title=title, tables=[], signatures=SIGNED_BY, **context)
    return personal(request, response, what="household-handbook", key=household.number)


def _register(query: Query) -> Table:
    """Number, head and members of each household; the total is the number of all persons on the register."""
    people = on_register_each([query])[0]
    return Table(
        slug="register",
        title=_("Households on the register"),
        columns=(
            Column("number", _("Household number"), Kind.CODE),
            Column("head", _("Head of the household")),
            Column("persons", _("Persons"), Kind.COUNT),
        ),
        rows=[_row(one) for one in listed(roster(query).standing(), query.user)],
        total={"number": gettext("Total"), "persons": people.persons, "_explained": {"persons": "register-persons"}},
        note=_("By number, as they are today. Names are masked."),
        empty=_("No household of this village is on the register."),
        asked=query.asked(),
    )


def _row(one: Listed) -> Row:
    return {
        "number": one.household.number,
        "head": masked_name(one.head),
        "persons": one.persons,
        "_urls": {"persons": household_url(one.household.pk)},
        "_made_up": one.household.is_made_up,
    }
