"""Forms that show what an action refused at the field it is about, and that overwrite nothing unseen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import CheckConstraint, ForeignKey, Model, UniqueConstraint
from django.db.models.constraints import BaseConstraint
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.audit.triggers import explain
from alleviation.audit.versions import ChangedMeanwhile, version_of, versions_of

# No longer than a bigint; more digits no database compares with one.
NUMBER = re.compile("[0-9]{1,18}")


class ActionRefused(Exception):
    """An action refused what a form had let through; the form with this prefix is to say so."""

    def __init__(self, error: ValidationError, prefix: str) -> None:
        super().__init__(error)
        self.error, self.prefix = error, prefix


class VersionField(forms.Field):
    """The version of the record that a form was filled in from; what is no number is as if it were not there."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int | None:
        return int(value) if NUMBER.fullmatch(str(value)) else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A stale page alone changes nothing."""
        return False


class RoomForm(forms.ModelForm):
    """A form of the admin. Where an action refuses, the page is shown again and the form tells why.

    It carries the version of the record that it was filled in from, so that what somebody else has changed meanwhile
    is never overwritten unseen. What breaks a rule of the table is told at the field to mend, where there is one.
    """

    version = VersionField(required=False)

    refusal: ActionRefused | None = None
    # Rules of the table that speak of several fields, by name, and the field at which to tell them.
    told_at: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.prefix is None and self.instance.pk is not None:
            # Rows of a formset are told theirs by it, all in one question.
            read = getattr(self.instance, "version_read", None)
            self.initial["version"] = version_of(self.instance) if read is None else read
        for name in self.fields.keys() & {one.name for one in self._meta.model._meta.fields if one.unique}:
            # The same words whether one's own record has it or one of another area.
            self.fields[name].error_messages["unique"] = NOT_FREE
        for key in scoped_keys(self._meta.model):
            number = getattr(self.instance, key.attname)
            field: Any = self.fields.get(key.name)
            if number is not None and field is not None and not field.queryset.filter(pk=number).exists():
                _keep_unnamed(field, number)

    def add_error(self, field: str | None, error: Any) -> None:
        """Tell an error, and one that is of the whole form at the field that it is about."""
        super().add_error(field, error)
        whole: Any = self.errors.get(NON_FIELD_ERRORS)
        for one in list(whole.data) if whole is not None else ():
            if at := self._fields_of_rules().get(str(one.message)):
                whole.data.remove(one)
                super().add_error(at, one)
        if whole is not None and not whole.data:
            del self.errors[NON_FIELD_ERRORS]

    def _fields_of_rules(self) -> dict[str, str]:
        """What the table's rules say → the one field of this form that they speak of."""
        rules = ((rule, self._field_of(rule)) for rule in self._meta.model._meta.constraints)
        return {str(rule.violation_error_message): field for rule, field in rules if field}

    def _field_of(self, rule: BaseConstraint) -> str:
        if rule.name in self.told_at:
            named = [self.told_at[rule.name]]
        elif isinstance(rule, CheckConstraint) and hasattr(rule.condition, "referenced_base_fields"):
            named = sorted(rule.condition.referenced_base_fields)
        else:
            named = list(rule.fields) if isinstance(rule, UniqueConstraint) else []
        here = [name for name in named if name in self.fields]
        return here[0] if len(here) == 1 else ""

    def _post_clean(self) -> None:
        with beyond_scope("whether a key is free, and a year open, does not depend on who asks"):
            super()._post_clean()  # type: ignore[misc]
        if self.instance.pk is not None:
            self._carry_version()
        if self.refusal and self.refusal.prefix == (self.prefix or ""):
            self._tell(self.refusal.error)

    def _carry_version(self) -> None:
        """Hand the action the version that this form was filled in from."""
        seen = self.cleaned_data.get("version")
        self.instance.seen_version = seen
        if seen is None and (self.prefix is None or self.has_changed()):
            self.add_error(None, ValidationError(UNSEEN, code="unseen"))

    def _tell(self, error: ValidationError) -> None:
        if isinstance(error, ChangedMeanwhile):
            # To save again is then to know what one writes over.
            self.data = dict(self.data.items()) | {self.add_prefix("version"): str(error.version)}
        tell(self, error)


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Say in a form what was refused: at its field, or at the top where the form does not have it."""
    if not hasattr(error, "error_dict"):
        return form.add_error(None, error)
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


# Of a code that is one for the whole nation: that it is taken cannot be hidden, by what is not told.
NOT_FREE = _("This is not free. Choose another.")
UNSEEN = _("It cannot be told whether somebody else has changed this meanwhile. Open the page again.")
GONE = _("This row is not there any more. Open the page again.")


class RoomFormSet(forms.BaseInlineFormSet):
    """The parts of a record; each row carries its version."""

    model: type[Model]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked before the rows are read: a version may be too old for its row, never too new.
        self.versions = {} if self.is_bound else self._versions()

    def _versions(self) -> dict[int, int]:
        rows: Any = self.queryset
        return versions_of(self.model, rows.prefetch_related(None).order_by().values_list("pk", flat=True))

    def _rows_of_record(self) -> Any:
        rows: Any = self.model._default_manager.all()
        if self.instance.pk is None:
            return rows.none()
        own = rows.filter(**{self.fk.name: self.instance})
        return own.hanging_from(self.instance) if isinstance(own, ScopedQuerySet) else own

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if form.instance.pk is not None:
            form.initial["version"] = self.versions.get(form.instance.pk, 0)
        return form

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        """Name each field: to whoever does not see it, the title above the column is not its label."""
        super().add_fields(form, index)
        if isinstance(number := form.fields.get(self.model._meta.pk.name), forms.ModelChoiceField):
            # Any row of the table, as it comes; only those of this record are changed here.
            number.queryset = self._rows_of_record()
        for field in form.fields.values():
            # What stands beside a list, to add a record to it, wraps the list.
            widget: Any = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden:
                widget.attrs["aria-label"] = capfirst(str(field.label or ""))

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            if form.instance.pk is None:
                form.add_error(None, ValidationError(GONE, code="gone"))


def scoped_keys(model: type[Model]) -> list[ForeignKey]:
    """The keys of a table to records that may lie outside an area, such as an entry's project; not to its whole."""
    keys = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    whole = getattr(model, "is_part_of", "")
    return [key for key in keys if key.name != whole and isinstance(_rows(key), ScopedQuerySet)]


