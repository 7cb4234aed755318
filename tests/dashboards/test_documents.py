"""The pages of documents: the text with its quotes marked, or how to add it."""

from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, Verb
from alleviation.evidence.store import store
from projects.models import Document
from tests.conftest import signed_in
from tests.evidence.files import image
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
            "versions": 1,
            "claims": 0,
            "_asked": {"of": f"document:{missing.pk}"},
            "text": "not added",
            "_url": f"/documents/{missing.pk}/",
            "_made_up": True,
        },
        {
            "title": "The news",
            "publisher": "",
            "published_on": None,
            "event_on": None,
            "versions": 1,
            "claims": 3,
            "_asked": {"of": f"document:{document.pk}"},
            "text": "present",
            "_url": f"/documents/{document.pk}/",
            "_made_up": False,
        },
    ]


def test_text_is_shown_with_its_quotes_marked(manager: User, document: Document) -> None:
    content = signed_in(manager).get(document.get_absolute_url()).content.decode()

    assert (
        '<div class="document-text" id="document-text"><span id="A10"><mark id="A09">'
        '<span data-at="0" data-length="20">Two branches joined.</span></mark></span>'
        '<sup><a href="/claims/A09/">A09</a>, <a href="/claims/A10/">A10</a></sup>'
        '<span data-at="20" data-length="5"> One </span>'
        '<mark id="A20"><span data-at="25" data-length="4">road</span></mark>'
        '<sup><a href="/claims/A20/">A20</a></sup><span data-at="29" data-length="11"> was built.</span></div>'
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

    # session, user, whether the example is loaded, claims by document, versions, documents
    with django_assert_num_queries(6):
        client.get("/documents/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_page_costs_the_same_for_any_number_of_claims(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    document = DocumentFactory(text=TEXT, length=len(TEXT))
    ClaimFactory.create_batch(number, document=document)

    # session, user, whether the example is loaded, the document, its claims, versions
    with django_assert_num_queries(6):
        client.get(document.get_absolute_url())


# --- versions -----------------------------------------------------------------------------------------------------


def test_old_version_tells_which_quotes_still_stand_and_where(clerk: User, manager: User, document: Document) -> None:
    newer = DocumentFactory(title="The news", text="It is: One\nroad was mended.", supersedes=document)

    entering, reading = (signed_in(user).get(document.get_absolute_url()) for user in (clerk, manager))

    rows = [response.context["tables"]["newer"].table.rows for response in (entering, reading)]
    assert [(row["code"], row["standing"]) for row in rows[0]] == [
        ("A09", "no longer there word for word"),
        ("A10", "no longer there word for word"),
        ("A20", "stands there word for word: characters 11-15"),
    ]
    assert [row[2]["_urls"]["standing"] for row in rows] == [
        f"/admin/projects/claim/add/?document={newer.pk}&start=11&end=15",
        newer.get_absolute_url(),
    ]


def test_each_version_leads_to_the_others(manager: User, document: Document) -> None:
    newer = DocumentFactory(title="The news", published_on=date(2024, 5, 1), supersedes=document)

    facts = [signed_in(manager).get(one.get_absolute_url()).context["facts"][-1].links for one in (document, newer)]

    assert [[(link.text, link.url) for link in links] for links in facts] == [
        [("version 1 (day not stated): this one", ""), ("version 2 (2024-05-01)", newer.get_absolute_url())],
        [("version 1 (day not stated)", document.get_absolute_url()), ("version 2 (2024-05-01): this one", "")],
    ]


def test_list_has_the_latest_version_alone(manager: User, document: Document) -> None:
    newer = DocumentFactory(title="The news, again", supersedes=document)

    rows = signed_in(manager).get("/documents/").context["tables"]["documents"].table.rows

    assert [(row["_url"], row["versions"], row["claims"]) for row in rows] == [(newer.get_absolute_url(), 2, 3)]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_page_costs_the_same_for_any_number_of_versions(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    first = latest = DocumentFactory(text=TEXT)
    for _version in range(number):
        latest = DocumentFactory(supersedes=latest)

    # session, user, whether the example is loaded, the document, its claims, versions, their titles, the next text
    with django_assert_num_queries(8):
        client.get(first.get_absolute_url())


# --- the original -------------------------------------------------------------------------------------------------


def test_original_is_given_as_it_was_handed_in_and_told(manager: User, settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path
    original = store(image(), by="a-clerk")
    document = DocumentFactory(text="Words.", text_origin="transcribed", original=original)
    client = signed_in(manager)

    shown = client.get(document.get_absolute_url()).content.decode()
    response = client.get(f"/documents/{document.pk}/original")

    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)
    assert original.sha256 in shown
    assert (response.content, response["Content-Type"]) == (image(), "image/png")
    assert response["Content-Disposition"] == f'attachment; filename="document-{document.pk}.png"'
    assert (event.actor, event.after) == (manager.username, {"document": document.pk, "sha256": original.sha256})


def test_original_of_a_plain_text_is_its_bytes(manager: User) -> None:
    text = "\ufeffLine\r\n村 😀"
    document = DocumentFactory(text=text)

    response = signed_in(manager).get(f"/documents/{document.pk}/original")

    assert sha256(response.content).hexdigest() == document.sha256
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"].startswith("attachment;")


def test_original_that_is_lost_is_no_download(manager: User, settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "before"
    original = store(image(), by="a-clerk")
    settings.EVIDENCE_ROOT = tmp_path / "after"
    document = DocumentFactory(text="Words.", text_origin="transcribed", original=original)

    response = signed_in(manager).get(f"/documents/{document.pk}/original")

    assert response.status_code == 503
    assert not AuditEvent.objects.filter(verb=Verb.DOWNLOADED).exists()


def test_document_without_text_has_no_original(manager: User) -> None:
    assert signed_in(manager).get(f"/documents/{DocumentFactory().pk}/original").status_code == 404


def test_administrator_takes_no_original(administrator: User, document: Document) -> None:
    assert signed_in(administrator).get(f"/documents/{document.pk}/original").status_code == 403
    assert not AuditEvent.objects.exists()


# --- from words to a claim ----------------------------------------------------------------------------------------


def test_words_lead_to_the_form_of_their_claim(clerk: User) -> None:
    document = DocumentFactory(text="😀\r\nOne road.\r\nOne road.")
    address = f"/documents/{document.pk}/passage/"

    response = signed_in(clerk).post(address, {"words": "road.\r\nOne"})
    second = signed_in(clerk).post(address, {"words": "One road.", "which": "2"})

    form = f"/admin/projects/claim/add/?document={document.pk}"
    assert [response["Location"], second["Location"]] == [f"{form}&start=7&end=17", f"{form}&start=14&end=23"]


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        (
            {"words": "A railway"},
            "words",
            "These are not the document's own characters. Copy the passage from the document's page.",
        ),
        ({"words": "o"}, "which", "The words stand there 3 times: say which, 1 to 3."),
        ({"words": "road", "which": "2"}, "which", "The words stand there only so often: 1."),
        ({"words": "road", "which": "0"}, "which", "Ensure this value is greater than or equal to 1."),
        ({"words": "road", "which": "x"}, "which", "Enter a whole number."),
        ({"words": " "}, "words", "This field is required."),
        ({"words": "a\x00b"}, "words", "Null characters are not allowed."),
    ],
)
def test_words_that_lead_nowhere_are_told_at_their_field(
    clerk: User, document: Document, sent: dict[str, str], field: str, told: str
) -> None:
    response = signed_in(clerk).post(f"/documents/{document.pk}/passage/", sent)

    assert response.context["passage_form"].errors == {field: [told]}
    assert '<details class="panel by-words" open>' in response.content.decode()


def test_only_who_enters_claims_is_offered_to_mark_one(clerk: User, manager: User, document: Document) -> None:
    entering, reading = (
        signed_in(user).get(document.get_absolute_url()).content.decode() for user in (clerk, manager)
    )
    refused = signed_in(manager).post(f"/documents/{document.pk}/passage/", {"words": "road"})

    assert ("js/marking.js" in entering, 'id="marking"' in entering) == (True, True)
    assert ("js/marking.js" in reading, 'id="marking"' in reading, refused.status_code) == (False, False, 403)


def test_words_of_no_text_are_looked_for_nowhere(clerk: User) -> None:
    client = signed_in(clerk)

    statuses = [
        client.post(f"/documents/{pk}/passage/", {"words": "x"}).status_code for pk in (DocumentFactory().pk, 0)
    ]

    assert statuses == [404, 404]
