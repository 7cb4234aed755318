"""Whatever the ledger and however it is asked: value, rows, file and what is left out, against plain Python."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any
from urllib.parse import urlencode

import pytest

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.common.query import Query
from alleviation.common.tables import mark_of
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained
from projects.choices import EntryKind
from projects.models import FundingSource, LedgerEntry, Project, Succession
from tests.factories import LedgerEntryFactory, place
from tests.ledgers import random_ledger
from tests.opening import added_up, question
from tests.scrutiny.plain import KINDS, WAITING, Asked, Line, Plain, added, plain

EARLY, LATE = datetime(2021, 3, 1, tzinfo=UTC), datetime(2023, 3, 1, tzinfo=UTC)
# The end of this day in the office's time, which is eight hours ahead.
DAY, MOMENT = "2022-01-01", datetime(2022, 1, 1, 15, 59, 59, 999999, tzinfo=UTC)
pytestmark = pytest.mark.slow
HEISHUI, ZHAWO, RUODUO = "513228000000", "513228212000", "513228212205"
PLACES = (HEISHUI, ZHAWO, RUODUO, FORMER := "513228212203")
NARROWINGS: tuple[Asked, ...] = (
    {},
    {"year": "2018"},
    {"plan": "13"},
    {"first": "2018", "last": "2019"},
    {"outside_plans": "1"},
    {"outside_plans": "1", "last": "2018"},
    {"kind": "road"},
    {"kind": "water", "year": "2019"},
    {"source": "county"},
    {"source_code": "S-provincial"},
    {"project_id": "0"},
    {"tied": "1"},
    {"tied": "1", "source": "enterprise"},
    {"above": "4"},
    {"above": "5", "year": "2019"},
    # Nothing is gathered under a place that became another: that is no question, test_money_asked.py.
    *({name: code} for name in ("area", "at", "inside") for code in PLACES if (name, code) != ("inside", FORMER)),
    {"area": HEISHUI, "above": "5"},
    {"area": ZHAWO, "inside": RUODUO},
    {"project": "P-0"},
    {"project": "P-0", "year": "2018", "source": "county", "area": RUODUO},
)


@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.long)])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def world(seed, monkeypatch, heishui, zhawo, ruoduo, xili, erniunai, hezhou) -> Plain:
    """Posted in 2021 and in 2023, when the first project had become waterworks; and what waits, or was withdrawn."""
    rng = random.Random(seed)
    sources = [FundingSource(code=f"S-{one}", name=one, level=one) for one in ("county", "provincial", "enterprise")]
    homes = ((ruoduo, "road"), (zhawo, "water"), (hezhou, "road"), (None, "road"))
    projects = [
        Project(code=f"P-{number}", name="P", division=home, kind=kind) for number, (home, kind) in enumerate(homes)
    ]
    written(monkeypatch, EARLY, *sources, *projects)
    former, split = place("513228212203", "former village"), place("513228212204", "split village")
    Succession.objects.create(predecessor=former, successor=ruoduo, kind="merged", source="a list")
    for heir in (ruoduo, xili):
        Succession.objects.create(predecessor=split, successor=heir, kind="merged", source="a list")
    places = [heishui, zhawo, ruoduo, xili, erniunai, hezhou, former, split]
    facts = {"places": places, "sources": sources, "projects": projects, "years": [2005, 2018, 2018, 2019, 2022]}
    random_ledger(rng, **facts, number=50, moment_of=lambda count: EARLY if count < 30 else LATE)  # type: ignore[arg-type]
    unposted(rng, places, sources, projects)
    projects[0].kind = "water"
    written(monkeypatch, LATE, projects[0])
    return plain(lambda one: "road" if one.code == "P-0" else one.kind)


def unposted(rng: random.Random, places: list[Any], sources: list[Any], projects: list[Any]) -> None:
    """Entries that wait in each state, and some that were withdrawn."""
    for state in ("draft", "draft", "submitted", "returned", "withdrawn", "withdrawn"):
        one = LedgerEntryFactory(
            state="draft" if state == "withdrawn" else state,
            kind=rng.choice(list(EntryKind)),
            year=rng.choice([2018, 2019]),
            amount=D(rng.randint(1, 10**6)) / 100,
            division=rng.choice(places),
            source=rng.choice(sources),
            project=rng.choice([None, *projects]),
        )
        if state == "withdrawn":
            LedgerEntry.objects.filter(pk=one.pk).update(state=state)


def written(monkeypatch: pytest.MonkeyPatch, moment: datetime, *records: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(trail.timezone, "now", lambda: moment)
        for record in records:
            trail.write(record, by="x")


def questions(seed: int, people: list[User]) -> Iterator[tuple[User, Asked]]:
    """Each narrowing, asked by one of those who may."""
    rng = random.Random(seed)
    for asked in NARROWINGS:
        places = [asked[name] for name in ("area", "at", "inside") if name in asked]
        # What is foreign has no answer: test_money_asked.py.
        may = [one for one in people if all(code.startswith(one.area) for code in places)]
        yield rng.choice(may), asked


def opened(slug: str, user: User, asked: Asked) -> tuple[Explained, Query]:
    """The question from its address; of each figure anew, as each page has it."""
    figure, query = question(f"/explain/{slug}/?{urlencode(asked)}", user)
    return figure, replace(query, memory={})


# --- what is posted -----------------------------------------------------------------------------------------------


def test_each_sum_is_that_of_plain_python_however_it_is_asked(world, seed, manager, reviewer, clerk) -> None:
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        lines = world.posted(asked, user.area)
        for slug, kind in KINDS.items():
            figure, query = opened(slug, user, asked)
            assert_made_of(figure, query, [one for one in lines if one.kind == kind], f"{slug} {asked} {user}")


def assert_made_of(figure: Explained, query: Query, lines: list[Line], where: str) -> None:
    """The value, its rows one by one, its total row, its file and its mark."""
    value, (key,) = sum((one.amount for one in lines), D("0.00")), figure.adds_up
    rows = list(figure.rows(query))
    assert (figure.value(query), figure.number(query)) == (value, len(lines)), where
    assert sorted(told(row, key) for row in rows) == sorted((one.voucher, one.code, one.amount) for one in lines), (
        where
    )
    assert (figure.total(query) or {})[key] == value, where
    assert added_up(figure, query) == value, where
    assert figure.mark(query) == mark_of(sum(one.is_made_up for one in lines), len(lines)), where
    assert [
        told(row, key) for first in range(0, len(rows) + 1, 7) for row in figure.part(query, first, first + 7)
    ] == [told(row, key) for row in rows], where


def told(row: Any, key: str) -> tuple[str, str, D]:
    return row["voucher"], row["place_code"], row[key]


def test_the_rate_is_the_ratio_of_both_sums(world, seed, manager, reviewer, clerk) -> None:
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        lines = world.posted(asked, user.area)
        spent, allocated = added(lines, "expenditure"), added(lines, "allocation")
        figure, query = opened("execution-rate", user, asked)

        assert figure.value(query) == (spent / allocated if allocated else None), asked
        assert figure.number(query) == sum(one.kind in ("expenditure", "allocation") for one in lines), asked
        assert figure.number(query) == 0 or added_up(figure, query) == figure.value(query), asked
        assert [figure.total(query)[key] for key in ("spent", "allocated")] == [spent, allocated], asked  # type: ignore[index]


@pytest.mark.long
def test_a_past_day_has_what_was_posted_by_then_by_the_kinds_of_then(world, seed, manager, reviewer, clerk) -> None:
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        lines = world.posted(asked, user.area, MOMENT)
        for slug, kind in KINDS.items():
            figure, query = opened(slug, user, {**asked, "as_of": DAY})
            mine = [one for one in lines if one.kind == kind]
            assert query.as_of == MOMENT
            assert_made_of(figure, query, mine, f"{slug} {asked} {user}")


def test_a_change_is_the_ratio_of_two_years(world, seed, manager, reviewer, clerk) -> None:
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        if {"year", "plan", "first", "last"} & set(asked):
            continue
        for slug, kind in KINDS.items():
            now, before = (added(world.posted({**asked, "year": y}, user.area), kind) for y in ("2019", "2018"))
            figure, query = opened("change", user, {**asked, "year": "2019", "of": slug})

            assert figure.value(query) == (now / before - 1 if before > 0 else None), asked
            assert [figure.total(query)[key] for key in ("now", "before")] == [now, before], asked  # type: ignore[index]
            assert added_up(figure, query) == figure.value(query), asked


# --- what waits, and what is left out -----------------------------------------------------------------------------


@pytest.mark.long
def test_what_waits_is_told_state_by_state_and_kind_by_kind(world, seed, manager, reviewer, clerk) -> None:
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        for state in ("", *WAITING):
            lines = world.in_state([state] if state else WAITING, asked, user.area)
            figure, query = opened("pending-entries", user, {**asked, "of": state})
            assert figure.value(query) == figure.number(query) == added_up(figure, query) == len(lines), asked
            for slug, kind in KINDS.items():
                figure, query = opened(f"pending-{slug}", user, {**asked, "of": state})
                assert figure.value(query) == added_up(figure, query) == added(lines, kind), (asked, slug)


@pytest.mark.parametrize("as_of", [None, MOMENT])
@pytest.mark.long
def test_what_is_left_out_is_all_that_somebody_might_look_for(world, seed, manager, reviewer, clerk, as_of) -> None:
    """Nothing is promised here; test_money_promised.py has what stands beside promises."""
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        for slug, kind in KINDS.items():
            figure, query = opened(slug, user, {**asked, **({"as_of": DAY} if as_of else {})})

            found = [(one.number, one.figure) for one in figure.left_out(query)]

            expected = now_left_out(world, asked, user, kind) if as_of is None else since(world, asked, user, kind)
            taken = [one for one in world.posted(asked, user.area, as_of) if one.is_above and one.kind == kind]
            expected += [(len(taken), rmb(-added(taken, kind)))] if taken else []
            assert found == [*expected, *([(None, "")] if user.area else [])], (asked, slug)


def now_left_out(world: Plain, asked: Asked, user: User, kind: str) -> list[tuple[int | None, str]]:
    """What waits, state by state, and how much was withdrawn."""
    sums = [added(world.in_state([state], asked, user.area), kind) for state in WAITING]
    gone = [one for one in world.in_state(["withdrawn"], asked, user.area) if one.kind == kind]
    return [*((None, rmb(one)) for one in sums if one), *([(len(gone), "")] if gone else [])]


def since(world: Plain, asked: Asked, user: User, kind: str) -> list[tuple[int | None, str]]:
    """What was posted after the day, each where it was booked."""
    # By the kind that a project had on the day, as all that is asked of the day.
    asked_for = (one for one in world.lines if one.kind == kind and world.holds(one, asked, user.area, MOMENT))
    then = [one for one in asked_for if one.posted_at and one.posted_at > MOMENT and not one.is_above]
    return [(len(then), rmb(added(then, kind)))] if then else []


def rmb(amount: D) -> str:
    """12345.50 as RMB 12,345.50, and whole yuan without decimals."""
    return f"RMB {amount:,.2f}".removesuffix(".00")


@pytest.mark.long
def test_every_way_from_an_explanation_leads_to_the_figure_that_it_names(
    world, seed, manager, reviewer, clerk
) -> None:
    """From parts and from what is left out: the page there says the amount that stood beside the way."""
    followed = 0
    for user, asked in questions(seed, [manager, reviewer, clerk]):
        for slug in (*KINDS, "execution-rate"):
            figure, query = opened(slug, user, asked)
            for one in figure.left_out(query):
                if one.url:
                    other, there = question(one.url, user)
                    assert rmb(other.value(there)) == one.figure, one.url
                    followed += 1
            for part in figure.parts(query):
                other, there = BY_SLUG[part.figure], opened(part.figure, user, part.asked)[1]
                assert other.words(there) == part.words, part
                followed += 1

    assert followed > 10
