"""How far something has come that one person asks for and another decides."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.common.constraints import both_or_neither


class RequestState(models.TextChoices):
    """Asked for by one person, then approved or declined by another, once."""

    ASKED = "asked", _("asked for")
    APPROVED = "approved", pgettext_lazy("waiver", "approved")
    DECLINED = "declined", pgettext_lazy("waiver", "declined")

    DECIDED = nonmember(frozenset({"approved", "declined"}))


def decided_by_another(name: str) -> list[models.CheckConstraint]:
    """What the database keeps of a decision: taken once by somebody else than who asked, and declined with a note."""
    return [
        models.CheckConstraint(
            name=f"{name}_known_state",
            condition=models.Q(state__in=RequestState.values),
            violation_error_message=_("There is no such state."),
        ),
        both_or_neither(
            "decided_by",
            "decided_at",
            name=f"{name}_decided_paired",
            message=_("Who decided it and when belong together."),
        ),
        models.CheckConstraint(
            name=f"{name}_state_has_its_people",
            condition=models.Q(state=RequestState.ASKED, decided_by="")
            | (models.Q(state__in=sorted(RequestState.DECIDED)) & ~models.Q(decided_by="")),
            violation_error_message=_("A decision has somebody who took it."),
        ),
        models.CheckConstraint(
            name=f"{name}_asker_is_not_approver",
            condition=~models.Q(decided_by=models.F("asked_by")),
            violation_error_message=_("Whoever asked for it cannot decide it."),
        ),
        models.CheckConstraint(
            name=f"{name}_declined_with_note",
            condition=~models.Q(state=RequestState.DECLINED) | ~models.Q(decision_note=""),
            violation_error_message=_("Say why it is declined."),
        ),
    ]
