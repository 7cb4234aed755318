"""The pages of one's own tokens. The secret of a new one stands in the answer to its form, and nowhere else."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.rights import Right
from alleviation.common.areas import AREA_CODE, covers
from alleviation.entrance import tokens
from alleviation.entrance.forms import ProofForm
from alleviation.entrance.proof import ask, proved, renew

# How long a token lasts unless its owner says otherwise.
USUAL = timedelta(days=90)
# Of former ones so many are listed; the trail has all.
FORMER = 20
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class TokenForm(ProofForm):
    """What a new token is to be, and the password again."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("The program that will have it, as you call it: monthly table of the prefecture."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it reads"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    area = forms.CharField(
        label=gettext_lazy("Area"),
        required=False,
        max_length=12,
        validators=[
            RegexValidator(AREA_CODE, gettext_lazy("Enter the leading digits of a division code, such as 513228."))
        ],
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        input_formats=["%Y-%m-%d"],
        localize=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a day as 2024-03-01.")},
    )
    field_order = ("name", "scopes", "area", "expires_on", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: Any = self.user
        scopes = self.fields["scopes"]
        scopes.choices = [(one.value, one.label) for one in tokens.scopes_of(user)]  # type: ignore[attr-defined]
        last = tokens.last_day()
        self.fields["expires_on"].initial = min(timezone.localdate() + USUAL, last)
        self.fields["expires_on"].help_text = _("%(last)s at the latest.") % {"last": last.isoformat()}
        own = {"area": user.area or _("every area")}
        self.fields["area"].help_text = _("Leading digits of a code inside yours. Left empty: %(area)s.") % own

    def clean_area(self) -> str:
        """Told with whatever else is wrong; the token itself asks again."""
        area: str = self.cleaned_data["area"]
        if area and not covers(self.user.area, area):  # type: ignore[union-attr]
            raise ValidationError(_("This lies outside your area."))
        return area


def owner(request: HttpRequest) -> User:
    """Who may have tokens. Raises PermissionDenied, and Http404 where no other program reads here (settings.API)."""
    user: Any = request.user
    if not settings.API:
        raise Http404
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    return user


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One's own tokens, those that open something first."""
    live = tokens.live_of(owner(request))
    former = ApiToken.objects.filter(user=owner(request)).exclude(pk__in=live.values("pk"))
    context = {"title": _("Tokens for other programs"), "tokens": live, "former": former[:FORMER]}
    return render(request, "entrance/tokens.html", context)


@get_or_post
@sensitive_post_parameters()
def new(request: HttpRequest) -> HttpResponse:
    """Make a token, and show its secret this once."""
    user = owner(request)
    form = TokenForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = tokens.Wanted(given["name"], given["scopes"], given["area"], given["expires_on"])
        try:
            token, secret = tokens.make(wanted, by=user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            renew(request)
            context = {"title": _("Your new token"), "token": token, "secret": secret}
            return render(request, "entrance/token_made.html", context)
    return render(request, "entrance/token_new.html", {"title": _("Make a token"), "form": form})


@get_or_post
@sensitive_post_parameters()
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens. Raises Http404 for somebody else's."""
    user = owner(request)
    token = get_object_or_404(ApiToken, pk=pk, user=user)
    is_proved, form = proved(request)
    if is_proved:
        tokens.revoke(token, by=user)
        messages.success(request, _("The token is revoked."))
        return HttpResponseRedirect(reverse("entrance:tokens"))
    words = _("%(name)s (%(prefix)s…) gets nothing any more. This cannot be taken back; make another token instead.")
    told = words % {"name": token.name, "prefix": token.prefix}
    return ask(request, form, title=_("Revoke a token"), words=told, button=_("Revoke it"))


@require_POST
def revoke_of(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    """An administrator ends somebody's token. Raises PermissionDenied, Http404."""
    by: Any = request.user
    if not by.may(Right.MANAGE_ACCOUNTS):
        raise PermissionDenied
    tokens.revoke(get_object_or_404(ApiToken, pk=token, user=pk), by=by)
    messages.success(request, _("The token is revoked."))
    return HttpResponseRedirect(reverse("entrance:person", args=[pk]))
