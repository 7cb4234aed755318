"""Every number on the pages of the example leads to what it is made of, and its rows add up to it."""

import logging
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings

from alleviation.accounts.models import User
from alleviation.audit import closings
from alleviation.common import guard
from alleviation.common.areas import LEVEL_LENGTHS, prefix_of
from alleviation.example.loading import load
from alleviation.reports.closings.freezing import freeze
from beneficiaries.actions import record_income
from beneficiaries.models import IncomeRecord
from projects.models import Division
from tests.acceptance.crawling import Opened, Walk, walk
from tests.acceptance.opening import faults_of
from tests.closings import close
from tests.conftest import signed_in
from tests.example.conftest import make_places
from tests.factories import NO_OTHER_INCOME, HouseholdFactory
from tests.golden import golden_incomes, golden_money

logger = logging.getLogger(__name__)
# Enough for a village to stand in a row of its own in some year, and to be too small for one.
PER_VILLAGE = 3
# What `data-technical` marks on a page, and why it is no figure of the office. Nothing else may bear the mark.
TECHNICAL = {
    "(0 characters)": "the length of a text, by which a file is known again",
    "0": "how long a text or a file is, how many rows it has, or how many events the trail",
    "+0": "today less frozen: both open beside it, and the events beneath explain it",
    "-0": "today less frozen: both open beside it, and the events beneath explain it",
    "0 rows": "how long a table is",
    "0 row": "how long a table is",
    "0 rows The first 0 are shown here; the file holds all of them The total is that of all rows": "how long it is",
    "0 row is not as it was frozen": "how many rows are listed beneath",
    "0 rows are not as they were frozen": "how many rows are listed beneath",
    "Check the last 0 events": "how much of the trail is checked",
    "The last 0 events are bound to each other and to the key": "how much of the trail was checked",
    "0 exits are of years without a recorded poverty line: held against none": "what a rule could not judge",
}
READERS = ("manager", "auditor", "clerk")


@pytest.fixture(scope="module")
def loaded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The example, a year that was closed and reopened, and an income since, around the tests of this file."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        # A test ends by closing its connection, which would end the transaction of the file with it.
        patched.setattr(connection, "close", lambda: None)
        make_places()
        make_places_above()
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            load(per_village=PER_VILLAGE)
        _close_and_reopen()
        yield
        transaction.set_rollback(True)


def make_places_above() -> None:
    """The provinces, prefectures and counties of the places that the example names."""
    known = set(Division.objects.values_list("code", flat=True))
    above = {code[:length].ljust(12, "0"): level for code in known for level, length in enumerate(LEVEL_LENGTHS, 1)}
    Division.objects.bulk_create(
        Division(code=code, name=f"地{code}", vintage=2019, level=level)
        for code, level in sorted(above.items())
        if code not in known and len(prefix_of(code)) == LEVEL_LENGTHS[level - 1]
    )


def _close_and_reopen() -> None:
    reviewer = User.objects.get(username="reviewer")
    closing = closings.propose_closing("513228", 2018, by="clerk")
    close(closing, reviewer, freeze=freeze)
    closings.ask_reopening(closing, by="clerk", reason="An income came late.")
    closings.reopen_year(closing, by=reviewer)
    village = Division.objects.filter(code__startswith="513228", level=5).order_by("code")[0]
    with guard.writing():
        household = HouseholdFactory(village=village)
    late = IncomeRecord(household=household, year=2018, persons=4, **NO_OTHER_INCOME)
    record_income(late, by=User.objects.get(username="clerk"))


def browser(username: str, language: str = "en") -> Client:
    client = signed_in(User.objects.get(username=username))
    # A page that fails is one of the faults, and not the end of the walk.
    client.raise_request_exception = False
    client.cookies["django_language"] = language
    return client


def sampled(found: Walk, each: int) -> list[Opened]:
    """So many links of every figure and every kind of filter, spread over the walk in its order."""
    by_kind: dict[tuple[str, ...], list[Opened]] = {}
    for one in found.opened:
        by_kind.setdefault(one.kind, []).append(one)
    return [one for links in by_kind.values() for one in islice(links, 0, None, max(1, len(links) // each))][: 10**4]


def wrong_of(client: Client, links: list[Opened], found: Walk) -> list[str]:
    return [
        f"{found.opened[one]} · {one.text} → {one.href}: {fault}" for one in links for fault in faults_of(client, one)
    ]


def one_each(found: Walk) -> list[Opened]:
    """One link of every figure."""
    return list({one.slug: one for one in found.opened}.values())


def technical(found: Walk) -> set[str]:
    """The words of marked numbers that nobody gave a reason for."""
    return {re.sub(r" Area: .*", "", text) for text in found.technical} - TECHNICAL.keys()


@pytest.mark.slow
def test_numbers_of_a_county_added_up_by_hand_are_explained(
    manager: User, heishui: Division, ruoduo: Division, erniunai: Division
) -> None:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    client = browser(manager.username)

    found = walk(client, most=9, each=1)
    links = one_each(found)

    assert found.wrong == []
    assert wrong_of(client, links, found) == []
    assert (len(found.pages), len(links) >= 20) == (9, True)


@pytest.mark.long
@pytest.mark.parametrize("username", READERS)
def test_every_number_of_every_page_is_explained_by_rows_that_add_up(
    loaded_once: None, db: None, username: str
) -> None:
    client = browser(username)
    found = walk(client, most=2000, each=60)
    links = sampled(found, each=4)

    logger.info(
        "%s: %s pages, %s links, %s opened, figures: %s",
        username,
        len(found.pages),
        len(found.opened),
        len(links),
        sorted({one.slug for one in links}),
    )
    assert found.wrong == []
    assert wrong_of(client, links, found) == []
    assert technical(found) == set()
    assert len(found.pages) > 100
    assert len(links) > 150


@pytest.mark.long
def test_every_number_is_explained_in_chinese(loaded_once: None, db: None) -> None:
    client = browser("manager", "zh-hans")
    found = walk(client, most=400, each=15)
    links = sampled(found, each=1)

    assert found.wrong == []
    assert wrong_of(client, links, found) == []
    assert len(links) > 60
