"""One record opened from a figure: what it says, what proves it, and what became of it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alleviation.accounts.models import User
from alleviation.dashboards.records.sheet_facts import FACTS, admin_url, facts_about, title_of
from alleviation.dashboards.records.sheet_history import happenings
from alleviation.evidence.actions import is_made_up, may_attach
from alleviation.evidence.models import Evidence
from alleviation.evidence.models.evidence import subject_models


class AttachForm(forms.Form):
    """A file, and what it is. Its name is not read; what the file is, its content tells."""

    file = forms.FileField(
        label=_("File"),
        # What is empty is refused with the words for it.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.txt"}),
        help_text=_("PDF, PNG, JPEG or plain text."),
        error_messages={"required": _("Choose the file.")},
    )
    title = forms.CharField(
        label=_("What it is"),
        max_length=200,
        help_text=_("A receipt, a contract, a signed list … Managers read this too: name no person of a household."),
        error_messages={"required": _("Say what it is.")},
    )


class WithdrawForm(forms.Form):
    """Why a file does not prove the record after all."""

    reason = forms.CharField(
        label=_("Why it is withdrawn"), max_length=300, error_messages={"required": _("Say why it is withdrawn.")}
    )


@require_safe
def show(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The record with its evidence and its history, for whoever may see the record."""
    user: User = request.user  # type: ignore[assignment]
    return render_sheet(request, record_or_404(kind, pk, user, among=FACTS))


def render_sheet(
    request: HttpRequest,
    record: Model,
    *,
    attaching: AttachForm | None = None,
    withdrawing: WithdrawForm | None = None,
    withdrawn: int = 0,
) -> HttpResponse:
    """The page of a record; with a form that was refused, and then the status 400. `withdrawn` is what it was of."""
    user: User = request.user  # type: ignore[assignment]
    label = record._meta.label_lower
    is_provable = type(record) in subject_models()
    evidence = list(Evidence.objects.of(type(record), [record.pk]).select_related("file")) if is_provable else []
    context: dict[str, Any] = {
        "record": record,
        "kind": label,
        "title": title_of(record),
        "is_made_up": is_provable and is_made_up(record),
        "facts": facts_about(record, user),
        "change_url": admin_url(record, user),
        "is_provable": is_provable,
        "evidence": evidence,
        "happenings": happenings(record, evidence, user),
        "may_attach": may_attach(user),
        "attaching": attaching or AttachForm(),
        "withdrawing": withdrawing or WithdrawForm(),
        "withdrawn": withdrawn,
    }
    refused = attaching is not None or withdrawing is not None
    return render(request, "dashboards/sheet.html", context, status=400 if refused else 200)


def record_or_404(kind: str, pk: int, user: User, *, among: Iterable[type[Model]] | None = None) -> Model:
    """The record of a kind that files can prove, or of those `among` which it is looked for.

    Raises Http404 for others, and for what is foreign.
    """
    models = {model._meta.label_lower: model for model in among or subject_models()}
    if kind not in models or not 0 < pk < 2**63:
        raise Http404
    model = apps.get_model(kind)
    found: Model = get_object_or_404(model._default_manager.visible_to(user), pk=pk)
    return found
