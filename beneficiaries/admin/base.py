"""What the pages of beneficiaries share."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomInline
from alleviation.audit.admin_site import Section

BENEFICIARIES = Section(60, "beneficiaries", _("Beneficiaries"))


class HouseholdPart(RoomInline):
    """Part of a household, seen by whoever may see single households; folded up unless it is what one came for."""

    view_rights = (Right.VIEW_HOUSEHOLDS,)
    classes: Any = ["collapse"]

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """A folded part says in its heading how much is in it."""
        if obj is not None and self.classes:
            told = {"title": capfirst(self.opts.verbose_name_plural), "number": self.numbers_of(obj).count()}
            self.verbose_name_plural = gettext("%(title)s (%(number)s)") % told
        return super().get_formset(request, obj, **kwargs)
