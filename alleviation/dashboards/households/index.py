"""The register of households, for those who may see them: by number and village, and never by name."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households.parts import household_url, route
from alleviation.dashboards.pages import needs, page
from alleviation.dashboards.records.parts import place_names
from alleviation.scrutiny.figures.proof import record_url
from beneficiaries.filters import IncomeQueryForm, sought
from beneficiaries.models import Household, HouseholdQuerySet, IncomeRecord
from beneficiaries.privacy import masked_name
from beneficiaries.rollups.roster import Listed, listed, roster

FIELDS = ("area", "household_status", "category", "cause", "search")
PAGE = 50
# A number or a code has a digit in it, which no name has; an identity number or a bank account has more of them.
SEARCHED = r"(?=.*[0-9])(?!.*[0-9]{13})\S{1,20}"
COLUMNS = (
    Column("number", _("Household number"), Kind.CODE),
    Column("place", _("Village")),
    Column("head", _("Head of the household")),
    Column("status", _("Status")),
    Column("since", _("Status since"), Kind.DATE),
    Column("category", _("Category")),
    Column("cause", _("Main cause")),
    Column("persons", _("Persons"), Kind.COUNT),
    Column("year", _("Year of the income"), Kind.YEAR),
    Column("per_capita", _("Per capita"), Kind.YUAN),
    Column("responsible", _("Responsible person")),
    Column("monitored", _("Monitored since"), Kind.DATE),
)


class HouseholdForm(IncomeQueryForm):
    """The filter of the register. Words of a person are not looked for, and stand in no address."""

    search = forms.CharField(
        label=_("Household number or village code"),
        required=False,
        max_length=20,
        validators=[RegexValidator(rf"^{SEARCHED}\Z", _("Enter a household number or a village code, and no name."))],
        widget=forms.TextInput(
            attrs={"pattern": SEARCHED, "autocomplete": "off", "title": _("A household number or a village code")}
        ),
    )

    field_order = FIELDS  # type: ignore[assignment]


@dataclass(frozen=True)
class Part:
    """A part of the register, with the addresses of what comes before and after it."""

    households: list[Household]
    earlier: str = ""
    later: str = ""


@needs(Right.VIEW_HOUSEHOLDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """The households of the reader's area, a page at a time, by village and number."""
    user: User = request.user  # type: ignore[assignment]
    form = HouseholdForm(request.GET, user=user, fields=FIELDS)
    query = form.query()
    context: dict[str, Any] = {} if query is None else _listed(request, form, roster(query))
    return page(
        request,
        "households/index.html",
        title=pgettext("register", "Households"),
        tables=[],
        form=form,
        find_url=route("household-find"),
        warnings_url=reverse("dashboards:household-warnings"),
        entry_url=reverse("admin:beneficiaries_household_add") if user.may(Right.ENTER_RECORDS) else "",
        **context,
    )


def _listed(request: HttpRequest, form: HouseholdForm, found: HouseholdQuerySet) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]
    found = found.filter(sought(form.cleaned_data["search"]))
    part = _part(request, form, found)
    rows = [_row(one) for one in listed(part.households, user)]
    asked = {name: value for name, value in form.cleaned_data.items() if value and name != "search"}
    csv_url = f"{reverse('reports:csv', args=['household-register'])}?{urlencode(asked)}"
    table = Table(slug="households", title=_("Register"), columns=COLUMNS, rows=rows, empty=_empty(form))
    return {
        "table": table,
        "earlier": part.earlier,
        "later": part.later,
        "csv_url": csv_url if user.may(Right.EXPORT_REPORTS) and not form.cleaned_data["search"] else "",
    }


def _part(request: HttpRequest, form: HouseholdForm, found: HouseholdQuerySet) -> Part:
    """The rows after one household, or before one: a page costs the same wherever it lies."""
    after, before = (_edge(request, name, found) for name in ("after", "before"))
    if before is not None:
        rows = list(found.filter(_beyond(before, "lt")).reverse()[: PAGE + 1])
        has_earlier, has_later = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        rows = list((found if after is None else found.filter(_beyond(after, "gt")))[: PAGE + 1])
        has_earlier, has_later = after is not None, len(rows) > PAGE
        rows = rows[:PAGE]
    earlier = form.query_string(before=str(rows[0].pk)) if rows and has_earlier else ""
    return Part(rows, earlier, form.query_string(after=str(rows[-1].pk)) if rows and has_later else "")


def _edge(request: HttpRequest, name: str, found: HouseholdQuerySet) -> Household | None:
    """The household that the address names; raises Http404 for one that is not among those found."""
    number = request.GET.get(name, "")
    if not number:
        return None
    edge = found.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if edge is None:
        raise Http404
    return edge


def _beyond(edge: Household, way: str) -> Q:
    """What comes after a household, or before it; said first of its village, where an index begins then."""
    code, number = edge.village.code, edge.number
    further = Q(**{"village__code": code, f"number__{way}": number})
    same = Q(**{"village__code": code, "number": number, f"pk__{way}": edge.pk})
    here = Q(**{f"village__code__{way}e": code})
    return here & (Q(**{f"village__code__{way}": code}) | further | same)


def _empty(form: HouseholdForm) -> Any:
    if any(form.cleaned_data.values()):
        return _("No household is as this filter asks. Clear it, or ask for a larger area.")
    return _("No household is recorded in your area yet. A clerk enters households one by one among the records.")


def _row(one: Listed) -> Row:
    household, income, cared = one.household, one.income, one.responsibility
    opens = household_url(household.pk)
    return {
        "number": household.number,
        "_url": opens,
        "place": place_names(household.village),
        "head": masked_name(one.head),
        "status": household.get_status_display() if household.ended_on is None else household.get_ended_as_display(),
        "since": household.status_since if household.ended_on is None else household.ended_on,
        "category": household.get_category_display(),
        "cause": household.get_main_cause_display(),
        "persons": one.persons,
        "year": income.year if income else None,
        "per_capita": income.net_income / income.persons if income else None,
        "responsible": words.local(cared.official.name, cared.official.name_zh) if cared else "",
        "monitored": one.monitoring.identified_on if one.monitoring else None,
        "_urls": {"persons": opens, "per_capita": record_url(IncomeRecord, income.pk) if income else ""},
        "_made_up": household.is_made_up,
    }
