"""What is asked before personal data are shown, looked for or erased. What is typed is sent and stands nowhere."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beneficiaries.actions.reasons import LONGEST, valid_reason
from beneficiaries.choices import NumberKind


class Unechoed(forms.TextInput):
    """A field that never shows what was typed: neither a page that comes back nor the browser keeps it."""

    def format_value(self, value: Any) -> None:
        return None


class PersonalForm(forms.Form):
    """A form that ends in an action, whose refusals it shows at its fields."""

    # What the action calls a field that has another name here.
    names: dict[str, str] = {}

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_%s", label_suffix="")

    def taken(self, act: Callable[[], Any]) -> tuple[bool, Any]:
        """Whether the form and the action took it, and what the action returned."""
        if not self.is_valid():
            return False, None
        try:
            return True, act()
        except ValidationError as error:
            told = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
            for name, errors in told.items():
                name = self.names.get(name, name)
                self.add_error(name if name in self.fields else None, errors)
            return False, None


class ReasonForm(PersonalForm):
    """Why somebody looks at personal data, or erases them."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("It stays in the audit trail with your name. Write no names and no numbers of persons."),
    )

    def clean_reason(self) -> str:
        # The check raises at the field of this name; a clean_<field> raises the plain error.
        try:
            return valid_reason(self.cleaned_data["reason"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error


class FindForm(PersonalForm):
    """A number, to be looked for as a whole."""

    names = {"id_number": "number", "account_number": "number"}

    kind = forms.ChoiceField(label=pgettext_lazy("number", "Kind"), choices=NumberKind.choices)
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        widget=Unechoed(attrs={"autocomplete": "off", "size": 30}),
        help_text=_("In full: a part of a number finds nobody."),
    )
