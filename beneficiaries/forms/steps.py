"""What happens to a household on a day: a form for each of the steps that its page leads to.

Each form is made for one household as one person sees it; `words()` are the arguments of the action behind it.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.forms import NUMBER
from alleviation.audit.pickers import RecordField
from alleviation.common.validators import refuse_day_to_come
from beneficiaries.choices import HouseholdEnd, HouseholdStatus, Left, MoveReason, Relation
from beneficiaries.forms.persons import called
from beneficiaries.models import EXIT_STEPS, Household, Monitoring, Person, StatusChange
from projects.choices import Level
from projects.filters import placed
from projects.models import Division

NO_PLACE = _("There is no such village in your area.")
NO_HOUSEHOLD = _("The village has no such household, or it has ended.")
# How somebody leaves other than with a whole household, and of these how somebody comes to another one.
LEAVING = (Left.DEATH, Left.MARRIAGE, Left.MOVE, Left.OTHER)
GOING_OVER = (Left.MARRIAGE, Left.MOVE, Left.OTHER)
ENDING = (HouseholdEnd.DIED_OUT, HouseholdEnd.MOVED_AWAY, HouseholdEnd.SPLIT)


def day_input() -> forms.DateInput:
    """A day as the browser asks for it, in the language of whoever types."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=day_input(), validators=[refuse_day_to_come], **kwargs)


def note_field() -> forms.CharField:
    return forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.TextInput(attrs={"size": 60}))


def among(choices: Iterable[Any]) -> list[tuple[str, Any]]:
    """These of a list of codes, nothing chosen at first."""
    return [("", "—"), *((one.value, one.label) for one in choices)]


class StepForm(forms.Form):
    """One thing that happens to a household. `aliases`: what the action calls a field → the field here."""

    aliases: dict[str, str] = {}

    def __init__(self, *args: Any, household: Household | None = None, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household, self.user = household, user

    def words(self) -> dict[str, Any]:
        """The arguments of the action."""
        return dict(self.cleaned_data)


class VillageStep(StepForm):
    """A step that names a village of the own area; `picker` is how the page lets one be found."""

    village_field = "to"

    def __init__(self, *args: Any, picker: forms.Widget, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Division.objects.visible_to(self.user).inside(self.user.area).of_level(Level.VILLAGE)
        field: Any = self.fields[self.village_field]
        field.queryset = villages
        field.sought = lambda rows, text: rows.filter(placed(text.split()))
        picker.choices, picker.is_required = field.choices, field.required  # type: ignore[attr-defined]
        field.widget = picker


def village_field(label: Any) -> forms.ModelChoiceField:
    return RecordField(Division.objects.none(), label=label, error_messages={"invalid_choice": NO_PLACE})


class MoveManyForm(VillageStep):
    """Several households belong to another village from a day on."""

    field_order = ("to", "number", "on", "reason", "note")

    to = village_field(_("New village"))
    on = day_field(_("From"), help_text=_("Years before that day keep the village they had."))
    reason = forms.ChoiceField(label=_("Reason"), choices=among(MoveReason))
    note = note_field()


class MoveForm(MoveManyForm):
    """A household belongs to another village from a day on."""

    number = forms.CharField(
        label=_("Number in the new village"),
        max_length=20,
        required=False,
        help_text=_("Empty: it keeps its number."),
    )


class StatusForm(forms.ModelForm):
    """A household changes its status by a decision; an exit tells its five steps."""

    class Meta:
        model = StatusChange
        fields = ("status", "happened_on", "decided_by", "decision", *EXIT_STEPS)
        widgets = {name: day_input() for name in ("happened_on", *EXIT_STEPS)}

    def __init__(self, *args: Any, household: Household, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, instance=StatusChange(household=household))  # type: ignore[misc]
        self.user = user
        field: Any = self.fields["status"]
        field.choices = among(HouseholdStatus)

    def add_error(self, field: str | None, error: Any) -> None:
        """What the table says of the five steps is told at the first of them."""
        super().add_error(field, error)
        tell_at(self, {"exit_steps": EXIT_STEPS[0], "status_change_a_day": "happened_on", "status_change_c": "status"})

    def words(self) -> dict[str, Any]:
        return {"change": self.instance}


class MonitorForm(forms.ModelForm):
    """A household is watched since a day, for a risk."""

    class Meta:
        model = Monitoring
        fields = ("kind", "risk", "other_risk", "identified_on", "identified_by", "note")
        widgets = {"identified_on": day_input()}

    def __init__(self, *args: Any, household: Household, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, instance=Monitoring(household=household))  # type: ignore[misc]
        self.user = user

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        tell_at(self, {"monitoring_risks_differ": "other_risk"})

    def words(self) -> dict[str, Any]:
        return {"monitoring": self.instance}


def tell_at(form: forms.ModelForm, places: dict[str, str]) -> None:
    """Tell what a rule of the table says at a field: the beginning of the rule's name → the field."""
    rules = form._meta.model._meta.constraints
    told = {
        str(rule.violation_error_message): place
        for rule in rules
        for name, place in places.items()
        if rule.name.startswith(name)
    }
    whole: Any = form.errors.get("__all__")
    for one in list(whole.data) if whole is not None else ():
        if place := told.get(str(one.message)):
            whole.data.remove(one)
            forms.ModelForm.add_error(form, place, one)
    if whole is not None and not whole.data:
        del form.errors["__all__"]


class ClearForm(StepForm):
    """The risk for which a household is watched is cleared."""

    on = day_field(_("Cleared on"))
    reason = forms.CharField(
        label=_("Why it is cleared"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "cols": 60})
    )


class EndForm(StepForm):
    """A household is none any more."""

    on = day_field(_("Ended on"))
    how = forms.ChoiceField(label=_("How it ended"), choices=among(ENDING))


class MembersStep(StepForm):
    """A step that names members who belong to the household still, by their masked names."""

    members_field = "member"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields[self.members_field]
        field.queryset = Person.objects.visible_to(self.user).filter(household=self.household).present()
        field.label_from_instance = called


def member_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Person.objects.none(), label=_("Member"))


