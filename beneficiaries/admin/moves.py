"""Many households moved at once, as when their village was merged into another: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import REFUSALS, words_of
from alleviation.audit.handing import seen_versions
from alleviation.audit.trail import together
from alleviation.audit.versions import versions_of
from beneficiaries import actions
from beneficiaries.admin.steps import village_picker
from beneficiaries.forms import MoveManyForm
from beneficiaries.models import Household

# More at once nobody looks at; and a form holds no more.
MOST = 300
TITLE = _("Move to another village")
LIST = "admin:beneficiaries_household_changelist"


@dataclass(frozen=True)
class Row:
    """A household on the page that asks; `token` is its number in the database and its version, as shown."""

    household: Household
    token: str
    number: str = ""
    refusal: str = ""


@admin.action(description=TITLE, permissions=[Right.ENTER_RECORDS.value])
def move_many(page: Any, request: HttpRequest, queryset: QuerySet[Household]) -> HttpResponse | None:
    """The action of the list: asks where the chosen households move to."""
    numbers = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(numbers) > MOST:
        messages.error(request, _("Choose at most %(most)s households at a time; nothing was done.") % {"most": MOST})
        return None
    rows = rows_of(page, request, versions_of(Household, numbers), numbers)
    return _asked(page, request, rows, _form(page, request, None))


def move_page(page: Any, request: HttpRequest) -> HttpResponse:
    """Move the households that the page lists. Raises PermissionDenied, Http404."""
    user: Any = request.user
    if not user.may(Right.ENTER_RECORDS):
        raise PermissionDenied
    seen = seen_versions(request.POST.getlist("household"), MOST)
    numbers = {pk: request.POST.get(f"number-{pk}", "").strip() for pk in seen}
    rows = rows_of(page, request, seen, list(seen), numbers=numbers)
    if not rows:
        messages.warning(request, _("No household was chosen; nothing was done."))
        return HttpResponseRedirect(reverse(LIST))
    form = _form(page, request, request.POST)
    if not form.is_valid():
        return _asked(page, request, rows, form)
    for row in rows:
        row.household.seen_version = seen[row.household.pk]  # type: ignore[attr-defined]
    if refusals := attempt(rows, form.words(), by=user):
        refused = rows_of(page, request, versions_of(Household, seen), list(seen), numbers=numbers, refusals=refusals)
        return _asked(page, request, refused, form)
    told = {"number": len(rows), "village": form.cleaned_data["to"].local_name}
    messages.success(request, _("Households moved to %(village)s: %(number)s.") % told)
    return HttpResponseRedirect(reverse(LIST))


class _Undone(Exception):
    """Nothing of it is kept."""


def attempt(rows: Sequence[Row], words: dict[str, Any], *, by: User) -> dict[int, str]:
    """Move these households, all or none; returns why each refused one is, by its number in the database."""
    found: dict[int, str] = {}
    try:
        with together():
            # In the order that is the same for everybody who locks several.
            for row in sorted(rows, key=lambda one: one.household.pk):
                try:
                    with together():
                        actions.move_household(row.household, by=by, number=row.number, **words)
                except REFUSALS as error:
                    found[row.household.pk] = words_of(error)
            if found:
                raise _Undone
    except _Undone:
        return found
    return {}


def rows_of(
    page: Any,
    request: HttpRequest,
    versions: dict[int, int],
    wanted: Sequence[int],
    *,
    numbers: dict[int, str] | None = None,
    refusals: dict[int, str] | None = None,
) -> list[Row]:
    """These households as the page lists them, if this person sees each of them. Raises Http404."""
    found = page.get_queryset(request).filter(pk__in=wanted).select_related("village")
    rows = [
        Row(
            one,
            f"{one.pk}:{versions.get(one.pk, 0)}",
            (numbers or {}).get(one.pk, ""),
            (refusals or {}).get(one.pk, ""),
        )
        for one in found.order_by("village__code", "number", "pk")
    ]
    if len(rows) != len(set(wanted)):
        raise Http404
    return rows


def _form(page: Any, request: HttpRequest, sent: Any) -> MoveManyForm:
    return MoveManyForm(sent, user=request.user, picker=village_picker(page))


def _asked(page: Any, request: HttpRequest, rows: Sequence[Row], form: Any) -> TemplateResponse:
    asked = AdminForm(form, [(None, {"fields": list(form.fields)})], {}, (), model_admin=page)
    context = {
        **page.admin_site.each_context(request),
        "title": TITLE,
        "opts": page.opts,
        "rows": rows,
        "refused": sum(bool(row.refusal) for row in rows),
        "adminform": asked,
        "media": page.media + asked.media,
    }
    return TemplateResponse(request, "admin/beneficiaries/household/move_many.html", context)
