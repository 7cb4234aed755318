"""Documents in the admin: a file is taken if it is the document's text, or said to be a newer version of it."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from alleviation.evidence.models import StoredFile
from projects.models import Claim, Document
from tests.admin_pages import errors, page, said, shown, submit
from tests.conftest import signed_in
from tests.evidence.files import image
from tests.factories import ClaimFactory, DocumentFactory

TEXT = "The road was opened.\nThe road serves 40 households."
BYTES = TEXT.encode()
DIGEST = sha256(BYTES).hexdigest()
ANOTHER = b"The road serves 41 households."


def file(content: bytes, name: str = "text.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def document(db):
    return DocumentFactory(title="The road", text=TEXT, file_name="road.txt")


@pytest.fixture
def known_document(db):
    """A document whose text is known by its hash alone."""
    return DocumentFactory(title="The road", sha256=DIGEST, length=len(TEXT))


def test_document_is_entered_with_its_text(county_clerk):
    submit(signed_in(county_clerk), page("projects_document", "add"), title="The road", text_file=file(BYTES))

    document = Document.objects.get()
    assert (document.text, document.sha256, document.length) == (TEXT, DIGEST, len(TEXT))
    assert (document.text_origin, document.file_name) == ("file", "text.txt")
    assert AuditEvent.objects.get().after["sha256"] == DIGEST


def test_text_with_the_right_hash_is_taken_and_told(county_clerk, known_document):
    client, address = signed_in(county_clerk), page("projects_document", "change", known_document.pk)

    submit(client, address, text_file=file(BYTES))

    known_document.refresh_from_db()
    event = AuditEvent.objects.get()
    assert known_document.text == TEXT
    assert sorted(event.after) == ["file_name", "text", "text_origin"]
    assert is_sealed(event.after["text"])


def test_page_shows_hash_length_and_when_the_text_came(county_clerk, known_document):
    client, address = signed_in(county_clerk), page("projects_document", "change", known_document.pk)
    assert "The text is missing." in shown(client.get(address))

    submit(client, address, text_file=file(BYTES))

    text = shown(client.get(address))
    assert f"SHA-256: {DIGEST}" in text
    assert "Where the text is from: the text file itself" in text
    assert f"Length: {len(TEXT)}" in text
    assert "The text is missing." not in text


@pytest.mark.slow
def test_other_text_is_refused_at_the_file(county_clerk, known_document):
    address = page("projects_document", "change", known_document.pk)

    response = submit(signed_in(county_clerk), address, text_file=file(b"Another text."), publisher="County")

    known_document.refresh_from_db()
    told = errors(response)["text_file"][0]
    assert told.startswith("This is another text: its SHA-256 is ")
    assert (known_document.text, known_document.publisher) == ("", "")
    assert response.context["adminform"].form["publisher"].value() == "County"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "村".encode("gb18030"),
            (
                "The file is no PDF, no PNG or JPEG image, and not UTF-8 text (byte 0). Save it as one of these and "
                "add it again."
            ),
        ),
        (b"a\x00b", "The file holds null characters: it is not a text."),
    ],
)
def test_file_that_is_no_text_is_refused_at_the_file(county_clerk, content, told):
    response = submit(
        signed_in(county_clerk), page("projects_document", "add"), title="The road", text_file=file(content)
    )

    assert errors(response) == {"text_file": [told]}
    assert not Document.objects.exists()


def test_hash_of_a_text_that_is_there_cannot_be_typed(county_clerk, document):
    submit(signed_in(county_clerk), page("projects_document", "change", document.pk), sha256="0" * 64, title="New")

    document.refresh_from_db()
    assert (document.title, document.sha256) == ("New", DIGEST)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a\x00\x1b.txt", "x" * 300])
def test_name_of_a_file_is_a_name_and_no_more(county_clerk, name):
    submit(signed_in(county_clerk), page("projects_document", "add"), title="Road", text_file=file(BYTES, name))

    kept = Document.objects.get().file_name
    assert kept in ("passwd", "a.txt", "x" * 200)


def test_name_that_somebody_typed_stays(county_clerk):
    fields = {"title": "The road", "file_name": "road of 2019.txt", "text_file": file(BYTES)}

    submit(signed_in(county_clerk), page("projects_document", "add"), **fields)

    assert Document.objects.get().file_name == "road of 2019.txt"


def test_file_that_is_too_large_is_refused_at_the_file(county_clerk, settings):
    settings.EVIDENCE_LARGEST = 10

    response = submit(
        signed_in(county_clerk), page("projects_document", "add"), title="Road", text_file=file(b"x" * 11)
    )

    assert errors(response)["text_file"][0].startswith("The file is larger than 10")
    assert not Document.objects.exists()


# --- what a person reads for us -----------------------------------------------------------------------------------


def test_image_is_kept_with_its_text_written_down(county_clerk):
    client = signed_in(county_clerk)

    submit(
        client,
        page("projects_document", "add"),
        title="Notice",
        text_file=file(image(), "notice.png"),
        transcript="Put up\r\non the wall",
    )

    document = Document.objects.get()
    assert (document.text, document.text_origin) == ("Put up\non the wall", "transcribed")
    text = shown(client.get(page("projects_document", "change", document.pk)))
    assert f"Original file: PNG image, SHA-256 {document.original.sha256}" in text


def test_image_alone_is_kept_and_its_text_written_down_later(county_clerk):
    client = signed_in(county_clerk)

    submit(client, page("projects_document", "add"), title="Notice", text_file=file(image()))
    document = Document.objects.get()
    bare = (document.text, document.original_id is not None)
    submit(client, page("projects_document", "change", document.pk), transcript="On the wall")

    document.refresh_from_db()
    assert bare == ("", True)
    assert (document.text, document.text_origin) == ("On the wall", "transcribed")
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"transcript": "Words"}, "text_file", "Choose the image or the PDF that the text was written down from."),
        (
            {"transcript": "Words", "text_file": BYTES},
            "transcript",
            "A text file is its own text: leave this empty, or choose the PDF or image.",
        ),
        ({"text_file": b""}, "text_file", "The submitted file is empty."),
    ],
)
@pytest.mark.slow
def test_what_does_not_go_together_is_told_at_its_field(county_clerk, fields, field, told):
    fields = {name: file(value) if isinstance(value, bytes) else value for name, value in fields.items()}

    response = submit(signed_in(county_clerk), page("projects_document", "add"), title="Notice", **fields)

    assert errors(response) == {field: [told]}
    assert not Document.objects.exists()


# --- versions -----------------------------------------------------------------------------------------------------


def test_another_text_asks_whether_it_is_a_newer_version(county_clerk, document):
    address = page("projects_document", "change", document.pk)

    response = submit(signed_in(county_clerk), address, text_file=file(ANOTHER))

    assert errors(response)["text_file"][0].startswith("The document's text is there, and this file has another.")
    assert Document.objects.get().text == TEXT


def test_newer_version_takes_what_was_typed_and_leaves_the_old_one(county_clerk, document):
    ClaimFactory(document=document, start=0, end=8)
    client, address = signed_in(county_clerk), page("projects_document", "change", document.pk)

    response = submit(client, address, text_file=file(ANOTHER, "v2.txt"), is_newer="on", published_on="2024-05-01")

    older, newer = Document.objects.order_by("pk")
    assert (older.text, older.published_on, older.file_name) == (TEXT, None, "road.txt")
    assert (newer.supersedes, newer.text, newer.title) == (older, ANOTHER.decode(), "The road")
    assert (str(newer.published_on), newer.file_name) == ("2024-05-01", "v2.txt")
    assert Claim.objects.get().document == older
    assert response["Location"] == newer.get_absolute_url()
    assert said(client.get(response["Location"])) == ["The newer version is a document of its own: this one."]


def test_second_newer_version_is_refused_at_the_file(county_clerk, document):
    newer = DocumentFactory(supersedes=document, text="Second.")
    address = page("projects_document", "change", document.pk)

    response = submit(signed_in(county_clerk), address, text_file=file(ANOTHER), is_newer="on")

    assert errors(response)["text_file"] == [
        f"This document has a newer version already, document {newer.pk}. Add the file to that one."
    ]
    assert Document.objects.count() == 2


def test_newer_version_without_its_file_is_refused(county_clerk, document):
    client = signed_in(county_clerk)

    changed = submit(client, page("projects_document", "change", document.pk), is_newer="on")
    added = submit(client, page("projects_document", "add"), title="New", supersedes=document.pk)

    told = {"text_file": ["Choose the file of the newer version."]}
    assert (errors(changed), errors(added)) == (told, told)
    assert Document.objects.count() == 1


def test_newer_version_can_be_added_by_naming_the_older(county_clerk, document):
    fields = {"title": "The road, again", "supersedes": document.pk, "text_file": file(ANOTHER)}

    submit(signed_in(county_clerk), page("projects_document", "add"), **fields)

    assert Document.objects.get(title="The road, again").supersedes == document


def test_document_without_a_text_offers_no_newer_version(county_clerk, known_document):
    form = (
        signed_in(county_clerk).get(page("projects_document", "change", known_document.pk)).context["adminform"].form
    )

    assert "is_newer" not in form.fields


def test_reader_sees_no_field_for_a_file(reviewer, document):
    text = shown(signed_in(reviewer).get(page("projects_document", "change", document.pk)))

    assert "Where the text is from" in text
    assert "written down" not in text
