"""Any figure of ledger, pledges and incomes, asked as of a past moment, gives what it gave then, to the fen."""

import contextlib
import random
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.reports.catalogue import BY_SLUG
from beneficiaries import rollups as incomes
from beneficiaries.actions import record_income, set_line
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from projects import actions, rollups
from projects.choices import EntryKind
from projects.models import Division, Document, FundingSource, LedgerEntry, Pledge, Project
from projects.rollups import Funding
from projects.rollups.ledger import without_upstream
from projects.rollups.lists import projects_in, sources_in
from projects.rollups.pledges import pledges
from tests.factories import NO_OTHER_INCOME

REPORTS = ("annual-funding", "pledges-and-funding", "funding-ledger", "received-without-upstream", "per-capita-income")


def figures(query: Query, places: list[Division]) -> dict[str, Any]:
    """What every roll-up and report gives, in words that can be compared."""
    by_area = {place.code: rollups.funding_by_area(rollups.area_query(query, place), place) for place in places}
    return {
        "total": _funding([rollups.funding_total(query)]),
        "year": _funding(rollups.funding_by_year(query)),
        "plan": _funding(rollups.funding_by_plan(query)),
        "source": _funding(rollups.funding_by_source(query)),
        "year and source": _funding(rollups.funding_by_year_and_source(query)),
        "project": _funding(rollups.funding_by_project(query)),
        "kind": _funding(rollups.funding_by_kind(query)),
        "area": {code: _funding(sums) for code, sums in by_area.items()},
        "cells": _funding(rollups.funding_cells(query)),
        "beside": [(one.key, one.funding, one.promised) for one in rollups.beside_by_kind(query)],
        "pledges": [(one.pk, one.figure, one.first_year, one.last_year, one.note) for one in pledges(query)],
        "pledged": [(one.year, one.pledge.pk, one.pledge.figure) for one in rollups.pledged_years(query, until=2022)],
        "upstream": [one.voucher for one in without_upstream(query)],
        "projects": [(one.code, one.name, one.kind, one.division) for one in projects_in(query)],
        "sources": [(one.code, one.name, one.level) for one in sources_in(query)],
        "incomes": [(one.key, one) for one in incomes.per_capita_income(query)],
        "by village": [(one.key, one) for one in incomes.income_by_year_and_area(query, None)],
        "lines": {year: line.figure for year, line in incomes.poverty_lines(query).items()},
        "all lines": [(line.year, line.figure, line.source) for line in incomes.all_lines(query)],
        **{slug: _report(BY_SLUG[slug], query) for slug in REPORTS},
    }


def _report(report: Report, query: Query) -> list[Any]:
    """The rows and the total, without the question that an explanation is asked: that one names the day."""
    return [row and {key: told for key, told in row.items() if key != "_asked"} for row in _all(report, query)]


def _all(report: Report, query: Query) -> list[Any]:
    return [*report.rows(query), report.total(query)]


def _funding(sums: list[Funding]) -> list[Any]:
    return [(one.key, one) for one in sums]