def _rows(key: ForeignKey) -> Any:
    return key.related_model._default_manager.all()


def _unnamed(_record: Model) -> str:
    return gettext("outside your area")


def _keep_unnamed(field: Any, number: int) -> None:
    """Keep what stands there, unnamed and unchanged: an empty field would take it away with the next save."""
    rows: Any = field.queryset.model._default_manager.filter(pk=number)
    field.queryset = rows.beyond("it is kept as it is, and not named")
    field.label_from_instance = _unnamed
    field.disabled = True


@contextmanager
def refusals_at(form: forms.BaseForm, *, place: str | None) -> Iterator[None]:
    """Turn what an action refuses into a refusal of this form; a foreign area is told at the field `place`."""
    try:
        yield
    except PermissionDenied as error:
        told = {place: [str(error)]} if place else [str(error)]
        raise ActionRefused(ValidationError(told), form.prefix or "") from error
    except ValidationError as error:
        raise ActionRefused(error, form.prefix or "") from error
    except IntegrityError as error:
        raise ActionRefused(ValidationError(words_of(error)), form.prefix or "") from error


# What an action or the database says no with.
REFUSALS = (PermissionDenied, ValidationError, IntegrityError)


def words_of(error: PermissionDenied | ValidationError | IntegrityError) -> str:
    """What an action or the database refused, in words for people."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError):
        # No rule of ours: somebody entered the same at the same moment.
        return explain(error) or gettext("Somebody else has just entered the same. Look at it before you save again.")
    return str(error)


class UserForm(SetPasswordMixin, RoomForm):
    """A person's account. The password is asked for a new one, and may be set anew for one that exists."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "staff_number", "role", "area", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "password1" in self.fields:
            self.fields["password1"].required = self.fields["password2"].required = False
            self.fields["password1"].label = _("New password")
            self.fields["password2"].help_text = _(
                "Leave both empty to keep the password. A new one is for one sign-in."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password1") and not cleaned.get("password2") and "password2" not in self.errors:
            self.add_error("password2", _("Enter the same password again."))
        self.validate_passwords()
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance, "password1")
        if not self.errors and self.cleaned_data.get("password1"):
            self.instance.set_password(self.cleaned_data["password1"])
