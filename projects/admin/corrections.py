"""The page on which a posted entry is corrected: reversed, and booked anew."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.closings import is_closed
from alleviation.audit.forms import REFUSALS, tell, words_of
from projects import actions
from projects.forms import CorrectionForm
from projects.models import LedgerEntry

KEPT = (
    *("kind", "booked_on", "amount", "source_id", "division_id", "project_id", "allocation", "handed_down_from"),
    *("document_number", "note", "is_made_up"),
)


def correct(page: Any, request: HttpRequest, entry: LedgerEntry) -> HttpResponse:
    """Ask for the reason and, unless it is only reversed, for the entry as it should be; then submit both.

    Raises PermissionDenied.
    """
    user: Any = request.user
    if not user.may(Right.ENTER_RECORDS):
        raise PermissionDenied
    if not entry.is_posted or entry.reverses:
        messages.error(request, _("Only a posted entry that is no reversal is corrected."))
        return HttpResponseRedirect(_address(entry))
    sent = request.POST if request.method == "POST" else None
    what = CorrectionForm(sent, initial={"booked_on": actions.reversal_day(entry)})
    anew = page.get_form(request)(sent, prefix="new", instance=copy_of(entry))
    if sent is not None and _is_whole(what, anew) and (made := _corrected(entry, what, anew, by=user)):
        messages.success(request, _("The reversal is submitted, and waits to be checked by somebody else."))
        if made.replacement is not None:
            messages.success(request, _("So is the corrected entry."))
        return HttpResponseRedirect(_address(entry))
    return _asked(page, request, entry, what, anew)


def copy_of(entry: LedgerEntry) -> LedgerEntry:
    """The entry as a new one, to be mended; on its own day while its year is open."""
    copy = LedgerEntry(**{name: getattr(entry, name) for name in KEPT})
    if is_closed(entry.division.code, entry.year):
        copy.booked_on = actions.reversal_day(entry)
    return copy


def _is_whole(what: CorrectionForm, anew: Any) -> bool:
    """Whether both forms are filled in, the second only if it is asked for."""
    return what.is_valid() and (not what.cleaned_data["books_anew"] or anew.is_valid())


def _corrected(entry: LedgerEntry, what: CorrectionForm, anew: Any, *, by: Any) -> actions.Correction | None:
    """The correction; None where it was refused, which the forms then tell."""
    asked = what.cleaned_data
    replacement = anew.save(commit=False) if asked["books_anew"] else None
    try:
        return actions.correct_entry(
            entry, by=by, reason=asked["reason"], booked_on=asked["booked_on"], replacement=replacement
        )
    except REFUSALS as error:
        # The new entry is told what it replaces right before it is saved itself.
        at = anew if replacement is not None and replacement.replaces else what
        tell(at, error if isinstance(error, ValidationError) else ValidationError(words_of(error)))
        return None


def _asked(page: Any, request: HttpRequest, entry: LedgerEntry, what: Any, anew: Any) -> TemplateResponse:
    form = AdminForm(anew, list(page.get_fieldsets(request)), {}, (), model_admin=page)
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("Correct %(entry)s") % {"entry": entry},
        "opts": page.opts,
        "original": entry,
        "what": AdminForm(what, [(None, {"fields": list(what.fields)})], {}, (), model_admin=page),
        "adminform": form,
        "has_errors": what.errors or (anew.errors if what.data.get("books_anew") else {}),
        "media": page.media + form.media,
    }
    return TemplateResponse(request, "admin/projects/ledgerentry/correct.html", context)


def _address(entry: LedgerEntry) -> str:
    return reverse("admin:projects_ledgerentry_change", args=[entry.pk])
