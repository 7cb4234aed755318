"""Statements that Citus refuses are known by their words; each of these was refused by, or taken by, a real one."""

from dataclasses import replace

import pytest
from django.db import connection

from alleviation.common.citus.standing import is_spread
from alleviation.operations.citus.lint import Lint
from alleviation.scrutiny.unproven import BY_KEY, unproven
from beneficiaries.models import Household, IncomeRecord, Person
from beneficiaries.rollups.reach import enrolled_each, latest_enrolled_each
from projects.rollups.walks import walk_of
from tests import shard_lint

PERSON, HOUSEHOLD, INCOME = (f'"beneficiaries_{name}"' for name in ("person", "household", "incomerecord"))


@pytest.fixture(scope="module")
def lint():
    return Lint()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (f"UPDATE {PERSON} SET \"household_id\" = %s", "sets beneficiaries_person.household_id"),
        (f'SELECT 1 FROM {HOUSEHOLD} WHERE {HOUSEHOLD}."id" IN (%s, %s) FOR UPDATE', "locks beneficiaries_household"),
        (f'SELECT "id" FROM {PERSON} WHERE {PERSON}."id" = %s FOR UPDATE', "locks beneficiaries_person"),
        (
            f'SELECT 1 FROM "projects_division" WHERE EXISTS(SELECT 1 FROM {HOUSEHOLD} U0 '
            'WHERE U0."village_id" = ("projects_division"."id"))',
            "looks from projects_division at beneficiaries_household",
        ),
        (
            f'SELECT 1 FROM {INCOME} WHERE NOT EXISTS(SELECT 1 FROM "accounts_user" U0 '
            f'WHERE U0."id" = ({INCOME}."recorded_by_id"))',
            "looks from beneficiaries_incomerecord at rows of the coordinator",
        ),
        (
            "SELECT n.id FROM beneficiaries_person n WHERE EXISTS "
            "(SELECT 1 FROM beneficiaries_person o WHERE o.key = n.key)",
            "looks from beneficiaries_person at beneficiaries_person of another household",
        ),
        (f'SELECT 1 FROM {PERSON} a JOIN {PERSON} b ON a."key" = b."key"', "joins beneficiaries_person by another"),
        (f'SELECT {PERSON}."name", count(*) FROM {PERSON} GROUP BY {PERSON}."id"', "groups beneficiaries_person by"),
        (
            f'SELECT 1 FROM "projects_division" LEFT OUTER JOIN {HOUSEHOLD} ON (1 = 1)',
            "slow: from projects_division outwards",
        ),
        (f'INSERT INTO {INCOME} ("year") VALUES (%s) ON CONFLICT ("year") DO NOTHING', "ON CONFLICT on beneficiaries"),
        (
            f'SELECT count(*) FILTER (WHERE {INCOME}."village_id" IN (SELECT U0."id" FROM "projects_division" U0)) '
            f"FROM {INCOME}",
            "counts beneficiaries_incomerecord by a look at",
        ),
    ],
    ids=["cut", "locks-two", "lock-of-part", "outwards", "coordinator", "others", "join", "group", "slow", "conflict",
         "asked"],
)  # fmt: skip
def test_what_citus_refuses_is_objected_to(lint, sql, told):
    found = lint.objections(sql)

    assert [one for one in found if one.startswith(told)] == list(found) != []


