"""What is asked of a person who explains a case, and of one who accepts or declines that."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.scrutiny import actions
from alleviation.scrutiny.flags.found import Found
from alleviation.scrutiny.models import Waiver


class StepForm(forms.Form):
    """One step in the life of a waiver: what is typed for it, and the action it leads to."""

    right: Right
    done: Any

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=False)

    def take(self, found: Found, waiver: Waiver | None, user: User) -> bool:
        """Do it; False where the form or the action says what is wrong, which is shown at its field."""
        if not self.is_valid():
            return False
        try:
            self.act(found, waiver, user)
        except ValidationError as error:
            told = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
            for name, errors in told.items():
                self.add_error(name if name in self.fields else None, errors)
            return False
        return True

    def act(self, found: Found, waiver: Waiver | None, user: User) -> None:
        """The action. Raises ValidationError, PermissionDenied."""
        raise NotImplementedError


class AskForm(StepForm):
    """Why a case is as it should be, and until when that holds."""

    right = Right.ASK_WAIVERS
    done = _("The case is explained. Somebody else accepts or declines that.")

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    expires_on = forms.DateField(
        label=_("Holds until"),
        input_formats=["%Y-%m-%d"],
        localize=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("A year ahead at most."),
    )

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return half_a_year_on() if field_name == "expires_on" else super().get_initial_for_field(field, field_name)

    def act(self, found: Found, waiver: Waiver | None, user: User) -> None:
        actions.ask_waiver(found, by=user, **self.cleaned_data)


class DecisionForm(StepForm):
    """A decision about the waiver that the page showed."""

    right = Right.WAIVE_FLAGS

    waiver = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class ApproveForm(DecisionForm):
    """The explanation is accepted."""

    done = _("You have accepted the explanation. The case counts as explained until its last day.")

    def act(self, found: Found, waiver: Waiver | None, user: User) -> None:
        if waiver is not None:
            actions.approve_waiver(waiver, by=user)


class DeclineForm(DecisionForm):
    """The explanation is declined, with the reason why."""

    done = _("You have declined the explanation. The case is open again.")

    note = forms.CharField(label=_("Why"), max_length=300)

    def act(self, found: Found, waiver: Waiver | None, user: User) -> None:
        if waiver is not None:
            actions.decline_waiver(waiver, by=user, note=self.cleaned_data["note"])


FORMS: dict[str, type[StepForm]] = {"ask": AskForm, "approve": ApproveForm, "decline": DeclineForm}


def half_a_year_on() -> date:
    """The last day that the form proposes."""
    return timezone.localdate() + timedelta(days=183)
