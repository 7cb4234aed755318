"""The ledger as its people work with it: clerks draft, submit and correct; reviewers post or return."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from alleviation.accounts.rights import Right
from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.admin_site import Waiting
from alleviation.audit.copying import Offer, asked_for, has_come
from alleviation.audit.handing import token_of
from alleviation.audit.trail import Actor
from alleviation.audit.versions import refuse_overwriting
from alleviation.common import words
from alleviation.common.capped import count_up_to
from alleviation.common.years import FIRST_YEAR
from alleviation.evidence.admin_links import Provable
from projects import actions
from projects.admin import corrections
from projects.admin.base import MONEY, YearFilter, day
from projects.admin.steps import HANDING, STEPS
from projects.choices import EntryKind, EntryState
from projects.filters import entries_sought
from projects.forms import LedgerEntryForm, ReturnForm
from projects.models import LedgerEntry
from projects.rollups import own

LIST = "admin:projects_ledgerentry_changelist"
# A reversal that was returned takes back the whole entry, or nothing: these of it stay.
KEPT_OF_A_REVERSAL = ("kind", "amount", "source", "project", "division", "allocation", "handed_down_from")
# What an entry of the next year begins with.
COPIED = ("kind", "source", "division", "project", "note")
# What stands on a page for reading in place of a field.
READ: dict[Any, Any] = {"amount": "amount_yuan"}


class StateFilter(admin.SimpleListFilter):
    """How far the entries have come. Who checks sees at first what waits to be checked."""

    title = _("state")
    parameter_name = "state"
    everything = "all"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        user: Any = request.user
        self.at_first = EntryState.SUBMITTED.value if user.may(Right.CHECK_ENTRIES) else self.everything
        super().__init__(request, *args)

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return list(EntryState.choices)

    def value(self) -> str:
        """The state that is asked for; what is none is as if nothing were asked."""
        asked = super().value()
        return asked if asked in {*EntryState.values, self.everything} else self.at_first

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in [(self.everything, _("All")), *self.lookup_choices]:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        return rows if self.value() == self.everything else rows.of_state(self.value())


class KindFilter(admin.SimpleListFilter):
    """Which of the four kinds of booked money."""

    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return list(EntryKind.choices)

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Year by year, spelt out: an index has the kinds of each year together, and some kinds are rare."""
        if self.value() not in EntryKind.values:
            return queryset
        return queryset.filter(kind=self.value(), year__in=range(FIRST_YEAR, localdate().year + 2))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(Provable, RoomAdmin):
    """Booked money, in the order of a voucher: what and when → how much → from whom, to where."""

    section = MONEY
    form = LedgerEntryForm
    actions: Any = [HANDING.choosing("submit"), HANDING.choosing("post"), HANDING.choosing("return")]
    list_display = ("voucher_or_number", "date", "state", "kind", "amount_yuan", "source", "project", "division")
    # The newest first, as an index has them, and no other way.
    sortable_by = ()
    list_filter = (StateFilter, KindFilter, YearFilter)
    list_select_related = ("source", "division")
    # Only so that the search box shows: what it finds is decided below.
    search_fields = ("voucher",)
    search_help_text = _("How the voucher or the project's code begins, or the whole code of the funding source.")
    autocomplete_fields = ("source", "project", "division")
    fieldsets = (
        (None, {"fields": ("kind", ("booked_on", "year"))}),
        (_("How much"), {"fields": ("amount",)}),
        (_("From whom, for what, where"), {"fields": ("source", "project", "division")}),
        (_("Where the money was before"), {"fields": ("allocation", "handed_down_from")}),
        (_("Voucher"), {"fields": ("document_number", "note")}),
    )
    told = (
        *("state", "voucher_or_number", "drafted", "imported_by", "submitted", "checked", "return_note"),
        *("reason", "reverses_it", "reversed_by_it", "replaces_it", "replaced_by_it", "sheet"),
    )

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.filter(entries_sought(search_term, request.user)), False

    def has_change_permission(self, request: Any, obj: LedgerEntry | None = None) -> bool:
        """A clerk changes drafts. One that went on meanwhile is refused in words, which keep what was typed."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_editable or request.method == "POST")

    def has_enter_records_permission(self, request: Any) -> bool:
        return request.user.may(Right.ENTER_RECORDS)

    def has_check_entries_permission(self, request: Any) -> bool:
        return request.user.may(Right.CHECK_ENTRIES)

    def get_urls(self) -> list[Any]:
        return [
            path("step/", self.admin_site.admin_view(self.step_view), name="projects_ledgerentry_step"),
            path(
                "<path:object_id>/correct/",
                self.admin_site.admin_view(self.correct_view),
                name="projects_ledgerentry_correct",
            ),
            *super().get_urls(),
        ]

    @method_decorator([require_POST, csrf_protect])
    def step_view(self, request: HttpRequest) -> HttpResponse:
        """Hand entries on: from the page that asked, or from a button of an entry's own page."""
        return HANDING.hand_on(self, request)

    @method_decorator(csrf_protect)
    def correct_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Reverse a posted entry and book it anew."""
        return corrections.correct(self, request, self.get_object(request, unquote(object_id)))

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        entry.relatives = relatives_of(entry, request.user)
        return entry

    def get_readonly_fields(self, request: Any, obj: LedgerEntry | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*self.told, *(KEPT_OF_A_REVERSAL if obj.reverses else ()))

    def get_fieldsets(self, request: Any, obj: LedgerEntry | None = None) -> Any:
        """What is typed; behind it, of an entry that is there, who did what. For reading the amount is spelt out."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        if not self.has_change_permission(request, obj):
            fieldsets = [(title, {"fields": [READ.get(one, one) for one in o["fields"]]}) for title, o in fieldsets]
        return [*fieldsets, (_("Who, and when"), {"fields": self._told_of(obj)})]

    def _told_of(self, entry: LedgerEntry) -> list[str]:
        """What there is to tell of an entry's life: a row without words is left out."""
        shown = {name: getattr(self, name, None) for name in self.told}
        return [name for name, tell in shown.items() if (tell(entry) if tell else getattr(entry, name))]

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        if copied := asked_for(request, "copy", self.get_queryset(request)):
            context["copied"] = _("Filled in like %(entry)s. Say the date and the amount.") % {"entry": copied}
        if entry := kwargs.get("obj"):
            context["copy"] = self._copy_of(entry, request)
            fitting = [step for step in STEPS.values() if step.fits(entry, request.user)]
            context["token"] = token_of(entry, entry.version_read)
            context["steps"] = [step for step in fitting if step.slug != "submit"]
            context["note_form"] = ReturnForm()
            context["is_own"] = request.user.get_username() in entry.makers
            context["is_correctable"] = self._is_correctable(entry, request)
        return super().render_change_form(request, context, *args, **kwargs)

    def _copy_of(self, entry: LedgerEntry, request: Any) -> Offer | None:
        """The same for the next year, of what is posted."""
        # A form that was sent back has put what was typed into the entry.
        is_copied = entry.is_posted and not entry.reverses and entry.year is not None and has_come(entry.year + 1)
        if not is_copied or not request.user.may(Right.ENTER_RECORDS):
            return None
        return Offer(f"{reverse('admin:projects_ledgerentry_add')}?copy={entry.pk}", entry.year + 1)

    def _is_correctable(self, entry: LedgerEntry, request: Any) -> bool:
        is_reversed = any(one.reverses == entry.voucher for one in entry.relatives)  # type: ignore[attr-defined]
        return entry.is_posted and not entry.reverses and not is_reversed and request.user.may(Right.ENTER_RECORDS)

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Last year's facts, where the address names an entry; never its voucher, date or amount."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        entry = asked_for(request, "copy", self.get_queryset(request))
        if entry is None:
            return given
        return (
            given
            | {name: getattr(entry, f"{name}_id", None) or getattr(entry, name) for name in COPIED}
            | {"year": entry.year + 1}
        )

    def enter(self, record: LedgerEntry, *, form: Any, by: Actor) -> None:
        """Save the draft, and hand it on where "Save and submit" was pressed."""
        if record.pk is not None:
            # Who changed it, and when, says more than that its state does not allow it any more.
            refuse_overwriting(record, record)
        actions.draft_entry(record, by=by)
        if "_submit" in form.data:
            actions.submit_entry(record, by=by)

    def response_add(self, request: Any, obj: LedgerEntry, post_url_continue: str | None = None) -> HttpResponse:
        return self._submitted(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: Any, obj: LedgerEntry) -> HttpResponse:
        return self._submitted(request, obj) or super().response_change(request, obj)

    def _submitted(self, request: Any, entry: LedgerEntry) -> HttpResponse | None:
        if "_submit" not in request.POST:
            return None
        messages.success(request, STEPS["submit"].done % {"number": 1})
        return HttpResponseRedirect(reverse("admin:projects_ledgerentry_change", args=[entry.pk]))

    def waiting_for(self, user: Any) -> Iterator[Waiting]:
        """For the index: what was returned to a clerk, what a reviewer is to check."""
        address = reverse(LIST)
        if user.may(Right.ENTER_RECORDS):
            returned = count_up_to(own.returned_to(user))
            yield Waiting(returned, _("Entries returned to you"), f"{address}?state={EntryState.RETURNED.value}")
            drafts = count_up_to(own.drafts_of(user))
            yield Waiting(drafts, _("Drafts of yours"), f"{address}?state={EntryState.DRAFT.value}")
        if user.may(Right.CHECK_ENTRIES):
            to_check = count_up_to(own.to_check_by(user))
            yield Waiting(to_check, _("Entries to check"), f"{address}?state={EntryState.SUBMITTED.value}")

    @admin.display(description=_("voucher"))
    def voucher_or_number(self, entry: LedgerEntry) -> str:
        return entry.voucher or entry.draft_name

    @admin.display(description=_("date"))
    def date(self, entry: LedgerEntry) -> str:
        return day(entry.booked_on)

    @admin.display(description=_("amount (yuan)"))
    def amount_yuan(self, entry: LedgerEntry) -> str:
        return words.yuan(entry.amount)

    @admin.display(description=_("drafted"))
    def drafted(self, entry: LedgerEntry) -> str:
        return by_and_when(entry.drafted_by, entry.drafted_at)

    @admin.display(description=_("submitted"))
    def submitted(self, entry: LedgerEntry) -> str:
        return by_and_when(entry.submitted_by, entry.submitted_at)

    @admin.display(description=_("checked"))
    def checked(self, entry: LedgerEntry) -> str:
        return by_and_when(entry.checked_by, entry.checked_at)

    @admin.display(description=_("reverses"))
    def reverses_it(self, entry: LedgerEntry) -> str:
        return links(entry, "voucher", entry.reverses) or entry.reverses

    @admin.display(description=_("reversed by"))
    def reversed_by_it(self, entry: LedgerEntry) -> str:
        return links(entry, "reverses", entry.voucher)

    @admin.display(description=_("replaces"))
    def replaces_it(self, entry: LedgerEntry) -> str:
        return links(entry, "voucher", entry.replaces) or entry.replaces

    @admin.display(description=_("replaced by"))
    def replaced_by_it(self, entry: LedgerEntry) -> str:
        return links(entry, "replaces", entry.voucher)


