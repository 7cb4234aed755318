"""Who looks after a household, what was done for it, and what it had to pay."""

from typing import Any

from alleviation.audit.trail import Actor
from alleviation.evidence.admin_links import ProvablePart
from beneficiaries import actions
from beneficiaries.admin.base import HouseholdPart
from beneficiaries.models import LargeExpense, Responsibility, SupportMeasure, Visit


class ResponsibleInline(HouseholdPart):
    """Who is responsible for the household; a new one takes over from the last."""

    model = Responsibility
    autocomplete_fields = ("official",)
    fields = ("official", "from_on", "until_on")

    def enter(self, record: Responsibility, *, form: Any, by: Actor) -> None:
        actions.assign_responsible(record, by=by)


class VisitInline(HouseholdPart):
    """Who called on the household, and what was found."""

    model = Visit
    newest = 40
    autocomplete_fields = ("official",)
    fields = ("visited_on", "official", "purpose", "found")

    def enter(self, record: Visit, *, form: Any, by: Actor) -> None:
        actions.record_care(record, by=by)


class MeasureInline(ProvablePart, HouseholdPart):
    """What was done for the household, at what cost and with what effect."""

    model = SupportMeasure
    newest = 40
    autocomplete_fields = ("official",)
    fields = ("kind", "what", "begun_on", "ended_on", "official", "cost", "effect", "sheet")
    readonly_fields = ("sheet",)

    def enter(self, record: SupportMeasure, *, form: Any, by: Actor) -> None:
        actions.record_care(record, by=by)


class ExpenseInline(ProvablePart, HouseholdPart):
    """What the household had to pay at once."""

    model = LargeExpense
    fields = ("kind", "spent_on", "amount", "covered", "note", "sheet")
    readonly_fields = ("sheet",)

    def enter(self, record: LargeExpense, *, form: Any, by: Actor) -> None:
        actions.record_care(record, by=by)
