"""What needs attention in an area today, whatever the year: how many of each, and no more than the numbers.

Red flags, records without evidence and early warnings are asked of every record, so they are counted where there are
few enough for a page (beneficiaries/rollups/sized.py), and remembered until something is written (remembered.py).
"""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.timezone import localdate

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Mark, mark_of
from alleviation.common.words import local
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.figures.unproven_promises import PLEDGES_WITHOUT
from alleviation.scrutiny.flags.catalogue import FLAGS
from alleviation.scrutiny.flags.found import Found, State, found_by, numbers
from alleviation.scrutiny.remembered import remembered
from alleviation.scrutiny.unproven import BY_KEY, ENTRIES, numbers_of
from beneficiaries.rollups.sized import MOST_AT_A_GLANCE, is_worked_out_at_once
from beneficiaries.rollups.warnings import early_warnings
from projects.models import Milestone
from projects.rollups import funding_total, pending_funding
from projects.rollups.milestones import late_milestones

PROMISES = "promises"
PROVABLE = (ENTRIES.key, "milestone", "income", "enrolment")


@dataclass(frozen=True)
class Counted:
    """A number of one kind, `key`, with its mark."""

    key: str
    number: int
    made_up: Mark = False


@dataclass(frozen=True)
class LateStep:
    """The milestone that has been late for longest."""

    title: str
    project: str
    due_on: date
    title_zh: str = ""

    @property
    def local_title(self) -> str:
        """The title in the reader's language: what is remembered is read in both."""
        return local(self.title, self.title_zh)


@dataclass(frozen=True)
class Needs:
    """How many of each kind need attention.

    `flags` are the open cases by rule, the most first, and `deciding` those whose explanation waits for a decision;
    `unproven` are records without evidence by kind. They are None where so many records are asked about that they are
    looked through on pages of their own. `warnings` is None as well for whoever looks after no households.
    """

    pending: Counted
    late: Counted
    oldest: LateStep | None
    flags: tuple[Counted, ...] | None = None
    deciding: Counted | None = None
    unproven: tuple[Counted, ...] | None = None
    warnings: Counted | None = None


def needs_of(query: Query) -> Needs:
    """What needs attention in the area that a question is about, today."""
    asked = replace(query.of_years(FIRST_YEAR, LAST_YEAR), as_of=None)
    return remembered(asked, "needs", lambda: _counted(asked))


def _late_step(milestone: Milestone) -> LateStep | None:
    if milestone.due_on is None:
        return None
    return LateStep(milestone.title, milestone.project.code, milestone.due_on, milestone.title_zh)


def _counted(query: Query) -> Needs:
    pending, late = pending_funding(query), list(late_milestones(query, localdate()))
    found = Needs(
        pending=_of("pending", sum(one.entries for one in pending), sum(one.made_up for one in pending)),
        late=_of("late", len(late), sum(one.project.is_made_up for one in late)),
        oldest=_late_step(late[0]) if late else None,
    )
    if not _is_looked_through(query):
        return found
    flags = {flag.slug: found_by(flag, query) for flag in FLAGS}
    every = [one for cases in flags.values() for one in cases]
    return replace(
        found,
        flags=_by_rule(flags),
        deciding=_of_cases("deciding", every, State.WAITING),
        unproven=_unproven(query),
        warnings=_warnings(query),
    )


def _is_looked_through(query: Query) -> bool:
    is_small = funding_total(query).entries <= MOST_AT_A_GLANCE
    return is_small and is_worked_out_at_once(query, MOST_AT_A_GLANCE)


def _by_rule(flags: dict[str, list[Found]]) -> tuple[Counted, ...]:
    counted = (_of_cases(slug, cases, State.OPEN) for slug, cases in flags.items())
    return tuple(sorted((one for one in counted if one.number), key=lambda one: -one.number))


def _of_cases(key: str, cases: list[Found], state: State) -> Counted:
    made_up = sum(one.case.is_made_up for one in cases if one.state == state)
    return _of(key, numbers(cases)[state], made_up)


def _unproven(query: Query) -> tuple[Counted, ...]:
    lacks = {key: numbers_of(BY_KEY[key], query) for key in PROVABLE}
    records = [Counted(key, lack.without, lack.mark_without) for key, lack in lacks.items()]
    promises = Counted(PROMISES, PLEDGES_WITHOUT.number(query), PLEDGES_WITHOUT.mark(query))
    return tuple(one for one in (*records, promises) if one.number)


def _warnings(query: Query) -> Counted | None:
    """Early warnings for who looks after the households of an area; a nation's would be asked of every household."""
    if not (query.user.may(Right.VIEW_HOUSEHOLDS) and query.user.area):
        return None
    found = early_warnings(query, localdate())
    return _of("warnings", len(found), sum(one.household.is_made_up for one in found))


def _of(key: str, number: int, made_up: int) -> Counted:
    return Counted(key, number, mark_of(made_up, number))
