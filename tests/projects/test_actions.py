"""Writing places, texts and claims: what is taken, what is refused, and that nothing is left of the refused."""

from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alleviation.audit.models import AuditEvent, Verb
from projects.actions import attach_text, enter, enter_reference, make_claim
from projects.models import Claim, Division, Document, Succession
from tests.factories import ClaimFactory, DocumentFactory, ProjectFactory, place

TEXT = "在西里村修路 3.5 公里。The road was built for RMB 300,000."
CONTENT = TEXT.encode()
DIGEST = sha256(CONTENT).hexdigest()


def a_claim(document: Document, **facts) -> Claim:
    return Claim(
        **{
            "document": document,
            "start": 0,
            "end": 6,
            "subject": "Xili Village",
            "attribute": "gets a road",
            "measure": "I",
            **facts,
        }
    )


@pytest.fixture
def document(db) -> Document:
    """A document with its text."""
    document = DocumentFactory(title="The road")
    attach_text(document, CONTENT, by="manage.py test")
    return document


# --- reference data ---------------------------------------------------------------------------------------------


def test_an_administrator_enters_a_place(administrator, heishui):
    village = Division(code="513228212299", level=5, vintage=2019, name="新村村民委员会")

    enter_reference(village, by=administrator)

    event = AuditEvent.objects.get(subject_type="projects.division")
    assert (event.verb, event.actor, event.after["code"]) == (Verb.CREATED, "administrator", "513228212299")


@pytest.mark.parametrize("name", ["clerk", "reviewer", "manager", "auditor"])
def test_nobody_else_enters_a_place(name, request):
    with pytest.raises(PermissionDenied):
        enter_reference(
            Division(code="513228212299", level=5, vintage=2019, name="新村"), by=request.getfixturevalue(name)
        )

    assert Division.objects.filter(code="513228212299").count() == 0


def test_an_administrator_says_what_became_of_a_place(administrator, ruoduo):
    today = place("513228107205", "若多村", vintage=2023)

    enter_reference(
        Succession(predecessor=ruoduo, successor=today, kind="recoded", source="a notice"), by=administrator
    )

    assert [one.successor for one in ruoduo.successors] == [today]


def test_a_clerk_enters_no_succession(clerk, ruoduo, xili):
    with pytest.raises(PermissionDenied):
        enter_reference(Succession(predecessor=ruoduo, successor=xili, kind="merged", source="?"), by=clerk)

    assert Succession.objects.count() == 0


def test_a_place_code_that_is_not_twelve_digits_is_refused(administrator):
    with pytest.raises(ValidationError) as refused:
        enter_reference(Division(code="513228", level=3, vintage=2019, name="黑水县"), by=administrator)

    assert list(refused.value.error_dict) == ["code"]


# --- texts ------------------------------------------------------------------------------------------------------


def test_a_text_brings_its_hash_and_length(document):
    document.refresh_from_db()

    assert (document.text, document.sha256, document.length) == (TEXT, DIGEST, len(TEXT))


def test_a_text_is_taken_if_it_is_the_one_that_was_meant(db):
    document = DocumentFactory(sha256=DIGEST)

    attach_text(document, CONTENT, by="manage.py test")

    document.refresh_from_db()
    assert document.text == TEXT


def test_another_text_is_refused_with_both_hashes(db):
    document = DocumentFactory(sha256=sha256(b"the text that was meant").hexdigest())

    with pytest.raises(ValidationError) as refused:
        attach_text(document, CONTENT, by="manage.py test")

    document.refresh_from_db()
    assert refused.value.code == "other_text"
    assert refused.value.message == (
        f"This is another text: its SHA-256 is {DIGEST}, the document's is {document.sha256}."
    )
    assert (document.text, document.length) == ("", None)


def test_a_text_once_added_is_not_replaced(document):
    with pytest.raises(ValidationError):
        attach_text(document, CONTENT + b" ", by="manage.py test")

    document.refresh_from_db()
    assert document.text == TEXT


