"""Projects with their sites and milestones."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin, RoomInline
from alleviation.evidence.admin_links import ProvablePart
from projects.admin.base import PROJECTS, FoundByBeginnings
from projects.models import Milestone, Project, ProjectSite


class SiteInline(RoomInline):
    """Where a project stands or passes through."""

    model = ProjectSite
    autocomplete_fields = ("division",)


class MilestoneInline(ProvablePart, RoomInline):
    """The steps of a project."""

    model = Milestone
    readonly_fields = ("sheet",)


@admin.register(Project)
class ProjectAdmin(FoundByBeginnings, RoomAdmin):
    """What it is → where and who → how large → since when → its places and steps."""

    section = PROJECTS
    list_display = ("code", "local_name", "kind", "status", "division", "operator")
    list_display_links = ("code", "local_name")
    list_filter = ("kind", "status")
    list_select_related = ("division", "operator")
    # Only so that the search box shows: what it finds is decided by its beginnings.
    search_fields = ("code",)
    codes = ("code",)
    search_help_text = _("How the code or the name begins, in Chinese or English, or its pinyin initials.")
    autocomplete_fields = ("division", "operator")
    inlines = (SiteInline, MilestoneInline)
    fieldsets = (
        (None, {"fields": ("code", "name", "name_zh", "kind", "status")}),
        (_("Where, and by whom"), {"fields": ("division", "operator")}),
        (_("Size"), {"fields": (("capacity", "capacity_unit"),)}),
        (_("Time"), {"fields": (("started_on", "due_on", "finished_on"),)}),
        (_("Publicity"), {"fields": (("publicised_from", "publicised_until"),)}),
        (_("In a few lines"), {"fields": ("summary",)}),
    )

    def picked(self, record: Any) -> str:
        return str(record)

    def get_readonly_fields(self, request: Any, obj: Project | None = None) -> tuple[str, ...]:
        """A code is how files and reports know a project, so it stays."""
        return ("code",) if obj else ()
