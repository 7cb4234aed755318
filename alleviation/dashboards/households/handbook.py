"""What the handbook of one household (扶贫手册) is made of: everything recorded of it that its reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.dashboards.records.parts import seen
from alleviation.scrutiny.figures.proof import counts
from beneficiaries.choices import Relation
from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    LargeExpense,
    Monitoring,
    Person,
    PovertyLine,
    Responsibility,
    StatusChange,
    SupportMeasure,
    Visit,
)
from beneficiaries.rollups import lines_of
from projects.models import Project


@dataclass(frozen=True)
class Handbook:
    """One household with all its rows, each read once; `others` are the households its links name, if seen."""

    household: Household
    user: User
    persons: list[Person] = field(default_factory=list)
    responsible: list[Responsibility] = field(default_factory=list)
    statuses: list[StatusChange] = field(default_factory=list)
    monitorings: list[Monitoring] = field(default_factory=list)
    measures: list[SupportMeasure] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    expenses: list[LargeExpense] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    moves: list[HouseholdMove] = field(default_factory=list)
    links: list[HouseholdLink] = field(default_factory=list)
    incomes: list[IncomeRecord] = field(default_factory=list)
    lines: list[PovertyLine] = field(default_factory=list)
    proofs: Mapping[int, int] = field(default_factory=dict)
    projects: Mapping[int, Project] = field(default_factory=dict)
    others: Mapping[int, Household] = field(default_factory=dict)

    @property
    def members(self) -> list[Person]:
        """Those who belong to the household today, the head first."""
        present = [one for one in self.persons if one.left_on is None]
        return sorted(present, key=lambda one: one.relation != Relation.HEAD)

    @property
    def former(self) -> list[Person]:
        """Those who belonged to it and do no more."""
        return [one for one in self.persons if one.left_on is not None]

    @property
    def head(self) -> str:
        """The name of the head of the household as everybody may see it; "" where none is recorded."""
        heads = [one.masked_name for one in self.members if one.relation == Relation.HEAD]
        return heads[0] if heads else ""

    @property
    def standing_incomes(self) -> list[IncomeRecord]:
        """The records that hold, year by year."""
        return [one for one in self.incomes if one.superseded_at is None]


def opened(household: Household, user: User) -> Handbook:
    """The handbook of a household, in a number of queries that depends on none of its rows."""
    incomes = _incomes(household, user)
    enrolments = list(
        household.enrolments.visible_to(user).order_by("year", "project", "pk").select_related("project")
    )
    leading_here = HouseholdLink.objects.filter(other_number=household.pk)
    links = [*household.links.all(), *leading_here.beyond("the other household is named only where it is seen")]
    numbers = {one.household_id for one in links} | {one.other_number for one in links}
    others = Household.objects.filter(pk__in=numbers - {household.pk}).visible_to(user)
    return Handbook(
        household=household,
        user=user,
        persons=list(household.persons.all()),
        responsible=list(household.responsibilities.select_related("official")),
        statuses=list(household.status_changes.all()),
        monitorings=list(household.monitorings.all()),
        measures=list(household.measures.select_related("official")),
        visits=list(household.visits.select_related("official")),
        expenses=list(household.expenses.all()),
        enrolments=enrolments,
        moves=list(household.moves.select_related("from_village", "to_village")),
        links=links,
        incomes=incomes,
        lines=lines_of(Query(user=user)),
        proofs=counts(IncomeRecord, [one.pk for one in incomes]),
        projects=seen((one.project for one in enrolments), user),
        others={one.pk: one for one in others.select_related("village")},
    )


def _incomes(household: Household, user: User) -> list[IncomeRecord]:
    """Year by year; what a correction took the place of comes before what stands."""
    found = household.incomes.visible_to(user).select_related("village", "recorded_by", "checked_by")
    return sorted(found, key=lambda one: (one.year, one.superseded_at or datetime.max.replace(tzinfo=UTC), one.pk))
