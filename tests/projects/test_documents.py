"""Texts of documents: where they come from, what is kept of the file, and how a changed one is a newer version."""

from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from alleviation.audit.models import AuditEvent
from alleviation.evidence.models import StoredFile
from alleviation.evidence.store import content_of
from projects.actions import add_version, attach_text, make_claim, pdf_reader, texts
from projects.models import Claim, Document
from projects.rollups.documents import document_summaries, quotes_in_newer, versions_of_document
from tests.evidence.files import image, pdf
from tests.factories import ClaimFactory, DocumentFactory
from tests.pdfs import bomb, pdf_of, written

BY = "manage.py test"
PAGES = (["村里有一条路。", "The road 😀 𠮷"], ["It serves 40 households."])
TEXT = "村里有一条路。\nThe road 😀 𠮷\n\f\nIt serves 40 households."
NO_BYTES = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def read_here(monkeypatch):
    """PDFs are read in this process; one test below sends one to a process of its own."""

    def pdf_text(content: bytes) -> str:
        told = pdf_reader.answer(content)
        if "refused" in told:
            raise ValidationError(texts.REFUSALS[told["refused"]], code=told["refused"])
        return told["text"]

    monkeypatch.setattr(texts, "pdf_text", pdf_text)


def refusal(content: bytes, **given: str) -> ValidationError:
    """What a file is refused with; it leaves nothing behind."""
    document = DocumentFactory()
    with pytest.raises(ValidationError) as refused:
        attach_text(document, content, by=BY, **given)
    document.refresh_from_db()
    assert (document.text, document.sha256, document.original) == ("", "", None)
    assert (StoredFile.objects.count(), AuditEvent.objects.count()) == (0, 0)
    return refused.value


# --- where a text is from -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_text_of_a_pdf_is_read_in_a_process_of_its_own_and_the_file_is_kept(db):
    document, content = DocumentFactory(), pdf_of(*PAGES)

    attach_text(document, content, by=BY)

    document.refresh_from_db()
    assert (document.text, document.length, document.text_origin) == (TEXT, len(TEXT), "extracted")
    assert document.sha256 == sha256(TEXT.encode()).hexdigest()
    assert document.original.sha256 == sha256(content).hexdigest()
    assert content_of(document.original) == content


def test_a_plain_text_is_its_own_original(db):
    document = DocumentFactory()

    attach_text(document, TEXT.encode(), by=BY)

    assert (document.text, document.text_origin, document.original) == (TEXT, "file", None)


@pytest.mark.parametrize("content", [image(), image("JPEG"), pdf_of([])], ids=["png", "jpeg", "scanned pdf"])
def test_what_no_machine_reads_is_written_down_by_a_person(db, read_here, content):
    document = DocumentFactory()

    attach_text(document, content, by=BY, transcript="First line\r\nsecond line")

    document.refresh_from_db()
    assert (document.text, document.text_origin) == ("First line\nsecond line", "transcribed")
    assert content_of(document.original) == content


def test_what_is_no_character_of_a_text_is_replaced(db, read_here):
    document = DocumentFactory()

    attach_text(document, pdf_of(["a\ud800b\x00c\x0b"]), by=BY)

    document.refresh_from_db()
    assert document.text == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(password="x"), "locked"),
        (pdf_of(*PAGES)[:200], "broken"),
        (b"%PDF-1.7\nGIF89a", "broken"),
        (written([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1>>"]), "broken"),
        (pdf(pages=pdf_reader.MOST_PAGES + 1), "long"),
        (NO_BYTES, "broken"),
        (b"GIF89a\x01\x00\x01\x00\x80", "not_utf8"),
        (b"A \xed\xa0\x80 surrogate", "not_utf8"),
        (b"A\x00B", "null_characters"),
        (b"", "empty"),
        (b"x" * (texts.LARGEST_TEXT + 1), "too_large"),
    ],
)
def test_a_file_without_a_text_is_refused_for_what_is_wrong_with_it(db, read_here, content, code):
    assert refusal(content).code == code


@pytest.mark.parametrize("content", [image(), pdf_of([])], ids=["image", "scan"])
def test_a_picture_is_kept_until_somebody_writes_its_text_down(db, read_here, content):
    document = DocumentFactory(sha256="", length=None)

    attach_text(document, content, by=BY)
    bare = (document.text, document.sha256, document.length, document.text_origin, document.original.sha256)
    attach_text(document, content, by=BY, transcript="On the wall")

    document.refresh_from_db()
    assert bare == ("", "", None, "", sha256(content).hexdigest())
    assert (document.text, document.text_origin) == ("On the wall", "transcribed")
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "transcript", "told"),
    [
        (b"A text.", "A text.", "A text file is its own text: leave this empty, or choose the PDF or image."),
        (image(), " \r\n ", "Write down the text, not only blanks."),
    ],
)
def test_a_transcript_that_is_none_is_told_at_its_field(db, content, transcript, told):
    assert refusal(content, transcript=transcript).message_dict == {"transcript": [told]}


