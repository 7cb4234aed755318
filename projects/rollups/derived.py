"""Figures that no document states but that follow from what documents state, each shown with its working."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.figures import Figure
from alleviation.common.query import Query
from projects.choices import Basis, ClaimStatus, Measure, ProjectKind, Unit
from projects.models import Claim
from projects.rollups.claims import claims

KILOWATTS = {Unit.KW: Decimal(1), Unit.MW: Decimal(1000)}
# Kilowatts that count for one household. A plan counts so; a document that names its households goes before.
KILOWATTS_A_HOUSEHOLD = {
    ProjectKind.PV_VILLAGE: Figure.between(5, 7),
    ProjectKind.PV_CENTRALISED: Figure.between(25, 30),
}


@dataclass(frozen=True)
class Derived:
    """A figure that was computed from claims: its working in words with the numbers, and where the rule is from."""

    slug: str
    title: Any
    result: Figure
    unit: Unit | str
    basis: Basis
    working: str
    claims: tuple[Claim, ...]
    source: Any

    @property
    def of(self) -> str:
        """Its key in the address of an explanation: the check and the claims, "fund-per-person|A18|A17"."""
        return "|".join((self.slug, *(claim.code for claim in self.claims)))

    @property
    def is_made_up(self) -> bool:
        """Whether a claim of the made-up example is in it."""
        return any(claim.document.is_made_up for claim in self.claims)

    @property
    def words(self) -> str:
        """The result with its qualifier, unit and basis."""
        return self.result.words(self.unit, self.basis)


class Check(ABC):
    """A figure that can be derived from claims. A subclass that leaves something out is refused when it is defined."""

    slug: ClassVar[str]
    title: ClassVar[Any]
    formula: ClassVar[Any]
    source: ClassVar[Any]
    unit: ClassVar[Unit | str]
    basis: ClassVar[Basis]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = ("slug", "title", "formula", "source", "unit", "basis")
        if missing := [name for name in declared if not hasattr(cls, name)]:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")

    @abstractmethod
    def found(self, stated: list[Claim]) -> Iterator[Derived]:
        """What follows from these claims, each of which has a figure."""

    def derived(self, result: Figure, steps: Iterable[str], *used: Claim) -> Derived:
        """The figure with its working: the steps, then what comes out."""
        shown = result.words(self.unit, self.basis)
        working = gettext("%(steps)s = %(result)s") % {"steps": " ÷ ".join(steps), "result": shown}
        return Derived(self.slug, self.title, result, self.unit, self.basis, working, used, self.source)


class FundPerPerson(Check):
    """What a project pledges a year for each of the people that the same document says it targets."""

    slug = "fund-per-person"
    title = _("Annual fund per person targeted")
    formula = _("annual fund pledged ÷ people targeted, both of one project in one document")
    source = _("Arithmetic alone. No document says that the fund is handed out in equal parts.")
    unit = Unit.CNY
    basis = Basis.PER_PERSON_PER_YEAR

    def found(self, stated: list[Claim]) -> Iterator[Derived]:
        """One for each fund with each number of people; a fund that is not per year is none."""
        funds = [
            one for one in stated if one.measure == Measure.FUND and _is(one, ClaimStatus.PLEDGED, Basis.PER_YEAR)
        ]
        people = [one for one in stated if one.unit == Unit.PERSON and one.status == ClaimStatus.TARGETED]
        for fund, targeted in product(funds, people):
            each = quotient(figure_of(fund), figure_of(targeted))
            if each and fund.project_id and _stand_together(fund, targeted):
                yield self.derived(each, (_stated(fund), _stated(targeted)), fund, targeted)


class HouseholdsByCapacity(Check):
    """How many households a photovoltaic project was to be counted for, by its capacity."""

    slug = "households-by-capacity"
    title = _("Households that the capacity is counted for")
    formula = _("capacity ÷ kilowatts a household: 5–7 at the village, 25–30 centralised")
    source = _(
        "National Energy Administration, notice on drawing up the 13th Five-Year plan of photovoltaic poverty "
        "alleviation (国能发新能〔2017〕39号), 2017-08-01: 5–7 kW a household for stations of a village, 25–30 kW for "
        "centralised ones. A rule of planning, not a count of households."
    )
    unit = Unit.HOUSEHOLD
    basis = Basis.NONE

    def found(self, stated: list[Claim]) -> Iterator[Derived]:
        """One for each capacity of a project of a photovoltaic kind, in whole households."""
        for claim in stated:
            rule = KILOWATTS_A_HOUSEHOLD.get(ProjectKind(claim.project.kind)) if claim.project else None
            if rule and claim.measure == Measure.CAPACITY and claim.unit in KILOWATTS:
                capacity = figure_of(claim).times(KILOWATTS[Unit(claim.unit)])
                if counted_for := quotient(capacity, rule):
                    steps = (_stated(claim), rule.words(Unit.KW, Basis.PER_HOUSEHOLD))
                    yield self.derived(counted_for.outward(), steps, claim)


class ShareOfLine(Check):
    """An income per person and year as a share of the poverty line; the line is of the floor above, and given."""

    slug = "share-of-line"
    title = _("Share of the poverty line")
    formula = _("income per person and year ÷ poverty line of the year of the document")
    source = _(
        "The line as it stands in the list of poverty lines. The claim may tell of one kind of income, the line tells "
        "of all."
    )
    unit = "%"
    basis = Basis.NONE

    def found(self, stated: list[Claim]) -> Iterator[Derived]:
        """Nothing by claims alone."""
        return iter(())

    def of(self, claim: Claim, line: Figure, year: int) -> Derived | None:
        """The share with the qualifiers of both; None for a claim that is no income per person and year."""
        if claim.measure != Measure.INCOME or claim.basis != Basis.PER_PERSON_PER_YEAR or claim.figure is None:
            return None
        share = quotient(claim.figure, line)
        told = gettext("%(line)s (poverty line of %(year)d)")
        steps = (_stated(claim), told % {"line": line.words(Unit.CNY, Basis.PER_PERSON_PER_YEAR), "year": year})
        return self.derived(share.times(100), steps, claim) if share else None


CHECKS: tuple[Check, ...] = (FundPerPerson(), HouseholdsByCapacity(), ShareOfLine())


def derived(query: Query) -> list[Derived]:
    """What follows from the claims asked for alone, check by check, by the numbers of the claims.

    In: claims with a figure. Out: what would be without bounds. Unit: that of each check.
    """
    having = claims(query).exclude(qualifier="").defer("document__text").order_by("code")
    stated = list(having)
    return [one for check in CHECKS for one in check.found(stated) if query.of in ("", one.of)]


def share_of_line(claim: Claim, line: Figure | None, year: int) -> Derived | None:
    """An income claimed per person and year as a share of the poverty line of a year, in percent.

    None for any other claim, and while the line of that year is not known.
    """
    return ShareOfLine().of(claim, line, year) if line else None


def quotient(one: Figure, other: Figure) -> Figure | None:
    """One ÷ other; None where nothing would be known of it, or there is nothing to divide by."""
    if other.low == other.high == 0:
        return None
    found = one.divided_by(other)
    return None if found.low is None and found.high is None else found


def figure_of(claim: Claim) -> Figure:
    """The figure of a claim; unstated for one without."""
    return claim.figure or Figure.unstated()


def _is(claim: Claim, status: ClaimStatus, basis: Basis) -> bool:
    return (claim.status, claim.basis) == (status, basis)


def _stand_together(one: Claim, other: Claim) -> bool:
    return (one.document_id, one.project_id) == (other.document_id, other.project_id)


def _stated(claim: Claim) -> str:
    """ "RMB 4,032,000 a year (A18)" """
    figure = figure_of(claim).words(claim.unit, claim.basis)
    return gettext("%(figure)s (%(claim)s)") % {"figure": figure, "claim": claim.code}
