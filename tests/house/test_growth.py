"""The tables are ready to grow, and each law of growth can be broken."""

import pytest
from django.db import models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from tests.house.ground import own_models, told
from tests.house.growth_laws import (
    LAWS,
    each_row_of_a_household_says_whose_it_is,
    each_unique_set_of_a_household_contains_it,
    key_tables_point_nowhere,
    keys_are_plain_big_integers,
    keys_to_users_are_kept_by_the_app,
    no_automatic_table_joins_households,
    nothing_points_at_a_row_of_a_household,
    tools_have_no_tables,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_tables_keep_the_law(law):
    offenders = law(own_models(through=True))

    assert offenders == [], told(offenders)


def test_there_are_households_to_judge():
    names = {m.__name__ for m in own_models()}

    assert {"Household", "Person", "IncomeRecord", "LedgerEntry"} <= names


class Sample(models.Model):
    """What the samples share."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True
        app_label = "beneficiaries"

    def __str__(self) -> str:
        return ""


@pytest.fixture
def good():
    """A household with a person and a key table, without fault."""
    with isolate_apps("beneficiaries", "alleviation.accounts") as registry:

        class User(Sample):
            class Meta:
                app_label = "accounts"

        class Household(Sample):
            number = models.CharField(max_length=9, unique=True)
            entered_by = models.ForeignKey(User, models.PROTECT, db_constraint=False)

        class Person(Sample):
            household = models.ForeignKey(Household, models.PROTECT)
            number = models.IntegerField()

            class Meta:
                app_label = "beneficiaries"
                constraints = [
                    models.UniqueConstraint(fields=["household", "number"], name="person_once"),
                    models.UniqueConstraint("household", Lower("number"), name="person_once_too"),
                ]

        class PersonNumber(Sample):
            is_key_table = True
            number = models.CharField(max_length=18, unique=True)
            person_id_number = models.BigIntegerField()

        assert registry is not None
        yield registry.get_models(include_auto_created=True)


@pytest.fixture
def bad():
    """The same with every fault."""
    with isolate_apps("beneficiaries", "alleviation.accounts", "projects") as registry:

        class User(Sample):
            class Meta:
                app_label = "accounts"

        class Household(Sample):
            entered_by = models.ForeignKey(User, models.PROTECT)
            friends = models.ManyToManyField("self")

        class Person(Sample):
            household = models.ForeignKey(Household, models.PROTECT, null=True)
            id_number = models.CharField(max_length=18, unique=True)
            checked_by = models.ForeignKey("accounts.User", models.PROTECT)

            class Meta:
                app_label = "beneficiaries"
                unique_together = [("household", "checked_by"), ("checked_by", "id_number")]
                constraints = [
                    models.UniqueConstraint(Lower("id_number"), name="lower"),
                    models.UniqueConstraint(fields=["id_number"], name="plain"),
                ]

        class Visit(Sample):
            person = models.ForeignKey(Person, models.PROTECT)

        class PersonNumber(Sample):
            is_key_table = True
            household = models.ForeignKey(Household, models.PROTECT)

        class LedgerEntry(Sample):
            reverses = models.OneToOneField("self", models.PROTECT)

            class Meta:
                app_label = "projects"

        class Tool(models.Model):
            """A sample."""

            __module__ = "alleviation.common.things"

            code = models.CharField(max_length=9, primary_key=True)

            class Meta:
                app_label = "projects"

            def __str__(self) -> str:
                return self.code

        assert registry is not None
        yield registry.get_models(include_auto_created=True)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_good_tables_pass(law, good):
    assert law(good) == []


@pytest.mark.parametrize(
    ("law", "offenders"),
    [
        (keys_are_plain_big_integers, ["projects.Tool: code CharField"]),
        (each_row_of_a_household_says_whose_it_is, ["beneficiaries.Person", "beneficiaries.Visit"]),
        (
            each_unique_set_of_a_household_contains_it,
            [
                "beneficiaries.Person: ['id_number']",
                "beneficiaries.Person: ['checked_by', 'id_number']",
                "beneficiaries.Person: ['id_number']",
                "beneficiaries.Person: ['id_number']",
            ],
        ),
        (key_tables_point_nowhere, ["beneficiaries.PersonNumber.household"]),
        (
            nothing_points_at_a_row_of_a_household,
            [
                "beneficiaries.Visit.person -> beneficiaries.Person",
                "projects.LedgerEntry.reverses -> projects.LedgerEntry",
            ],
        ),
        (no_automatic_table_joins_households, ["beneficiaries.Household_friends"]),
        (
            keys_to_users_are_kept_by_the_app,
            ["beneficiaries.Household.entered_by", "beneficiaries.Person.checked_by"],
        ),
        (tools_have_no_tables, ["projects.Tool"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_tables_are_named(law, offenders, bad):
    assert sorted(law(bad)) == sorted(offenders)


def test_every_law_has_a_bad_sample():
    (marks,) = (m for m in test_bad_tables_are_named.pytestmark if m.name == "parametrize")

    assert [law for law, _offenders in marks.args[1]] == list(LAWS)
