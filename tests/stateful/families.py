"""Random lives of families against a plain book: who lived where on which day, and in which village."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from alleviation.common import guard
from beneficiaries import actions, verification
from beneficiaries.models import Household, IncomeRecord, Person, village_on
from tests.factories import NO_OTHER_INCOME
from tests.stateful.world import COMMAND, VILLAGES, World

FIRST = date(2015, 1, 1)
DAYS = [FIRST + timedelta(days=90 * step) for step in range(24)]
YEARS = range(FIRST.year, DAYS[-1].year + 1)

SELDOM = 7

picks, days = st.integers(0, 1000), st.sampled_from(DAYS)


@dataclass
class Stay:
    """A person in a household, up to and without the day of leaving."""

    home: int
    key: int
    row: int
    since: date = date.min
    until: date = date.max


@dataclass
class Family:
    """What is known of a household: its villages since when, its life, and the years it has an income of."""

    homes: list[tuple[date, str]]
    since: date = date.min
    until: date = date.max
    earned: set[int] = field(default_factory=set)

    def village(self, day: date) -> str:
        return [code for since, code in self.homes if since <= day or since == self.homes[0][0]][-1]


class Families(RuleBasedStateMachine):
    """Whatever is entered in whatever order, the app knows who was where; what the book refuses, the app refuses."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.enter_context(guard.enforced())
        self.families: dict[int, Family] = {}
        self.stays: list[Stay] = []
        self.numbers = 0
        for household in self.world.households:
            self.families[household.pk] = Family([(date.min, household.village.code)])
            for _place in range(3):
                self._join(household.pk, None)

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    def check(self) -> None:
        """The members of each household on each day, its village at the end of each year, and that of its incomes."""
        homes = {one.pk: one for one in Household.objects.select_related("village")}
        assert {number: one.ended_on or date.max for number, one in homes.items()} == {
            number: family.until for number, family in self.families.items()
        }
        rows = list(Person.objects.values_list("household", "key", "joined_on", "left_on"))
        for day in (day + shift for day in DAYS for shift in (timedelta(days=-1), timedelta(0))):
            told = [(home, key) for home, key, first, last in rows if (first or day) <= day < (last or date.max)]
            assert sorted(told) == sorted((one.home, one.key) for one in self._on(day))
            assert len({key for _home, key in told}) == len(told)
        ends = {(number, year) for number in homes for year in YEARS}
        told = {(number, year): village_on(homes[number], date(year, 12, 31)).code for number, year in ends}
        book = {(number, year): self.families[number].village(date(year, 12, 31)) for number, year in ends}
        assert told == book
        incomes = IncomeRecord.objects.standing().values_list("household", "year", "village__code")
        earned = {(number, year) for number, family in self.families.items() for year in family.earned}
        assert {(number, year): code for number, year, code in incomes} == {one: book[one] for one in earned}
        checks = [check for check in verification.CHECKS if not check.is_slow]
        assert [fault for check in checks for fault in check.faults()] == []

    # --- persons --------------------------------------------------------------------------------------------------

    @rule(pick=picks, day=days)
    def join(self, pick: int, day: date) -> None:
        number = self._pick(pick)
        family = self.families[number]
        if self._allowed(family.until == date.max and day >= family.since, lambda: self._enter(number, day)):
            self.stays.append(self.entered)

    @rule(pick=picks, day=days)
    def leave(self, pick: int, day: date) -> None:
        stay = self._stay(pick)
        may = stay.until == date.max and day >= stay.since
        if self._allowed(may, lambda: actions.leave_household(self._row(stay), on=day, how="other", by=COMMAND)):
            stay.until = day

    @rule(pick=picks, where=picks, day=days)
    def transfer(self, pick: int, where: int, day: date) -> None:
        stay, to = self._stay(pick), self._pick(where)
        family = self.families[to]
        may = stay.until == date.max and day >= stay.since and stay.home != to
        may = may and family.until == date.max and day >= family.since
        facts = {"on": day, "how": "marriage", "relation": "spouse", "by": COMMAND}

        def act() -> None:
            self.arrived = actions.transfer_person(self._row(stay), to=self._household(to), **facts).pk

        if self._allowed(may, act):
            stay.until = day
            self.stays.append(Stay(to, stay.key, self.arrived, day))

    # --- households -----------------------------------------------------------------------------------------------

    @rule(pick=picks, chosen=st.integers(1, 7), day=days)
    def split(self, pick: int, chosen: int, day: date) -> None:
        number = self._pick(pick)
        members = self._members(number)
        leaving = [one for place, one in enumerate(members) if chosen >> place & 1]
        may = self._after_all(number, day) and 0 < len(leaving) < len(members)
        may = may and all(one.since <= day for one in leaving)
        rows = [self._row(one) for one in leaving]

        def act() -> None:
            household = self._household(number)
            self.made = actions.split_household(household, number=self._number(), members=rows, on=day, by=COMMAND).pk

        if self._allowed(may, act):
            self.families[self.made] = Family([(date.min, self.families[number].homes[-1][1])], since=day)
            self._go_over(leaving, self.made, day)

    @rule(pick=picks, where=picks, day=days)
    def merge(self, pick: int, where: int, day: date) -> None:
        number, into = self._pick(pick), self._pick(where)
        other = self.families[into]
        may = number != into and self._may_end(number, day) and other.until == date.max and day >= other.since
        facts = {"into": self._household(into), "on": day, "by": COMMAND}
        if self._allowed(may, lambda: actions.merge_household(self._household(number), **facts)):
            self._go_over(self._members(number), into, day)
            self.families[number].until = day

    @rule(pick=picks, day=days, often=st.integers(0, 2))
    def end(self, pick: int, day: date, often: int) -> None:
        if often:
            return
        number = self._pick(pick)
        facts = {"on": day, "how": "moved_away", "by": COMMAND}
        if self._allowed(self._may_end(number, day), lambda: actions.end_household(self._household(number), **facts)):
            for one in self._members(number):
                one.until = day
            self.families[number].until = day

    @rule(pick=picks, where=picks, day=days)
    def move(self, pick: int, where: int, day: date) -> None:
        number, to = self._pick(pick), self.world.places[VILLAGES[where % len(VILLAGES)]]
        family = self.families[number]
        may = family.until == date.max and day >= family.since
        may = may and day > family.homes[-1][0] and to.code != family.homes[-1][1]
        facts = {"to": to, "on": day, "reason": "move", "number": self._number(), "by": COMMAND}
        if self._allowed(may, lambda: actions.move_household(self._household(number), **facts)):
            family.homes.append((day, to.code))

    @rule(pick=picks, year=st.sampled_from(YEARS))
    def earn(self, pick: int, year: int) -> None:
        number = self._pick(pick)
        family = self.families[number]
        may = family.since.year <= year <= family.until.year and year not in family.earned
        income = IncomeRecord(household=self._household(number), year=year, persons=1, **NO_OTHER_INCOME)
        if self._allowed(may, lambda: actions.record_income(income, by=COMMAND)):
            family.earned.add(year)

    # --- the book -------------------------------------------------------------------------------------------------

    def _allowed(self, may: bool, act: Callable[[], object]) -> bool:
        """The app does what the book allows, and refuses the rest."""
        refused = None
        try:
            with transaction.atomic():
                act()
        except ValidationError as error:
            refused = error
        assert may == (refused is None), refused
        return may

    def _enter(self, number: int, day: date | None) -> None:
        joined = {"joined_on": day, "joined_as": "other"} if day else {}
        person = Person(household=self._household(number), name="测试", relation="other", **joined)
        actions.register_person(person, by=COMMAND)
        self.entered = Stay(number, person.key, person.pk, day or date.min)

    def _join(self, number: int, day: date | None) -> None:
        self._enter(number, day)
        self.stays.append(self.entered)

    def _go_over(self, stays: list[Stay], to: int, day: date) -> None:
        rows = dict(Person.objects.filter(household=to, left_on__isnull=True).values_list("key", "pk"))
        for one in stays:
            one.until = day
            self.stays.append(Stay(to, one.key, rows[one.key], day))

    def _may_end(self, number: int, day: date) -> bool:
        left = [one.until for one in self.stays if one.home == number and one.until != date.max]
        came = [one.since for one in self._members(number)]
        years = self.families[number].earned
        return (
            self._after_all(number, day)
            and max([*left, *came], default=day) <= day
            and max(years, default=0) <= day.year
        )

    def _after_all(self, number: int, day: date) -> bool:
        family = self.families[number]
        return family.until == date.max and day >= max(family.since, family.homes[-1][0])

    def _on(self, day: date) -> list[Stay]:
        return [one for one in self.stays if one.since <= day < one.until]

    def _members(self, number: int) -> list[Stay]:
        return [one for one in self.stays if one.home == number and one.until == date.max]

    def _pick(self, pick: int) -> int:
        """A household; one that has ended is picked now and then."""
        standing = [number for number, family in self.families.items() if family.until == date.max]
        found = standing if pick % SELDOM and standing else list(self.families)
        return found[pick % len(found)]

    def _stay(self, pick: int) -> Stay:
        """A membership; one that is over is picked now and then."""
        present = [one for one in self.stays if one.until == date.max]
        found = present if pick % SELDOM and present else self.stays
        return found[pick % len(found)]

    def _row(self, stay: Stay) -> Person:
        return Person.objects.get(pk=stay.row)

    def _household(self, number: int) -> Household:
        return Household.objects.get(pk=number)

    def _number(self) -> str:
        self.numbers += 1
        return f"N{self.numbers}"
