"""What a file is made of: an activity for each project, with its money and its promises."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from alleviation.reports.iati import codes
from alleviation.reports.iati.asked import Asked
from alleviation.reports.iati.facts import Facts
from alleviation.reports.iati.money import Ledger, Transaction, transactions
from alleviation.reports.iati.promised import Promised
from projects.choices import ProjectStatus
from projects.models import Division, FundingSource, Project

PROJECT, NO_PROJECT, OTHER_AREAS = "PROJECT", "NO-PROJECT", "OTHER-AREAS"
# By its number first: a project's own are from 1 on.
Money = Iterator[Transaction]


@dataclass
class Activity:
    """A project with what the file tells of it; without a project the money that is tied to none in view."""

    key: str
    begun_on: date | None
    promised: Promised
    project: Project | None = None
    sources: list[FundingSource] = field(default_factory=list)
    places: list[Division] = field(default_factory=list)
    changed_at: datetime | None = None
    is_paid: bool = False
    # Without a start of its own, it is told to start on the day of its end.
    is_begun_by_end: bool = False
    money: Money = field(default_factory=lambda: iter(()))

    @property
    def status(self) -> str:
        """Its code; "" where neither its status nor its dates nor its money say how far it has come."""
        if self.project is None:
            return codes.IMPLEMENTATION
        if self.project.status != ProjectStatus.UNKNOWN:
            return codes.STATUS[ProjectStatus(self.project.status)]
        if self.project.finished_on:
            return codes.FINALISATION
        return codes.IMPLEMENTATION if self.project.started_on or self.is_paid else ""

    @property
    def is_sayable(self) -> bool:
        """Whether it has what the standard asks for of each: a day on which it starts, and a status."""
        return bool(self.begun_on and self.status)

    @property
    def is_empty(self) -> bool:
        """Whether there is no money in it, neither booked nor promised."""
        return not (self.is_paid or self.promised.planned or self.promised.in_words)


def activities(asked: Asked) -> Iterator[Activity]:
    """The activities in the order of the projects' ids, then what is tied to no project, or to none in view.

    With years asked for, those with money of these years. Of each, the money is read before the next one is asked for.
    """
    ledger = Ledger.of(asked.query, with_made_up=asked.with_made_up)
    facts = Facts.read(asked, ledger)
    seen = Project.objects.visible_to(asked.query.user).order_by().values("pk")
    paid = groupby(transactions(ledger.of_projects(seen)), key=lambda one: one.project)
    number, money = next(paid, (0, iter(())))
    for project in facts.projects:
        activity = _of_project(project, facts)
        if number == project.pk:
            activity.money = money
        if not (asked.is_of_some_years and activity.is_empty):
            yield activity
        if number == project.pk:
            number, money = next(paid, (0, iter(())))
    yield from _gathered(NO_PROJECT, ledger.of_no_project(), facts.of_no_project(), facts)
    yield from _gathered(OTHER_AREAS, ledger.of_projects(seen, outside=True), facts.of_others(), facts)


def _of_project(project: Project, facts: Facts) -> Activity:
    span = facts.spans.get(project.pk)
    first = facts.paid_from.get(project.pk)
    # What was paid for later than it was finished began no later than it ended.
    is_begun_by_end = bool(first and project.finished_on and project.finished_on < first)
    return Activity(
        key=f"{PROJECT}-{project.code}",
        project=project,
        begun_on=project.started_on or (project.finished_on if is_begun_by_end else first),
        is_begun_by_end=is_begun_by_end,
        promised=facts.promised_for(project.pk),
        sources=facts.sources_of(span),
        places=facts.places_of(project),
        changed_at=facts.changed_at(project, span),
        is_paid=span is not None,
    )


def _gathered(key: str, ledger: Ledger, numbers: set[int | None], facts: Facts) -> Iterator[Activity]:
    """What is told of no project of its own; nothing where there is none of it."""
    span = facts.span_of(numbers)
    promised = sum((facts.promised_for(number) for number in numbers), Promised())
    found = Activity(
        key=key,
        begun_on=facts.first_of(numbers),
        promised=promised,
        sources=facts.sources_of(span),
        changed_at=span.posted_at if span else None,
        is_paid=span is not None,
        money=transactions(ledger, together=True),
    )
    if not found.is_empty:
        yield found
