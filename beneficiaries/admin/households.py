"""The pages of households."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.models import Verb
from beneficiaries.admin.base import BENEFICIARIES
from beneficiaries.admin.parts import EnrolmentInline, IncomeInline, PersonInline
from beneficiaries.models import Household


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
