"""The commands that import: exit codes, JSON, limits, and what they leave behind."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from alleviation.accounts.models import User
from alleviation.common import guard
from alleviation.imports import bar, commanding
from alleviation.imports.commanding import ImportCommand
from alleviation.intake import pulse, running
from alleviation.intake.models import ImportRun
from projects.models import Division, FundingSource
from tests.factories import FundingSourceFactory
from tests.imports.conftest import BAD, GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(kind, clerk, tmp_path, capsys):
    """Runs the command over some text: (exit code, what it printed)."""

    class Command(ImportCommand):
        pass

    def run(text=GOOD, name="sources.csv", by=clerk.username, **options):
        (tmp_path / name).write_text(text)
        Command.kind = kind
        try:
            call_command(Command(), tmp_path / name, by=by, **options)
        except SystemExit as ended:
            return ended.code, capsys.readouterr()
        return 0, capsys.readouterr()

    return run


def told(printed):
    return json.loads(printed.out)


def test_a_good_file_is_written_and_said_so(command):
    code, printed = command()

    assert (code, printed.out) == (0, "2 rows: 2 new, 0 changed, 0 the same.\n")
    assert (FundingSource.objects.count(), ImportRun.objects.get().state) == (2, "written")


def test_wrong_rows_are_all_told_and_nothing_is_written(command):
    code, printed = command(BAD, json=True)

    answer = told(printed)
    assert (code, answer["outcome"], answer["rows"]) == (1, "row_errors", 0)
    assert [{name: one[name] for name in ("row", "column", "value", "code")} for one in answer["errors"]] == [
        {"row": 3, "column": "code", "value": "县", "code": "bad_code"},
        {"row": 5, "column": "code", "value": "ß", "code": "bad_code"},
    ]
    assert (set(answer), FundingSource.objects.count()) == ({"outcome", "rows", "errors"}, 0)


def test_people_are_told_the_first_faults_and_how_many_more(command, monkeypatch):
    monkeypatch.setattr(commanding, "PRINTED", 1)

    code, printed = command(BAD)

    lines = printed.err.splitlines()
    assert (code, lines[0].split(":")[:2]) == (1, ["Row 3", " code"])
    assert lines[1:] == ["… and 1 more; --json prints all of them.", "Nothing was written."]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"by": "nobody"}, "user"),
        ({"by": "manager"}, "right"),
        ({"area": "513228"}, "right"),
        ({"area": "5132282"}, "area"),
        ({"text": "", "name": "a.csv"}, "empty"),
        ({"name": "a.txt"}, "file_name"),
        ({"max_bytes": 5}, "too_large"),
        ({"max_rows": 1}, "too_many_rows"),
    ],
)
def test_a_refused_file_ends_with_two(options, code, command, manager):
    ended, printed = command(**options, json=True)

    answer = told(printed)
    assert (ended, answer["outcome"], answer["rows"]) == (2, "refused", 0)
    assert [(one["row"], one["column"], one["code"]) for one in answer["errors"]] == [(None, None, code)]


def test_a_file_that_is_not_there_or_came_before_is_refused(command, kind, tmp_path, clerk, capsys):
    command()

    again, printed = command(json=True)
    (tmp_path / "sources.csv").unlink()
    with pytest.raises(SystemExit) as missing:
        call_command(type("Command", (ImportCommand,), {"kind": kind})(), tmp_path / "sources.csv", by=clerk.username)

    assert (again, told(printed)["errors"][0]["code"], missing.value.code) == (2, "same_file", 2)


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (BAD, 1)])
def test_a_dry_run_leaves_nothing(text, code, command, settings):
    ended, _printed = command(text, dry_run=True)

    assert (ended, ImportRun.objects.count(), FundingSource.objects.count()) == (code, 0, 0)
    assert list(settings.IMPORT_ROOT.iterdir()) == []


def test_tables_that_move_on_once_are_checked_again(command, kind, monkeypatch):
    write = running.write

    def moved(run, *args, **words):
        with guard.writing():
            FundingSourceFactory(code="meanwhile")
        write(run, *args, **words)

    monkeypatch.setattr(commanding.running, "write", moved)

    code, _printed = command()

    assert (code, FundingSource.objects.count()) == (0, 3)


def test_what_breaks_off_is_neither_written_nor_the_files_fault(command, kind):
    kind.broken = RuntimeError()

    with pytest.raises(CommandError) as broken:
        command()

    assert (broken.value.returncode, FundingSource.objects.count()) == (3, 0)


def test_ctrl_c_leaves_nothing(command, kind):
    kind.broken = KeyboardInterrupt()

    with pytest.raises(CommandError) as stopped:
        command()

    assert (stopped.value.returncode, ImportRun.objects.get().state, FundingSource.objects.count()) == (
        3,
        "cancelled",
        0,
    )


@pytest.mark.slow
def test_a_bar_is_drawn_on_a_terminal_alone(kind, clerk, tmp_path, monkeypatch):
    monkeypatch.setattr(bar, "AFTER", 0)
    monkeypatch.setattr(pulse, "BEAT", 0.01)
    kind.pause = 0.1
    (tmp_path / "a.csv").write_text(GOOD)
    shown = {}

    for is_terminal in (True, False):
        screen = io.StringIO()
        screen.isatty = lambda is_terminal=is_terminal: is_terminal
        command = type("Command", (ImportCommand,), {"kind": kind})
        call_command(
            command(), tmp_path / "a.csv", by=clerk.username, dry_run=True, stdout=io.StringIO(), stderr=screen
        )
        shown[is_terminal] = screen.getvalue()

    assert "███████████████░░░░░░░░░░░░░░░ 1 of 2 rows" in shown[True]
    assert shown[False] == ""


def test_the_fixture_makes_what_is_missing_once_and_on_no_server_of_an_office(settings):
    with pytest.raises(CommandError):
        call_command("load_import_fixture", "110101001001")
    settings.DEBUG = True
    for _time in range(2):
        call_command("load_import_fixture", "110101001001", "110101001002", "220202002002", verbosity=0)

    villages = Division.objects.filter(level=5).values_list("code", flat=True)
    importer = User.objects.get(username="importer")
    assert (list(villages), Division.objects.count()) == (["110101001001", "110101001002", "220202002002"], 11)
    assert (importer.role, importer.area) == ("clerk", "110101")
