from collections.abc import Callable

import pytest

from alleviation.audit.verification.tables import table_faults
from alleviation.evidence import disk
from alleviation.evidence.actions import attach, withdraw
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.evidence.verification import evidence_of_nothing, files_that_are_not_theirs
from tests.audit.tampering import run
from tests.factories import EvidenceFactory, LedgerEntryFactory

RECEIPT = b"Receipt"


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path


@pytest.fixture
def evidence(ruoduo) -> Evidence:
    return attach(LedgerEntryFactory(division=ruoduo), RECEIPT, title="Receipt", by="a-clerk")


def grow(file: StoredFile) -> None:
    run("UPDATE evidence_storedfile SET size = size + 1")


def lose(file: StoredFile) -> None:
    disk.path_of(file.sha256).unlink()


def change(file: StoredFile) -> None:
    disk.path_of(file.sha256).write_bytes(b"Another receipt")


def test_files_and_what_they_prove_hold_from_the_trail_up(evidence):
    withdraw(evidence, by="a-clerk", reason="by mistake")

    assert [*files_that_are_not_theirs(), *evidence_of_nothing()] == []
    assert [*table_faults(StoredFile), *table_faults(Evidence)] == []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lose, "is not on the disk, or cannot be read"),
        (change, "what is on the disk is not"),
        (grow, "has another size than recorded"),
    ],
)
def test_a_file_that_is_not_as_it_was_handed_in_is_named(harm: Callable[[StoredFile], None], fault: str, evidence):
    harm(evidence.file)

    (said,) = files_that_are_not_theirs()

    assert said.startswith(f"stored file {evidence.file_id}: ")
    assert (fault in said, evidence.file.sha256 in said) == (True, True)


def test_evidence_of_no_record_or_of_no_such_kind_is_named(evidence):
    nowhere = EvidenceFactory(subject_id=10**9)
    unknown = EvidenceFactory(subject_type="projects.nothing")

    assert list(evidence_of_nothing()) == [
        f"evidence {nowhere.pk}: projects.ledgerentry 1000000000 does not exist",
        f"evidence {unknown.pk}: projects.nothing 1 does not exist",
    ]