class Office:
    """People who write at random what an office writes, through its actions."""

    def __init__(self, rng: random.Random, clerk: User, reviewer: User, places: list[Division]) -> None:
        self.rng, self.clerk, self.reviewer, self.places = rng, clerk, reviewer, places
        self.sources = [FundingSource(code=code, name=code, level=code) for code in ("county", "enterprise")]
        self.projects = [
            Project(code=f"P{n}", name=f"P{n}", kind="road", division=rng.choice(places)) for n in range(2)
        ]
        self.document = Document(title="Report", published_on=date(2018, 3, 1))
        self.household = Household(village=places[-1], number="1")
        for record in (*self.sources, *self.projects, self.document, self.household):
            actions.enter(record, by=clerk)

    def writes(self) -> None:
        """One write; what the rules refuse is refused."""
        steps = (self.books, self.books, self.hands_down, self.reverses, self.promises, self.revises)
        steps += (self.changes_project, self.changes_source, self.changes_document, self.records, self.draws_line)
        with contextlib.suppress(ValidationError):
            self.rng.choice(steps)()

    def amount(self) -> Decimal:
        return Decimal(self.rng.randint(1, 10**9)) / 100

    def any(self, found: Any) -> Any:
        rows = list(found.order_by("pk"))
        return self.rng.choice(rows) if rows else None

    def post(self, entry: LedgerEntry) -> None:
        actions.submit_entry(entry, by=self.clerk)
        actions.post_entry(entry, by=self.reviewer)

    def books(self, **facts: Any) -> None:
        day = date(self.rng.choice([2018, 2019, 2020]), 6, 30)
        given = {
            "kind": self.rng.choice(list(EntryKind)),
            "amount": self.amount(),
            "source": self.rng.choice(self.sources),
            "division": self.rng.choice(self.places),
            "project": self.rng.choice([None, *self.projects]),
        }
        entry = LedgerEntry(**{**given, "booked_on": day, "year": day.year, **facts})
        actions.draft_entry(entry, by=self.clerk)
        if self.rng.random() < 0.8:
            self.post(entry)

    def hands_down(self) -> None:
        earlier = self.any(LedgerEntry.objects.posted().not_reversed().filter(kind=EntryKind.ALLOCATION))
        if earlier:
            facts = {"kind": earlier.kind, "source": earlier.source, "handed_down_from": earlier.voucher}
            below = [place for place in self.places if place.code.startswith(earlier.division.prefix)]
            self.books(**facts, division=self.rng.choice(below), amount=min(self.amount(), earlier.amount))

    def reverses(self) -> None:
        entry = self.any(LedgerEntry.objects.posted())
        if entry:
            actions.post_entry(actions.correct_entry(entry, by=self.clerk, reason="wrong").reversal, by=self.reviewer)

    def promises(self) -> None:
        first = self.rng.choice([None, 2018, 2019])
        pledge = Pledge(
            source=self.rng.choice(self.sources),
            division=self.rng.choice(self.places),
            project=self.rng.choice([None, *self.projects]),
            basis=self.rng.choice(["once", "per_year"]),
            low=self.amount(),
            first_year=first,
            stated_in=self.document,
        )
        actions.enter_pledge(pledge, by=self.clerk)

    def revises(self) -> None:
        pledge = self.any(Pledge.objects.all())
        if pledge:
            years = {"first_year": self.rng.choice([None, 2019]), "last_year": self.rng.choice([None, 2019, 2021])}
            low = self.rng.choice([Decimal("0.00"), self.amount()])
            actions.revise_pledge(pledge, by=self.clerk, reason="agreed anew", low=low, **years)

    def changes_project(self) -> None:
        project = self.rng.choice(self.projects)
        project.kind, project.division = self.rng.choice(["road", "water", "other"]), self.rng.choice(self.places)
        project.name = self.rng.choice(["New", "Newer"])
        actions.enter(project, by=self.clerk)

    def changes_source(self) -> None:
        source = self.rng.choice(self.sources)
        source.name, source.level = self.rng.choice(["A", "B"]), self.rng.choice(["county", "enterprise", "social"])
        actions.enter(source, by=self.clerk)

    def changes_document(self) -> None:
        self.document.published_on = date(self.rng.choice([2017, 2018, 2020]), 3, 1)
        actions.enter(self.document, by=self.clerk)

    def records(self) -> None:
        year = self.rng.choice([2018, 2019])
        facts = {**NO_OTHER_INCOME, "wage_income": self.amount(), "persons": self.rng.randint(1, 5)}
        stored = IncomeRecord.objects.standing().filter(household=self.household, year=year).first()
        income = stored or IncomeRecord(household=self.household, village=self.places[-1], year=year)
        for name, value in facts.items():
            setattr(income, name, value)
        income.reason = f"checked again {self.amount()}" if stored else ""
        record_income(income, by=self.clerk)

    def draws_line(self) -> None:
        year = self.rng.choice([2018, 2019])
        line = PovertyLine.objects.filter(year=year).first() or PovertyLine(year=year, concept="disposable")
        line.amount, line.source = self.amount(), "made up for a test"
        set_line(line, by="x")


@pytest.mark.parametrize(
    ("seed", "steps"), [pytest.param(0, 7, marks=pytest.mark.slow), pytest.param(1, 16, marks=pytest.mark.long)]
)
def test_any_past_moment_gives_what_it_gave_then(
    seed: int,
    steps: int,
    manager: User,
    county_clerk: User,
    reviewer: User,
    heishui: Division,
    zhawo: Division,
    ruoduo: Division,
    erniunai: Division,
) -> None:
    rng, places = random.Random(seed), [heishui, zhawo, erniunai, ruoduo]
    office = Office(rng, county_clerk, reviewer, places)
    asked = [
        Query(user=manager),
        Query(user=county_clerk, project_kind="water"),
        rollups.area_query(Query(user=manager, source_level="county", last_year=2019), zhawo),
    ]
    then: list[tuple[datetime, list[Any]]] = []
    for _step in range(steps):
        office.writes()
        then.append((timezone.now(), [figures(replace(query, memory={}), places) for query in asked]))

    assert LedgerEntry.objects.posted().exclude(handed_down_from="", reverses="").exists()
    for moment, known in then:
        memory: dict[Any, Any] = {}
        again = [figures(replace(query, as_of=moment, memory=memory), places) for query in asked]
        for one, other in zip(known, again, strict=True):
            assert {name: other[name] for name in one if other[name] != one[name]} == {}, moment
            assert one == other
