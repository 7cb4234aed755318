"""Forms that show what an action refused at the field it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.audit import trail


class ActionRefused(Exception):
    """An action refused what a form had let through; the form with this prefix is to say so."""

    def __init__(self, error: ValidationError, prefix: str) -> None:
        super().__init__(error)
        self.error, self.prefix = error, prefix


class RoomForm(forms.ModelForm):
    """A form of the admin. Where an action refuses, the page is shown again and the form tells why."""

    refusal: ActionRefused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in scoped_keys(self._meta.model):
            number = getattr(self.instance, key.attname)
            field: Any = self.fields.get(key.name)
            if number is not None and field is not None and not field.queryset.filter(pk=number).exists():
                _keep_unnamed(field, number)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refusal and self.refusal.prefix == (self.prefix or ""):
            self._tell(self.refusal.error)

    def _tell(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            return self.add_error(None, error)
        for field, errors in error.error_dict.items():
            self.add_error(field if field in self.fields else None, errors)


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
    field.queryset = field.queryset.model._default_manager.filter(pk=number)
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
        # Somebody entered the same at the same moment: shown again, the page can name the field.
        taken = ValidationError(_("Somebody else has just entered the same. Look at it before you save again."))
        raise ActionRefused(taken, form.prefix or "") from error


class UserForm(SetPasswordMixin, RoomForm):
    """A person's account. The password is asked for a new one, and may be set anew for one that exists."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "role", "area", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "password1" in self.fields:
            self.fields["password1"].required = self.fields["password2"].required = False
            self.fields["password1"].label = _("New password")
            self.fields["password2"].help_text = _("Leave both empty to keep the password.")

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


class OwnPasswordForm(AdminPasswordChangeForm):
    """Somebody changes the password that is theirs."""

    def save(self, commit: bool = True) -> User:
        """Save the account with its event; `self.user` is but a stand-in for the signed-in person."""
        account = User.objects.get(pk=self.user.pk)
        account.password = super().save(commit=False).password
        if commit:
            trail.write(account, by=account)
        return account
