"""Alliances with their parties, activities and undertakings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin, RoomInline
from projects.admin.base import ALLIANCES, FoundByBeginnings, day
from projects.models import Alliance, AllianceActivity, AllianceParty, AlliancePledge


class PartyInline(RoomInline):
    """The branches that joined."""

    model = AllianceParty
    autocomplete_fields = ("branch",)


class ActivityInline(RoomInline):
    """What they did together."""

    model = AllianceActivity
    autocomplete_fields = ("place", "project")
    fields = ("kind", "title", "held_on", "place", "project", "number", "note")


class UndertakingInline(RoomInline):
    """What they undertook; promised money is a pledge, on a page of its own."""

    model = AlliancePledge


@admin.register(Alliance)
class AllianceAdmin(FoundByBeginnings, RoomAdmin):
    """The agreement → the village → its dates → who, what was done, what was promised."""

    section = ALLIANCES
    list_display = ("local_title", "division", "signed", "term_from", "term_to")
    list_select_related = ("division",)
    search_fields = names = ("title", "title_zh")
    autocomplete_fields = ("division",)
    inlines = (PartyInline, ActivityInline, UndertakingInline)
    fieldsets = (
        (None, {"fields": ("title", "title_zh", "agreement", "division")}),
        (_("Time"), {"fields": ("signed_on", ("term_from", "term_to"))}),
        (_("Note"), {"fields": ("note",)}),
    )

    @admin.display(description=_("title"), ordering="title")
    def local_title(self, alliance: Alliance) -> str:
        return self.local_name(alliance)

    @admin.display(description=_("signed on"), ordering="signed_on", empty_value="—")
    def signed(self, alliance: Alliance) -> str | None:
        return day(alliance.signed_on) or None
