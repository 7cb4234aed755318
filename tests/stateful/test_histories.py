"""Histories nobody thought of, in the small on every run and in the large when asked for."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.stateful.families import Families
from tests.stateful.machine import Ledger
from tests.stateful.others import Incomes, Pledges
from tests.stateful.world import World, build

SLACK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
SMALL = settings(max_examples=2, stateful_step_count=8, **SLACK)
MIDDLE = settings(max_examples=6, stateful_step_count=20, **SLACK)
LARGE = settings(max_examples=15, stateful_step_count=30, **SLACK)
profiles = pytest.mark.parametrize(
    "profile",
    [SMALL, pytest.param(MIDDLE, marks=pytest.mark.slow), pytest.param(LARGE, marks=pytest.mark.long)],
    ids=["small", "middle", "large"],
)


@pytest.fixture
def world(db: None) -> World:
    return build()


def played(machine: type[RuleBasedStateMachine], world: World, profile: settings) -> None:
    """Play histories in this world."""
    run_state_machine_as_test(type(machine.__name__, (machine,), {"world": world}), settings=profile)


@profiles
def test_the_ledger_is_what_a_plain_book_says(profile, world):
    played(Ledger, world, profile)


@profiles
@pytest.mark.slow
def test_incomes_are_corrected_and_never_lost(profile, world):
    played(Incomes, world, profile)


@profiles
@pytest.mark.slow
def test_a_promise_of_each_year_is_the_latest_that_names_it(profile, world):
    played(Pledges, world, profile)


@pytest.mark.slow
@pytest.mark.parametrize("examples", [12, pytest.param(40, marks=pytest.mark.long)])
def test_families_are_where_a_plain_book_says(world, examples):
    played(Families, world, settings(LARGE, max_examples=examples, stateful_step_count=40))
