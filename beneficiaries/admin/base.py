"""What the pages of beneficiaries share."""

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomInline
from alleviation.audit.admin_site import Section

BENEFICIARIES = Section(60, "beneficiaries", _("Beneficiaries"))


class HouseholdPart(RoomInline):
    """Part of a household, seen by whoever may see single households."""

    view_rights = (Right.VIEW_HOUSEHOLDS,)
