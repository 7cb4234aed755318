"""What is asked of a person who wants a file of many households."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.scrutiny.models import BulkDownload


class RefusableForm(forms.Form):
    """A form that shows at its fields what an action refuses."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=False)

    def take(self, action: Callable[..., BulkDownload], *given: Any, by: User) -> BulkDownload | None:
        """What the action made; None where the form or the action says what is wrong."""
        if not self.is_valid():
            return None
        try:
            return action(*given, by=by, **self.cleaned_data)
        except ValidationError as error:
            told = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
            for name, errors in told.items():
                self.add_error(name if name in self.fields else None, errors)
            return None


class AskForm(RefusableForm):
    """What the file is for."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the file is for, and who will have it. Leave out names and numbers of persons."),
    )
