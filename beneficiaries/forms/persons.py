"""The form of a member of a household: what identifies a person goes in and never comes out again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from alleviation.common.validators import refuse_day_to_come
from beneficiaries.actions import valid_account_number, valid_id_number
from beneficiaries.models import Person

# What identifies a person is kept in the record alone, not even in the browser of who types it (docs/entry.md).
UNKEPT = {"data-unkept": ""}
# The column → the field in which it is typed.
TYPED = {"name": "new_name", "born_on": "new_born_on"}


def number_field(label: Any, help_text: Any) -> forms.CharField:
    """A number that only one person may have; no browser is to remember it."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "size": 24} | UNKEPT)
    return forms.CharField(label=label, required=False, max_length=40, widget=widget, help_text=help_text)


class PersonForm(RoomForm):
    """A member of a household. Name, day of birth and numbers are typed to enter or to replace them."""

    told_at = {"person_joined_on_as": "joined_on"}

    new_name = forms.CharField(
        label=_("New name"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 12} | UNKEPT),
    )
    new_born_on = forms.DateField(
        label=_("Day of birth"),
        required=False,
        validators=[refuse_day_to_come],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"} | UNKEPT),
        help_text=_("An identity number tells it."),
    )
    id_number = number_field(_("Identity number"), _("18 digits. It is kept encrypted; the last four digits show."))
    account_number = number_field(
        _("Bank account"), _("12 to 25 digits. It is kept encrypted; the last four digits show.")
    )

    class Meta:
        model = Person
        exclude = ("name", "born_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_name" in self.fields and self.instance.pk is not None:
            # What it would replace, as everybody may see it.
            self.fields["new_name"].widget.attrs["placeholder"] = self.instance.masked_name

    def clean_new_name(self) -> str:
        typed: str = self._kept_of("new_name")
        if not typed and self.instance.pk is None:
            raise ValidationError(gettext("Enter the person's name."), code="required")
        return typed

    def clean_new_born_on(self) -> Any:
        return self._kept_of("new_born_on")

    def clean_id_number(self) -> str:
        return _plain(valid_id_number, self._kept_of("id_number"))

    def clean_account_number(self) -> str:
        return _plain(valid_account_number, self._kept_of("account_number"))

    def add_error(self, field: str | None, error: Any) -> None:
        """What an action says of a column is told where that is typed."""
        super().add_error(TYPED.get(field or "", field), error)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for column, field in TYPED.items():
            if cleaned.get(field):
                setattr(self.instance, column, cleaned[field])
        return cleaned

    def _kept_of(self, field: str) -> Any:
        """What was typed; of a person who was erased nothing is kept again."""
        typed = self.cleaned_data[field]
        if typed and self.instance.erased_at is not None:
            raise ValidationError(gettext("This person was erased: this is not kept again."), code="erased")
        return typed


def _plain(valid: Any, typed: str) -> str:
    """The number in its plain form; the action raises at the field of its name, a clean_<field> the plain error."""
    try:
        return valid(typed) if typed else ""
    except ValidationError as error:
        raise ValidationError(error.messages) from error


def called(person: Person) -> str:
    """A member as everybody may see one: 王** (child)."""
    name = person.masked_name or gettext("erased")
    told = {"name": name, "relation": person.get_relation_display()}
    return gettext("%(name)s (%(relation)s)") % told


def members_of(household: Any) -> dict[int, str]:
    """All who belong or belonged to a household, by their key; asked once for each page."""
    if household.pk is None:
        return {}
    if not hasattr(household, "members_called"):
        rows = household.persons.order_by(F("left_on").asc(nulls_first=True), "pk")
        household.members_called = {one.key: _since_or_until(one) for one in rows}
    return dict(household.members_called)


def _since_or_until(person: Person) -> str:
    if person.left_on is None:
        return called(person)
    return gettext("%(who)s, until %(day)s") % {"who": called(person), "day": person.left_on.isoformat()}
