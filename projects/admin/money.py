"""Money: who pays, what was booked."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.trail import Actor
from alleviation.common import words
from projects import actions
from projects.admin.base import MONEY, YearFilter, day
from projects.forms import LedgerEntryForm
from projects.models import FundingSource, LedgerEntry


@admin.register(LedgerEntry)
class LedgerEntryAdmin(RoomAdmin):
    """Booked money, in the order of a voucher: what and when → how much → from whom, to where."""

    section = MONEY
    form = LedgerEntryForm
    list_display = ("voucher", "date", "kind", "amount_yuan", "source", "project", "division")
    list_filter = ("kind", YearFilter, "source")
    list_select_related = ("source", "division")
    search_fields = ("^voucher", "^project__code")
    search_help_text = _("How the voucher or the project's code begins.")
    autocomplete_fields = ("source", "project", "division")
    fieldsets = (
        (None, {"fields": ("kind", ("booked_on", "year"))}),
        (_("How much"), {"fields": ("amount",)}),
        (_("From whom, for what, where"), {"fields": ("source", "project", "division")}),
        (_("Voucher"), {"fields": ("document_number", "note")}),
    )

    @admin.display(description=_("date"), ordering="booked_on")
    def date(self, entry: LedgerEntry) -> str:
        return day(entry.booked_on)

    @admin.display(description=_("amount (yuan)"), ordering="amount")
    def amount_yuan(self, entry: LedgerEntry) -> str:
        return words.yuan(entry.amount)

    def enter(self, record: LedgerEntry, *, form: Any, by: Actor) -> None:
        actions.draft_entry(record, by=by)


@admin.register(FundingSource)
class FundingSourceAdmin(RoomAdmin):
    """Who pays."""

    section = MONEY
    list_display = ("code", "local_name", "level")
    list_display_links = ("code", "local_name")
    list_filter = ("level",)
    search_fields = ("^code", "name", "name_zh")
    fields = ("code", "name", "name_zh", "level")

    @admin.display(description=_("name"), ordering="name")
    def local_name(self, source: FundingSource) -> str:
        return source.local_name
