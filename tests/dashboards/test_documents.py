"""The pages of documents: the text with its quotes marked, or how to add it."""

from datetime import date
from typing import Any

import pytest

from alleviation.accounts.models import User
from projects.models import Document
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory

TEXT = "Two branches joined. One road was built."


@pytest.fixture
def document(db: None) -> Document:
    """Three claims: two share a span, one lies inside another's."""
    document = DocumentFactory(title="The news", text=TEXT, length=len(TEXT), sha256="b" * 64)
    ClaimFactory(code="A09", document=document, start=0, end=20)
    ClaimFactory(code="A10", document=document, start=0, end=20)
    ClaimFactory(code="A20", document=document, start=25, end=29)
    return document


def test_list_tells_claims_dates_and_whether_the_text_is_there(manager: User, document: Document) -> None:
    missing = DocumentFactory(title="Old news", publisher="Firm", published_on=date(2018, 11, 28), is_made_up=True)

    rows = signed_in(manager).get("/documents/").context["tables"]["documents"].table.rows

    assert rows == [
        {
            "title": "Old news",
            "publisher": "Firm",
            "published_on": date(2018, 11, 28),
            "event_on": None,
            "claims": 0,
            "text": "not added",
            "_url": f"/documents/{missing.pk}/",
            "_made_up": True,
        },
        {
            "title": "The news",
            "publisher": "",
            "published_on": None,
            "event_on": None,
            "claims": 3,
            "text": "present",
            "_url": f"/documents/{document.pk}/",
            "_made_up": False,
        },
    ]


def test_text_is_shown_with_its_quotes_marked(manager: User, document: Document) -> None:
    content = signed_in(manager).get(document.get_absolute_url()).content.decode()

    assert (
        '<div class="document-text"><span id="A10"><mark id="A09"><a href="/claims/A09/">Two branches joined.</a>'
        '</mark></span><sup><a href="/claims/A09/">A09</a>, <a href="/claims/A10/">A10</a></sup> One '
        '<mark id="A20"><a href="/claims/A20/">road</a></mark><sup><a href="/claims/A20/">A20</a></sup>'
        " was built.</div>"
    ) in content


def test_claims_stand_in_the_order_of_the_text(manager: User, document: Document) -> None:
    rows = signed_in(manager).get(document.get_absolute_url()).context["tables"]["claims"].table.rows

    assert [(row["code"], row["quote"]) for row in rows] == [
        ("A09", "Two branches joined."),
        ("A10", "Two branches joined."),
        ("A20", "road"),
    ]


def test_missing_text_is_said_with_its_hash_length_and_where_to_add_it(clerk: User, manager: User) -> None:
    document = DocumentFactory(sha256="c" * 64, length=3413)

    entering, reading = (signed_in(user).get(document.get_absolute_url()) for user in (clerk, manager))

    for response in (entering, reading):
        content = response.content.decode()
        assert "The text of this document is not here." in content
        assert f"<code>{'c' * 64}</code> (3,413 characters)" in content
        assert "manage.py load_example --documents DIR" in content
    form = f'href="/admin/projects/document/{document.pk}/change/"'
    assert form in entering.content.decode()
    assert form not in reading.content.decode()


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 }}{% now %}"])
def test_hostile_text_is_shown_as_it_is_written(manager: User, hostile: str) -> None:
    document = DocumentFactory(title=hostile, text=hostile, length=len(hostile))
    ClaimFactory(document=document, start=1, end=9)

    for path in ("/documents/", document.get_absolute_url()):
        content = signed_in(manager).get(path).content.decode()
        assert "<script>alert" not in content
        assert "<img src=x" not in content
    shown = "".join(one.text for one in signed_in(manager).get(document.get_absolute_url()).context["passages"])
    assert shown == hostile


@pytest.mark.parametrize("pk", [0, 10**30])
def test_document_that_is_not_there_is_not_found(manager: User, document: Document, pk: int) -> None:
    assert signed_in(manager).get(document.get_absolute_url()).status_code == 200

    assert signed_in(manager).get(f"/documents/{pk}/").status_code == 404


def test_administrator_sees_no_document(administrator: User, document: Document) -> None:
    for path in ("/documents/", document.get_absolute_url()):
        response = signed_in(administrator).get(path)

        assert response.status_code == 403
        assert "The news" not in response.content.decode()


def test_pages_are_only_read(manager: User, document: Document) -> None:
    assert signed_in(manager).post(document.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_for_any_number_of_documents(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    for document in DocumentFactory.create_batch(number):
        ClaimFactory(document=document)

    # session, user, whether the example is loaded, claims by document, documents
    with django_assert_num_queries(5):
        client.get("/documents/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_page_costs_the_same_for_any_number_of_claims(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    document = DocumentFactory(text=TEXT, length=len(TEXT))
    ClaimFactory.create_batch(number, document=document)

    # session, user, whether the example is loaded, the document, its claims
    with django_assert_num_queries(5):
        client.get(document.get_absolute_url())