def by_and_when(name: str, at: Any) -> str:
    """ "clerk-of-heishui, 22 November 2026, 14:17"; nothing where it has not happened."""
    return f"{name}, {date_format(localtime(at), 'DATETIME_FORMAT')}" if name else ""


def relatives_of(entry: LedgerEntry, user: Any) -> list[LedgerEntry]:
    """What it takes back or stands for, and what takes it back or stands for it, as far as this person sees them."""
    rows = LedgerEntry.objects.visible_to(user)
    found: list[Iterable[LedgerEntry]] = []
    if named := {entry.reverses, entry.replaces} - {""}:
        found.append(rows.with_voucher(*sorted(named)))
    if entry.voucher:
        # Each in a question of its own, spelt like the index that answers it.
        kept = rows.exclude(state=EntryState.WITHDRAWN)
        found.append(kept.reversing(entry.voucher))
        found.append(kept.replacing(entry.voucher))
    return [one for each in found for one in each]


def links(entry: Any, column: str, voucher: str) -> str:
    """Links to the relatives of an entry that have this voucher in a column; drafts with their state."""
    found = [one for one in entry.relatives if voucher and getattr(one, column) == voucher]
    rows = ((reverse("admin:projects_ledgerentry_change", args=[one.pk]), _name_with_state(one)) for one in found)
    return format_html_join(", ", '<a href="{}">{}</a>', rows)


def _name_with_state(entry: LedgerEntry) -> str:
    return entry.voucher or f"{entry.draft_name} ({entry.get_state_display()})"