@pytest.mark.parametrize(
    "sql",
    [
        f'SELECT 1 FROM {HOUSEHOLD} JOIN {PERSON} ON ({HOUSEHOLD}."id" = {PERSON}."household_id")',
        f"SELECT 1 FROM {HOUSEHOLD} WHERE EXISTS(SELECT 1 FROM {PERSON} U0 "
        f'WHERE U0."household_id" = ({HOUSEHOLD}."id"))',
        f'SELECT 1 FROM {HOUSEHOLD} WHERE {HOUSEHOLD}."village_id" IN (SELECT U0."id" FROM "projects_division" U0)',
        f'SELECT "id" FROM {HOUSEHOLD} WHERE {HOUSEHOLD}."id" = %s FOR UPDATE',
        f'SELECT "id" FROM {PERSON} WHERE ({PERSON}."id" = %s AND {PERSON}."household_id" = %s) FOR UPDATE',
        f'UPDATE {PERSON} SET "household_id" = %s, "name" = %s WHERE {PERSON}."id" = %s',
        f'INSERT INTO {INCOME} ("household_id") VALUES (%s) ON CONFLICT ("household_id") DO NOTHING',
        'SELECT 1 FROM "accounts_user" FOR UPDATE',
        f'SELECT (SELECT U0."id" FROM {PERSON} U0 WHERE U0."household_id" = ({HOUSEHOLD}."id")), count(*) FILTER '
        f"(WHERE {HOUSEHOLD}.\"number\" = '') FROM {HOUSEHOLD} GROUP BY 1",
        f"UPDATE {INCOME} SET \"year\" = 1 WHERE \"id\" IN (SELECT r.id FROM (SELECT * FROM incoming) r)",
        f'SELECT "key" FROM {PERSON} GROUP BY {PERSON}."key"',
    ],
    ids=["join", "parts", "places", "lock", "lock-of-part", "saved", "conflict", "coordinator", "looked-up", "staged",
         "group"],
)  # fmt: skip
def test_what_citus_takes_is_let_through(lint, sql):
    assert lint.objections(sql) == ()


def test_what_django_spells_is_read_as_it_is_meant(lint):
    outwards = str(Person.objects.filter(household__in=Household.objects.filter(number="1")).query)

    assert lint.objections(outwards) == ()


def station(query):
    return [replace(query, project_code="STATION")]


# What asks so on one database, by a word of the entry that allows it: each is there for statements that are made.
ASKED = {
    "unproven.py": lambda query: list(unproven(BY_KEY["enrolment"], query)),
    "walks.py": lambda query: list(walk_of(IncomeRecord.objects.all(), "village", query).codes),
    "reach.py": lambda query: (enrolled_each(station(query)), latest_enrolled_each(station(query))),
}


@pytest.mark.parametrize("named", ASKED)
def test_what_is_allowed_is_asked_and_would_be_objected_to_without_its_entry(everything, monkeypatch, named):
    if is_spread(connection):
        pytest.skip("Machines that share the rows are asked otherwise.")
    (entry,) = (one for one in shard_lint.ALLOWED if named in one[1])
    lint = Lint()

    with connection.execute_wrapper(lint):
        ASKED[named](everything)
    allowed = shard_lint.objections(lint)
    monkeypatch.setattr(shard_lint, "ALLOWED", tuple(one for one in shard_lint.ALLOWED if one != entry))
    without = shard_lint.objections(lint)

    assert (allowed, len(without)) == ([], 2 if named == "reach.py" else 1)


def test_each_entry_of_the_list_allows_a_statement_that_is_tried():
    assert [sum(named in reason for named in ASKED) for _looks, reason in shard_lint.ALLOWED] == [1] * len(ASKED)


@pytest.mark.parametrize(
    "sql",
    [
        f'SELECT 1 FROM "projects_division" WHERE EXISTS(SELECT 1 FROM {HOUSEHOLD} U0 '
        'WHERE U0."village_id" = ("projects_division"."id"))',
        f'SELECT 1 FROM {INCOME} WHERE EXISTS(SELECT %s AS "a" FROM "accounts_user" U0 '
        f'WHERE U0."id" = ({INCOME}."recorded_by_id"))',
        f'SELECT COUNT(DISTINCT {PERSON}."household_id") FILTER (WHERE {PERSON}."key" IN '
        f'(SELECT U0."key" FROM {PERSON} U0)) FROM {PERSON}',
    ],
    ids=["places", "users", "persons"],
)
def test_what_is_like_it_is_allowed_by_no_entry(lint, sql):
    lint.found = {sql: lint.objections(sql)}

    assert [one.endswith(sql) for one in shard_lint.objections(lint)] == [True]
