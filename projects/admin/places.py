"""Places and what became of them."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomAdmin, decides_area
from alleviation.audit.trail import Actor
from alleviation.common.areas import within
from projects import actions
from projects.admin.base import PLACES
from projects.filters import placed
from projects.models import Division, Succession


class ReferenceAdmin(RoomAdmin):
    """Reference data, which everybody in the admin reads and administrators keep."""

    view_rights = (Right.VIEW_RECORDS, Right.MANAGE_REFERENCE)
    enter_right = Right.MANAGE_REFERENCE

    def enter(self, record: Any, *, form: Any, by: Actor) -> None:
        actions.enter_reference(record, by=by)


@admin.register(Division)
class DivisionAdmin(ReferenceAdmin):
    """Places as each year's list has them; the lists themselves are loaded by a command."""

    section = PLACES
    list_display = ("code", "name", "name_en", "level", "vintage", "valid_to")
    list_display_links = ("code", "name")
    list_filter = ("level",)
    # Only so that the search box shows: what it finds is decided below.
    search_fields = ("code", "name")
    search_help_text = _(
        "The first digits of the code, how the name begins, or its pinyin initials, as rdc for 若多村."
    )
    # The order of an index; of a place that stands in several lists the latest.
    ordering = ("code", "-vintage", "level")
    sortable_by = ("code",)
    autocomplete_fields = ("parent",)
    fieldsets = (
        (None, {"fields": (("code", "level", "vintage"), "name", "name_en", "parent")}),
        (_("Life"), {"fields": (("valid_from", "valid_to"), "note")}),
    )

    def get_search_results(
        self, request: Any, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Beginnings only, so that an index serves; for a field that decides the area, only places inside it."""
        if is_asked_for_area(request.GET):
            queryset = queryset.filter(within(request.user.area))
        return queryset.filter(placed(search_term.split())), False


@admin.register(Succession)
class SuccessionAdmin(ReferenceAdmin):
    """What became of a place, with its source; never guessed."""

    section = PLACES
    list_display = ("predecessor", "kind", "successor", "happened_on", "source")
    list_display_links = ("predecessor", "successor")
    list_filter = ("kind",)
    list_select_related = ("predecessor", "successor")
    search_fields = ("^predecessor__code", "^successor__code")
    autocomplete_fields = ("predecessor", "successor")
    fields = ("predecessor", "kind", "successor", "happened_on", "source")


def is_asked_for_area(parameters: Any) -> bool:
    """Whether an autocomplete asks on behalf of the field that a row's area is read from."""
    try:
        model = apps.get_model(parameters.get("app_label", ""), parameters.get("model_name", ""))
        return decides_area(model._meta.get_field(parameters.get("field_name", "")))
    except (LookupError, ValueError, FieldDoesNotExist):
        return False
