"""Documents and claims in the admin: a text is taken only if it is the text, a passage only if it stands there."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from projects.models import Claim, Document
from tests.admin_pages import errors, page, shown, submit
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory

TEXT = "The road was opened.\nThe road serves 40 households."
BYTES = TEXT.encode()
DIGEST = sha256(BYTES).hexdigest()


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("text.txt", content)


@pytest.fixture
def document(db):
    return DocumentFactory(title="The road", text=TEXT, sha256=DIGEST, length=len(TEXT))


@pytest.fixture
def known_document(db):
    """A document whose text is known by its hash alone."""
    return DocumentFactory(title="The road", sha256=DIGEST, length=len(TEXT))


def claim(document: Document, **fields: object) -> dict[str, object]:
    return {"document": document.pk, "subject": "The road", "attribute": "was opened", "measure": "Q", **fields}


def test_document_is_entered_with_its_text(county_clerk):
    submit(signed_in(county_clerk), page("projects_document", "add"), title="The road", text_file=file(BYTES))

    document = Document.objects.get()
    assert (document.text, document.sha256, document.length) == (TEXT, DIGEST, len(TEXT))
    assert AuditEvent.objects.get().after["sha256"] == DIGEST


def test_text_with_the_right_hash_is_taken_and_told(county_clerk, known_document):
    client, address = signed_in(county_clerk), page("projects_document", "change", known_document.pk)

    submit(client, address, text_file=file(BYTES))

    known_document.refresh_from_db()
    event = AuditEvent.objects.get()
    assert known_document.text == TEXT
    assert sorted(event.after) == ["text"]
    assert is_sealed(event.after["text"])


def test_page_shows_hash_length_and_when_the_text_came(county_clerk, known_document):
    client, address = signed_in(county_clerk), page("projects_document", "change", known_document.pk)
    assert "The text is missing." in shown(client.get(address))

    submit(client, address, text_file=file(BYTES))

    text = shown(client.get(address))
    assert f"SHA-256: {DIGEST}" in text
    assert f"Length: {len(TEXT)}" in text
    assert "The text is missing." not in text


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
        ("村".encode("gb18030"), "The file is not UTF-8 text (byte 0). Save it as UTF-8 and add it again."),
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


def test_claim_finds_its_span_and_number_from_the_passage(county_clerk, document):
    submit(signed_in(county_clerk), page("projects_claim", "add"), **claim(document, quote="serves 40 households"))

    made = Claim.objects.get()
    assert (made.start, made.end, made.quote) == (30, 50, "serves 40 households")
    assert made.code == "C00001"
    assert AuditEvent.objects.get().subject_type == "projects.claim"


def test_passage_over_two_lines_is_found_as_a_browser_sends_it(county_clerk, document):
    quote = "was opened.\r\nThe road serves"

    submit(signed_in(county_clerk), page("projects_claim", "add"), **claim(document, quote=quote))

    assert Claim.objects.get().quote == "was opened.\nThe road serves"


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        (
            {"quote": "The road"},
            "start",
            "The passage stands 2 times, from character 0, 21: say which, or paste more.",
        ),
        (
            {"quote": "The railway"},
            "quote",
            "These are not the document's own characters. Copy the passage from the document's page.",
        ),
        (
            {"quote": "The Road", "start": 0, "end": 8},
            "quote",
            "The document has other characters there: “The road”.",
        ),
        ({"start": 0, "end": 900}, "end", "The text has 51 characters; the span ends outside it."),
        ({"start": 0}, "end", "This field is required."),
        ({}, "start", "This field is required."),
    ],
)
def test_passage_that_does_not_stand_there_is_told_at_its_field(county_clerk, document, fields, field, told):
    response = submit(signed_in(county_clerk), page("projects_claim", "add"), **claim(document, **fields))

    assert errors(response)[field] == [told]
    assert not Claim.objects.exists()


def test_passage_cannot_be_checked_while_the_text_is_missing(county_clerk, known_document):
    fields = claim(known_document, quote="The road", start=0, end=8)

    response = submit(signed_in(county_clerk), page("projects_claim", "add"), **fields)

    assert list(errors(response)) == ["quote"]


def test_page_of_a_claim_shows_what_stands_there(county_clerk, document):
    made = ClaimFactory(document=document, start=0, end=8)

    response = signed_in(county_clerk).get(page("projects_claim", "change", made.pk))

    assert "<q>The road</q>" in response.content.decode()


def test_page_of_a_claim_says_where_a_missing_text_is_added(county_clerk, known_document):
    made = ClaimFactory(document=known_document, start=0, end=8)

    response = signed_in(county_clerk).get(page("projects_claim", "change", made.pk))

    assert f'href="{page("projects_document", "change", known_document.pk)}"' in response.content.decode()


def test_claim_of_a_made_up_document_is_marked(county_clerk):
    ClaimFactory(document=DocumentFactory(is_made_up=True))

    assert "made up" in shown(signed_in(county_clerk).get(page("projects_claim")))


# Session, user, example banner, count, rows with their documents.
@pytest.mark.parametrize("rows", [1, 3, 30])
def test_list_of_claims_asks_as_often_whatever_its_length(county_clerk, django_assert_num_queries, rows):
    for _row in range(rows):
        ClaimFactory(document=DocumentFactory(), qualifier="exact", low="4", high="4")
    client = signed_in(county_clerk)

    with django_assert_num_queries(5):
        client.get(page("projects_claim"))
