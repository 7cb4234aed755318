"""Enters a made-up county by the actions, and writes each thing into the plain one as well."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from alleviation.common import guard
from beneficiaries import actions
from beneficiaries.choices import MoveReason
from beneficiaries.models import EXIT_STEPS, Enrolment, Household, IncomeRecord, Person, StatusChange
from projects.choices import SuccessionKind
from projects.models import Division, Project, Succession
from tests.acceptance.plain_worlds import PARTS, County, Earned, Home, Moved, Part, Stay
from tests.factories import PovertyLineFactory, ProjectFactory, place

BY, FIRST = "a test", 2017
TOWNSHIP = "513228212"
CODES = [f"{TOWNSHIP}20{n}" for n in range(4)]
PROJECTS, ROLES = ("ONE", "TWO", "THREE"), ("dividend", "wage")
REGISTERED = date(2014, 1, 1)
WHAT = ("move", "move", "split", "merge", "status", "status", "villages_merge")

picks, yuan = st.integers(0, 999), st.integers(0, 9000)
steps = st.tuples(st.sampled_from(WHAT), picks, picks)
earnings = st.tuples(st.integers(1, 5), st.tuples(yuan, yuan, yuan, yuan, st.integers(0, 3000)))
enrolments = st.tuples(picks, st.sampled_from(PROJECTS), st.sampled_from(ROLES), st.none() | yuan, st.none() | picks)


@dataclass(frozen=True)
class Year:
    """What happens in a year. `early`: incomes are entered before the rest happens, and so are corrected by moves."""

    happens: list[tuple[str, int, int]]
    incomes: list[tuple[int, tuple[int, ...]] | None]
    corrected: list[tuple[int, tuple[int, tuple[int, ...]]]]
    enrolled: list[tuple[int, str, str, int | None, int | None]]
    lines: list[tuple[str, int]]
    early: bool


@dataclass(frozen=True)
class Plan:
    """2 to 4 villages, 3 to 8 households of these sizes, and 2 to 4 years."""

    villages: int
    sizes: list[int]
    years: list[Year]


years = st.builds(
    Year,
    happens=st.lists(steps, min_size=1, max_size=5),
    incomes=st.lists(st.none() | earnings, min_size=8, max_size=8),
    corrected=st.lists(st.tuples(picks, earnings), max_size=2),
    enrolled=st.lists(enrolments, min_size=1, max_size=5),
    lines=st.lists(
        st.tuples(st.sampled_from(("", TOWNSHIP, *CODES)), st.integers(500, 9000)),
        max_size=3,
        unique_by=lambda one: one[0],
    ),
    early=st.booleans(),
)
plans = st.builds(
    Plan,
    villages=st.integers(2, 4),
    sizes=st.lists(st.integers(1, 4), min_size=3, max_size=8),
    years=st.lists(years, min_size=2, max_size=4),
)


class Clerk:
    """Enters a plan; what cannot happen to the household that was picked does not."""

    def __init__(self, plan: Plan) -> None:
        self.county = County()
        self.villages = {code: place(code) for code in CODES[: plan.villages]}
        self.projects: dict[str, Project] = {code: ProjectFactory(code=code) for code in PROJECTS}
        with guard.enforced():
            for n, size in enumerate(plan.sizes):
                self._register(CODES[n % plan.villages], size)
            for year, one in enumerate(plan.years, start=FIRST):
                self._live(year, one)

    def _live(self, year: int, one: Year) -> None:
        if one.early:
            self._earn(year, one)
        for month, (what, pick, other) in enumerate(one.happens, start=2):
            getattr(self, what)(date(year, month, 1 + pick % 28), pick, other)
        if not one.early:
            self._earn(year, one)
        for pick, earned in one.corrected:
            self._correct(year, pick, earned)
        for enrolled in one.enrolled:
            self._enrol(year, *enrolled)
        for area, amount in one.lines:
            self._line(year, area, amount)

    # --- what happens -----------------------------------------------------------------------------------------

    def move(self, on: date, pick: int, other: int) -> None:
        home, to = self._pick(pick), self._village(other)
        if to != home.lived_in(on.year):
            self._move(home, to, on, merged=False)

    def _standing_villages(self) -> list[str]:
        return [code for code in self.villages if code not in self.county.heirs]

    def split(self, on: date, pick: int, other: int) -> None:
        home = self._pick(pick)
        leaving = home.present()[1 : 2 + other % 2]
        if not leaving:
            return
        rows = [self._row(home, one) for one in leaving]
        facts = {"number": f"{home.number}-{len(self.county.homes)}", "members": rows, "on": on, "by": BY}
        made = actions.split_household(self._record(home), **facts)
        status = home.status_in(on.year)
        new = Home(made.number, home.lived_in(on.year), [(on, status)], since=on)
        self.county.homes.append(new)
        _go_over(leaving, new, on)

    def merge(self, on: date, pick: int, other: int) -> None:
        home, into = self._pick(pick), self._pick(other)
        if home is into:
            return
        actions.merge_household(self._record(home), into=self._record(into), on=on, by=BY)
        _go_over(home.present(), into, on)
        home.until = on

    def status(self, on: date, pick: int, other: int) -> None:
        home = self._pick(pick)
        status = "registered" if home.status_in(on.year) == "exited" else "exited"
        taken = dict.fromkeys(EXIT_STEPS, on) if status == "exited" else {}
        if home.statuses[-1][0] == on:
            return
        change = StatusChange(household=self._record(home), status=status, happened_on=on, decided_by=BY, **taken)
        actions.change_status(change, by=BY)
        home.statuses.append((on, status))

    def villages_merge(self, on: date, pick: int, other: int) -> None:
        """A village becomes part of another, with every household that lives there."""
        gone, heir = self._village(pick), self._village(other)
        # Places are gathered one succession far: a village that took another in stays.
        if gone == heir or gone in self.county.heirs.values():
            return
        with guard.writing():
            Succession.objects.create(
                predecessor=self.villages[gone],
                successor=self.villages[heir],
                kind=SuccessionKind.MERGED,
                happened_on=on,
                source=BY,
            )
        for home in self.county.homes:
            if home.stands and home.lived_in(on.year) == gone:
                self._move(home, heir, on, merged=True)
        self.county.heirs[gone] = heir

    # --- what is recorded -------------------------------------------------------------------------------------

    def _register(self, village: str, size: int) -> None:
        number = f"H{len(self.county.homes)}"
        facts = {"status": "registered", "status_since": REGISTERED}
        record = Household(village=self.villages[village], number=number, **facts)
        actions.register_household(record, by=BY)
        home = Home(number, village, [(REGISTERED, "registered")])
        for n in range(size):
            person = Person(household=record, name=f"{n}", relation="head" if n == 0 else "other")
            actions.register_person(person, by=BY)
            home.stays.append(Stay(person.key))
        self.county.homes.append(home)

    def _earn(self, year: int, one: Year) -> None:
        for home, earned in zip(self._alive(year), one.incomes, strict=False):
            if earned is not None:
                record = IncomeRecord(household=self._record(home), year=year, **_columns(earned))
                actions.record_income(record, by=BY)
                self.county.incomes[home.number, year] = Earned(home, year, *earned)

    def _correct(self, year: int, pick: int, earned: tuple[int, tuple[int, ...]]) -> None:
        known = [one for one in self.county.incomes.values() if one.year == year]
        if not known:
            return
        home = known[pick % len(known)].home
        record = IncomeRecord.objects.standing().get(household__number=home.number, year=year)
        for column, value in _columns(earned).items():
            setattr(record, column, value)
        record.reason = f"Record {record.pk} was wrong"
        actions.record_income(record, by=BY)
        self.county.incomes[home.number, year] = Earned(home, year, *earned)

    def _enrol(self, year: int, pick: int, project: str, role: str, amount: int | None, member: int | None) -> None:
        alive = self._alive(year)
        home = alive[pick % len(alive)]
        keys = sorted(home.members(year))
        key = keys[member % len(keys)] if member is not None and keys else None
        self.enrol(Part(home, project, role, year, amount, key))

    def enrol(self, part: Part) -> None:
        """Enter a part in a project, unless the same was entered."""
        told = (part.home.number, part.project, part.role, part.year, part.key)
        if told in {(one.home.number, one.project, one.role, one.year, one.key) for one in self.county.parts}:
            return
        enrolment = Enrolment(
            household=self._record(part.home),
            project=self.projects[part.project],
            role=part.role,
            year=part.year,
            amount=None if part.amount is None else Decimal(part.amount),
            person_key=part.key,
        )
        actions.record_enrolment(enrolment, by=BY)
        self.county.parts.append(part)

    def _line(self, year: int, area: str, amount: int) -> None:
        with suppress(Division.DoesNotExist):
            division = Division.objects.get(code=area.ljust(12, "0")) if area else None
            actions.set_line(PovertyLineFactory.build(year=year, division=division, amount=Decimal(amount)), by=BY)
            self.county.lines.append((year, area, amount))

    # --- whom -------------------------------------------------------------------------------------------------

    def _move(self, home: Home, to: str, on: date, *, merged: bool) -> None:
        reason = MoveReason.VILLAGE_MERGER if merged else MoveReason.MOVE
        actions.move_household(self._record(home), to=self.villages[to], on=on, reason=reason, by=BY)
        home.moves.append(Moved(on, home.lived_in(on.year), to, merged))

    def _alive(self, year: int) -> list[Home]:
        return [one for one in self.county.homes if one.since.year <= year <= one.until.year]

    def _pick(self, pick: int) -> Home:
        standing = [one for one in self.county.homes if one.stands]
        return standing[pick % len(standing)]

    def _village(self, pick: int) -> str:
        standing = self._standing_villages()
        return standing[pick % len(standing)]

    def _record(self, home: Home) -> Household:
        return Household.objects.get(number=home.number)

    def _row(self, home: Home, stay: Stay) -> Person:
        return Person.objects.get(household__number=home.number, key=stay.key, left_on__isnull=True)


def _columns(earned: tuple[int, tuple[int, ...]]) -> dict[str, int | Decimal]:
    persons, amounts = earned
    return {"persons": persons, **{name: Decimal(one) for name, one in zip(PARTS, amounts, strict=True)}}


def _go_over(stays: list[Stay], to: Home, on: date) -> None:
    for one in stays:
        one.until = on
        to.stays.append(Stay(one.key, since=on))