class MembersField(forms.ModelMultipleChoiceField):
    """Several members; what is too large to be the number of one is none of them."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if not NUMBER.fullmatch(str(one)):
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": str(one)[:20]})
        return super().clean(value)


class SplitForm(MembersStep):
    """Some members become a household of their own."""

    members_field = "members"

    number = forms.CharField(
        label=_("Number of the new household"), max_length=20, help_text=_("In the same village; nobody else has it.")
    )
    members = MembersField(Person.objects.none(), label=_("Who belongs to it"), widget=forms.CheckboxSelectMultiple)
    on = day_field(_("From"))
    note = note_field()


class LeaveForm(MembersStep):
    """A member belongs to no household of the register any more."""

    member = member_field()
    on = day_field(_("Member until"), help_text=_("That day is no longer theirs."))
    how = forms.ChoiceField(label=_("Why"), choices=among(LEAVING))


class OtherHousehold(VillageStep):
    """A step that names another household: its village, and its number there."""

    village_field = "village"
    argument = "to"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        village, number = cleaned.get("village"), cleaned.get("number")
        if village and number:
            seen = Household.objects.visible_to(self.user).standing().filter(village=village, number=number.strip())
            cleaned[self.argument] = seen.first()
            if cleaned[self.argument] is None:
                self.add_error("number", ValidationError(NO_HOUSEHOLD, code="no_household"))
        return cleaned

    def words(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("village", "number")}


def number_field() -> forms.CharField:
    return forms.CharField(label=_("Number of the other household"), max_length=20)


class MergeForm(OtherHousehold):
    """All members go over to another household, and this one ends."""

    aliases = {"into": "number"}
    argument = "into"

    village = village_field(_("Village of the other household"))
    number = number_field()
    on = day_field(_("From"))
    note = note_field()


class TransferForm(MembersStep, OtherHousehold):
    """A member goes over to another household."""

    aliases = {"to": "number"}

    member = member_field()
    village = village_field(_("Village of the other household"))
    number = number_field()
    on = day_field(_("From"))
    how = forms.ChoiceField(label=_("Why"), choices=among(GOING_OVER))
    relation = forms.ChoiceField(label=_("Relation to the head there"), choices=among(Relation))
