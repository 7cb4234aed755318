"""The fault runner in the small, on both databases; and that it finds what it looks for."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch
from projects import actions
from projects.actions import next_vouchers
from projects.models import LedgerEntry, VoucherSeries
from tests.factories import LedgerEntryFactory
from tests.faults.editors import SAVED, TOLD, judged
from tests.faults.findings import Findings, Reader
from tests.faults.scene import COMMAND, Scene, build
from tests.faults.truth import replay_faults
from tests.faults.writers import Journal
from tests.postgres import server_folder

ROOT = Path(__file__).resolve().parents[2]
databases = pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(not server_folder(), reason="no PostgreSQL server")),
    ],
)


def said(module: str, *arguments: str) -> tuple[int, list[str]]:
    """The exit code of a command, and the lines it printed."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.mark.long
@databases
def test_a_dozen_kills_lose_nothing(database):
    code, lines = said("tests.faults", "--runs", "12", "--database", database)

    assert code == 0, "\n".join(lines)
    assert lines[-1] == "manage.py verify: everything holds"


@pytest.mark.slow
@pytest.mark.parametrize("runs", ["5", pytest.param("20", marks=pytest.mark.long)])
@databases
def test_of_two_editors_one_is_told(database, runs):
    code, lines = said("tests.faults.editors", "--runs", runs, "--database", database)

    assert code == 0, "\n".join(lines)
    assert lines[-2].split()[:3] == ["all", runs, runs]


# --- waiting for each other ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_list_takes_its_series_in_one_order_whatever_the_order_of_its_entries(scene, monkeypatch):
    taken = []

    def watched(area, year, number):
        taken.append((area, year, number))
        return next_vouchers(area, year, number)

    monkeypatch.setattr("projects.actions.ledger.next_vouchers", watched)
    # The numbers decide county and year: 513229 in 2020, then 513228 in 2019.
    entries = [submitted(scene, tag, number) for tag, number in (("a", 3), ("b", 4))]

    vouchers = [one.voucher for one in actions.post_entries(entries, by=scene.reviewers[0])]

    assert taken[:2] == [("513228", 2019, 0), ("513229", 2020, 0)]
    assert vouchers == ["513229-2020-00001", "513228-2019-00001"]


# --- the finding --------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(db) -> Scene:
    return build()


@pytest.fixture
def reader(scene) -> Reader:
    """One who has seen the scene, and looks at what comes next."""
    reader = Reader()
    reader.look()
    return reader


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path / "journal")


def imported(scene: Scene, tag: str = "t", number: int = 3) -> list[LedgerEntry]:
    entries = scene.imported(tag, number)
    with trail.together():
        batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title=tag, by=COMMAND)
        trail.write_many(entries, by=COMMAND, batch=batch)
    return entries


def submitted(scene: Scene, tag: str, number: int) -> LedgerEntry:
    entry = scene.entry(tag, number)
    actions.draft_entry(entry, by=scene.clerks[0])
    actions.submit_entry(entry, by=scene.clerks[0])
    return entry


def posted(scene: Scene, tag: str) -> LedgerEntry:
    return actions.post_entry(submitted(scene, tag, 4), by=scene.reviewers[0])


def test_what_was_done_is_found(scene, reader, journal):
    imported(scene)
    journal.note("try", "import", ["t"], size=3)
    journal.note("done", "import", ["t"], size=3)

    assert reader.look([journal]) == Findings(done=1)


def test_what_was_confirmed_and_is_not_there_is_lost(reader, journal):
    journal.note("try", "import", ["t"], size=3)
    journal.note("done", "import", ["t"], size=3)

    assert reader.look([journal]) == Findings(done=1, lost=1)


@pytest.mark.slow
def test_a_posting_that_was_confirmed_under_another_voucher_is_lost(scene, reader, journal):
    posted(scene, "e")
    journal.note("try", "post", ["e"])
    journal.note("done", "post", ["e"], vouchers=["513228-2019-00002"])

    assert reader.look([journal]).lost == 1


@pytest.mark.parametrize(("size", "told"), [(3, {"committed": 1}), (4, {"half": 1})])
def test_what_was_broken_off_is_whole_or_half(size, told, scene, reader, journal):
    imported(scene)
    journal.note("try", "import", ["t"], size=size)

    assert reader.look([journal]) == Findings(**told)


def test_what_was_broken_off_and_left_nothing_was_rolled_back(reader, journal):
    journal.note("try", "import", ["t"], size=3)

    assert reader.look([journal]) == Findings(rolled_back=1)


@pytest.mark.slow
def test_three_of_which_two_are_posted_are_half(scene, reader, journal):
    for tag in ("a", "b"):
        posted(scene, tag)
    actions.draft_entry(scene.entry("c", 4), by=scene.clerks[0])
    journal.note("try", "post", ["a", "b", "c"])

    assert reader.look([journal]) == Findings(half=1)


def test_what_was_entered_once_and_is_there_twice_is_doubled(scene, reader, journal):
    imported(scene)
    imported(scene)
    journal.note("try", "import", ["t"], size=6)

    assert reader.look([journal]).doubled == 1


def test_a_row_without_its_event_and_an_event_without_its_row_are_half(scene, reader):
    LedgerEntryFactory(state="draft")
    event_only = imported(scene)[0]
    LedgerEntry.objects.filter(pk=event_only.pk).delete()

    # The factory brings a source of its own, which the reader does not look at.
    assert reader.look() == Findings(half=2)


def test_an_event_that_was_changed_is_unbound(scene, reader, monkeypatch):
    monkeypatch.setattr("alleviation.audit.chain.mac_of", lambda digest: "0" * 64)
    imported(scene, number=1)
    monkeypatch.undo()

    assert reader.look() == Findings(unbound=2)
    assert AuditEvent.objects.count() == reader.chain.number


def test_a_series_that_says_more_than_was_given_has_a_gap(scene, reader):
    posted(scene, "e")
    VoucherSeries.objects.update(last=2)

    assert reader.look().gaps == 1


def test_a_row_that_was_changed_past_the_trail_is_found(scene):
    entry = imported(scene)[0]
    LedgerEntry.objects.filter(pk=entry.pk).update(note="Changed")

    (fault,) = replay_faults()
    assert fault.startswith("projects.ledgerentry: the trail says")


@pytest.mark.parametrize(
    ("outcomes", "says", "counts"),
    [
        ([SAVED, TOLD], [0], {"runs": 1, "one saved": 1, "the first": 1}),
        ([TOLD, SAVED], [1], {"runs": 1, "one saved": 1}),
        ([SAVED, SAVED], [1], {"runs": 1, "both": 1, "overwritten": 1}),
        ([TOLD, TOLD], [], {"runs": 1, "neither": 1}),
        ([SAVED, TOLD], [1], {"runs": 1, "one saved": 1, "the first": 1, "overwritten": 1}),
        ([SAVED, "Error"], [0], {"runs": 1, "one saved": 1, "the first": 1, "broken": 1}),
    ],
)
def test_a_race_is_judged_by_what_the_record_says(outcomes, says, counts):
    assert +judged(outcomes, says) == Counter(counts)
