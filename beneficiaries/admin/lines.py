"""The pages of poverty lines."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.trail import Actor
from beneficiaries import actions
from beneficiaries.admin.base import BENEFICIARIES
from beneficiaries.models import PovertyLine


@admin.register(PovertyLine)
class PovertyLineAdmin(RoomAdmin):
    """The lines that incomes are held against; administrators keep them."""

    section = BENEFICIARIES
    rank = 2
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
