"""Forms whose fields are more than the table's columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm, RoomFormSet
from beneficiaries.actions import valid_id_number
from beneficiaries.models import IncomeRecord, Person


class PersonForm(RoomForm):
    """A member of a household. The identity number goes in and never comes out again."""

    id_number = forms.CharField(
        label=_("New identity number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 20}),
        help_text=_("18 digits. Only a keyed digest and the last four digits are kept."),
    )

    class Meta:
        model = Person
        fields = ("name", "relation", "sex", "birth_year")

    def clean_id_number(self) -> str:
        number = self.cleaned_data["id_number"]
        if number:
            # The action raises at the field of this name; a clean_<field> raises the plain error.
            try:
                return valid_id_number(number)
            except forms.ValidationError as error:
                raise forms.ValidationError(error.messages) from error
        return ""


class IncomeForm(RoomForm):
    """A year's income; the village of that year is the household's of today unless another is named."""

    class Meta:
        model = IncomeRecord
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "status" in self.fields:
            # What nobody says is received, as the table has it.
            self.fields["status"].required = False
        if "village" in self.fields:
            self.fields["village"].required = False
            self.fields["village"].help_text = _("Empty: the household's village of today.")


class IncomeFormSet(RoomFormSet):
    """The incomes that hold. A row that was corrected since the page was opened stands for its correction.

    A correction is a record of its own, so the number that an open page knows is that of the earlier one.
    """

    def _existing_object(self, pk: Any) -> Any:
        return super()._existing_object(pk) or self._correction_of(pk)  # type: ignore[misc]

    def _correction_of(self, pk: Any) -> IncomeRecord | None:
        earlier = IncomeRecord.objects.filter(pk=pk, household=self.instance).first()
        standing = [income for income in self.get_queryset() if earlier and income.year == earlier.year]
        return standing[0] if standing else None
