"""The form of a household."""

from alleviation.audit.forms import RoomForm
from beneficiaries.models import Household


class HouseholdForm(RoomForm):
    """A household on the register. What happens to it later has pages of its own."""

    told_at = {
        "household_village_number": "number",
        "household_causes_in_order": "second_cause",
        "household_causes_differ": "second_cause",
    }

    class Meta:
        model = Household
        fields = "__all__"
