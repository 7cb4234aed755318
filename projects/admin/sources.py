"""Who pays."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from projects.admin.base import MONEY
from projects.models import FundingSource


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
