"""Incomes as reviewers work with them: what waits, beside the year before; verified, or returned with a note."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.admin_site import Waiting
from alleviation.audit.handing import token_of
from alleviation.audit.long_lists import LongList
from alleviation.common import words
from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.capped import count_up_to
from alleviation.evidence.admin_links import Provable
from beneficiaries.admin.base import BENEFICIARIES, SEARCHED
from beneficiaries.admin.checks import CHECKS, HANDING
from beneficiaries.choices import CheckState
from beneficiaries.filters import FEW, TooMany, sought
from beneficiaries.forms import NoteForm
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.jumps import beside_year_before
from beneficiaries.rollups.waiting import returned_to, to_verify_by
from projects.admin.base import YearFilter


class CheckFilter(admin.SimpleListFilter):
    """How far the incomes have come. Who checks sees at first what waits to be verified."""

    title = _("verification")
    parameter_name = "state"
    everything, waiting = "all", "waiting"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        user: Any = request.user
        self.at_first = CheckState.SUBMITTED.value if user.may(Right.CHECK_ENTRIES) else self.everything
        super().__init__(request, *args)

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.waiting, _("not verified yet")), *CheckState.choices]

    def value(self) -> str:
        """The state that is asked for; what is none is as if nothing were asked."""
        asked = super().value()
        return asked if asked in {*CheckState.values, self.everything, self.waiting} else self.at_first

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in [(self.everything, _("All")), *self.lookup_choices]:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Asked for in the same words as the partial index of what waits."""
        rows: Any = queryset
        asked = self.value()
        if asked == self.everything:
            return rows
        waiting = rows if asked == CheckState.VERIFIED else rows.waiting()
        return waiting if asked == self.waiting else waiting.filter(state=asked)


