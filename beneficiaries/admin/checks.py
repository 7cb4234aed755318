"""Verifying incomes, and returning them with a note: one or many, all or none, each confirmed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import NUMBER, REFUSALS, words_of
from alleviation.audit.trail import together
from alleviation.audit.versions import refuse_overwriting, versions_of
from alleviation.common.words import yuan
from beneficiaries import actions
from beneficiaries.choices import CheckState
from beneficiaries.forms import NoteForm
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.jumps import Beside, beside_year_before

# More at once nobody looks at; and a form holds no more.
MOST = 200
LIST = "admin:beneficiaries_incomerecord_changelist"
CHANGE = "admin:beneficiaries_incomerecord_change"
STEP = "admin:beneficiaries_incomerecord_step"

Incomes = Sequence[IncomeRecord]


@dataclass(frozen=True)
class Check:
    """What a reviewer says of incomes: from which states, what it is called, and the action."""

    slug: str
    states: frozenset[str]
    title: Any
    question: Any
    done: Any
    act: Callable[[Incomes, User, str], None]
    asks_note: bool = False

    def fits(self, income: IncomeRecord, user: User) -> bool:
        waits = income.superseded_at is None and income.state in self.states
        return waits and user.may(Right.CHECK_ENTRIES)


def _verify(incomes: Incomes, by: User, _note: str) -> None:
    actions.verify_incomes(incomes, by=by)


def _return(incomes: Incomes, by: User, note: str) -> None:
    for income in incomes:
        actions.return_income(income, note=note, by=by)


CHECKS = {
    check.slug: check
    for check in (
        Check(
            "verify",
            frozenset({CheckState.SUBMITTED, CheckState.RETURNED}),
            _("Verify"),
            _("Verify these incomes? You say by it that they are what the households earned."),
            _("Incomes verified: %(number)s."),
            _verify,
        ),
        Check(
            "return",
            frozenset({CheckState.SUBMITTED}),
            _("Return with a note"),
            _("Return these incomes to who recorded them?"),
            _("Incomes returned: %(number)s."),
            _return,
            asks_note=True,
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """An income on the page that asks; `token` carries what was shown of it: its number and version."""

    income: IncomeRecord
    beside: Beside
    token: str
    refusal: str = ""

    @property
    def net(self) -> str:
        return yuan(self.income.net_income)

    @property
    def per_capita(self) -> str:
        return yuan(self.beside.per_capita)


def token_of(income: IncomeRecord, version: int) -> str:
    """The income's number and the version of it that is shown: "12:345"."""
    return f"{income.pk}:{version}"


def asking(slug: str) -> Callable[..., HttpResponse | None]:
    """The action of the list that asks before anything is said of the chosen incomes."""
    check = CHECKS[slug]

    def chosen(page: Any, request: HttpRequest, queryset: QuerySet[IncomeRecord]) -> HttpResponse | None:
        numbers = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(numbers) > MOST:
            messages.error(request, _("Choose at most %(most)s incomes at a time; nothing was done.") % {"most": MOST})
            return None
        return ask(page, request, check, numbers)

    chosen.__name__ = slug
    return admin.action(chosen, description=check.title, permissions=[Right.CHECK_ENTRIES.value])


def ask(page: Any, request: HttpRequest, check: Check, numbers: Sequence[int], **more: Any) -> TemplateResponse:
    """The page that lists the incomes, and what was refused of them, before anything is done."""
    refusals: dict[int, str] = more.pop("refusals", {})
    # Asked before the incomes are read: a version may be too old for what is shown, never too new.
    versions = versions_of(IncomeRecord, numbers)
    incomes = _visible(page, request, numbers)
    beside = beside_year_before(incomes)
    context = {
        **page.admin_site.each_context(request),
        "title": check.title,
        "opts": page.opts,
        "step": check,
        "rows": [
            Row(one, beside[one.pk], token_of(one, versions.get(one.pk, 0)), refusals.get(one.pk, ""))
            for one in incomes
        ],
        "refused": len(refusals),
        "form": NoteForm() if check.asks_note else None,
        "media": page.media,
        **more,
    }
    return TemplateResponse(request, "admin/beneficiaries/incomerecord/step.html", context)


def carry_out(page: Any, request: HttpRequest) -> HttpResponse:
    """Do what the page that asked, or a button of an income's own page, confirms. Raises PermissionDenied, Http404."""
    user: Any = request.user
    check = CHECKS.get(request.POST.get("step", ""))
    if check is None:
        raise Http404
    if not user.may(Right.CHECK_ENTRIES):
        raise PermissionDenied
    if not (seen := _seen(request.POST.getlist("income"))):
        messages.warning(request, _("No income was chosen; nothing was done."))
        return HttpResponseRedirect(reverse(LIST))
    form = NoteForm(request.POST) if check.asks_note else None
    if form is not None and not form.is_valid():
        return ask(page, request, check, list(seen), form=form)
    incomes = _visible(page, request, list(seen))
    for income in incomes:
        income.seen_version = seen[income.pk]  # type: ignore[attr-defined]
    if refusals := attempt(check, incomes, by=user, note=form.cleaned_data["note"] if form else ""):
        return ask(page, request, check, list(seen), refusals=refusals, **({"form": form} if form else {}))
    messages.success(request, check.done % {"number": len(incomes)})
    return HttpResponseRedirect(reverse(CHANGE, args=[incomes[0].pk]) if len(incomes) == 1 else reverse(LIST))


def attempt(check: Check, incomes: Incomes, *, by: User, note: str = "") -> dict[int, str]:
    """Check these incomes, all or none; returns the number of each refused one with its reason."""
    try:
        with together():
            check.act(incomes, by, note)
    except REFUSALS as error:
        return _refused(check, incomes, by, note) or {incomes[0].pk: words_of(error)}
    return {}


class _Undone(Exception):
    """Nothing of a trial is kept."""


def _refused(check: Check, incomes: Incomes, by: User, note: str) -> dict[int, str]:
    """Why each of these is refused: all are tried, in the order in which they are locked, and nothing is kept."""
    found: dict[int, str] = {}
    try:
        with together():
            for income in sorted(incomes, key=lambda one: one.pk):
                try:
                    with together():
                        # Who changed it, and when, says more than that its state does not allow it any more.
                        refuse_overwriting(income, income)
                        check.act([income], by, note)
                except REFUSALS as error:
                    found[income.pk] = words_of(error)
            raise _Undone
    except _Undone:
        return found


def _seen(tokens: list[str]) -> dict[int, int]:
    """Number → version of the incomes that were confirmed. Raises Http404 for what no page of ours sent."""
    pairs = [token.partition(":")[::2] for token in tokens[: MOST + 1]]
    if len(pairs) > MOST or not all(NUMBER.fullmatch(part) for pair in pairs for part in pair):
        raise Http404
    return {int(number): int(version) for number, version in pairs}


def _visible(page: Any, request: HttpRequest, numbers: Sequence[int]) -> list[IncomeRecord]:
    """These incomes, if this person sees all of them. Raises Http404."""
    rows = page.get_queryset(request).filter(pk__in=numbers)
    incomes = list(rows.order_by("year", "village__code", "household__number", "pk"))
    if len(incomes) != len(set(numbers)):
        raise Http404
    return incomes
