"""Deciding how two claims overlap, and which of several claims about the same fact the office goes by."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.trail import Actor, name_of, together
from alleviation.audit.versions import refuse_overwriting, versions_of
from projects.choices import Overlap
from projects.models import Claim, ClaimRelation
from projects.rollups.rivals import rivals_by_claim


def relate_claims(
    one: Claim, other: Claim, *, kind: str, reason: str, by: Actor, is_turned: bool = False
) -> ClaimRelation:
    """Decide how two claims overlap; part_of: the first is part of the other, turned round: the other of the first.

    Raises ValidationError (the same claim, another measure, no figure, related already, no reason, two adopted claims
    of one fact), PermissionDenied.
    """
    with together():
        _one_judgment_at_a_time()
        _refuse_incomparable(one, other)
        if ClaimRelation.objects.about(one).about(other).exists():
            message = _("%(one)s and %(other)s are related already: change that relation.")
            raise _wrong("other", message % {"one": one.code, "other": other.code}, "related_already")
        part, whole = (other, one) if is_turned else (one, other)
        relation = ClaimRelation(one=part, other=whole, kind=kind, reason=reason.strip())
        return _decided(relation, by)


def change_relation(relation: ClaimRelation, *, one: Claim, kind: str, reason: str, by: Actor) -> ClaimRelation:
    """Decide anew how its two claims overlap, with a reason of its own; `one` is the part where one is part of it.

    Raises ValidationError (no new reason, changed meanwhile, two adopted claims of one fact, an adopted claim left
    without a rival), PermissionDenied.
    """
    with together():
        _one_judgment_at_a_time()
        stored = ClaimRelation.objects.select_related("one__document", "other__document").get(pk=relation.pk)
        is_turned = kind == Overlap.PART_OF and one.pk == stored.other_id
        relation.one, relation.other = (stored.other, stored.one) if is_turned else (stored.one, stored.other)
        relation.kind, relation.reason = kind, reason.strip()
        if relation.reason == stored.reason:
            raise _wrong("reason", _("Say why it is decided anew: the earlier reason stays in the trail."), "same")
        return _decided(relation, by)


def adopt_claim(claim: Claim, *, reason: str, by: Actor, seen_version: int | None = None) -> Claim:
    """Sign one of several claims about the same fact as the one to go by; it takes the place of one adopted before.

    `seen_version` is the newest version among the rivals when they were looked at (`version_of_rivals`).
    Raises ValidationError (no rival, adopted already, no reason, changed meanwhile), PermissionDenied.
    """
    with together():
        _one_judgment_at_a_time()
        rivals = _rivals_of(claim)
        _refuse_unseen(rivals, seen_version)
        stored = next(one for one in rivals if one.pk == claim.pk)
        if len(rivals) == 1:
            raise _wrong("", _("It has no rival: relate it to another claim as the same first."), "no_rival")
        if stored.adopted_by:
            raise _wrong("", _("It is adopted already."), "adopted_already")
        words = _required(reason, _("Say why it is adopted."))
        for one in rivals:
            if one.adopted_by:
                told = _("%(code)s is adopted in its place: %(reason)s") % {"code": stored.code, "reason": words}
                _sign(one, "", reason=told, by=by)
        _sign(stored, words, reason=words, by=by)
        return stored


def withdraw_adoption(claim: Claim, *, reason: str, by: Actor, seen_version: int | None = None) -> Claim:
    """Take the signature under a claim back; then none of its rivals is adopted.

    Raises ValidationError (not adopted, no reason, changed meanwhile), PermissionDenied.
    """
    with together():
        _one_judgment_at_a_time()
        rivals = _rivals_of(claim)
        _refuse_unseen(rivals, seen_version)
        stored = next(one for one in rivals if one.pk == claim.pk)
        if not stored.adopted_by:
            raise _wrong("", _("It is not adopted."), "not_adopted")
        _sign(stored, "", reason=_required(reason, _("Say why it is adopted no longer.")), by=by)
        return stored


def version_of_rivals(numbers: Iterable[int]) -> int:
    """The number of the last event that tells of any of these claims; 0 for claims that the trail does not know."""
    return max(versions_of(Claim, numbers).values(), default=0)


def _one_judgment_at_a_time() -> None:
    """One row locked by all who judge claims: of two who adopt rivals at once, the second sees the first."""
    Claim.objects.select_for_update(no_key=True).order_by("pk").values_list("pk").first()


def _decided(relation: ClaimRelation, by: Actor) -> ClaimRelation:
    """Write a relation, unless adoptions would then contradict each other."""
    if not relation.reason:
        raise _wrong("reason", _("Say why the two claims overlap so."), "reason_missing")
    relation.decided_by, relation.decided_at = name_of(by), timezone.now()
    guarded.enter(relation, by=by, right=Right.JUDGE_CLAIMS, reason=relation.reason)
    _refuse_wrong_adoptions(relation)
    return relation


def _refuse_wrong_adoptions(relation: ClaimRelation) -> None:
    """Of one fact at most one claim is adopted, and what is adopted has a rival."""
    groups = rivals_by_claim()
    for number in (relation.one_id, relation.other_id):
        adopted = Claim.objects.filter(pk__in=groups.get(number, {number})).exclude(adopted_by="").order_by("code")
        codes = list(adopted.values_list("code", flat=True))
        if len(codes) > 1:
            message = _("Both %(codes)s are adopted; of one fact only one can be. Withdraw one adoption first.")
            raise _wrong("kind", message % {"codes": ", ".join(codes)}, "two_adopted")
        if codes and number not in groups:
            message = _("%(code)s is adopted over the other one. Withdraw the adoption first.")
            raise _wrong("kind", message % {"code": codes[0]}, "adopted")


def _refuse_incomparable(one: Claim, other: Claim) -> None:
    if one.pk == other.pk:
        raise _wrong("other", _("A claim is not related to itself."), "itself")
    if not one.figure:
        raise _wrong("", _("This claim states no figure, so nothing of it can overlap."), "no_figure")
    if one.measure not in Claim.COUNTED:
        raise _wrong("", _("Only claims of people, of households or of money can overlap."), "other_measure")
    if other.measure != one.measure:
        told = {"code": other.code, "measure": other.get_measure_display(), "wanted": one.get_measure_display()}
        message = _("%(code)s is a claim of another measure: %(measure)s. Name one of: %(wanted)s.")
        raise _wrong("other", message % told, "other_measure")
    if not other.figure:
        message = _("%(code)s states no figure, so nothing of it can overlap.")
        raise _wrong("other", message % {"code": other.code}, "no_figure")


def _rivals_of(claim: Claim) -> list[Claim]:
    """The claim and its rivals, as they are stored."""
    numbers = rivals_by_claim().get(claim.pk, frozenset({claim.pk}))
    return list(Claim.objects.select_related("document").filter(pk__in=numbers).order_by("pk"))


def _refuse_unseen(rivals: list[Claim], seen_version: int | None) -> None:
    """What somebody else did to any of them after the page was opened is told first."""
    versions = versions_of(Claim, (one.pk for one in rivals))
    if seen_version is None or max(versions.values(), default=0) == seen_version:
        return
    newest = max(rivals, key=lambda one: versions.get(one.pk, 0))
    newest.seen_version = seen_version  # type: ignore[attr-defined]
    refuse_overwriting(newest, newest)


def _sign(claim: Claim, adoption_reason: str, *, reason: str, by: Actor) -> None:
    """Write or take away the signature under a claim."""
    claim.adoption_reason = adoption_reason
    claim.adopted_by = name_of(by) if adoption_reason else ""
    claim.adopted_at = timezone.now() if adoption_reason else None
    guarded.enter(claim, by=by, right=Right.JUDGE_CLAIMS, reason=reason)


def _required(reason: str, message: str) -> str:
    if not reason.strip():
        raise _wrong("reason", message, "reason_missing")
    return reason.strip()


def _wrong(field: str, message: str, code: str) -> ValidationError:
    error = ValidationError(message, code=code)
    return ValidationError({field: error}) if field else error
