"""`start` step by step; becoming the server is replaced by writing down what would be run."""

import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch
from alleviation.example import starting
from alleviation.example.loading import current_batch
from alleviation.example.management.commands import start
from projects.models import Division
from tests.example.conftest import Served
from tests.factories import PovertyLineFactory, ProjectFactory, UserFactory


@pytest.fixture
def taken(port: int) -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind((starting.HOST, port))
        other.listen()
        yield port


def test_taken_port_is_refused_with_another(taken: int):
    with pytest.raises(CommandError) as refused:
        starting.refuse_taken_port(taken)

    assert str(refused.value) == (
        f"Port {taken} cannot be used (Address already in use): perhaps Alleviation runs there already. "
        f"Choose another: manage.py start --port {taken + 1}"
    )


def test_free_port_is_taken(port: int):
    starting.refuse_taken_port(port)

    with socket.socket() as ours:
        ours.bind((starting.HOST, port))


@pytest.mark.parametrize("text", ["0", "-1", "65536", "abc", "", "８０００"])
def test_impossible_port_is_refused(text: str):
    with pytest.raises(CommandError, match="is not a port"):
        starting.port_number(text)


def test_taken_port_stops_before_anything_is_written(places: None, served: Served, taken: int):
    with pytest.raises(CommandError):
        call_command("start", port=taken)

    assert (served, ImportBatch.objects.count()) == ([], 0)


def test_start_loads_the_example_and_serves(places: None, served: Served, port: int, capsys: Any):
    call_command("start", port=port)

    assert current_batch() is not None
    assert len(served) == 1
    assert capsys.readouterr().out.splitlines() == [
        "The database is up to date.",
        "Loading the example …",
        f"Alleviation is at http://127.0.0.1:{port}/ (Ctrl-C ends it)",
        "Sign in as clerk, reviewer, manager, auditor, administrator; the password of each is example-only",
    ]


def test_empty_start_tells_how_to_make_an_administrator(places: None, served: Served, port: int, capsys: Any):
    call_command("start", port=port, empty=True)

    assert current_batch() is None
    assert capsys.readouterr().out.splitlines() == [
        "The database is up to date.",
        f"Alleviation is at http://127.0.0.1:{port}/ (Ctrl-C ends it)",
        "Nobody can sign in yet. Make an administrator: manage.py createsuperuser",
    ]


@pytest.mark.parametrize("someone", [UserFactory, lambda: ProjectFactory(division=None)])
def test_database_with_someone_in_it_is_not_untouched(places: None, someone: Any):
    assert starting.is_untouched() is True

    someone()

    assert starting.is_untouched() is False


def test_reference_data_leaves_a_database_untouched(places: None):
    PovertyLineFactory()
    ImportBatch.objects.create(kind=ImportBatch.Kind.FILE, title="Places", created_by="load_reference")

    assert Division.objects.count() > 0
    assert starting.is_untouched() is True


def test_start_serves_with_debug_off(places: None, served: Served, port: int, settings: Any, capsys: Any):
    settings.DEBUG = True

    call_command("start", port=port, empty=True)

    assert served[0][1]["DEBUG"] == "False"
    assert capsys.readouterr().out.splitlines()[0] == ("DEBUG is on in the environment; start serves with DEBUG off.")


def test_database_out_of_reach_is_told(db: None, served: Served, port: int, monkeypatch: Any):
    def fail(name: str, **options: Any) -> None:
        raise OperationalError("no such host")

    monkeypatch.setattr(start, "call_command", fail)

    with pytest.raises(CommandError, match="The database cannot be used: no such host"):
        call_command("start", port=port)

    assert served == []


def test_server_listens_on_loopback_alone(settings: Any):
    command = starting.server_command(8001)

    assert command[0] == sys.executable
    assert command[3:] == [
        *("-m", "gunicorn", "alleviation.wsgi", "--config", str(settings.BASE_DIR / "gunicorn.conf.py")),
        *("--bind", "127.0.0.1:8001", "--chdir", str(settings.BASE_DIR)),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--log-level", "warning"),
    ]


def test_server_keeps_the_rest_of_the_environment():
    assert starting.server_environment({"DATABASE_URL": "sqlite://", "DEBUG": "1"}) == {
        "DATABASE_URL": "sqlite://",
        "DEBUG": "False",
        "STATIC_COLLECTED": "True",
    }


def test_nobody_is_made_by_an_empty_start(places: None, served: Served, port: int):
    call_command("start", port=port, empty=True)

    assert User.objects.count() == 0


def test_the_worker_of_imports_ends_with_the_server(settings: Any):
    command = starting.worker_command(77)

    assert command[0] == sys.executable
    assert command[3:] == [str(settings.BASE_DIR / "manage.py"), "run_imports", "--parent", "77"]