def test_a_page_that_says_more_than_a_text_may_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_reader, "MOST_CHARACTERS", 20)

    assert pdf_reader.answer(pdf_of(*PAGES)) == {"refused": "long"}


@pytest.mark.slow
def test_a_file_that_unpacks_to_a_hundred_megabytes_is_refused(db):
    assert refusal(bomb()).code == "long"


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0, 20])
def test_a_reader_that_takes_too_long_is_stopped(db, monkeypatch, tmp_path, seconds):
    sleeping = tmp_path / "reader.py"
    sleeping.write_text(f"import os, time; time.sleep({seconds}); os.abort()")
    monkeypatch.setattr(texts, "SCRIPT", sleeping)
    monkeypatch.setattr(texts, "PATIENCE", 1)

    assert refusal(pdf_of(*PAGES)).code == "long"


def test_the_same_file_again_changes_nothing_though_it_be_read_otherwise(db, read_here, monkeypatch):
    document, content = DocumentFactory(), pdf_of(*PAGES)
    attach_text(document, content, by=BY)
    events = AuditEvent.objects.count()
    monkeypatch.setattr(texts, "pdf_text", lambda content: "Another library reads this.")

    attach_text(Document.objects.get(), content, by=BY)

    assert (Document.objects.get().text, AuditEvent.objects.count()) == (TEXT, events)


def test_a_text_that_came_meanwhile_keeps_its_original(db, read_here):
    document = DocumentFactory()
    opened_before = Document.objects.get(pk=document.pk)
    attach_text(document, pdf_of(*PAGES), by=BY)

    attach_text(opened_before, TEXT.encode(), by=BY)

    stored = Document.objects.get()
    assert (stored.text, stored.text_origin, stored.original) == (TEXT, "extracted", document.original)


def test_a_file_is_stored_by_who_may_enter_records_alone(manager, read_here):
    with pytest.raises(PermissionDenied):
        attach_text(DocumentFactory(), pdf_of(*PAGES), by=manager)

    assert StoredFile.objects.count() == 0


# --- versions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def first(db):
    """A document of one text, with a claim of it."""
    document = DocumentFactory(title="The road", text="The road serves 40 households.")
    ClaimFactory(code="C1", document=document, start=16, end=29)
    return document


def newer_than(document: Document, text: str) -> Document:
    newer = Document(title=document.title, supersedes=document)
    add_version(newer, text.encode(), by=BY)
    return newer


def test_a_newer_version_is_a_document_of_its_own_and_claims_stay(first):
    newer = newer_than(first, "The road serves 41 households.")

    claim = Claim.objects.get()
    assert (newer.supersedes, newer.text) == (first, "The road serves 41 households.")
    assert (claim.document, claim.quote, newer.claims.count()) == (first, "40 households", 0)


def test_two_newer_versions_of_one_document_are_refused(first):
    newer = newer_than(first, "Second.")

    with pytest.raises(ValidationError) as refused:
        newer_than(first, "Third.")

    assert refused.value.message == (
        f"This document has a newer version already, document {newer.pk}. Add the file to that one."
    )
    assert Document.objects.count() == 2


