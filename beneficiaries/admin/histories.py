"""What happened to a household, for reading: each of it was entered on a page of its own."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.evidence.admin_links import ProvablePart
from beneficiaries.admin.base import HouseholdPart
from beneficiaries.models import Household, HouseholdLink, HouseholdMove, Monitoring, StatusChange


class StatusInline(ProvablePart, HouseholdPart):
    """Where it stood, and by whose decision that changed."""

    model = StatusChange
    enter_right = None
    fields = ("happened_on", "was", "status", "decided_by", "decision", "steps_taken", "sheet")
    readonly_fields = fields

    @admin.display(description=_("steps of the exit"))
    def steps_taken(self, change: StatusChange) -> str:
        if change.announced_on is None:
            return ""
        told = {"first": change.appraised_on, "last": change.announced_on}
        return gettext("%(first)s to %(last)s") % told


class MonitoringInline(HouseholdPart):
    """What it was watched for, and until when."""

    model = Monitoring
    enter_right = None
    fields = ("kind", "risk", "other_risk", "identified_on", "identified_by", "note", "cleared_on", "cleared_reason")
    readonly_fields = fields


class MoveInline(HouseholdPart):
    """Which village it belonged to, and until when."""

    model = HouseholdMove
    enter_right = None
    fields = ("moved_on", "from_village", "from_number", "to_village", "to_number", "reason", "note")
    readonly_fields = fields


class LinkInline(HouseholdPart):
    """Which household it came from or went over to."""

    model = HouseholdLink
    enter_right = None
    fields = ("happened_on", "kind", "other", "note")
    readonly_fields = fields

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        self.user = request.user
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("the other household"))
    def other(self, link: HouseholdLink) -> str:
        """Its number and the way to it, where this person sees it."""
        household = Household.objects.visible_to(self.user).filter(pk=link.other_number).first()
        if household is None:
            return gettext("outside your area")
        address = reverse("admin:beneficiaries_household_change", args=[household.pk])
        return format_html('<a href="{}">{}</a>', address, household.number)
