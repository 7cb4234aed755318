"""What the pages of beneficiaries share."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomInline
from alleviation.audit.admin_site import Section
from alleviation.audit.copying import asked_for
from alleviation.audit.forms import NUMBER

# What alleviation/beneficiaries/filters.py finds.
SEARCHED = _(
    "How the household's number begins, how the village's name begins, or at least six digits of the village's code; "
    "each word narrows the list."
)
BENEFICIARIES = Section(60, "beneficiaries", _("Beneficiaries"))


class HouseholdPart(RoomInline):
    """Part of a household, seen by whoever may see single households; folded up unless it is what one came for."""

    view_rights = (Right.VIEW_HOUSEHOLDS,)
    classes: Any = ["collapse"]
    # In the address of a household's page, before the number of the row that a new one is to be like; empty for none.
    copied_by = ""
    # So many of them are entered on the page, the newest: of all that years brought no form could hold the fields.
    newest = 0

    def get_queryset(self, request: Any) -> Any:
        rows: Any = super().get_queryset(request)
        number = request.resolver_match.kwargs.get("object_id", "")
        if not self.newest or not NUMBER.fullmatch(number):
            return rows
        latest = rows.prefetch_related(None).filter(household=number).order_by(*(self.opts.ordering or ()))
        return rows.filter(pk__in=list(latest.values_list("pk", flat=True)[: self.newest]))

    def copied(self, request: Any, household: Any) -> list[dict[str, Any]]:
        """What a new row begins with, like the one that the address names."""
        if household is None or not self.copied_by:
            return []
        rows = self.model._default_manager.filter(household=household)
        row = asked_for(request, self.copied_by, rows.visible_to(request.user))  # type: ignore[attr-defined]
        return [] if row is None else [self.next_of(row)]

    def next_of(self, row: Any) -> dict[str, Any]:
        """The fields of a row for the year after another."""
        raise NotImplementedError

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        return max(super().get_extra(request, obj, **kwargs), len(self.copied(request, obj)))

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """A folded part says in its heading how much is in it."""
        if obj is not None and self.classes:
            number = self.numbers_of(obj).count()
            told = {"title": capfirst(self.opts.verbose_name_plural), "number": number, "newest": self.newest}
            is_cut = 0 < self.newest < number
            whole, cut = gettext("%(title)s (%(number)s)"), gettext("%(title)s (the newest %(newest)s of %(number)s)")
            self.verbose_name_plural = (cut if is_cut else whole) % told
        return super().get_formset(request, obj, **kwargs)
