"""Promises and their revisions."""

import re
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.copying import Offer, asked_for
from alleviation.audit.trail import Actor
from alleviation.evidence.admin_links import Provable
from projects import actions
from projects.admin.base import MONEY
from projects.models import Pledge

# No longer than a bigint; more digits no database compares with one.
RECORD_NUMBER = re.compile("[0-9]{1,18}")


def after(pledge: Pledge) -> dict[str, Any]:
    """The same promise for as many years, right after the last of them; where it is said is said anew."""
    first, last = pledge.first_year, pledge.last_year
    length = last - first + 1 if first and last else 1
    moved = {"first_year": first and (last or first) + 1, "last_year": last and last + length}
    keys = {name: getattr(pledge, f"{name}_id") for name in ("source", "project", "division")}
    return keys | moved | {name: getattr(pledge, name) for name in ("basis", "qualifier", "low", "high")}


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
        """A revision begins with what all versions of the promise have in common, a copy with the years after it."""
        given = super().get_changeform_initial_data(request)
        if copied := asked_for(request, "copy", self.get_queryset(request)):
            return given | after(copied)
        number = str(given.get("revises", ""))
        seen = Pledge.objects.visible_to(request.user)
        first = seen.filter(pk=number).first() if RECORD_NUMBER.fullmatch(number) else None
        if first is None:
            return {name: value for name, value in given.items() if name != "revises"}
        common = {"source": first.source_id, "project": first.project_id, "division": first.division_id}
        return {**given, **common, "basis": first.basis}

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        if copied := asked_for(request, "copy", self.get_queryset(request)):
            told = _("Filled in like the promise before, %(amount)s. Check the amount, and say where it is said.")
            context["copied"] = told % {"amount": self.figure_yuan(copied)}
        pledge = kwargs.get("obj")
        if pledge and not pledge.revises_id and (last := pledge.last_year or pledge.first_year):
            address = f"{reverse('admin:projects_pledge_add')}?copy={pledge.pk}"
            context["copy"] = Offer(address, last + 1) if self.has_add_permission(request) else None
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("revision"), boolean=True, ordering="revises")
    def is_revision(self, pledge: Pledge) -> bool:
        return pledge.revises_id is not None

    @admin.display(description=_("amount"))
    def figure_yuan(self, pledge: Pledge) -> str:
        return pledge.figure.words("CNY")

    def enter(self, record: Pledge, *, form: Any, by: Actor) -> None:
        actions.enter_pledge(record, by=by)
