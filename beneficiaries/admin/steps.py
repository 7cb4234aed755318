"""What happens to a household on a day, each on a page of its own: moves, splits, mergers, statuses, members."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import NUMBER, REFUSALS, tell, words_of
from alleviation.audit.pickers import RecordPicker
from alleviation.audit.trail import together
from alleviation.audit.versions import ChangedMeanwhile, version_of
from beneficiaries import actions, forms
from beneficiaries.models import Household, Monitoring

Act = Callable[[Household, dict[str, Any], User], Household | None]
TEMPLATE = "admin/beneficiaries/household/step.html"


@dataclass(frozen=True)
class Step:
    """One thing that can happen to a household: its form, what it means, and the action."""

    slug: str
    title: Any
    happens: Any
    done: Any
    form: type[Any]
    act: Act
    picks_village: bool = False
    # The fields of the form under headings; without any, all of them under none.
    groups: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    button: bool = True

    def fits(self, household: Household) -> bool:
        """Whether it can happen now: a watch is cleared only where there is one, and begins where there is none."""
        if household.ended_on is not None:
            return False
        return self.slug not in ("monitor", "clear") or (self.slug == "clear") == bool(watch_of(household))


def watch_of(household: Household) -> Monitoring | None:
    """What the household is watched for now."""
    return household.monitorings.filter(cleared_on__isnull=True).first()


def _move(household: Household, words: dict[str, Any], by: User) -> None:
    actions.move_household(household, by=by, **words)


def _split(household: Household, words: dict[str, Any], by: User) -> Household:
    return actions.split_household(household, by=by, **{**words, "members": list(words["members"])})


def _merge(household: Household, words: dict[str, Any], by: User) -> Household:
    actions.merge_household(household, by=by, **words)
    return words["into"]


def _end(household: Household, words: dict[str, Any], by: User) -> None:
    actions.end_household(household, by=by, **words)


def _change_status(_household: Household, words: dict[str, Any], by: User) -> None:
    actions.change_status(words["change"], by=by)


def _monitor(_household: Household, words: dict[str, Any], by: User) -> None:
    actions.start_monitoring(words["monitoring"], by=by)


def _clear(household: Household, words: dict[str, Any], by: User) -> None:
    watch = watch_of(household)
    if watch is None:
        raise ValidationError(_("The household is not monitored any more."), code="not_monitored")
    actions.clear_monitoring(watch, by=by, **words)


def _leave(_household: Household, words: dict[str, Any], by: User) -> None:
    actions.leave_household(words.pop("member"), by=by, **words)


def _transfer(_household: Household, words: dict[str, Any], by: User) -> Household:
    actions.transfer_person(words.pop("member"), by=by, **words)
    return words["to"]


STEPS = {
    step.slug: step
    for step in (
        Step(
            "move",
            _("Move to another village"),
            _("From that day on the household belongs to the new village. Years before it keep the village they had."),
            _("The household belongs to %(place)s now."),
            forms.MoveForm,
            _move,
            picks_village=True,
        ),
        Step(
            "status",
            _("Change its status"),
            _(
                "By a decision, on its day. An exit takes five steps, one after the other: the village appraises it, "
                "the committees and the work team verify it, the household consents, it is publicised, it is "
                "announced."
            ),
            _("The change of status is recorded."),
            forms.StatusForm,
            _change_status,
            groups=(
                (None, ("status", "happened_on", "decided_by", "decision")),
                (
                    _("The five steps of an exit, in this order; for any other change they stay empty"),
                    ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on"),
                ),
            ),
        ),
        Step(
            "monitor",
            _("Begin to monitor"),
            _("The household is watched from that day on, for a risk, until somebody says that it is cleared."),
            _("The household is monitored now."),
            forms.MonitorForm,
            _monitor,
        ),
        Step(
            "clear",
            _("Clear the risk"),
            _("The household is watched no more from that day on, and is again what it was before."),
            _("The risk is cleared."),
            forms.ClearForm,
            _clear,
        ),
        Step(
            "split",
            _("Split"),
            _(
                "The chosen members become a household of their own in the same village. What was recorded before "
                "stays with this household."
            ),
            _("Household %(number)s was split from this one."),
            forms.SplitForm,
            _split,
        ),
        Step(
            "merge",
            _("Merge into another"),
            _("All members go over to the other household, and this one ends. What was recorded of it stays with it."),
            _("The household was merged into %(number)s."),
            forms.MergeForm,
            _merge,
            picks_village=True,
        ),
        Step(
            "end",
            _("End"),
            _("Say how every member left before this. What was recorded stays; nothing is recorded after that day."),
            _("The household has ended."),
            forms.EndForm,
            _end,
        ),
        Step(
            "leave",
            _("A member leaves"),
            _("From that day on the member is not counted any more. What was recorded before stays."),
            _("The member has left."),
            forms.LeaveForm,
            _leave,
        ),
        Step(
            "transfer",
            _("A member goes over"),
            _("From that day on the member belongs to the other household, and is counted there."),
            _("The member belongs to household %(number)s now."),
            forms.TransferForm,
            _transfer,
            picks_village=True,
        ),
    )
}


def step_page(page: Any, request: HttpRequest, household: Household, slug: str) -> HttpResponse:
    """Ask what happens on which day, and let it happen. Raises PermissionDenied, Http404."""
    user: Any = request.user
    if (step := STEPS.get(slug)) is None:
        raise Http404
    if not user.may(Right.ENTER_RECORDS):
        raise PermissionDenied
    if not step.fits(household):
        messages.error(request, _("This cannot happen to the household any more."))
        return HttpResponseRedirect(address_of(household))
    sent = request.POST if request.method == "POST" else None
    form = form_for(page, request, step, sent, household)
    if sent is not None and form.is_valid():
        told = attempt(step, household, form, seen=sent.get("version", ""), by=user)
        if told is not None:
            messages.success(request, step.done % told)
            return HttpResponseRedirect(address_of(household))
    return _asked(page, request, step, household, form)


def form_for(page: Any, request: HttpRequest, step: Step, sent: Any, household: Household) -> Any:
    """The form of a step; a village is found as on the page of the household itself."""
    picker = {"picker": village_picker(page)} if step.picks_village else {}
    initial = {name: value for name, value in _initial(request, household).items() if name in step.form.base_fields}
    return step.form(sent, household=household, user=request.user, initial=initial, **picker)


def village_picker(page: Any) -> RecordPicker:
    """How a village is found: the field that decides a household's area offers those of the own area alone."""
    return RecordPicker(Household._meta.get_field("village"), page.admin_site)


