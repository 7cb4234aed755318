"""Handing records on from the admin: one or many, all of them or none, each shown and confirmed before it is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import NUMBER, REFUSALS, words_of
from alleviation.audit.trail import together
from alleviation.audit.versions import refuse_overwriting, versions_of

# More at once nobody looks at; and a form holds no more.
MOST = 200

Records = Sequence[Any]


@dataclass(frozen=True)
class Step:
    """One way to hand records on: who may, from which states, what it is called, and the action."""

    slug: str
    right: Right
    states: frozenset[str]
    title: Any
    question: Any
    done: Any
    act: Callable[[Records, User, str], object]
    asks_note: bool = False
    # Nothing leads back from it, so that a button of a record's own page asks too.
    asks_first: bool = False

    def fits(self, record: Any, user: User) -> bool:
        return record.state in self.states and user.may(self.right)


@dataclass(frozen=True)
class Shown:
    """A record on the page that asks; `token` carries what was shown of it: its number and version."""

    record: Any
    token: str
    refusal: str = ""


def token_of(record: Model, version: int) -> str:
    """The record's number and the version of it that is shown: "12:345"."""
    return f"{record.pk}:{version}"


def one_by_one(records: Records) -> Records:
    """In the order in which they are locked."""
    return sorted(records, key=lambda one: one.pk)


def _nothing(_records: Records) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Handing:
    """How the records of one table are handed on: the steps there are, and the page that asks.

    `named` is what a token is sent as. `rows` makes the lines of the page, `beside` what stands there beside them.
    """

    model: type[Model]
    named: str
    steps: Mapping[str, Step]
    template: str
    note_form: type[forms.Form]
    order: tuple[str, ...]
    none_chosen: Any
    too_many: Any
    rows: Callable[[list[Shown]], list[Any]]
    beside: Callable[[Records], dict[str, Any]] = _nothing
    tried_in_order: Callable[[Records], Records] = one_by_one

    def address(self, page: str, *number: int) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_{page}", args=number)

    def choosing(self, slug: str) -> Callable[..., HttpResponse | None]:
        """The action of the list that asks before it hands the chosen records on."""
        step = self.steps[slug]

        def chosen(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            numbers = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
            if len(numbers) > MOST:
                messages.error(request, self.too_many % {"most": MOST})
                return None
            return self.ask(page, request, step, numbers)

        chosen.__name__ = slug
        return admin.action(chosen, description=step.title, permissions=[step.right.value])

    def ask(
        self, page: Any, request: HttpRequest, step: Step, numbers: Sequence[int], **more: Any
    ) -> TemplateResponse:
        """The page that lists the records, and what was refused of them, before anything is done."""
        refusals: dict[int, str] = more.pop("refusals", {})
        # Asked before the records are read: a version may be too old for what is shown, never too new.
        versions = versions_of(self.model, numbers)
        records = self._visible(page, request, numbers)
        shown = [Shown(one, token_of(one, versions.get(one.pk, 0)), refusals.get(one.pk, "")) for one in records]
        context = {
            **page.admin_site.each_context(request),
            "title": step.title,
            "opts": page.opts,
            "step": step,
            "named": self.named,
            "address": self.address("step"),
            "rows": self.rows(shown),
            "refused": len(refusals),
            "form": self.note_form() if step.asks_note else None,
            "media": page.media,
            **self.beside(records),
            **more,
        }
        return TemplateResponse(request, self.template, context)

    def hand_on(self, page: Any, request: HttpRequest) -> HttpResponse:
        """Do what the page that asked, or a button of a record's own page, confirms.

        Raises PermissionDenied, Http404.
        """
        user: Any = request.user
        step = self.steps.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        if not user.may(step.right):
            raise PermissionDenied
        if not (seen := seen_versions(request.POST.getlist(self.named), MOST)):
            messages.warning(request, self.none_chosen)
            return HttpResponseRedirect(self.address("changelist"))
        if step.asks_first and "confirmed" not in request.POST:
            return self.ask(page, request, step, list(seen))
        form = self.note_form(request.POST) if step.asks_note else None
        if form is not None and not form.is_valid():
            return self.ask(page, request, step, list(seen), form=form)
        records = self._visible(page, request, list(seen))
        for record in records:
            record.seen_version = seen[record.pk]
        if refusals := self.attempt(step, records, by=user, note=form.cleaned_data["note"] if form else ""):
            return self.ask(page, request, step, list(seen), refusals=refusals, **({"form": form} if form else {}))
        messages.success(request, step.done % {"number": len(records)})
        one = [record.pk for record in records] if len(records) == 1 else []
        return HttpResponseRedirect(self.address("change" if one else "changelist", *one))

    def attempt(self, step: Step, records: Records, *, by: User, note: str = "") -> dict[int, str]:
        """Hand these records on, all or none.

        Returns the number of each refused one with its reason; nothing was done then. Empty: all was done.
        """
        try:
            with together():
                step.act(records, by, note)
        except REFUSALS as error:
            return self._refused(step, records, by, note) or {records[0].pk: words_of(error)}
        return {}

    def _refused(self, step: Step, records: Records, by: User, note: str) -> dict[int, str]:
        """Why each of these is refused: all are tried in the order in which they would be done; nothing is kept."""
        found: dict[int, str] = {}
        try:
            with together():
                for record in self.tried_in_order(records):
                    try:
                        with together():
                            # Who changed it, and when, says more than that its state does not allow it any more.
                            refuse_overwriting(record, record)
                            step.act([record], by, note)
                    except REFUSALS as error:
                        found[record.pk] = words_of(error)
                raise _Undone
        except _Undone:
            return found

    def _visible(self, page: Any, request: HttpRequest, numbers: Sequence[int]) -> list[Any]:
        """These records, if this person sees all of them. Raises Http404."""
        rows = page.get_queryset(request).select_related(*page.list_select_related)
        records = list(rows.filter(pk__in=numbers).order_by(*self.order))
        if len(records) != len(set(numbers)):
            raise Http404
        return records


class _Undone(Exception):
    """Nothing of a trial is kept."""


def seen_versions(tokens: list[str], most: int) -> dict[int, int]:
    """Number → version of the records that were confirmed. Raises Http404 for what no page of ours sent."""
    pairs = [token.partition(":")[::2] for token in tokens[: most + 1]]
    if len(pairs) > most or not all(NUMBER.fullmatch(part) for pair in pairs for part in pair):
        raise Http404
    return {int(number): int(version) for number, version in pairs}
