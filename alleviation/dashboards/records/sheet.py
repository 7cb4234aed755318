"""One record opened from a figure: what proves it, and what became of it."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alleviation.accounts.models import User
from alleviation.audit.history import changes_of, events_of
from alleviation.evidence.models import Evidence
from alleviation.evidence.models.evidence import subject_models


@require_safe
def show(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The record's evidence and its history, for whoever may see the record."""
    user: User = request.user  # type: ignore[assignment]
    record = record_or_404(kind, pk, user)
    context: dict[str, Any] = {
        "record": record,
        "title": f"{record._meta.verbose_name} {record}",
        "evidence": Evidence.objects.of(type(record), [record.pk]).select_related("file"),
        "history": [(event, list(changes_of(event))) for event in events_of(record)],
    }
    return render(request, "dashboards/sheet.html", context)


def record_or_404(kind: str, pk: int, user: User) -> Model:
    """The record of a kind that has a page of this sort. Raises Http404 for others, and for what is foreign."""
    models = {model._meta.label_lower: model for model in subject_models()}
    if kind not in models or not 0 < pk < 2**63:
        raise Http404
    model = apps.get_model(kind)
    found: Model = get_object_or_404(model._default_manager.visible_to(user), pk=pk)
    return found
