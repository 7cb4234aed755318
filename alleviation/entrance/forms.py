"""What people type to prove who they are."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alleviation.accounts import limits
from alleviation.accounts.models import User
from alleviation.audit import sign_ins, trail
from alleviation.entrance import factors
from alleviation.entrance.passing import VOUCHED, is_fresh

TOO_MANY = _("Too many wrong tries. Wait a quarter of an hour.")
WRONG_PASSWORD = _("This is not your password.")
WRONG_CODE = _("This code is not right, or it was used before. Wait for the next one.")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        """Each try counts before it is looked at, so that many at once are no more than one by one."""
        if not limits.may_prove(self.user.pk, "code"):
            raise ValidationError(TOO_MANY, code="too_many")
        if not factors.fits(self.user, self.cleaned_data["code"]):
            sign_ins.failed_again(self.user)
            raise ValidationError(WRONG_CODE, code="wrong")
        limits.proved(self.user.pk, "code")
        return self.cleaned_data["code"]


class ProofForm(forms.Form):
    """Asks for the password again; of somebody whom another office vouched for, a sign-in of just now."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, request.user
        if request.session.get(VOUCHED):
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" not in self.fields and not is_fresh(self.request):
            raise ValidationError(_("Sign out and in again first: you have been here for a while."), code="stale")
        return cleaned

    def clean_password(self) -> str:
        user: Any = self.user
        if not limits.may_prove(user.pk, "password"):
            raise ValidationError(TOO_MANY, code="too_many")
        if not user.check_password(self.cleaned_data["password"]):
            sign_ins.failed_again(user)
            raise ValidationError(WRONG_PASSWORD, code="wrong")
        limits.proved(user.pk, "password")
        return self.cleaned_data["password"]


class AppForm(ProofForm):
    """Sets up an app: the code that it shows for the secret it was given."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )
    field_order = ("code", "password")


class PasskeyForm(ProofForm):
    """Sets up a passkey: what the browser answered, put in by static/js/passkeys.js."""

    name = forms.CharField(label=_("Name of the key"), max_length=40, help_text=_("As you will know it again."))
    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class OwnPasswordForm(PasswordChangeForm):
    """Somebody changes the password that is theirs. There is no rule on what it is made of beyond PASSWORD_RULES."""

    def clean_old_password(self) -> str:
        if not limits.may_prove(self.user.pk, "password"):
            raise ValidationError(TOO_MANY, code="too_many")
        if not self.user.check_password(self.cleaned_data["old_password"]):
            sign_ins.failed_again(self.user)
            raise ValidationError(WRONG_PASSWORD, code="wrong")
        limits.proved(self.user.pk, "password")
        return self.cleaned_data["old_password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("old_password") and cleaned.get("new_password1") == cleaned["old_password"]:
            self.add_error("new_password1", _("This is the password you have now. Choose another."))
        return cleaned

    def save(self, commit: bool = True) -> User:
        """Save the account with its event; `self.user` is but a stand-in for the signed-in person."""
        account = User.objects.get(pk=self.user.pk)
        account.set_password(self.cleaned_data["new_password1"])
        account.password_given_at = None
        if commit:
            trail.write(account, by=account)
        return account


class ReasonForm(forms.Form):
    """Why an administrator takes something away from somebody."""

    reason = forms.CharField(label=_("Why"), max_length=300)
