"""Handing entries on: submitted, taken back, withdrawn, posted, returned. One or many, all or none, each confirmed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import NUMBER, REFUSALS, words_of
from alleviation.audit.trail import together
from alleviation.audit.versions import refuse_overwriting, versions_of
from alleviation.common.words import yuan
from projects import actions
from projects.choices import EntryKind, EntryState
from projects.forms import ReturnForm
from projects.models import LedgerEntry

# More at once nobody looks at; and a form holds no more.
MOST = 200

Entries = Sequence[LedgerEntry]


@dataclass(frozen=True)
class Step:
    """One way to hand entries on: who may, from which states, what it is called, and the action."""

    slug: str
    right: Right
    states: frozenset[str]
    title: Any
    question: Any
    done: Any
    act: Callable[[Entries, User, str], object]
    asks_note: bool = False
    # Nothing leads back from it, so that a button of an entry's own page asks too.
    asks_first: bool = False

    def fits(self, entry: LedgerEntry, user: User) -> bool:
        return entry.state in self.states and user.may(self.right)


def _each(action: Callable[..., None]) -> Callable[[Entries, User, str], None]:
    def act(entries: Entries, by: User, _note: str) -> None:
        for entry in entries:
            action(entry, by=by)

    return act


def _return(entries: Entries, by: User, note: str) -> None:
    for entry in entries:
        actions.return_entry(entry, by=by, note=note)


STEPS = {
    step.slug: step
    for step in (
        Step(
            "submit",
            Right.ENTER_RECORDS,
            EntryState.EDITABLE,
            _("Submit"),
            _("Submit these entries to be checked?"),
            _("Entries submitted: %(number)s. Somebody else checks them now."),
            _each(actions.submit_entry),
        ),
        Step(
            "take_back",
            Right.ENTER_RECORDS,
            frozenset({EntryState.SUBMITTED}),
            _("Take back"),
            _("Take these submissions back, to change them?"),
            _("Entries taken back: %(number)s. They are drafts again."),
            _each(actions.take_back_entry),
        ),
        Step(
            "withdraw",
            Right.ENTER_RECORDS,
            EntryState.PENDING,
            _("Withdraw"),
            _("Give these entries up? They stay in the list and count nowhere."),
            _("Entries withdrawn: %(number)s."),
            _each(actions.withdraw_entry),
            asks_first=True,
        ),
        Step(
            "post",
            Right.CHECK_ENTRIES,
            frozenset({EntryState.SUBMITTED}),
            pgettext_lazy("ledger entry", "Post"),
            _("Post these entries? Posted, an entry is in official figures and never changes."),
            _("Entries posted: %(number)s."),
            lambda entries, by, _note: actions.post_entries(entries, by=by),
        ),
        Step(
            "return",
            Right.CHECK_ENTRIES,
            frozenset({EntryState.SUBMITTED}),
            _("Return with a note"),
            _("Return these entries to who drafted them?"),
            _("Entries returned: %(number)s."),
            _return,
            asks_note=True,
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """An entry on the page that asks; `token` carries what was shown of it: its number and version."""

    entry: LedgerEntry
    token: str
    refusal: str = ""

    @property
    def amount(self) -> str:
        return yuan(self.entry.amount)


def token_of(entry: LedgerEntry, version: int) -> str:
    """The entry's number and the version of it that is shown: "12:345"."""
    return f"{entry.pk}:{version}"


def totals_by_kind(entries: Iterable[LedgerEntry]) -> list[tuple[str, int, str]]:
    """(kind, number, Σ amount in yuan) of these entries, reversals below zero; kinds are never added together."""
    numbers: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    for entry in entries:
        numbers[entry.kind] += 1
        sums[entry.kind] = sums.get(entry.kind, Decimal(0)) + entry.amount
    return [(str(kind.label), numbers[kind], yuan(sums[kind])) for kind in EntryKind if kind in sums]


