import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from alleviation.audit.models import AuditEvent
from alleviation.evidence import disk
from alleviation.evidence import store as module
from alleviation.evidence.models import FileKind, StoredFile
from alleviation.evidence.store import FileChanged, FileMissing, content_of, read_upload, store
from tests.evidence import files

RECEIPT = b"Receipt for 4,032 yuan"
AT_ONCE = 6
DIGEST = sha256(RECEIPT).hexdigest()


@pytest.fixture(autouse=True)
def root(settings, tmp_path) -> Path:
    """A folder of each test's own."""
    settings.EVIDENCE_ROOT = tmp_path / "files"
    return settings.EVIDENCE_ROOT


def lying_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash_readable_by_the_server_alone(db, root):
    file = store(RECEIPT, by="a-clerk")

    path = root / DIGEST[:2] / DIGEST
    assert (file.sha256, file.kind, file.size, file.stored_by) == (DIGEST, FileKind.TEXT, 22, "a-clerk")
    assert lying_in(root) == [f"{DIGEST[:2]}/{DIGEST}"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert content_of(file) == RECEIPT


def test_the_event_of_a_file_has_its_hash(db):
    file = store(RECEIPT, by="a-clerk")

    event = AuditEvent.objects.get(subject_type="evidence.storedfile", subject_id=file.pk)
    assert (event.verb, event.actor, event.after["sha256"]) == ("created", "a-clerk", DIGEST)


def test_the_same_content_is_stored_once(db, root):
    first, second = store(RECEIPT, by="a-clerk"), store(RECEIPT, by="another-clerk", is_made_up=True)

    assert (second.pk, second.stored_by, second.is_made_up) == (first.pk, "a-clerk", False)
    assert (StoredFile.objects.count(), len(lying_in(root))) == (1, 1)


def test_the_row_of_whoever_was_faster_is_taken(db, monkeypatch):
    faster = store(RECEIPT, by="the-faster")
    looks = iter([None, faster])
    monkeypatch.setattr(module, "_standing", lambda digest: next(looks))

    file = store(RECEIPT, by="a-clerk")

    assert (file.pk, StoredFile.objects.count()) == (faster.pk, 1)
    assert AuditEvent.objects.filter(subject_type="evidence.storedfile").count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_all_who_hand_in_the_same_file_at_once_store_it_once(root):
    start = Barrier(AT_ONCE)

    def hand_in(number: int) -> int:
        start.wait(timeout=20)
        try:
            with transaction.atomic():
                return store(RECEIPT, by=f"clerk-{number}").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(hand_in, range(AT_ONCE)))

    assert (len(set(found)), StoredFile.objects.count(), len(lying_in(root))) == (1, 1, 1)


def test_a_transaction_that_is_rolled_back_leaves_a_file_and_no_row(db, root):
    def killed_before_the_commit() -> None:
        with transaction.atomic():
            store(RECEIPT, by="a-clerk")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_before_the_commit()

    assert (StoredFile.objects.count(), len(lying_in(root))) == (0, 1)
    assert store(RECEIPT, by="a-clerk").sha256 == DIGEST


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_breaks_off_leaves_neither_file_nor_row(broken, db, root, monkeypatch, caplog):
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if broken == "fsync" else Path, broken, fail)

    with pytest.raises(ValidationError) as caught:
        store(RECEIPT, by="a-clerk")

    assert (caught.value.code, [record.levelname for record in caplog.records]) == ("disk", ["ERROR"])
    assert (StoredFile.objects.count(), lying_in(root)) == (0, [])


def test_a_file_of_the_name_with_other_bytes_is_refused_loudly(db, root, caplog):
    (root / DIGEST[:2]).mkdir(parents=True)
    (root / DIGEST[:2] / DIGEST).write_bytes(b"something else")

    with pytest.raises(ValidationError) as caught:
        store(RECEIPT, by="a-clerk")

    assert caught.value.code == "damaged"
    assert (root / DIGEST[:2] / DIGEST).read_bytes() == b"something else"
    assert (StoredFile.objects.count(), [record.levelname for record in caplog.records]) == (0, ["ERROR"])


def test_a_file_that_was_lost_comes_back_when_it_is_handed_in_again(db, root):
    file = store(RECEIPT, by="a-clerk")
    disk.path_of(DIGEST).unlink()
    with pytest.raises(FileMissing):
        content_of(file)

    store(RECEIPT, by="another-clerk")

    assert content_of(file) == RECEIPT


def test_a_file_that_was_changed_is_not_given_out(db):
    file = store(RECEIPT, by="a-clerk")
    disk.path_of(DIGEST).write_bytes(RECEIPT + b"!")

    with pytest.raises(FileChanged):
        content_of(file)


def test_size_is_counted_and_not_believed(settings):
    settings.EVIDENCE_LARGEST = 1024
    upload = SimpleUploadedFile("receipt.txt", b"a" * 1025)
    upload.size = 1

    with pytest.raises(ValidationError) as caught:
        read_upload(upload)

    assert caught.value.messages == [
        "The file is larger than 1.0\xa0KB. Scan it in grey or with fewer dots, or hand it in in parts."
    ]
    assert read_upload(SimpleUploadedFile("receipt.txt", b"a" * 1024)) == b"a" * 1024


def test_what_is_too_large_or_no_file_reaches_neither_disk_nor_database(db, root, settings):
    settings.EVIDENCE_LARGEST = 1024

    for content in (b"a" * 1025, b"", files.zipped()):
        with pytest.raises(ValidationError):
            store(content, by="a-clerk")

    assert (StoredFile.objects.count(), root.exists()) == (0, False)
