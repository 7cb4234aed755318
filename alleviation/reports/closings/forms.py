"""What is asked of a person who closes or reopens a year."""

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.models import YearClosing
from alleviation.audit.versions import version_of
from alleviation.common.areas import covers, prefix_of
from alleviation.common.years import FIRST_YEAR
from projects.models import Division
from projects.rollups.places import child_level

LONGEST = 300


class ProposeForm(forms.Form):
    """A year that has ended, of an area that this person works in."""

    area = forms.CharField(label=_("Area"), max_length=12, widget=forms.Select)
    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR)
    note = forms.CharField(label=_("Note"), max_length=LONGEST, required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, initial={"area": user.area, "year": timezone.localdate().year - 1})
        self.user = user
        self.fields["area"].widget.choices = cache(self._areas)

    def clean_area(self) -> str:
        """The digits that all places inside share. A foreign place is as if it did not exist."""
        area: str = self.cleaned_data["area"]
        if not covers(self.user.area, area) or Division.objects.latest_of(area.ljust(12, "0")) is None:
            raise ValidationError(_("There is no such place in your area."), code="no_place")
        return prefix_of(area.ljust(12, "0"))

    def _areas(self) -> list[tuple[str, str]]:
        """The person's own area and the places right below it."""
        own = Division.objects.latest_of(self.user.area.ljust(12, "0")) if self.user.area else None
        level = child_level(own)
        below = Division.objects.current().of_level(level).inside(own.prefix if own else "") if level else []
        return [(one.prefix, f"{one.local_name} {one.prefix}") for one in ([own] if own else []) + list(below)]


class StepForm(forms.Form):
    """One step of a closing. It carries what the closing was when the page was opened."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any, *, closing: YearClosing) -> None:
        super().__init__(data, initial={"seen_version": version_of(closing)}, auto_id=False)
        self.closing = closing

    def words(self) -> dict[str, str]:
        """What was typed, by the names that the action has for it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}

    def refuse(self, error: ValidationError) -> None:
        """Tell what the action refused; what is sent again is compared with what the closing is now."""
        for name, told in by_field(error):
            self.add_error(name if name in self.fields else None, told)
        self.data = {**dict(self.data.items()), "seen_version": str(version_of(self.closing))}


def by_field(error: ValidationError) -> list[tuple[str | None, list[ValidationError]]]:
    """What an action refused, field by field; None: the whole."""
    return list(error.error_dict.items()) if hasattr(error, "error_dict") else [(None, error.error_list)]


class NoteForm(StepForm):
    """A step that says why."""

    note = forms.CharField(label=_("Why"), max_length=LONGEST)


class ReasonForm(StepForm):
    """The reason for a reopening."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST)
