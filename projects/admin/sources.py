"""Who pays."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from projects.admin.base import MONEY, FoundByBeginnings
from projects.models import FundingSource


@admin.register(FundingSource)
class FundingSourceAdmin(FoundByBeginnings, RoomAdmin):
    """Who pays."""

    section = MONEY
    list_display = ("code", "local_name", "level")
    list_display_links = ("code", "local_name")
    list_filter = ("level",)
    # Only so that the search box shows: what it finds is decided by its beginnings.
    search_fields = ("code",)
    codes = ("code",)
    search_help_text = _("How the code or the name begins, in Chinese or English, or its pinyin initials.")
    fields = ("code", "name", "name_zh", "level")

    def picked(self, record: Any) -> str:
        return f"{record.local_name} ({record.code})"
