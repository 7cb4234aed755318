"""What documents claim, gathered by class. Only one class adds: gross as if no claims overlapped, unique however."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from alleviation.common.figure_classes import ClassedFigure, FigureClass, class_total
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from projects.choices import Basis, ClaimStatus, Measure, Overlap, Unit
from projects.models import Claim, ClaimRelation
from projects.models.claims import ClaimQuerySet
from projects.rollups import overlap
from projects.rollups.nesting import Nesting, Relations
from projects.rollups.overlap import Contradiction, Counted, Narrowing

# Told of each year, hence one figure for each stated span of years.
YEARLY = frozenset({Basis.PER_YEAR, Basis.PER_PERSON_PER_YEAR})
# Told of each of some, hence never added: RMB 2 each and RMB 3 each are no RMB 5 each.
RATES = frozenset({Basis.PER_PERSON_PER_YEAR, Basis.PER_HOUSEHOLD})


@dataclass(frozen=True)
class Rivals:
    """Claims about the same fact, side by side, and the one that the office goes by, if any."""

    claims: tuple[Claim, ...]
    adopted: Claim | None


@dataclass(frozen=True)
class ClaimClass:
    """The claims of one measure, unit, basis and status that have a figure, and what their figures come to.

    What the made-up example says is a class of its own, never added to what a real document says. So are figures per
    year of other stated years: the same people and the same promise may count in each.
    """

    figure_class: FigureClass
    members: tuple[Claim, ...]
    relations: Relations

    @property
    def of(self) -> str:
        """Its key in the address of an explanation: "P|person||reached|0"."""
        return self.figure_class.key

    @property
    def measure(self) -> Measure:
        return Measure(self.figure_class.measure)

    @property
    def unit(self) -> Unit:
        return Unit(self.figure_class.unit)

    @property
    def basis(self) -> Basis:
        return Basis(self.figure_class.basis)

    @property
    def status(self) -> ClaimStatus:
        return ClaimStatus(self.figure_class.status)

    @property
    def is_made_up(self) -> bool:
        return self.figure_class.is_made_up

    @property
    def years(self) -> str:
        """The years that a figure per year is stated for: "2016-2018", "2016-"; empty where it is not per year."""
        return self.figure_class.years

    @property
    def claims(self) -> int:
        """How many claims there are."""
        return len(self.members)

    @property
    def is_added(self) -> bool:
        """Whether the figures of several claims make a sum at all; so many yuan per person do not."""
        return self.claims == 1 or self.basis not in RATES

    @property
    def counted(self) -> list[Counted]:
        """The figures of its claims, by the number of each claim."""
        return [Counted(one.code, one.figure, bool(one.adopted_by)) for one in self.members if one.figure]

    @cached_property
    def gross(self) -> FigureSum:
        """The sum as if no two claims overlapped; whatever two of them share counts twice.

        In: every claim of the class, rivals too. Out: figures without a number, counted beside it.
        """
        sums = class_total(ClassedFigure(one.figure, self.figure_class) for one in self.members if one.figure)
        return sums if self.is_added else FigureSum(None, sums.not_stated)

    @cached_property
    def unique(self) -> Figure | None:
        """The bounds of how much there is, however the claims overlap: see `overlap.bounds`. None: nothing is known.

        In: the relations that are decided between claims of this class. Out: relations with claims of other classes.
        """
        return overlap.bounds(self.counted, self.relations) if self.is_added else None

    @cached_property
    def narrowing(self) -> Narrowing | None:
        """What would narrow the unique figure."""
        return overlap.narrowing(self.counted, self.relations) if self.is_added else None

    @cached_property
    def contradictions(self) -> list[Contradiction]:
        """What its claims and their relations say that cannot all be so; such relations count as unknown."""
        return overlap.contradictions(self.counted, self.relations)

    @cached_property
    def rivals(self) -> list[Rivals]:
        """The groups of claims that are related as the same."""
        by_code = {claim.code: claim for claim in self.members}
        same = {pair: kind for pair, kind in self.relations.items() if kind == Overlap.SAME}
        groups = Nesting(self.counted, same).groups
        return [_rivals(tuple(by_code[code] for code in group)) for group in groups if len(group) > 1]


def _rivals(claims: tuple[Claim, ...]) -> Rivals:
    return Rivals(claims, next((claim for claim in claims if claim.adopted_by), None))


def claims(query: Query) -> ClaimQuerySet:
    """The claims that a question is about."""
    found = Claim.objects.visible_to(query.user).with_documents()
    if query.prefixes is not None:
        found = found.filter(query.located("division__code"))
    if query.project_code:
        found = found.filter(project__code=query.project_code)
    return found.of_measure(query.measure).of_status(query.status)


def claim_totals(query: Query) -> list[ClaimClass]:
    """Each class of figures, with its unique figure as bounds and its gross sum.

    In: every claim asked for that has a figure. Out: claims that are statements only. A question whose `of` is the
    key of a class is about that one.
    """
    relations = claim_relations()
    gathered: dict[FigureClass, list[Claim]] = {}
    for claim in claims(query).exclude(qualifier="").defer("document__text").order_by("code"):
        gathered.setdefault(class_of(claim), []).append(claim)
    classes = [ClaimClass(one, tuple(members), relations) for one, members in gathered.items()]
    asked = [one for one in classes if query.of in ("", one.of)]
    return sorted(asked, key=lambda one: one.of)


def class_of(claim: Claim) -> FigureClass:
    """The class of a claim's figure.

    A number of people or households without a basis counts as a cumulative one does, so the two are one class.
    Apart: other units (students are not added to persons), and figures per year of other years.
    """
    is_reach = claim.measure in {Measure.PEOPLE, Measure.HOUSEHOLDS}
    basis = "" if is_reach and claim.basis == Basis.CUMULATIVE else claim.basis
    is_dated = basis in YEARLY and (claim.first_year or claim.last_year)
    years = f"{claim.first_year or ''}-{claim.last_year or ''}" if is_dated else ""
    return FigureClass(claim.measure, claim.unit, basis, claim.status, claim.document.is_made_up, years)


def claim_relations() -> dict[tuple[str, str], Overlap]:
    """How claims overlap where somebody decided it, by their numbers; part_of: the first is part of the second."""
    decided = ClaimRelation.objects.decided().order_by("id").values_list("one__code", "other__code", "kind")
    return {(one, other): Overlap(kind) for one, other, kind in decided}


def claims_of_money(query: Query) -> list[Claim]:
    """The claims of funds and of infrastructure spend that overlap the years asked for; none is added to another."""
    found = claims(query).filter(measure__in=[Measure.FUND, Measure.INFRASTRUCTURE]).defer("document__text")
    ended = Q(last_year__lt=query.first_year) | Q(first_year__gt=query.last_year)
    return list(found.exclude(ended).order_by("code"))


def village_total(claim: Claim, people: int | None) -> Figure | None:
    """What a figure per person comes to for a village: the figure × its persons, with its qualifier. Unit: yuan.

    None until the persons are known, and for a claim that is not per person.
    """
    if claim.figure is None or claim.basis != Basis.PER_PERSON_PER_YEAR or not people:
        return None
    return claim.figure.times(people) if claim.figure.is_summable else None