class BesideList(LongList):
    """A list whose rows stand beside the year before; asked for the rows of the page alone."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        beside = beside_year_before(self.result_list)
        for income in self.result_list:
            income.beside = beside[income.pk]


@admin.register(IncomeRecord)
class IncomeRecordAdmin(Provable, RoomAdmin):
    """What households earned, for looking at; they are recorded, and corrected, on the page of their household."""

    section = BENEFICIARIES
    rank = 1
    view_rights = (Right.VIEW_HOUSEHOLDS,)
    enter_right = None
    actions: Any = [HANDING.choosing("verify"), HANDING.choosing("return")]
    list_display = (
        *("household_number", "place", "year", "persons", "per_capita_yuan", "year_before", "net_yuan"),
        *("state", "recorder"),
    )
    list_filter = (CheckFilter, YearFilter)
    list_select_related = ("household", "village", "recorded_by")
    # Village by village, as the index has them, and no other way.
    ordering = ("village__code", "household__number", "-year", "pk")
    sortable_by = ()
    # Only so that the search box shows: what it finds is decided below.
    search_fields = ("household__number",)
    search_help_text = SEARCHED
    fieldsets = (
        (None, {"fields": ("household_link", ("year", "village"), "persons")}),
        (
            _("In yuan"),
            {
                "fields": (
                    *("wage_yuan", "business_yuan", "property_yuan", "transfer_yuan", "expenses_yuan"),
                    *("net_yuan", "per_capita_yuan", "year_before"),
                )
            },
        ),
        (_("Which income it is"), {"fields": (("concept", "income_year"), "status")}),
        (_("Who, and when"), {"fields": ("state", "recorded", "reason", "checked", "check_note", "sheet")}),
    )

    def get_urls(self) -> list[Any]:
        step = self.admin_site.admin_view(self.step_view)
        return [path("step/", step, name="beneficiaries_incomerecord_step"), *super().get_urls()]

    @method_decorator([require_POST, csrf_protect])
    def step_view(self, request: HttpRequest) -> HttpResponse:
        """Verify or return incomes: from the page that asked, or from a button of an income's own page."""
        return HANDING.hand_on(self, request)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """As the list of households is searched; across a nation a number that a thousand begin with is no search."""
        is_wide = len(request.user.area) < LEVEL_LENGTHS[2]
        try:
            return queryset.filter(sought(search_term, household="household", is_wide=is_wide)), False
        except TooMany:
            told = _("The numbers of more than %(most)s households begin so. Name the village as well.")
            messages.warning(request, told % {"most": words.count(FEW)})
            return queryset.none(), False

    def has_check_entries_permission(self, request: Any) -> bool:
        return request.user.may(Right.CHECK_ENTRIES)

    def get_queryset(self, request: Any) -> Any:
        """The list holds what stands; a record that was corrected opens from where it is named."""
        rows: Any = super().get_queryset(request)
        incomes = rows.select_related("household", "village", "recorded_by", "checked_by")
        is_list = request.resolver_match.url_name.endswith("_changelist")
        return incomes.standing() if is_list else incomes

    def get_changelist(self, request: Any, **kwargs: Any) -> type[LongList]:
        return BesideList

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        income = super().get_object(request, object_id, from_field)
        income.beside = beside_year_before([income])[income.pk]
        return income

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        if income := kwargs.get("obj"):
            context["token"] = token_of(income, income.version_read)
            context["steps"] = [check for check in CHECKS.values() if check.fits(income, request.user)]
            context["note_form"] = NoteForm()
            context["is_own"] = income.recorded_by_id == request.user.pk
        return super().render_change_form(request, context, *args, **kwargs)

    def waiting_for(self, user: Any) -> Iterator[Waiting]:
        """For the index: what a reviewer is to verify, what was returned to a clerk."""
        address = HANDING.address("changelist")
        if user.may(Right.CHECK_ENTRIES):
            number = count_up_to(to_verify_by(user))
            yield Waiting(number, _("Incomes to verify"), f"{address}?state={CheckState.SUBMITTED.value}")
        if user.may(Right.ENTER_RECORDS):
            number = count_up_to(returned_to(user))
            yield Waiting(number, _("Incomes returned to you"), f"{address}?state={CheckState.RETURNED.value}")

    @admin.display(description=_("household"))
    def household_number(self, income: IncomeRecord) -> str:
        return income.household.number

    @admin.display(description=_("household"))
    def household_link(self, income: IncomeRecord) -> str:
        address = reverse("admin:beneficiaries_household_change", args=[income.household_id])
        return format_html('<a href="{}">{}</a>', address, income.household.number)

    @admin.display(description=_("wage income"))
    def wage_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.wage_income)

    @admin.display(description=_("business income"))
    def business_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.business_income)

    @admin.display(description=_("property income"))
    def property_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.property_income)

    @admin.display(description=_("transfer income"))
    def transfer_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.transfer_income)

    @admin.display(description=_("expenses"))
    def expenses_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.expenses)

    @admin.display(description=_("net income (yuan)"))
    def net_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.net_income)

    @admin.display(description=_("per person (yuan)"))
    def per_capita_yuan(self, income: Any) -> str:
        return words.yuan(income.beside.per_capita)

    @admin.display(description=_("year before"))
    def year_before(self, income: Any) -> str:
        """Last year's per-capita income; marked where this one is more than half of it away."""
        before = income.beside.per_capita_before
        if not income.beside.is_jump:
            return words.yuan(before)
        mark = gettext("jumped")
        return format_html('{} <strong class="jump">{}</strong>', words.yuan(before), mark)

    @admin.display(description=_("village"))
    def place(self, income: IncomeRecord) -> str:
        return income.village.local_name

    @admin.display(description=_("recorded by"))
    def recorder(self, income: IncomeRecord) -> str:
        return income.recorded_by.get_username() if income.recorded_by else words.NOTHING

    @admin.display(description=_("recorded"))
    def recorded(self, income: IncomeRecord) -> str:
        return by_and_when(income.recorded_by, income.recorded_at)

    @admin.display(description=_("checked"))
    def checked(self, income: IncomeRecord) -> str:
        return by_and_when(income.checked_by, income.checked_at)


def by_and_when(user: Any, at: Any) -> str:
    """ "clerk-of-heishui, 22 November 2026, 14:17"; a command has no name here."""
    told = date_format(localtime(at), "DATETIME_FORMAT") if at else ""
    return ", ".join(filter(None, (user.get_username() if user else "", told)))
