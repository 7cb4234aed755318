"""What is asked of whoever judges a claim: how it overlaps with another, and whether the office goes by it."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import VersionField, tell
from alleviation.audit.versions import ChangedMeanwhile, versions_of
from projects import actions
from projects.actions.overlap import version_of_rivals
from projects.choices import Overlap
from projects.models import Claim, ClaimRelation
from projects.models.claims import ClaimQuerySet

# "part_of" said from the side of the other claim.
WHOLE_OF = "whole_of"
MOST_OFFERED = 300


class JudgmentForm(forms.Form):
    """One judgment with its reason. It carries what was there when the page was opened."""

    step: ClassVar[str]
    title: ClassVar[Promise]
    happens: ClassVar[Promise]
    done: ClassVar[Promise]

    seen_version = VersionField(required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any, *, claim: Claim, version: int = 0, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"id_{self.step}_%s", **kwargs)
        self.initial["seen_version"] = version
        self.claim = claim

    def judge(self, user: User) -> None:
        """Do what the form asks. Raises ValidationError, PermissionDenied."""
        raise NotImplementedError

    def refuse(self, error: ValidationError) -> None:
        """Tell what the action refused; of what somebody else did meanwhile, once: to send it again is to know."""
        if isinstance(error, ChangedMeanwhile):
            self.data = {**dict(self.data.items()), "seen_version": str(error.version)}
        tell(self, error)


class RelateForm(JudgmentForm):
    """How this claim overlaps with another one."""

    step = "relate"
    title = _("Relate it to another claim")
    happens = _("Totals are narrowed by what is known of how claims overlap. Say what the documents say.")
    done = _("The two claims are related.")

    other = forms.CharField(label=_("The other claim"), max_length=16, help_text=_("Its number."))
    kind = forms.ChoiceField(
        label=_("How they overlap"),
        choices=[
            (Overlap.SAME, _("this is the same as the other")),
            (Overlap.PART_OF, _("this is a part of the other")),
            (WHOLE_OF, _("the other is a part of this")),
            (Overlap.DISJOINT, _("they share nothing")),
            (Overlap.UNKNOWN, _("it is not known")),
        ],
    )
    field_order = ("other", "kind", "reason")

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["other"].widget.attrs |= {"list": "claims-offered", "autocomplete": "off"}

    def judge(self, user: User) -> None:
        code = self.cleaned_data["other"].strip()
        other = Claim.objects.visible_to(user).select_related("document").filter(code=code).first()
        if other is None:
            raise ValidationError({"other": ValidationError(_("There is no claim of this number."), code="no_claim")})
        kind = self.cleaned_data["kind"]
        is_turned = kind == WHOLE_OF
        actions.relate_claims(
            self.claim, other, kind=_stored(kind), reason=_reason(self), by=user, is_turned=is_turned
        )


class ChangeForm(JudgmentForm):
    """Another judgment of how two claims overlap."""

    step = "change"
    title = _("Decide anew")
    happens = _("The earlier decision and its reason stay in the trail.")
    done = _("The relation is decided anew.")

    relation = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    kind = RelateForm.base_fields["kind"]
    field_order = ("kind", "reason")

    def __init__(self, data: Any, *, of: ClaimRelation | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if of is not None:
            self.auto_id = f"id_change_{of.pk}_%s"
            self.initial.update({"relation": of.pk, "kind": kind_from(of, self.claim)})

    def judge(self, user: User) -> None:
        found = ClaimRelation.objects.visible_to(user).about(self.claim).select_related("one", "other")
        relation = get_object_or_404(found, pk=self.cleaned_data["relation"])
        relation.seen_version = self.cleaned_data["seen_version"] or 0  # type: ignore[attr-defined]
        other = relation.other if relation.one_id == self.claim.pk else relation.one
        kind = self.cleaned_data["kind"]
        one = other if kind == WHOLE_OF else self.claim
        actions.change_relation(relation, one=one, kind=_stored(kind), reason=_reason(self), by=user)


class AdoptForm(JudgmentForm):
    """Sign this claim as the one to go by."""

    step = "adopt"
    title = _("Adopt this claim")
    happens = _("The office then goes by this claim. Where a rival is adopted, its adoption is withdrawn.")
    done = _("The claim is adopted.")

    def judge(self, user: User) -> None:
        seen = self.cleaned_data["seen_version"] or 0
        actions.adopt_claim(self.claim, reason=_reason(self), by=user, seen_version=seen)


class WithdrawForm(JudgmentForm):
    """Take the signature back."""

    step = "withdraw"
    title = _("Withdraw the adoption")
    happens = _("None of the claims about this fact is adopted then.")
    done = _("The adoption is withdrawn.")

    def judge(self, user: User) -> None:
        seen = self.cleaned_data["seen_version"] or 0
        actions.withdraw_adoption(self.claim, reason=_reason(self), by=user, seen_version=seen)


FORMS: dict[str, type[JudgmentForm]] = {form.step: form for form in (RelateForm, ChangeForm, AdoptForm, WithdrawForm)}


def judged(request: HttpRequest, claim: Claim) -> JudgmentForm:
    """Do what a person asked of a claim; the form has errors where it was refused, and nothing was written then.

    Raises PermissionDenied for who may not judge claims, and for a judgment that there is none of.
    """
    user: User = request.user  # type: ignore[assignment]
    form_class: Callable[..., JudgmentForm] | None = FORMS.get(request.POST.get("step", ""))
    if form_class is None or not user.may(Right.JUDGE_CLAIMS):
        raise PermissionDenied
    form = form_class(request.POST, claim=claim)
    if form.is_valid():
        try:
            form.judge(user)
        except ValidationError as error:
            form.refuse(error)
    return form


def forms_for(claim: Claim, rivals: Iterable[Claim], refused: JudgmentForm | None) -> list[JudgmentForm]:
    """What can be judged of a claim now; a form that was refused stands as it was sent, even if its time is over."""
    found: list[JudgmentForm] = []
    if others := [one.pk for one in rivals]:
        version = version_of_rivals(others)
        found.append((WithdrawForm if claim.adopted_by else AdoptForm)(None, claim=claim, version=version))
    found.append(RelateForm(None, claim=claim))
    if refused is None or isinstance(refused, ChangeForm):
        return found
    return [refused, *(form for form in found if form.step != refused.step)]


def forms_of_relations(
    claim: Claim, relations: list[ClaimRelation], refused: JudgmentForm | None
) -> dict[int, JudgmentForm]:
    """For each relation of a claim the form to decide it anew."""
    versions = versions_of(ClaimRelation, (one.pk for one in relations))
    found: dict[int, JudgmentForm] = {
        one.pk: ChangeForm(None, claim=claim, of=one, version=versions.get(one.pk, 0)) for one in relations
    }
    if isinstance(refused, ChangeForm) and refused.cleaned_data.get("relation") in found:
        number = refused.cleaned_data["relation"]
        refused.auto_id = found[number].auto_id
        found[number] = refused
    return found


def offered(claim: Claim, related: Iterable[int]) -> ClaimQuerySet:
    """Claims that this one can be related to, for the list under the field: of its measure, and not related yet."""
    found = Claim.objects.of_measure(claim.measure).exclude(qualifier="").exclude(pk__in=[claim.pk, *related])
    return found.only("code", "subject", "subject_zh", "attribute", "attribute_zh").order_by("code")[:MOST_OFFERED]


def kind_from(relation: ClaimRelation, claim: Claim) -> str:
    """The kind of a relation as it is said from the side of one of its claims."""
    is_whole = relation.kind == Overlap.PART_OF and relation.other_id == claim.pk
    return WHOLE_OF if is_whole else relation.kind


def _stored(kind: str) -> str:
    return Overlap.PART_OF if kind == WHOLE_OF else kind


def _reason(form: JudgmentForm) -> str:
    return str(form.cleaned_data["reason"])
