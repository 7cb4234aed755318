"""Data entry for households: persons, incomes and parts in projects are entered on the household's page."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.admin_base import RoomAdmin, RoomInline
from alleviation.audit.admin_site import Section
from alleviation.audit.models import Verb
from alleviation.audit.trail import Actor
from alleviation.common import words
from alleviation.evidence.admin_links import ProvablePart
from beneficiaries import actions
from beneficiaries.forms import IncomeForm, IncomeFormSet, PersonForm
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PovertyLine

BENEFICIARIES = Section(60, "beneficiaries", _("Beneficiaries"))


class HouseholdPart(RoomInline):
    """Part of a household, seen by whoever may see single households."""

    view_rights = (Right.VIEW_HOUSEHOLDS,)


class PersonInline(HouseholdPart):
    """The members. Of an identity number only the last digits show."""

    model = Person
    form = PersonForm
    fields = ("name", "relation", "sex", "birth_year", "number", "id_number")
    readonly_fields = ("number",)
    write_only = ("id_number",)

    @admin.display(description=_("identity number"))
    def number(self, person: Person) -> str:
        return f"****{person.id_tail}" if person.id_tail else words.NOTHING

    def enter(self, record: Person, *, form: Any, by: Actor) -> None:
        actions.register_person(record, by=by, id_number=form.cleaned_data.get("id_number", ""))


class IncomeInline(ProvablePart, HouseholdPart):
    """What the household earned, year by year, in yuan."""

    model = IncomeRecord
    form = IncomeForm
    formset = IncomeFormSet
    autocomplete_fields = ("village",)
    fields = (
        "year",
        "persons",
        "wage_income",
        "business_income",
        "property_income",
        "transfer_income",
        "expenses",
        "net_yuan",
        "status",
        "village",
        "reason",
        "sheet",
    )
    readonly_fields = ("net_yuan", "sheet")

    def get_queryset(self, request: Any) -> Any:
        incomes: Any = super().get_queryset(request)
        return incomes.standing()

    @admin.display(description=_("net income (yuan)"))
    def net_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.net_income if income.pk else None)

    def enter(self, record: IncomeRecord, *, form: Any, by: Actor) -> None:
        actions.record_income(record, by=by)


class EnrolmentInline(ProvablePart, HouseholdPart):
    """The household's part in projects."""

    model = Enrolment
    autocomplete_fields = ("project",)
    fields = ("project", "role", "year", "amount", "sheet")
    readonly_fields = ("sheet",)

    def enter(self, record: Enrolment, *, form: Any, by: Actor) -> None:
        actions.record_enrolment(record, by=by)


@admin.register(Household)
class HouseholdAdmin(RoomAdmin):
    """The list knows numbers and places only; names stand on the page of one household."""

    section = BENEFICIARIES
    view_rights = (Right.VIEW_HOUSEHOLDS,)
    list_display = ("number", "village", "status", "status_since")
    list_filter = ("status",)
    list_select_related = ("village",)
    search_fields = ("=number", "^village__code", "village__name__startswith", "village__name_en__startswith")
    search_help_text = _("The household's number, or the first digits of the village's code.")
    autocomplete_fields = ("village",)
    inlines = (PersonInline, IncomeInline, EnrolmentInline)
    fields = ("village", "number", ("status", "status_since"))

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The page with the names; the trail tells who opened whose."""
        if household := kwargs.get("obj"):
            trail.record(verb=Verb.REVEALED, subject=household, by=request.user)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(PovertyLine)
class PovertyLineAdmin(RoomAdmin):
    """The lines that incomes are held against; administrators keep them."""

    section = BENEFICIARIES
    view_rights = (Right.VIEW_RECORDS, Right.MANAGE_REFERENCE)
    enter_right = Right.MANAGE_REFERENCE
    list_display = ("year", "kind", "division", "figure_yuan", "concept", "price_base", "source")
    list_filter = ("kind", "concept")
    list_select_related = ("division",)
    search_fields = ("=year", "source")
    autocomplete_fields = ("division",)
    fieldsets = (
        (None, {"fields": ("kind", ("year", "division"))}),
        (_("The line"), {"fields": (("qualifier", "amount"), "concept", "price_base")}),
        (_("Where it is written"), {"fields": ("source",)}),
    )

    @admin.display(description=_("amount"), ordering="amount")
    def figure_yuan(self, line: PovertyLine) -> str:
        return line.figure.words("CNY")

    def enter(self, record: PovertyLine, *, form: Any, by: Actor) -> None:
        actions.set_line(record, by=by)
