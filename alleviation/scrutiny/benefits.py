"""What households got from a project, beside what the ledger says was paid out and spent for it.

For each project and year: received = Σ amount of the enrolments of the year, in the villages asked for; disbursed and
spent = Σ of the posted entries of the year and the project, at the places asked for. Difference = disbursed −
received, in yuan, where every amount is known and something was recorded on both sides.

In: the projects that anybody asked about has a part in, in whatever year; of these every year asked for that has an
enrolment, a disbursement or an expenditure. Out: projects that nobody has a part in; expected amounts.

They can rightly differ. More may be disbursed than is received: a station is built, a road is paved, goods are bought;
what comes to households is a part of it. More may be received than is disbursed: rents, wages and dividends are often
paid by the enterprise that runs the project, out of what it earns, and never pass through the ledger. A year's
dividend may be paid out in the year after. And where a question is asked of a village, the money booked for its county
is not in it. The difference is a question to somebody who knows, not a finding. docs/reach.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from beneficiaries.rollups import Reach, enrolments, reach, reach_by_project_and_year
from beneficiaries.rollups.few import FEW_EACH, told, told_apart
from projects.models import Project
from projects.rollups import Funding, funding_by_project, funding_cells
from projects.rollups.funding import added
from projects.rollups.projects import seen_or_not


class Verdict(models.TextChoices):
    """How what was received stands to what was disbursed."""

    AGREES = "agrees", _("agrees")
    MORE = "more", _("more received than disbursed")
    LESS = "less", _("less received than disbursed")
    NOT_DISBURSED = "not_disbursed", _("nothing disbursed")
    NOT_RECORDED = "not_recorded", _("nothing recorded as received")
    NOT_COMPARABLE = "not_comparable", _("not comparable: amounts are not known")
    NOT_TOLD = "not_told", _("not told: of few households")


@dataclass(frozen=True)
class Benefit:
    """A project and a year: whom it reached with what, and what was booked. Without a project: several together."""

    reached: Reach
    booked: Funding
    project: Project | None = None
    year: int | None = None

    @property
    def received(self) -> Decimal | None:
        """Σ of the known amounts, in yuan; None where none is known, or may be told."""
        return self.reached.amount

    @property
    def difference(self) -> Decimal | None:
        """Disbursed − received, in yuan; None where they cannot be compared."""
        return self.booked.disbursed - self.reached.known if self.verdict in COMPARED else None

    @property
    def verdict(self) -> Verdict:
        """In words how they stand to each other."""
        reached, disbursed = self.reached, self.booked.disbursed
        if not reached.services:
            return Verdict.NOT_RECORDED
        if reached.withheld:
            return Verdict.NOT_TOLD
        if reached.unknown:
            return Verdict.NOT_COMPARABLE
        if not disbursed:
            return Verdict.NOT_DISBURSED
        if reached.known == disbursed:
            return Verdict.AGREES
        return Verdict.MORE if reached.known > disbursed else Verdict.LESS


COMPARED = frozenset({Verdict.AGREES, Verdict.MORE, Verdict.LESS, Verdict.NOT_DISBURSED})


def benefits(query: Query) -> list[Benefit]:
    """Each project and year, by the project's code; cells of too few households last, in one without a project.

    What is gathered there is told to whoever may not see single households; the others have every cell.
    """
    found = {one.key: one for one in reach_by_project_and_year(query)}
    booked = _booked(query, _projects(query))
    cells = told_apart(query, list(found.values()), "project_id", "year")
    told_of = {one.key: one for one in cells if one.key is not FEW_EACH}
    apart = found.keys() - told_of.keys()
    projects = seen_or_not(key[0] for key in found.keys() | booked.keys())
    rows = [
        Benefit(told_of.get(key, Reach()), booked.get(key, Funding()), projects[key[0]], key[1])
        for key in sorted((found.keys() | booked.keys()) - apart, key=lambda key: (projects[key[0]].code, key[1]))
    ]
    gathered = [one for one in cells if one.key is FEW_EACH]
    together = sum((booked.get(key, Funding()) for key in apart), Funding())
    return [*rows, *(Benefit(one, together) for one in gathered)]


def benefits_total(query: Query) -> Benefit:
    """All together: people once; what is booked for any of the projects, added up by another way than the rows."""
    projects = _projects(query)
    booked = [one for one in funding_by_project(query) if one.key[-1] in projects and _has_money(one)]
    return Benefit(told(query, reach(query)), sum(booked, Funding()))


def _projects(query: Query) -> set[int]:
    """The projects in which anybody asked about has a part, in whatever year."""
    ever = replace(query, first_year=FIRST_YEAR, last_year=LAST_YEAR, outside_plans=False)
    return set(enrolments(ever).order_by().values_list("project", flat=True).distinct())


def _booked(query: Query, projects: set[int]) -> Mapping[tuple[int, int], Funding]:
    """What is disbursed and spent by project and year; neither of them: no row."""
    cells = [one for one in funding_cells(query) if one.key[2] in projects]
    found: dict[Any, Funding] = added(cells, lambda one: (one.key[2], one.key[0]))
    return {key: one for key, one in found.items() if _has_money(one)}


def _has_money(funding: Funding) -> bool:
    return bool(funding.disbursed or funding.spent)
