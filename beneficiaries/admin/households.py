"""The pages of households. What identifies a person goes in here and never comes out."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomAdmin, without
from alleviation.audit.copying import Offer, has_come
from alleviation.audit.trail import Actor
from beneficiaries import actions
from beneficiaries.admin.base import BENEFICIARIES, SEARCHED
from beneficiaries.admin.care import ExpenseInline, MeasureInline, ResponsibleInline, VisitInline
from beneficiaries.admin.histories import LinkInline, MonitoringInline, MoveInline, StatusInline
from beneficiaries.admin.moves import move_many, move_page
from beneficiaries.admin.parts import EnrolmentInline, IncomeInline, PersonInline
from beneficiaries.admin.steps import STEPS, step_page
from beneficiaries.filters import sought
from beneficiaries.forms import HouseholdForm
from beneficiaries.models import Household

ENTERED = (PersonInline, IncomeInline, EnrolmentInline, ResponsibleInline, VisitInline, MeasureInline, ExpenseInline)
HAPPENED = (MonitoringInline, StatusInline, MoveInline, LinkInline)
# What changes by what happens on a day, so that the past stays known.
SETTLED = ("village", "status", "status_since", "ended_on", "ended_as")
# Of these each member has a link of its own.
OF_MEMBERS = ("leave", "transfer")


@admin.register(Household)
class HouseholdAdmin(RoomAdmin):
    """The list knows numbers and places only; the page of one household masks whoever belongs to it."""

    section = BENEFICIARIES
    view_rights = (Right.VIEW_HOUSEHOLDS,)
    form = HouseholdForm
    actions: Any = [move_many]
    list_display = ("number", "village", "status", "status_since", "category", "ended_on")
    # By village and number, as the register is kept; no index has any other order.
    sortable_by = ()
    list_filter = ("status",)
    list_select_related = ("village",)
    # Only so that the search box shows: what it finds is decided below.
    search_fields = ("number",)
    search_help_text = SEARCHED
    autocomplete_fields = ("village",)
    inlines = (*ENTERED, *HAPPENED)
    fieldsets = (
        (_("Place and number"), {"fields": (("village", "number"),)}),
        (_("Status"), {"fields": (("status", "status_since"), "category", ("ended_on", "ended_as"))}),
        (_("Why it is poor"), {"fields": (("main_cause", "second_cause", "third_cause"),)}),
        (_("House, water, road and land"), {"fields": (("housing", "housing_area"), ("water", "road"), "farmland")}),
    )

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, "beneficiaries_household"
        return [
            path("move/", view(self.move_view), name=f"{name}_move"),
            path("<path:object_id>/step/<slug:step>/", view(self.step_view), name=f"{name}_step"),
            *super().get_urls(),
        ]

    @method_decorator([require_POST, csrf_protect])
    def move_view(self, request: HttpRequest) -> HttpResponse:
        """Move the households that were chosen in the list."""
        return move_page(self, request)

    @method_decorator(csrf_protect)
    def step_view(self, request: HttpRequest, object_id: str, step: str) -> HttpResponse:
        """One thing that happens to a household, on its day."""
        return step_page(self, request, self.get_object(request, unquote(object_id)), step)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.filter(sought(search_term)), False

    def has_enter_records_permission(self, request: Any) -> bool:
        return request.user.may(Right.ENTER_RECORDS)

    def get_queryset(self, request: Any) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.with_places()

    def get_inlines(self, request: Any, obj: Household | None) -> Any:
        """Nothing has happened yet to a household that is being entered."""
        return self.inlines if obj else ENTERED

    def get_readonly_fields(self, request: Any, obj: Household | None = None) -> tuple[str, ...]:
        """What changes by what happens has pages of its own; a number that came with a move stays."""
        if obj is None:
            return ()
        return (*SETTLED, "number") if obj.moves.exists() else SETTLED

    def get_fieldsets(self, request: Any, obj: Household | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj and obj.ended_on else without((("ended_on", "ended_as"),), fieldsets)  # type: ignore[arg-type]

    def get_formset_kwargs(self, request: Any, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        copied = inline.copied(request, obj if obj and obj.pk else None)
        return kwargs | {"initial": copied} if copied else kwargs

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        if household := kwargs.get("obj"):
            may_enter = request.user.may(Right.ENTER_RECORDS)
            fitting = [step for step in STEPS.values() if step.slug not in OF_MEMBERS and step.fits(household)]
            context["steps"] = fitting if may_enter else []
            context["copy_income"] = None if "income" in request.GET else _next_income(household, request.user)
            if {"income", "enrolment"} & set(request.GET):
                context["copied"] = _("A row is filled in like that of the year before. Check the amounts.")
            context["links"] = list(_links(household, request.user))
        return super().render_change_form(request, context, *args, **kwargs)

    def enter(self, record: Household, *, form: Any, by: Actor) -> None:
        actions.register_household(record, by=by)


def _next_income(household: Household, user: Any) -> Offer | None:
    """The year after the last that has an income, as the beginning of a new row."""
    latest = household.incomes.standing().order_by("-year").first()
    if latest is None or household.ended_on or not has_come(latest.year + 1) or not user.may(Right.ENTER_RECORDS):
        return None
    return Offer(f"?income={latest.pk}#incomes-group", latest.year + 1)


def _links(household: Household, user: Any) -> Iterator[tuple[str, Any]]:
    """Where else the household is shown: to read, and with its names, for which a reason is asked."""
    wanted = [("dashboards:household", _("Handbook page"))]
    if user.may(Right.REVEAL_PERSONS):
        wanted.append(("dashboards:household-reveal", _("Show names and numbers")))
    for route, title in wanted:
        try:
            yield reverse(route, args=[household.pk]), title
        except NoReverseMatch:
            continue
