"""Laws: every model can be spread over machines as it is, one household on each (docs/citus.md)."""

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from alleviation.accounts.models import User
from alleviation.common.citus.placement import Place, models_in, place_of, spanning
from alleviation.operations.citus.problems import KEPT_BY_THE_ENGINE, problems
from beneficiaries.models import Household, IncomeRecord, Person
from projects.models import FundingSource


def wrong(**parts):
    """A model made up for this test, with these parts and what every row of a household has."""
    given = {
        "is_part_of": "household",
        "__module__": "beneficiaries.models",
        "household": models.ForeignKey(Household, models.CASCADE, related_name="+"),
        **parts,
    }
    return type("Wrong", (models.Model,), given)


def meta(**options):
    return type("Meta", (), {"app_label": "beneficiaries", **options})


def test_every_model_can_be_spread_as_it_is():
    assert problems(apps.get_models(include_auto_created=True)) == []


def test_households_are_cut_and_theirs_lie_beside_them():
    parts = {model.__name__: place_of(model).column for model in models_in(Place.CUT)}

    assert parts.pop("Household") == "id"
    assert set(parts.values()) == {"household_id"}
    assert {"Person", "IncomeRecord", "Enrolment", "StatusChange"} <= set(parts)


def test_places_and_projects_are_copied_with_what_they_point_at():
    assert [model.__name__ for model in models_in(Place.COPIED)] == ["Division", "Organisation", "Official", "Project"]


@pytest.mark.parametrize("label", ["projects.LedgerEntry", "audit.AuditEvent", "accounts.User", "accounts.Session"])
def test_money_trail_and_people_stay_on_one_machine(label):
    assert place_of(apps.get_model(label)).place is Place.COORDINATOR


def test_the_engine_keeps_no_more_over_machines_than_is_listed():
    names = [constraint.name for model in models_in(Place.CUT) for constraint in spanning(model)]

    assert tuple(names) == KEPT_BY_THE_ENGINE


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (lambda: {"number": models.CharField(max_length=9, unique=True)}, "Wrong.number: unique over machines"),
        (lambda: {"Meta": meta(unique_together=[("year",)]), "year": models.IntegerField()}, "('year',) unique over"),
        (
            lambda: {
                "year": models.IntegerField(),
                "Meta": meta(constraints=[models.UniqueConstraint(fields=["year"], name="year_once")]),
            },
            "year_once is unique over machines",
        ),
        (lambda: {"by": models.ForeignKey(User, models.PROTECT, related_name="+")}, "Wrong.by: a machine cannot see"),
        (
            lambda: {"source": models.ForeignKey(FundingSource, models.PROTECT, related_name="+")},
            "Wrong.source: a machine cannot see",
        ),
        (
            lambda: {"person": models.ForeignKey(Person, models.PROTECT, related_name="+")},
            "Wrong.person: a key to what",
        ),
        (
            lambda: {"household": models.ForeignKey(Household, models.CASCADE, null=True, related_name="+")},
            "Wrong.household: tells the machine and may be empty",
        ),
        (
            lambda: {"code": models.CharField(max_length=9, primary_key=True)},
            "its key is no plain big integer",
        ),
    ],
    ids=["unique", "together", "constraint", "user", "local-table", "another-cut", "empty", "key"],
)
@isolate_apps("beneficiaries")
def test_a_model_that_cannot_be_spread_is_found(parts, told):
    given = parts()
    given.setdefault("Meta", meta())

    found = problems([wrong(**given)])

    assert [one for one in found if told in one] == found != []


@isolate_apps("beneficiaries")
def test_a_key_from_elsewhere_to_a_row_of_a_household_is_found():
    given = {"income": models.ForeignKey(IncomeRecord, models.PROTECT, related_name="+"), "Meta": meta()}
    pointing = type("Pointing", (models.Model,), {"__module__": "beneficiaries.models", **given})

    found = problems([pointing])

    assert [one.partition(": ")[0] for one in found] == ["beneficiaries.Pointing.income"]
