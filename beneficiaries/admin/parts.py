"""Members, incomes and parts in projects, as they are entered on a household's page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.copying import has_come
from alleviation.audit.trail import Actor
from alleviation.common import words
from alleviation.common.amount_input import AmountInput
from alleviation.common.fields import YuanField
from alleviation.evidence.admin_links import ProvablePart
from beneficiaries import actions
from beneficiaries.admin.base import HouseholdPart
from beneficiaries.forms import (
    EnrolmentForm,
    EnrolmentFormSet,
    IncomeForm,
    IncomeFormSet,
    PersonForm,
    members_of,
)
from beneficiaries.models import Enrolment, IncomeRecord, Person


class PersonInline(HouseholdPart):
    """The members. Names, days of birth and numbers go in; a masked name and last digits come out, in the heading."""

    model = Person
    form = PersonForm
    template = "admin/beneficiaries/household/persons.html"
    classes = ()
    write_only = ("new_name", "new_born_on", "id_number", "account_number")
    fieldsets = (
        (None, {"fields": (("new_name", "relation", "sex", "birth_year"),)}),
        (
            _("Numbers and day of birth"),
            {"fields": ("id_number", "account_number", "new_born_on"), "classes": ("collapse",)},
        ),
        (
            _("Schooling, health and work"),
            {
                "fields": (("schooling", "in_school"), ("health", "labour"), ("migrant_work", "migrant_months")),
                "classes": ("collapse",),
            },
        ),
        (_("How the person joined"), {"fields": (("joined_on", "joined_as"),), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: Any) -> Any:
        """Those who belong to it first."""
        rows: Any = super().get_queryset(request)
        return rows.order_by(F("left_on").asc(nulls_first=True), "pk")

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Whoever only reads has nothing to type."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        shown = (("relation", "sex", "birth_year"),)
        return [(None, {"fields": shown}), *(one for one in fieldsets[1:] if one[1]["fields"])]

    def enter(self, record: Person, *, form: Any, by: Actor) -> None:
        typed = form.cleaned_data
        numbers = {name: typed.get(name, "") for name in ("id_number", "account_number")}
        actions.register_person(record, by=by, **numbers)


class IncomeInline(ProvablePart, HouseholdPart):
    """What the household earned, year by year, in yuan; each waits until somebody else has verified it."""

    model = IncomeRecord
    form = IncomeForm
    formset = IncomeFormSet
    template = "admin/beneficiaries/household/incomes.html"
    classes = ()
    autocomplete_fields = ("village",)
    # A household lives on thousands: a box for 万元 in each of five columns would be ticked by mistake alone.
    formfield_overrides: ClassVar[Any] = {YuanField: {"widget": AmountInput(has_switch=False)}}
    # A line for each year; what is rarely said is folded up behind it.
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("year", "persons", "wage_income", "business_income", "property_income", "transfer_income"),
                    *("expenses", "net_yuan", "verification"),
                )
            },
        ),
        (_("Reason and more"), {"fields": ("reason", "status", "concept", "income_year", "village", "sheet")}),
    )
    readonly_fields = ("net_yuan", "verification", "sheet")
    copied_by = "income"

    def next_of(self, row: IncomeRecord) -> dict[str, Any]:
        """Who was counted and what kind of income it is; never an amount."""
        return {"year": row.year + 1, "persons": row.persons, "status": row.status, "income_year": row.income_year}

    def get_queryset(self, request: Any) -> Any:
        incomes: Any = super().get_queryset(request)
        return incomes.standing()

    @admin.display(description=_("net income (yuan)"))
    def net_yuan(self, income: IncomeRecord) -> str:
        return words.yuan(income.net_income if income.pk else None)

    @admin.display(description=_("verification"))
    def verification(self, income: IncomeRecord) -> str:
        """How far it has come, with what the checker said."""
        if income.pk is None:
            return words.NOTHING
        state = income.get_state_display()
        return format_html("{}: <q>{}</q>", state, income.check_note) if income.check_note else state

    def enter(self, record: IncomeRecord, *, form: Any, by: Actor) -> None:
        actions.record_income(record, by=by)


class EnrolmentInline(ProvablePart, HouseholdPart):
    """The part of the household, or of one of its members, in projects."""

    model = Enrolment
    form = EnrolmentForm
    formset = EnrolmentFormSet
    autocomplete_fields = ("project",)
    fields = ("project", "role", "member", "year", "amount", "sheet", "next_year")
    readonly_fields = ("sheet", "next_year")
    copied_by = "enrolment"

    def next_of(self, row: Enrolment) -> dict[str, Any]:
        """All of it. It is saved as it stands: nobody needs to change a row that only has another year."""
        member = "" if row.person_key is None else str(row.person_key)
        facts = {"project": row.project_id, "role": row.role, "member": member, "amount": row.amount}
        return {**facts, "year": row.year + 1, "copied": True}

    @admin.display(description=_("copy"))
    def next_year(self, enrolment: Enrolment) -> str:
        """A new row like this one, for the year after."""
        if not enrolment.pk or not has_come(enrolment.year + 1):
            return words.NOTHING
        title = gettext("Enter %(year)s like it") % {"year": enrolment.year + 1}
        return format_html('<a href="?enrolment={}#enrolments-group">{}</a>', enrolment.pk, title)

    @admin.display(description=_("member"))
    def member(self, enrolment: Enrolment) -> str:
        """Whose part it is, for whoever only reads."""
        if enrolment.person_key is None:
            return gettext("the household")
        return members_of(enrolment.household).get(enrolment.person_key, words.NOTHING)

    def enter(self, record: Enrolment, *, form: Any, by: Actor) -> None:
        actions.record_enrolment(record, by=by)
