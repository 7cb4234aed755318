"""Organisations, their branches, and the people who act for them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from projects.admin.base import ALLIANCES, FoundByBeginnings
from projects.models import Award, Official, Organisation, PartyBranch, Post


@admin.register(Organisation)
class OrganisationAdmin(FoundByBeginnings, RoomAdmin):
    """Enterprises, governments, party organisations, charities."""

    section = ALLIANCES
    list_display = ("local_name", "other_name", "kind", "parent", "division")
    list_filter = ("kind",)
    list_select_related = ("parent", "division")
    search_fields = ("name", "name_zh")
    autocomplete_fields = ("parent", "division")
    fields = ("name", "name_zh", "kind", "parent", "division")


@admin.register(PartyBranch)
class PartyBranchAdmin(FoundByBeginnings, RoomAdmin):
    """Party branches, each of an organisation or of a village."""

    section = ALLIANCES
    list_display = ("local_name", "other_name", "organisation", "village")
    list_select_related = ("organisation", "village")
    search_fields = ("name", "name_zh")
    autocomplete_fields = ("organisation", "village")
    fieldsets = (
        (None, {"fields": ("name", "name_zh")}),
        (
            _("Whose branch"),
            {
                "fields": ("organisation", "village"),
                "description": _("An organisation or a village: one of the two."),
            },
        ),
    )


@admin.register(Official)
class OfficialAdmin(FoundByBeginnings, RoomAdmin):
    """People in public office or staff. Members of households are never entered here."""

    section = ALLIANCES
    list_display = ("local_name", "other_name", "note")
    search_fields = ("name", "name_zh")
    fields = ("name", "name_zh", "note")


@admin.register(Post)
class PostAdmin(RoomAdmin):
    """Who held which post, for as long as is known."""

    section = ALLIANCES
    list_display = ("official", "title", "organisation", "held_from", "held_to", "is_former")
    list_display_links = ("official", "title")
    list_filter = ("is_former",)
    list_select_related = ("official", "organisation")
    search_fields = ("title", "official__name", "official__name_zh")
    autocomplete_fields = ("official", "organisation")
    fieldsets = (
        (None, {"fields": ("official", "organisation", "title")}),
        (_("Time"), {"fields": (("held_from", "held_to"), "known_on", "is_former")}),
    )


@admin.register(Award)
class AwardAdmin(RoomAdmin):
    """Honours, each to a person or to an organisation."""

    section = ALLIANCES
    list_display = ("title", "level", "official", "organisation", "conferred_on")
    list_filter = ("level",)
    list_select_related = ("official", "organisation")
    search_fields = ("title", "official__name", "organisation__name")
    autocomplete_fields = ("official", "organisation")
    fieldsets = (
        (None, {"fields": ("title", "level")}),
        (
            _("To whom"),
            {"fields": ("official", "organisation"), "description": _("A person or an organisation: one of the two.")},
        ),
        (_("By whom, when, what for"), {"fields": ("conferred_by", "conferred_on", "occasion")}),
    )
