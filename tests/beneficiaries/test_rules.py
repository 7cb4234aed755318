"""What the database keeps of households by itself, whichever way a write takes: `update()`, SQL, a new row."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from beneficiaries import rules
from beneficiaries.models import Household, Person
from projects.models import Division
from tests.factories import (
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMoveFactory,
    PersonFactory,
    StatusChangeFactory,
)

pytestmark = pytest.mark.slow

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
HISTORIES = (StatusChangeFactory, HouseholdMoveFactory, HouseholdLinkFactory)


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def refused(act: Any) -> str:
    """What the database says to what it refuses; the first line of it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return str(error.value).splitlines()[0]


def columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def copied(row: models.Model, **other: object) -> int:
    """Insert the row once more, by SQL, with other values in some columns and a number of its own."""
    table, names = row._meta.db_table, [name for name in columns(type(row)) if name != "id"]
    values = ["%s" if name in other else f'"{name}"' for name in names]
    told = [other[name] for name in names if name in other]
    into = ", ".join(f'"{name}"' for name in names)
    return sql(f'INSERT INTO "{table}" ({into}) SELECT {", ".join(values)} FROM "{table}" WHERE id = {row.pk}', *told)


# --- histories --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", HISTORIES)
def test_no_column_of_a_history_is_rewritten(db, factory):
    row = factory()
    table = type(row)._meta.db_table
    before = type(row).objects.values().get()

    said = {name: refused(lambda name=name: sql(f'UPDATE "{table}" SET "{name}" = "{name}"')) for name in before}

    assert len(said) == len(columns(type(row)))
    assert {one.endswith("is never rewritten") for one in said.values()} == {True}
    assert type(row).objects.values().get() == before


@pytest.mark.parametrize("factory", HISTORIES)
def test_a_household_with_a_history_is_not_deleted_with_it(db, factory):
    row = factory()

    said = refused(row.household.delete)

    assert said.endswith("is never deleted")
    assert list(type(row).objects.all()) == [row]
    assert Household.objects.filter(pk=row.household_id).exists()


@pytest.mark.parametrize("factory", HISTORIES)
def test_what_was_made_up_goes_and_what_happened_beside_it_stays(db, factory):
    made_up, real = factory(household__is_made_up=True), factory()

    said = refused(type(real).objects.all().delete)
    type(real).objects.filter(household__is_made_up=True).delete()

    assert said.endswith("is never deleted")
    assert list(type(real).objects.all()) == [real]
    assert made_up.household_id != real.household_id


@pytest.mark.parametrize("factory", HISTORIES)
def test_the_same_happens_to_another_household_and_not_to_this_one_again(db, factory):
    row = factory()
    other = HouseholdFactory(village=row.household.village)

    refused(lambda: copied(row))
    copied(row, household_id=other.pk)

    assert set(type(row).objects.values_list("household", flat=True)) == {row.household_id, other.pk}


@sqlite_only
@pytest.mark.parametrize("factory", HISTORIES)
def test_a_history_is_not_written_over_under_its_own_or_another_number(db, factory):
    row = factory()
    table, names = type(row)._meta.db_table, columns(type(row))

    for number in ("id", "id + 1"):
        values = ", ".join(number if name == "id" else f'"{name}"' for name in names)
        into = ", ".join(f'"{name}"' for name in names)
        said = refused(
            lambda v=values, i=into: sql(f'INSERT OR REPLACE INTO "{table}" ({i}) SELECT {v} FROM "{table}"')
        )
        assert said.endswith("is recorded already")

    assert list(type(row).objects.values_list("pk", flat=True)) == [row.pk]


# --- one household at a time ------------------------------------------------------------------------------------

DAYS = (None, date(2019, 1, 1), date(2020, 1, 1), date(2021, 1, 1))
SPANS = [(first, last) for first, last in product(DAYS, DAYS) if not (first and last and first >= last)]