def test_the_same_text_again_changes_nothing(document):
    before = AuditEvent.objects.count()

    attach_text(document, CONTENT, by="manage.py test")

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("content", ["在西里村".encode("gb18030"), b"\xff\xfe\x00", TEXT.encode("utf-16")])
def test_a_file_that_is_not_utf8_is_refused(db, content):
    document = DocumentFactory()

    with pytest.raises(ValidationError) as refused:
        attach_text(document, content, by="manage.py test")

    document.refresh_from_db()
    assert (refused.value.code, document.text, document.sha256) == ("not_utf8", "", "")


def test_the_refusal_names_the_byte_that_is_not_utf8(db):
    with pytest.raises(ValidationError, match=r"\(byte 4\)"):
        attach_text(DocumentFactory(), b"good\xff", by="manage.py test")


def test_a_text_too_short_for_a_claim_is_refused_with_the_claims(db):
    document = DocumentFactory()
    ClaimFactory(document=document, code="C2", start=0, end=len(TEXT) + 1)
    ClaimFactory(document=document, code="C1", start=len(TEXT), end=len(TEXT) + 9)
    ClaimFactory(document=document, code="C0", start=0, end=len(TEXT))

    with pytest.raises(ValidationError) as refused:
        attach_text(document, CONTENT, by="manage.py test")

    document.refresh_from_db()
    assert refused.value.code == "span_outside"
    assert refused.value.message == f"The text has {len(TEXT)} characters, too few for claim C1, C2."
    assert document.text == ""


def test_a_person_needs_the_right_to_add_a_text(clerk, manager, db):
    document = DocumentFactory()

    with pytest.raises(PermissionDenied):
        attach_text(document, CONTENT, by=manager)
    document.refresh_from_db()
    assert document.text == ""
    attach_text(document, CONTENT, by=clerk)

    assert Document.objects.get().text == TEXT


def test_the_text_itself_is_not_in_the_trail(document):
    told = [str(event.after) + str(event.before) for event in AuditEvent.objects.all()]

    assert [words for words in told if "西里村" in words] == []


# --- claims -----------------------------------------------------------------------------------------------------


def test_a_claim_reads_its_quote_from_the_text(document):
    claim = a_claim(document, start=1, end=4)

    make_claim(claim, by="manage.py test", quote="西里村")

    assert Claim.objects.get().quote == "西里村"


def test_a_span_counts_characters_and_not_bytes(document):
    start = TEXT.index("RMB")
    claim = a_claim(document, start=start, end=start + len("RMB 300,000"))

    make_claim(claim, by="manage.py test", quote="RMB 300,000")

    assert claim.quote == "RMB 300,000"


@pytest.mark.parametrize("quote", ["西里 村", "西里村 ", "若多村", "西里"])
def test_a_quote_typed_differently_is_refused(document, quote):
    with pytest.raises(ValidationError) as refused:
        make_claim(a_claim(document, start=1, end=4), by="manage.py test", quote=quote)

    assert refused.value.message_dict == {"quote": ["The document has other characters there: “西里村”."]}
    assert Claim.objects.count() == 0


def test_a_quote_cannot_be_checked_without_the_text(db):
    with pytest.raises(ValidationError) as refused:
        make_claim(a_claim(DocumentFactory()), by="manage.py test", quote="西里村")

    assert refused.value.message_dict == {
        "quote": ["The document's text is missing, so a quote cannot be checked. Add the text first."]
    }
    assert Claim.objects.count() == 0


def test_without_a_quote_a_claim_is_taken_before_its_text(db):
    make_claim(a_claim(DocumentFactory(), start=100, end=200), by="manage.py test")

    assert Claim.objects.get().quote == ""


def test_a_span_that_ends_outside_the_text_is_refused(document):
    with pytest.raises(ValidationError) as refused:
        make_claim(a_claim(document, start=0, end=len(TEXT) + 1), by="manage.py test")

    assert refused.value.message_dict == {"end": [f"The text has {len(TEXT)} characters; the span ends outside it."]}
    assert Claim.objects.count() == 0


def test_a_span_that_ends_with_the_text_is_taken(document):
    make_claim(a_claim(document, start=0, end=len(TEXT)), by="manage.py test")

    assert Claim.objects.get().quote == TEXT


