"""What documents claim, gathered by class. Only one class adds; overlap is not known, so sums are gross."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from alleviation.common.areas import within_any
from alleviation.common.figures import FigureSum, total
from alleviation.common.query import Query
from projects.choices import Basis, ClaimStatus, Measure, Unit
from projects.models import Claim
from projects.models.claims import ClaimQuerySet


@dataclass(frozen=True)
class ClaimClass:
    """The figures of one measure, unit, basis and status: the gross sum, in which claims may overlap."""

    measure: Measure
    unit: Unit
    basis: Basis
    status: ClaimStatus
    claims: int
    gross: FigureSum


def claims(query: Query) -> ClaimQuerySet:
    """The claims that a question is about."""
    found = Claim.objects.visible_to(query.user).with_documents()
    if query.prefixes is not None:
        found = found.filter(within_any(list(query.prefixes), "division__code"))
    if query.project_code:
        found = found.filter(project__code=query.project_code)
    return found.of_measure(query.measure).of_status(query.status)


def claim_totals(query: Query) -> list[ClaimClass]:
    """Each class of figures with its gross sum: the sum if no two claims overlapped, which is not known."""
    with_figure = claims(query).exclude(qualifier="").order_by("measure", "unit", "basis", "status", "code")
    return [
        ClaimClass(Measure(m), Unit(u), Basis(b), ClaimStatus(s), len(found), total(one.figure for one in found))
        for (m, u, b, s), group in groupby(with_figure, key=lambda c: (c.measure, c.unit, c.basis, c.status))
        if (found := list(group))
    ]


def claims_of_money(query: Query) -> list[Claim]:
    """The claims of funds and of infrastructure spend that overlap the years asked for; none is added to another."""
    found = claims(query).filter(measure__in=[Measure.FUND, Measure.INFRASTRUCTURE]).order_by("code")
    ended = Q(last_year__lt=query.first_year) | Q(first_year__gt=query.last_year)
    return list(found.exclude(ended))
