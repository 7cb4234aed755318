"""What documents claim, gathered by class. Only one class adds; overlap is not known, so sums are gross."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from alleviation.common.figures import Figure, FigureSum, total, unique
from alleviation.common.query import Query
from projects.choices import Basis, ClaimStatus, Measure, Unit
from projects.models import Claim
from projects.models.claims import ClaimQuerySet


@dataclass(frozen=True)
class ClaimClass:
    """The figures of one measure, unit, basis and status: the gross sum, in which claims may overlap.

    What the made-up example says is a class of its own, never added to what a real document says.
    """

    measure: Measure
    unit: Unit
    basis: Basis
    status: ClaimStatus
    claims: int
    gross: FigureSum
    is_made_up: bool = False


@dataclass(frozen=True)
class Reach:
    """How many people or households documents speak of, of one unit and status.

    `gross` counts whatever two claims share twice; `unique` are bounds that hold however they overlap.
    """

    measure: Measure
    unit: Unit
    basis: Basis
    status: ClaimStatus
    claims: int
    unique: Figure | None
    gross: FigureSum
    is_made_up: bool


def claims(query: Query) -> ClaimQuerySet:
    """The claims that a question is about."""
    found = Claim.objects.visible_to(query.user).with_documents()
    if query.prefixes is not None:
        found = found.filter(query.located("division__code"))
    if query.project_code:
        found = found.filter(project__code=query.project_code)
    return found.of_measure(query.measure).of_status(query.status)


def claim_totals(query: Query) -> list[ClaimClass]:
    """Each class of figures with its gross sum: the sum if no two claims overlapped, which is not known."""
    classes = _classes(query, lambda c: (c.measure, c.unit, c.basis, c.status, c.document.is_made_up))
    return [
        ClaimClass(Measure(m), Unit(u), Basis(b), ClaimStatus(s), len(found), total(found), is_made_up)
        for (m, u, b, s, is_made_up), found in classes.items()
    ]


def reach_totals(query: Query) -> list[Reach]:
    """Numbers of people and households by unit and status: unique as bounds, and gross.

    A number without a basis counts people as a cumulative one does, so the two are one class here. Apart:
    figures per year, since the same people may count in each, and other units (students are not added to persons).
    """
    classes = _classes(query, _reach_class)
    return [
        Reach(Measure(m), Unit(u), Basis(b), ClaimStatus(s), len(found), unique(found), total(found), is_made_up)
        for (m, u, b, s, is_made_up), found in classes.items()
        if m in {Measure.PEOPLE, Measure.HOUSEHOLDS}
    ]


def _reach_class(claim: Claim) -> tuple[Any, ...]:
    basis = "" if claim.basis == Basis.CUMULATIVE else claim.basis
    return claim.measure, claim.unit, basis, claim.status, claim.document.is_made_up


def _classes(query: Query, key: Callable[[Claim], tuple[Any, ...]]) -> dict[tuple[Any, ...], list[Figure]]:
    """The figures of each class, in the order of the classes; the order of claims inside does not matter."""
    gathered: dict[tuple[Any, ...], list[Figure]] = {}
    for claim in claims(query).exclude(qualifier="").defer("document__text"):
        if claim.figure:
            gathered.setdefault(key(claim), []).append(claim.figure)
    return dict(sorted(gathered.items()))


def claims_of_money(query: Query) -> list[Claim]:
    """The claims of funds and of infrastructure spend that overlap the years asked for; none is added to another."""
    found = claims(query).filter(measure__in=[Measure.FUND, Measure.INFRASTRUCTURE]).defer("document__text")
    ended = Q(last_year__lt=query.first_year) | Q(first_year__gt=query.last_year)
    return list(found.exclude(ended).order_by("code"))
