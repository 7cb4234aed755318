"""Claims in the admin: a passage is taken only if it stands there."""

import pytest

from alleviation.audit.models import AuditEvent
from projects.models import Claim, Document
from tests.admin_pages import errors, page, shown, submit
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory

TEXT = "The road was opened.\nThe road serves 40 households."


@pytest.fixture
def document(db):
    return DocumentFactory(title="The road", text=TEXT)


@pytest.fixture
def known_document(db):
    """A document whose text is known by its hash alone."""
    return DocumentFactory(title="The road", sha256="a" * 64, length=len(TEXT))


def claim(document: Document, **fields: object) -> dict[str, object]:
    return {"document": document.pk, "subject": "The road", "attribute": "was opened", "measure": "Q", **fields}


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


def test_passage_of_a_text_with_other_line_ends_is_that_of_the_text(county_clerk):
    document = DocumentFactory(text="Built.\r\nOpened. 😀\rIn use.")
    quote = "Built.\r\nOpened. 😀\r\nIn"

    submit(signed_in(county_clerk), page("projects_claim", "add"), **claim(document, quote=quote, start=0, end=20))

    assert Claim.objects.get().quote == "Built.\r\nOpened. 😀\rIn"


def test_marked_passage_fills_in_the_form(county_clerk, document):
    address = f"{page('projects_claim', 'add')}?document={document.pk}&start=30&end=50"

    response = submit(signed_in(county_clerk), address, subject="The road", attribute="serves", measure="Q")

    made = Claim.objects.get()
    assert (response.status_code, made.document, made.start, made.end) == (302, document, 30, 50)


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [
        ("30", "50", "serves 40 households"),
        ("49", "900", "s."),
        ("900", "901", ""),
        ("-3", "5", None),
        ("x", "5", None),
    ],
)
@pytest.mark.slow
def test_passage_of_an_address_is_read_from_the_text(county_clerk, document, start, end, quote):
    address = f"{page('projects_claim', 'add')}?document={document.pk}&start={start}&end={end}"

    form = signed_in(county_clerk).get(address).context["adminform"].form

    assert form["quote"].value() == quote


def test_passage_of_no_document_is_nothing(county_clerk, document):
    address = f"{page('projects_claim', 'add')}?document={10**17}&start=0&end=5"

    form = signed_in(county_clerk).get(address).context["adminform"].form

    assert form["quote"].value() == ""


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
@pytest.mark.slow
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
