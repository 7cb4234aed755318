"""What is entered on a household's page."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.trail import Actor
from alleviation.common import words
from alleviation.evidence.admin_links import ProvablePart
from beneficiaries import actions
from beneficiaries.admin.base import HouseholdPart
from beneficiaries.forms import IncomeForm, IncomeFormSet, PersonForm
from beneficiaries.models import Enrolment, IncomeRecord, Person


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
