"""Forms of incomes, of their verification, and of parts in projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm, RoomFormSet
from beneficiaries.forms.persons import members_of
from beneficiaries.models import Enrolment, Household, IncomeRecord, concept_of

# What nobody says is as the table has it: received, of the calendar year, by the concept in force.
DEFAULTED = ("status", "concept", "income_year")


class IncomeForm(RoomForm):
    """A year's income; the village of that year is the household's in it unless another is named."""

    class Meta:
        model = IncomeRecord
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*DEFAULTED, "village"):
            if name in self.fields:
                self.fields[name].required = False
        if "village" in self.fields:
            self.fields["village"].help_text = _("Empty: the household's village at the end of that year.")

    def clean(self) -> dict[str, Any]:
        """What nobody said stays as it stands, or as the table has it."""
        cleaned = super().clean() or self.cleaned_data
        year = cleaned.get("year")
        known = {name: getattr(self.instance, name) for name in DEFAULTED}
        if not known["concept"] and year is not None:
            known["concept"] = concept_of(year)
        cleaned |= {name: value for name, value in known.items() if name in cleaned and not cleaned[name]}
        return cleaned


class IncomeFormSet(RoomFormSet):
    """The incomes that hold. A row that was corrected since the page was opened stands for its correction.

    A correction is a record of its own, so the number that an open page knows is that of the earlier one.
    """

    def _existing_object(self, pk: Any) -> Any:
        return super()._existing_object(pk) or self._correction_of(pk)  # type: ignore[misc]

    def _correction_of(self, pk: Any) -> IncomeRecord | None:
        of_household = IncomeRecord.objects.filter(pk=pk, household=self.instance)
        earlier = of_household.hanging_from(self.instance).first()
        standing = [income for income in self.get_queryset() if earlier and income.year == earlier.year]
        return standing[0] if standing else None


class NoteForm(forms.Form):
    """Why an income is returned."""

    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("What is wrong, and what would be right. Who recorded the income reads it."),
        error_messages={"required": _("Say what is wrong with the income.")},
    )


class EnrolmentForm(RoomForm):
    """A part in a project: the whole household's, or that of one of its members, who is named by a masked name."""

    member = forms.TypedChoiceField(
        label=_("member"), required=False, coerce=int, empty_value=None, help_text=_("Empty: the whole household's.")
    )

    class Meta:
        model = Enrolment
        fields = "__all__"

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "member" in self.fields:
            field: Any = self.fields["member"]
            named = ((str(key), name) for key, name in members_of(household).items())
            field.choices = [("", _("the household")), *named]
            key = self.instance.person_key
            if "copied" not in self.initial:
                self.initial["member"] = "" if key is None else str(key)

    def has_changed(self) -> bool:
        """What was filled in from the year before is new as it stands."""
        return "copied" in self.initial or super().has_changed()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "member" in cleaned:
            self.instance.person_key = cleaned["member"]
        return cleaned


class EnrolmentFormSet(RoomFormSet):
    """The parts of a household and of its members."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "household": self.instance}
