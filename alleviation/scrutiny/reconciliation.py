"""What documents claim, held against what our records hold. The rules: docs/claims.md, and the docstrings here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import nonmember

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alleviation.common.figures import Figure, Qualifier
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Mark, Text
from alleviation.scrutiny.holdings import Holdings, Recorded
from alleviation.scrutiny.scopes import NO_SUBJECT, Scopes, why_not
from projects.models import Claim
from projects.rollups.claims import claims

# An "about" has no bounds: what is recorded is near it from nine tenths of it on.
NEAR = Decimal("0.9")


class Support(TextChoices):
    """How far our records bear a claim out."""

    SUPPORTED = "supported", _("supported")
    PARTLY = "partly", _("partly supported")
    NOT_RECORDED = "not_recorded", _("not yet recorded")
    CONTRADICTED = "contradicted", _("contradicted")
    NOT_COMPARABLE = "not_comparable", _("not comparable")

    # What a year after its publication asks for a reason.
    LACKING = nonmember(frozenset({"partly", "not_recorded", "contradicted"}))


@dataclass(frozen=True)
class Reconciled:
    """A claim beside what our records hold of the same.

    `recorded` is what the claim is held against, `beside` what stands next to it; `why` tells why there is nothing.
    """

    claim: Claim
    support: Support
    recorded: Recorded | None = None
    beside: Recorded | None = None
    why: Text | Promise = ""
    difference: Figure | None = field(default=None)

    @property
    def mark(self) -> Mark:
        """A made-up claim; or a real one held against records of which some are made up."""
        if self.claim.document.is_made_up:
            return True
        held = [one for one in (self.recorded, self.beside) if one is not None and one.figure is not None]
        return PARTLY if any(one.is_made_up for one in held) else False


def reconcile(query: Query) -> list[Reconciled]:
    """Every claim asked for, by its number, with what our records hold of it.

    Held against a claim of people or households: reached, or without a status: the distinct persons or households
    enrolled in its project, else in projects at its place, in its years; still to come: those on the register of its
    place, else of its project's. Held against money of a fund or of infrastructure: still to come: what is pledged;
    spent, and infrastructure: the expenditures; approved, contributed, else: the allocations; for its project, else
    its place, of the source that is called like its organisation, in its years. Years that it does not state: all;
    of what has happened: until the year of the document. A claim per year: the latest of its years with a record.

    The sums are those of the reader's area; a claim that reaches beyond it is not compared. Costs the same for any
    number of claims up to fifty, and a few statements more for each further fifty.
    """
    return reconciled(query, _with_subjects(query))


def reconciled(query: Query, found: Sequence[Claim]) -> list[Reconciled]:
    """Just these claims, in their order."""
    reasons = {claim.pk: why_not(claim, query.user.area) for claim in found}
    scopes = Scopes(query, found)
    compared = {claim.pk: scopes.of(claim) for claim in found if reasons[claim.pk] is None}
    asked = [claim for claim in found if compared.get(claim.pk)]
    holdings = Holdings(query, {claim.pk: (claim, compared[claim.pk], scopes.register(claim)) for claim in asked})  # type: ignore[misc]
    return [
        _held(claim, *holdings.of(claim))
        if claim in asked
        else Reconciled(claim, Support.NOT_COMPARABLE, why=reasons[claim.pk] or NO_SUBJECT)
        for claim in found
    ]


def reconcile_claim(query: Query, code: str) -> Reconciled | None:
    """One claim by its number; None where there is none."""
    found = reconciled(query, _with_subjects(query, code=code))
    return found[0] if found else None


def counted_by_support(rows: Iterable[Reconciled]) -> dict[Support, int]:
    """How many claims are in each state, in the order of the states."""
    found = [one.support for one in rows]
    return {support: found.count(support) for support in Support}


def support_of(claimed: Figure, held: Figure | None, *, is_same_thing: bool) -> Support:
    """The state of a claim whose figure is `claimed`, where our records hold `held`.

    | records                                                              | state            |
    |----------------------------------------------------------------------|------------------|
    | none, or they add up to nothing                                      | not yet recorded |
    | of its own project, and above its high bound (about: never)          | contradicted     |
    | at its low bound or above (over: above; about: from nine tenths on)  | supported        |
    | some, and below that; or of an unknown size                          | partly           |

    A claim without a low bound (under, at most) is supported by any record that is not above it. Records of a whole
    place may be of other things as well: more of them contradicts nothing.
    """
    if held is None or (held.low == 0 and held.high == 0):
        return Support.NOT_RECORDED
    if held.low is None:
        return Support.PARTLY
    if is_same_thing and _is_above(held, claimed):
        return Support.CONTRADICTED
    return Support.SUPPORTED if _reaches(held, claimed) else Support.PARTLY


def difference_of(claimed: Figure, held: Figure | None, support: Support) -> Figure | None:
    """Claimed less recorded, by the rule of Figure; None where the claim is supported, or nothing is known of it.

    Nothing recorded: the claim itself. Below 0: recorded beyond the claim.
    """
    if support == Support.SUPPORTED:
        return None
    found = claimed if held is None else claimed + negative(held)
    return None if found.low is None and found.high is None else found


def negative(figure: Figure) -> Figure:
    """The figure below zero: over 3 becomes under -3."""
    turned = {
        Qualifier.OVER: Qualifier.UNDER,
        Qualifier.UNDER: Qualifier.OVER,
        Qualifier.AT_LEAST: Qualifier.AT_MOST,
        Qualifier.AT_MOST: Qualifier.AT_LEAST,
    }
    low, high = (None if bound is None else -bound for bound in (figure.high, figure.low))
    return Figure(low, high, turned.get(figure.qualifier, figure.qualifier), is_sum=True)


def _is_above(held: Figure, claimed: Figure) -> bool:
    if claimed.high is None or claimed.qualifier == Qualifier.ABOUT or held.low is None:
        return False
    is_strict = claimed.qualifier == Qualifier.UNDER or held.qualifier == Qualifier.OVER
    return held.low > claimed.high or (is_strict and held.low == claimed.high)


def _reaches(held: Figure, claimed: Figure) -> bool:
    if claimed.low is None or held.low is None:
        return held.low is not None
    low = claimed.low * NEAR if claimed.qualifier == Qualifier.ABOUT else claimed.low
    is_strict = claimed.qualifier == Qualifier.OVER and held.qualifier != Qualifier.OVER
    return held.low > low or (held.low == low and not is_strict)


def _held(claim: Claim, recorded: Recorded, beside: Recorded) -> Reconciled:
    claimed = claim.figure
    if claimed is None:
        return Reconciled(claim, Support.NOT_COMPARABLE)
    support = support_of(claimed, recorded.figure, is_same_thing=recorded.is_same_thing)
    difference = difference_of(claimed, recorded.figure, support)
    return Reconciled(claim, support, recorded, beside, difference=difference)


def _with_subjects(query: Query, **wanted: str) -> list[Claim]:
    """The claims asked for, with what their scopes are made of, and without texts."""
    found = claims(replace(query, of="")).filter(**wanted).defer("document__text").order_by("code")
    return list(found.select_related("project__division").prefetch_related("project__sites__division"))
