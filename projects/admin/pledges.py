"""Promises and their revisions."""

import re
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.trail import Actor
from alleviation.evidence.admin_links import Provable
from projects import actions
from projects.admin.base import MONEY
from projects.models import Pledge

# No longer than a bigint; more digits no database compares with one.
RECORD_NUMBER = re.compile("[0-9]{1,18}")


@admin.register(Pledge)
class PledgeAdmin(Provable, RoomAdmin):
    """Promised money: by whom, to whom → how much, as the document hedges it → for which years → where it is said."""

    section = MONEY
    list_display = ("source", "project", "division", "basis", "figure_yuan", "first_year", "last_year", "is_revision")
    list_display_links = ("source", "figure_yuan")
    list_filter = ("basis", "qualifier", "source")
    list_select_related = ("source", "division")
    search_fields = ("^project__code", "note")
    autocomplete_fields = ("source", "project", "division", "stated_in", "revises")
    fieldsets = (
        (None, {"fields": ("source", "project", "division")}),
        (
            _("How much"),
            {
                "fields": ("basis", "qualifier", ("low", "high")),
                "description": _("As the document says it: exact and about need one number, from-to needs both."),
            },
        ),
        (_("For which years"), {"fields": (("first_year", "last_year"),)}),
        (_("Where it is said"), {"fields": ("stated_in", "note")}),
        (
            _("A revision"),
            {
                "fields": ("revises", "reason"),
                "description": _(
                    "Only for a promise that changes: name its first version, the years that change and why. The "
                    "other years stand as they were. Exactly 0 takes the promise back."
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        """What a version revises is settled when it is entered."""
        return () if obj is None else ("revises", "sheet")

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Of a promise that is there, behind what was typed: what proves it."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is None else [*fieldsets, (_("What proves it"), {"fields": ("sheet",)})]

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """A revision begins with what all versions of the promise have in common."""
        given = super().get_changeform_initial_data(request)
        number = str(given.get("revises", ""))
        seen = Pledge.objects.visible_to(request.user)
        first = seen.filter(pk=number).first() if RECORD_NUMBER.fullmatch(number) else None
        if first is None:
            return {name: value for name, value in given.items() if name != "revises"}
        common = {"source": first.source_id, "project": first.project_id, "division": first.division_id}
        return {**given, **common, "basis": first.basis}

    @admin.display(description=_("revision"), boolean=True, ordering="revises")
    def is_revision(self, pledge: Pledge) -> bool:
        return pledge.revises_id is not None

    @admin.display(description=_("amount"))
    def figure_yuan(self, pledge: Pledge) -> str:
        return pledge.figure.words("CNY")

    def enter(self, record: Pledge, *, form: Any, by: Actor) -> None:
        actions.enter_pledge(record, by=by)