def attempt(step: Step, household: Household, form: Any, *, seen: str, by: User) -> dict[str, Any] | None:
    """Let it happen, and tell what came of it; None where it was refused, which the form then says."""
    household.seen_version = int(seen) if NUMBER.fullmatch(seen) else 0  # type: ignore[attr-defined]
    try:
        with together():
            other = step.act(household, form.words(), by)
    except REFUSALS as error:
        if isinstance(error, ChangedMeanwhile):
            # To send it again is then to know what had changed.
            household.version_read = error.version  # type: ignore[attr-defined]
        tell(form, _at_fields(form, error) if isinstance(error, ValidationError) else ValidationError(words_of(error)))
        return None
    return {"number": other.number if other else "", "place": household.village.local_name}


def _at_fields(form: Any, error: ValidationError) -> ValidationError:
    """What the action refused, at the fields as the form calls them."""
    names = getattr(form, "aliases", {})
    if not names or not hasattr(error, "error_dict"):
        return error
    return ValidationError({names.get(field, field): errors for field, errors in error.error_dict.items()})


def address_of(household: Household) -> str:
    return reverse("admin:beneficiaries_household_change", args=[household.pk])


def _initial(request: HttpRequest, household: Household) -> dict[str, Any]:
    """The member whose link led here; for another household at first the own village."""
    member = request.GET.get("member", "")
    return {"village": household.village_id, **({"member": member} if NUMBER.fullmatch(member) else {})}


def _asked(page: Any, request: HttpRequest, step: Step, household: Household, form: Any) -> TemplateResponse:
    groups = step.groups or ((None, tuple(form.fields)),)
    version = getattr(household, "version_read", None)
    fieldsets: Any = [(title, {"fields": names}) for title, names in groups]
    asked = AdminForm(form, fieldsets, {}, (), model_admin=page)
    context = {
        **page.admin_site.each_context(request),
        "title": step.title,
        "opts": page.opts,
        "original": household,
        "step": step,
        "adminform": asked,
        "version": version_of(household) if version is None else version,
        "media": page.media + asked.media,
    }
    return TemplateResponse(request, TEMPLATE, context)
