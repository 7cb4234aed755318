"""Texts are taken from a folder by their hash, and by nothing else."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from alleviation.audit.models import AuditEvent, Verb
from projects.models import Claim, Document
from tests.factories import ClaimFactory, DocumentFactory

TEXT = "村里有一条路。The village has a road."


@pytest.fixture
def document(example: None) -> Any:
    """A made-up document whose text is still missing."""
    return DocumentFactory(title="On a road", sha256=sha256(TEXT.encode()).hexdigest(), length=len(TEXT))


def said(capsys: Any) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.slow
def test_text_with_the_right_hash_is_attached(document: Document, tmp_path: Path, capsys: Any):
    claim: Any = ClaimFactory(document=document, start=7, end=len(TEXT))
    (tmp_path / "any-name.txt").write_bytes(TEXT.encode())

    call_command("load_example", documents=tmp_path)

    assert said(capsys)[:2] == ["The example is loaded already.", "Text added: any-name.txt"]
    assert Claim.objects.get(pk=claim.pk).quote == "The village has a road."


@pytest.mark.slow
def test_attached_text_leaves_an_event(document: Document, tmp_path: Path):
    (tmp_path / "road.txt").write_bytes(TEXT.encode())

    call_command("load_example", documents=tmp_path)

    event = AuditEvent.objects.get(subject_type="projects.document", subject_id=document.pk)
    assert (event.verb, event.actor) == (Verb.CHANGED, "load_example")


def test_text_with_another_hash_is_named_and_not_stored(document: Document, tmp_path: Path, capsys: Any):
    (tmp_path / "road.txt").write_bytes(TEXT.encode() + b"\n")
    texts = sorted(Document.objects.values_list("pk", "text"))

    call_command("load_example", documents=tmp_path)

    assert said(capsys)[1:] == [
        "The text of no document here, not stored: road.txt",
        *(f"Still without its text: {one}" for one in Document.objects.filter(text="").order_by("pk")),
    ]
    assert sorted(Document.objects.values_list("pk", "text")) == texts


def test_documents_without_text_are_named(document: Document, tmp_path: Path, capsys: Any):
    (tmp_path / "road.txt").write_bytes(TEXT.encode())

    call_command("load_example", documents=tmp_path)

    assert len([line for line in said(capsys) if line.startswith("Still without its text: ")]) == 2


def test_text_that_is_there_is_not_added_again(document: Document, tmp_path: Path, capsys: Any):
    (tmp_path / "road.txt").write_bytes(TEXT.encode())
    call_command("load_example", documents=tmp_path)
    events = AuditEvent.objects.count()

    call_command("load_example", documents=tmp_path)

    assert said(capsys).count("Added before: road.txt") == 1
    assert AuditEvent.objects.count() == events


@pytest.mark.slow
def test_empty_file_is_no_text(document: Document, tmp_path: Path, capsys: Any):
    (tmp_path / "nothing.txt").touch()

    call_command("load_example", documents=tmp_path)

    assert said(capsys)[1] == "The text of no document here, not stored: nothing.txt"


def test_missing_folder_is_refused(example: None, tmp_path: Path):
    with pytest.raises(CommandError, match="nowhere is not a folder"):
        call_command("load_example", documents=tmp_path / "nowhere")
