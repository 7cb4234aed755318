"""A second `start` finds what the first one left."""

from typing import Any

import pytest
from django.core.management import call_command

from alleviation.audit.models import ImportBatch
from alleviation.example.loading import current_batch
from projects.models import Project
from tests.example.conftest import Served
from tests.factories import ProjectFactory


@pytest.mark.slow
def test_second_start_keeps_what_was_entered(example: None, served: Served, port: int):
    ProjectFactory(code="OWN-1", division=None)

    call_command("start", port=port)

    assert Project.objects.filter(code="OWN-1").count() == 1
    assert ImportBatch.objects.count() == 1


@pytest.mark.slow
def test_start_after_the_removal_stays_without_example(example: None, served: Served, port: int, capsys: Any):
    call_command("remove_example")
    capsys.readouterr()

    call_command("start", port=port)

    assert current_batch() is None
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Nobody can sign in yet. Make an administrator: manage.py createsuperuser"
    )
