"""The names, days of birth and numbers of a household: masked to look at, in full for a reason that is told."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households.forms import ReasonForm
from alleviation.dashboards.households.guarding import guard
from alleviation.dashboards.households.parts import bare_table, household_url
from beneficiaries import actions
from beneficiaries.actions import Revealed
from beneficiaries.models import Household, Person
from beneficiaries.privacy import HIDDEN_NUMBER

COLUMNS = (
    Column("name", _("Name")),
    Column("relation", _("Relation to the head")),
    Column("born_on", _("Day of birth")),
    Column("id_number", _("Identity number"), Kind.CODE),
    Column("account_number", _("Bank account"), Kind.CODE),
    Column("until", _("Member until")),
)
ERASE = Column("erase", _("Erase"), Kind.LINK)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The members, masked; sent with a reason, in full. What is shown in full stands in this one answer alone."""
    user = guard(request, Right.REVEAL_PERSONS)
    household = household_or_404(pk, user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    revealed: list[Revealed] | None = None
    if request.method == "POST":
        _is_taken, revealed = form.taken(
            lambda: actions.reveal(household, reason=form.cleaned_data["reason"], by=user)
        )
    context = {
        "title": gettext("Household %(number)s: names and numbers") % {"number": household.number},
        "form": form,
        "is_revealed": revealed is not None,
        "members": _in_full(revealed) if revealed is not None else _masked(household, user),
        "is_made_up": household.is_made_up,
        "url": household_url(household.pk),
        "breadcrumbs": breadcrumbs(household, gettext("Names and numbers")),
    }
    response = render(request, "households/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def household_or_404(pk: int, user: User) -> Household:
    """The household, if it lies in the area; a foreign one is as one that does not exist."""
    if not 0 < pk < 2**63:
        raise Http404
    found: Household = get_object_or_404(Household.objects.with_places().visible_to(user), pk=pk)
    return found


def breadcrumbs(household: Household, here: str) -> list[tuple[str, str]]:
    """The way from the register to a page about a household's persons."""
    return [
        (gettext("Households"), reverse("dashboards:households")),
        (household.number, household_url(household.pk)),
        (here, ""),
    ]


def _masked(household: Household, user: User) -> Table:
    """What everybody who sees the household may read, with the way to erase a person for those who may."""
    may_erase = user.may(Right.ERASE_PERSONS)
    rows = [_masked_row(person, may_erase=may_erase) for person in household.persons.order_by("pk")]
    columns = (*COLUMNS, ERASE) if may_erase else COLUMNS
    return bare_table("members", _("Members, masked"), columns, rows, _("No member is recorded."))


def _masked_row(person: Person, *, may_erase: bool) -> Row:
    row = {
        **_open_row(person),
        "name": person.masked_name or gettext("erased"),
        "born_on": HIDDEN_NUMBER if person.born_on else "",
        "id_number": person.masked_id_number,
        "account_number": person.masked_account_number,
    }
    if may_erase and person.erased_at is None:
        row["erase"] = gettext("Erase")
        row["_urls"] = {"erase": reverse("dashboards:person-erase", args=[person.household_id, person.pk])}
    return row


def _in_full(revealed: list[Revealed]) -> Table:
    rows = [
        {
            **_open_row(one.person),
            "name": one.name or gettext("erased"),
            "born_on": date_format(one.born_on, "DATE_FORMAT") if one.born_on else "",
            "id_number": one.id_number or one.person.masked_id_number,
            "account_number": one.account_number or one.person.masked_account_number,
        }
        for one in revealed
    ]
    return bare_table("members", _("Members"), COLUMNS, rows, _("No member is recorded."))


def _open_row(person: Person) -> Row:
    until = date_format(person.left_on, "DATE_FORMAT") if person.left_on else ""
    return {"relation": person.get_relation_display(), "until": until}