def ask(page: Any, request: HttpRequest, step: Step, numbers: Sequence[int], **more: Any) -> TemplateResponse:
    """The page that lists the entries, their totals by kind, and what was refused of them, before anything is done."""
    refusals: dict[int, str] = more.pop("refusals", {})
    # Asked before the entries are read: a version may be too old for what is shown, never too new.
    versions = versions_of(LedgerEntry, numbers)
    entries = _visible(page, request, numbers)
    context = {
        **page.admin_site.each_context(request),
        "title": step.title,
        "opts": page.opts,
        "step": step,
        "rows": [Row(one, token_of(one, versions.get(one.pk, 0)), refusals.get(one.pk, "")) for one in entries],
        "totals": totals_by_kind(entries),
        "refused": len(refusals),
        "form": ReturnForm() if step.asks_note else None,
        "media": page.media,
        **more,
    }
    return TemplateResponse(request, "admin/projects/ledgerentry/step.html", context)


def hand_on(page: Any, request: HttpRequest) -> HttpResponse:
    """Do what the page that asked, or a button of an entry's own page, confirms. Raises PermissionDenied, Http404."""
    user: Any = request.user
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    if not user.may(step.right):
        raise PermissionDenied
    if not (seen := _seen(request.POST.getlist("entry"))):
        messages.warning(request, _("No entry was chosen; nothing was done."))
        return HttpResponseRedirect(reverse("admin:projects_ledgerentry_changelist"))
    if step.asks_first and "confirmed" not in request.POST:
        return ask(page, request, step, list(seen))
    form = ReturnForm(request.POST) if step.asks_note else None
    if form is not None and not form.is_valid():
        return ask(page, request, step, list(seen), form=form)
    entries = _visible(page, request, list(seen))
    for entry in entries:
        entry.seen_version = seen[entry.pk]  # type: ignore[attr-defined]
    if refusals := attempt(step, entries, by=user, note=form.cleaned_data["note"] if form else ""):
        return ask(page, request, step, list(seen), refusals=refusals, **({"form": form} if form else {}))
    messages.success(request, step.done % {"number": len(entries)})
    return HttpResponseRedirect(_next(entries))


def attempt(step: Step, entries: Entries, *, by: User, note: str = "") -> dict[int, str]:
    """Hand these entries on, all or none.

    Returns the number of each refused entry with its reason; nothing was done then. Empty: all was done.
    """
    try:
        with together():
            step.act(entries, by, note)
    except REFUSALS as error:
        return _refused(step, entries, by, note) or {entries[0].pk: words_of(error)}
    return {}


class _Undone(Exception):
    """Nothing of a trial is kept."""


def _refused(step: Step, entries: Entries, by: User, note: str) -> dict[int, str]:
    """Why each of these is refused: all are tried in the order in which they would be done, and nothing is kept."""
    found: dict[int, str] = {}
    try:
        with together():
            for entry in sorted(entries, key=lambda one: (not one.reverses, one.pk)):
                try:
                    with together():
                        # Who changed it, and when, says more than that its state does not allow it any more.
                        refuse_overwriting(entry, entry)
                        step.act([entry], by, note)
                except REFUSALS as error:
                    found[entry.pk] = words_of(error)
            raise _Undone
    except _Undone:
        return found


def _seen(tokens: list[str]) -> dict[int, int]:
    """Number → version of the entries that were confirmed. Raises Http404 for what no page of ours sent."""
    pairs = [token.partition(":")[::2] for token in tokens[: MOST + 1]]
    if len(pairs) > MOST or not all(NUMBER.fullmatch(part) for pair in pairs for part in pair):
        raise Http404
    return {int(number): int(version) for number, version in pairs}


def _visible(page: Any, request: HttpRequest, numbers: Sequence[int]) -> list[LedgerEntry]:
    """These entries, if this person sees all of them. Raises Http404."""
    rows = page.get_queryset(request).filter(pk__in=numbers).select_related("source", "division")
    entries = list(rows.order_by("year", "booked_on", "pk"))
    if len(entries) != len(set(numbers)):
        raise Http404
    return entries


def _next(entries: Entries) -> str:
    """One entry: its page. Several: the list."""
    if len(entries) == 1:
        return reverse("admin:projects_ledgerentry_change", args=[entries[0].pk])
    return reverse("admin:projects_ledgerentry_changelist")