def test_a_known_length_refuses_a_span_even_without_the_text(db):
    document = DocumentFactory(length=100)

    with pytest.raises(ValidationError):
        make_claim(a_claim(document, start=90, end=101), by="manage.py test")

    assert Claim.objects.count() == 0


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5)])
def test_a_span_of_no_characters_is_refused(document, start, end):
    with pytest.raises(ValidationError, match="must come after the first"):
        make_claim(a_claim(document, start=start, end=end), by="manage.py test")

    assert Claim.objects.count() == 0


def test_claims_are_numbered_in_their_order(document):
    first, second, own = a_claim(document), a_claim(document), a_claim(document, code="F-01")

    for claim in (first, own, second):
        make_claim(claim, by="manage.py test")

    codes = [first.code, own.code, second.code]
    assert len(set(codes)) == 3
    assert (codes[1], first.code < second.code) == ("F-01", True)


def test_a_claim_number_is_given_once(document):
    make_claim(a_claim(document, code="F-01"), by="manage.py test")

    with pytest.raises(ValidationError):
        make_claim(a_claim(document, code="F-01"), by="manage.py test")

    assert Claim.objects.count() == 1


def test_a_number_that_was_typed_by_hand_does_not_stand_in_the_way(document):
    first = a_claim(document)
    make_claim(first, by="manage.py test")
    following = f"C{first.pk + 2:05}"
    make_claim(a_claim(document, code=following), by="manage.py test")

    third = a_claim(document)
    make_claim(third, by="manage.py test")

    assert third.code != following


WHOLE = "This unit is counted in whole numbers."


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"qualifier": "exact", "low": None},
            {"low": "“exact” needs this number."},
        ),
        (
            {"qualifier": "exact", "low": "5", "high": "6"},
            {"high": "An exact figure is one number: leave the upper one empty, or choose from-to."},
        ),
        ({"qualifier": "over", "low": "5", "high": "6"}, {"high": "“over” has no number here: leave it empty."}),
        ({"qualifier": "under", "low": None, "high": None}, {"high": "“under” needs this number."}),
        ({"qualifier": "range", "low": "6", "high": "5"}, {"high": "The upper number is below the lower one."}),
        ({"qualifier": "range", "low": "6"}, {"high": "“from-to” needs this number."}),
        ({"qualifier": "unstated", "low": "5"}, {"low": "“not stated” has no number here: leave it empty."}),
        ({"qualifier": "over", "low": "-5"}, {"low": "A stated figure is not below zero."}),
        ({"qualifier": "over", "low": "1.5", "measure": "P", "unit": "person"}, {"low": WHOLE}),
        (
            {"qualifier": "over", "low": "5", "measure": "F", "unit": "MW"},
            {"unit": "A measure of money is told in yuan."},
        ),
        (
            {"qualifier": "", "low": "5", "measure": "C"},
            {"__all__": "A value needs its qualifier: exact, over, about …"},
        ),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused_at_the_number_to_mend(document, facts, told):
    with pytest.raises(ValidationError) as refused:
        make_claim(a_claim(document, **facts), by="manage.py test")

    assert refused.value.message_dict == {field: [words] for field, words in told.items()}
    assert Claim.objects.count() == 0


def test_a_manager_makes_no_claim_and_a_clerk_does(manager, clerk, document):
    with pytest.raises(PermissionDenied):
        make_claim(a_claim(document), by=manager)
    assert Claim.objects.count() == 0

    make_claim(a_claim(document), by=clerk)

    assert Claim.objects.count() == 1


def test_a_projects_change_is_told_with_its_values(clerk, ruoduo):
    project = ProjectFactory(division=ruoduo, name="Road")

    project.name = "Paved road"
    enter(project, by=clerk)

    event = AuditEvent.objects.get()
    assert (event.verb, event.before, event.after) == (Verb.CHANGED, {"name": "Road"}, {"name": "Paved road"})


def test_a_text_that_somebody_else_has_added_meanwhile_is_not_overwritten(county_clerk):
    document = DocumentFactory()
    opened_before = Document.objects.get(pk=document.pk)
    attach_text(document, b"first", by=county_clerk)

    with pytest.raises(ValidationError) as refused:
        attach_text(opened_before, b"second", by=county_clerk)

    assert refused.value.code == "other_text"
    assert Document.objects.get(pk=document.pk).text == "first"
