"""Forms of booked money and its steps, whose fields are more than the table's columns."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.models import LedgerEntry

ABOVE_ZERO = _("Enter an amount above zero. To take an entry back, open it and correct it.")


class LedgerEntryForm(RoomForm):
    """Booked money; the year is that of the date unless someone says otherwise, and then it is refused."""

    told_at = {
        "entry_allocation_of_disbursement": "allocation",
        "entry_handed_down_kind": "handed_down_from",
    }

    class Meta:
        model = LedgerEntry
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "year" in self.fields:
            self.fields["year"].required = False
            self.fields["year"].help_text = _("Empty: the year of the date.")
        if "amount" in self.fields:
            # Told as it is typed, too.
            self.fields["amount"].widget.attrs["data-above-zero"] = ABOVE_ZERO

    def clean_amount(self) -> Any:
        """Above zero; what is below takes an entry back, and is made by correcting that entry."""
        amount = self.cleaned_data["amount"]
        if amount <= 0:
            raise ValidationError(ABOVE_ZERO, code="not_above_zero")
        return amount

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("year") and "year" not in self.errors and cleaned.get("booked_on"):
            cleaned["year"] = cleaned["booked_on"].year
            self._refuse_beyond_years(cleaned["year"])
        return cleaned

    def _refuse_beyond_years(self, year: int) -> None:
        """The year that a date brings along is told at the date."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            told = {"first": FIRST_YEAR, "last": LAST_YEAR}
            message = gettext("Enter a day of the years %(first)s to %(last)s.")
            self.add_error("booked_on", ValidationError(message % told, code="year_out_of_range"))
            del self.cleaned_data["year"]


class ReturnForm(forms.Form):
    """Why a submission is returned."""

    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("What is wrong, and what would be right. Who drafted the entry reads it."),
        error_messages={"required": _("Say why the entry is returned.")},
    )


class CorrectionForm(forms.Form):
    """How a posted entry is corrected; the entry in its place has a form of its own."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("What was wrong. It stays with both entries."),
    )
    booked_on = forms.DateField(
        label=_("Date of the reversal"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[refuse_day_to_come],
        help_text=_("It is booked in the year of this day, which must be open."),
    )
    books_anew = forms.BooleanField(
        label=_("Book the corrected entry as well"),
        required=False,
        initial=True,
        help_text=_("Without it the entry is only reversed; what stands below is then not looked at."),
    )