@pytest.mark.parametrize(("text", "code"), [("The road serves 40 households.", "same_text"), ("", "empty")])
def test_what_is_no_newer_text_is_refused(first, text, code):
    with pytest.raises(ValidationError) as refused:
        newer_than(first, text)

    assert (refused.value.code, Document.objects.count()) == (code, 1)


def test_nothing_is_newer_than_a_missing_text(db):
    with pytest.raises(ValidationError) as refused:
        newer_than(DocumentFactory(sha256="a" * 64, length=9), "Second.")

    assert (refused.value.code, Document.objects.count()) == ("no_text_yet", 1)


def test_a_version_with_the_text_of_another_document_is_refused(first):
    other = DocumentFactory(text="Another document.")

    with pytest.raises(ValidationError) as refused:
        newer_than(first, other.text)

    assert refused.value.messages == ["A document with this very text is recorded already."]


def test_the_list_has_the_latest_version_with_the_claims_of_all(first, manager):
    newer = newer_than(newer_than(first, "Second."), "Third.")
    ClaimFactory(document=newer, start=0, end=5)
    single = DocumentFactory()

    found = {one.document: (one.versions, one.claims, one.has_text) for one in document_summaries(manager)}

    assert found == {newer: (3, 2, True), single: (1, 0, False)}


def test_versions_are_told_from_each_of_them_the_earliest_first(first, manager):
    second = newer_than(first, "Second.")
    third = newer_than(second, "Third.")

    assert [versions_of_document(one, manager) for one in (first, second, third)] == [[first, second, third]] * 3


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("It serves 40 households.", [(10, 23)]),
        ("😀 40\r\n  households or 40 households", [(2, 18), (22, 35)]),
        ("It serves 41 households.", []),
        ("", []),
    ],
)
def test_a_quote_is_looked_for_word_by_word(first, text, places):
    assert [one.places for one in quotes_in_newer(list(first.claims.all()), text)] == [places]


# --- what the database keeps --------------------------------------------------------------------------------------


def broken(statement: str, *values: object) -> str:
    """What the database says to a statement that comes from nowhere."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(refused.value).splitlines()[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("text = 'Another'", "the text of a document stays"),
        ("text = ''", "the text of a document stays"),
        (f"sha256 = '{'0' * 64}'", "the text of a document stays"),
        ("text_origin = 'extracted'", "a document keeps the file that its text is from"),
        ("original_id = 7", "a document keeps the file that its text is from"),
        ("supersedes_id = 7", "which document another is a newer version of is said once"),
    ],
)
def test_the_database_keeps_a_text_and_what_it_is_from(first, change, told):
    assert told in broken(f"UPDATE projects_document SET {change} WHERE id = %s", first.pk)

    assert Document.objects.get().text == first.text


@pytest.mark.parametrize("change", ["document_id = %s", "code = 'C2', document_id = %s - 1"])
def test_the_database_keeps_a_claim_with_its_document_and_number(first, change):
    other = DocumentFactory()

    assert "a claim stays with its document" in broken(f"UPDATE projects_claim SET {change}", other.pk)
    assert Claim.objects.get().document == first


def test_the_database_lets_nothing_be_written_over(first):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows without a word")
    columns = ", ".join(field.column for field in Document._meta.concrete_fields if field.name != "text")

    told = broken(
        f"INSERT OR REPLACE INTO projects_document ({columns}, text) SELECT {columns}, 'Another' "
        "FROM projects_document"
    )
    told_of_claim = broken("INSERT OR REPLACE INTO projects_claim SELECT * FROM projects_claim")

    assert (told, told_of_claim) == ("this document is recorded already", "this claim is recorded already")
    assert Document.objects.get().text == first.text


def test_a_claim_is_made_of_a_text_that_was_read_from_a_pdf(db, read_here):
    document = DocumentFactory()
    attach_text(document, pdf_of(*PAGES), by=BY)
    start = TEXT.index("40")

    make_claim(
        Claim(document=document, start=start, end=start + 13, subject="Road", attribute="serves", measure="Q"),
        by=BY,
        quote="40 households",
    )

    assert Claim.objects.get().quote == "40 households"
