"""When the example can be loaded, and when it refuses."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Model

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.example.loading import load
from beneficiaries.models import Household, IncomeRecord
from projects.models import LedgerEntry, Organisation
from tests.factories import OrganisationFactory, UserFactory


def stored() -> list[int]:
    models: list[type[Model]] = [ImportBatch, AuditEvent, Organisation, Household, LedgerEntry, User]
    return [model._default_manager.count() for model in models]


def test_load_refuses_to_clash_with_an_own_record(places: None):
    OrganisationFactory(name="Example Charity")
    before = stored()

    with pytest.raises(CommandError, match=r"Example Charity.*An organisation of this name is recorded already"):
        load(per_village=1)

    assert stored() == before


def test_load_without_places_says_what_to_run(db: None):
    with pytest.raises(CommandError, match="Run load_reference first"):
        load(per_village=1)

    assert stored() == [0, 0, 0, 0, 0, 0]


@pytest.mark.slow
def test_load_leaves_a_name_that_is_taken(places: None):
    UserFactory(username="auditor")

    loaded = load(per_village=1)

    assert loaded.taken == ["auditor"]
    assert User.objects.get(username="auditor").is_example is False


@pytest.mark.slow
def test_full_county_is_large_enough(places: None, capsys: Any):
    call_command("load_example")

    assert Household.objects.count() == 300
    assert IncomeRecord.objects.count() == 2700
    assert "300 households" in capsys.readouterr().out