def meet(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Some day belongs to both: told day by day, with the day of leaving left out."""
    tried = [date(year, month, 1) for year in range(2018, 2023) for month in (1, 6, 12)]
    tried += [date(year, 12, 31) for year in range(2018, 2023)]
    return any(all((not a or a <= day) and (not b or day < b) for a, b in (one, other)) for day in tried)


def facts(span: tuple[date | None, date | None]) -> dict[str, object]:
    return {"joined_on": span[0], "left_on": span[1], "left_as": "move" if span[1] else ""}


def is_taken(household: Household, membership: dict[str, object]) -> bool:
    """The database takes another membership of the person; it is gone again."""
    try:
        with transaction.atomic():
            PersonFactory(household=household, key=7, **membership).delete()
    except IntegrityError as error:
        if "belongs to one household at a time" not in str(error):
            raise
        return False
    return True


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_a_membership_is_refused_where_a_day_of_it_is_anothers(ruoduo, span):
    here, there = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    PersonFactory(household=here, key=7, **facts(span))
    somebody = PersonFactory(household=here, key=8, joined_on=None)

    taken = {other: is_taken(there, facts(other)) for other in SPANS}

    assert taken == {other: not meet(span, other) for other in SPANS}
    assert Person.objects.get(key=8) == somebody


def test_a_membership_is_not_stretched_into_another_nor_given_to_its_person(ruoduo):
    here, there = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    first = PersonFactory(household=here, key=7, left_on=DAYS[2], left_as="move")
    second = PersonFactory(household=there, key=7, joined_on=DAYS[2])
    stranger = PersonFactory(household=there, key=8)
    message = "a person belongs to one household at a time"

    for row, change in (
        (first, {"left_on": DAYS[3]}),
        (first, {"left_on": None, "left_as": ""}),
        (second, {"joined_on": DAYS[1]}),
        (second, {"joined_on": None}),
        (stranger, {"key": 7}),
    ):
        assert message in refused(lambda row=row, change=change: Person.objects.filter(pk=row.pk).update(**change))
    Person.objects.filter(pk=first.pk).update(left_on=DAYS[1])

    assert list(Person.objects.order_by("pk").values_list("key", "joined_on", "left_on")) == [
        (7, None, DAYS[1]),
        (7, DAYS[2], None),
        (8, None, None),
    ]


# --- the erased -------------------------------------------------------------------------------------------------

SAID = "a person who was erased stays erased"
GIVEN = {
    "name": "测试",
    "birth_year": 1961,
    "born_on": "1961-01-01",
    "id_tail": "1234",
    "account_tail": "5678",
    "schooling": "primary",
    "in_school": "no",
    "health": "healthy",
    "labour": "ordinary",
}


@pytest.fixture
def erased(ruoduo: Division) -> Person:
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), left_on=DAYS[2], left_as="move")
    Person.objects.filter(pk=person.pk).update(name="", erased_at=timezone.now())
    return person


def test_each_column_that_erasing_takes_away_is_kept_empty(erased):
    before = Person.objects.values().get()

    for name, value in GIVEN.items():
        write = f'UPDATE beneficiaries_person SET "{name}" = %s'
        assert SAID in refused(lambda write=write, value=value: sql(write, value))
        assert SAID in refused(lambda n=name, v=value: copied(erased, joined_on=DAYS[3], left_on=None, **{n: v}))

    assert set(GIVEN) == set(Person.ERASED)
    assert Person.objects.values().get() == before


@pytest.mark.parametrize("name", [name for name in GIVEN if name != "name"])
def test_nobody_is_erased_while_a_column_of_theirs_is_left(ruoduo, name):
    PersonFactory(household=HouseholdFactory(village=ruoduo), **{name: GIVEN[name]})

    assert SAID in refused(lambda: Person.objects.update(name="", erased_at=timezone.now()))
    Person.objects.update(name="", erased_at=timezone.now(), **{name: None if name.startswith("b") else ""})

    assert Person.objects.filter(erased_at__isnull=False).count() == 1


def test_an_erased_person_may_be_counted_elsewhere_without_a_name(erased):
    copied(erased, joined_on=DAYS[3], left_on=None, left_as="")

    assert list(Person.objects.values_list("key", "name")) == [(erased.key, "")] * 2
    assert all(rule.message == SAID for rule in rules.RULES if rule.name.startswith("erased_"))
