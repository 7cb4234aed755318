"""Questions, addresses, forms and files that no honest person sends: refused or passed over, never a failure."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from projects.models import Claim, Document, LedgerEntry
from tests.admin_pages import errors, page, submit
from tests.factories import LedgerEntryFactory
from tests.house.ground import told
from tests.house.test_urls import every_address
from tests.security.conftest import body
from tests.security.fuzz_sending import Asked, Sender

pytestmark = pytest.mark.slow

HUGE = "1" + "0" * 22
QUERIES = (
    "?x=%00&q=%00&area=%00",
    f"?csv=people&csv=nothing&year={HUGE}&p={HUGE}",
    "?year=%D9%A3&plan=%D9%A3&q=%D9%A3",
    "?year=1e3&plan=13&e=1",
    "?year=0&area=foreign&all=&o=9.x.-99",
    "?year=2019&year=x&area=513228212205&area=513228000000&kind=road&kind=%ED%A0%80",
    "?q=" + "9" * 5000 + "&_popup=1&_to_field=id&_changelist_filters=%ED",
    "?app_label=projects&model_name=claim&field_name=project&term=%ED%A0%80",
)
PARTS = (HUGE, "-1", "%D9%A3", "%00", "_00", "%ED%A0%80", "9" * 5000, "%0d%0aSet-Cookie:a", "%F0%9F%98%80")
LEAVING = ("/sign-out/", "/admin/logout/")


def few_tables() -> list[str]:
    """Every address of the app, and in the admin those of a few tables that differ."""
    others = re.compile(r"/admin/projects/(?!project/|claim/|division/|ledgerentry/|$)")
    return [address for address in every_address() if not others.match(address)]


def failed(client: Client, addresses: list[str]) -> list[str]:
    """The addresses whose answer is a failure, while it is made or while it is read."""
    answers = ((address, client.get(address)) for address in addresses)
    return [f"{address[:90]}: {r.status_code}" for address, r in answers if r.status_code >= 500 or not_whole(r)]


def not_whole(response) -> bool:
    return "INCOMPLETE" in body(response)


@pytest.mark.parametrize(
    ("role", "query"),
    [
        *(("auditor", query) for query in QUERIES[:2]),
        *(pytest.param("auditor", query, marks=pytest.mark.slow) for query in QUERIES[2:]),
        ("administrator", QUERIES[6]),
    ],
)
def test_no_question_makes_a_page_fail(role, query, client_of, world):
    own, public = world.own.records, world.public
    pages = [a for a in few_tables() if a not in LEAVING and "/x/" not in a]
    pages += [own["project"].get_absolute_url(), public["document"].get_absolute_url(), "/reports/funding-ledger.csv"]

    offenders = failed(client_of(role), [address + query for address in pages])

    assert offenders == [], told(offenders)


@pytest.mark.parametrize("part", [PARTS[0], *(pytest.param(part, marks=pytest.mark.slow) for part in PARTS[1:])])
def test_no_address_makes_a_page_fail(part, client_of, world):
    patterns = [a.replace("/x", f"/{part}").replace("/1/", f"/{part}/") for a in few_tables()]
    addresses = [address for address in patterns if part in address]

    offenders = failed(client_of("clerk"), addresses)

    assert offenders == [], told(offenders)
    assert len(addresses) > 20


@pytest.mark.parametrize("name", ["sessionid", "django_language", "csrftoken"])
@pytest.mark.parametrize(("value", "status"), [('"\\000aaaaaaaaaaaa"', 400), ("x" * 8000, 302), ("%00" * 9, 302)])
def test_no_cookie_makes_a_page_fail(name, value, status, db):
    response = Client(raise_request_exception=False).get("/", headers={"cookie": f"{name}={value}"})

    assert response.status_code == status


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/projects/?csv=projects&page=/forged/&x=%ED&year=2019", {"page": "/projects/", "year": "2019"}),
        ("/projects/?csv=projects&status=made+up", {"page": "/projects/"}),
        ("/people/?csv=people&year=made+up", {"page": "/people/"}),
    ],
)
@pytest.mark.slow
def test_a_download_keeps_its_own_page_and_what_its_filter_checked_in_the_trail(client_of, world, address, kept):
    client_of("auditor").get(address)

    assert AuditEvent.objects.filter(verb="downloaded").get().after == kept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12.30", "12.30"),
        ("-12.30", None),
        ("NaN", None),
        ("Infinity", None),
        ("12.345", None),
        ("0", None),
        ("1000000000000", None),
        ("1e400", None),
        ("=1+1", None),
        ("١٢\x00", None),
    ],
)
def test_an_amount_is_taken_whole_or_refused(typed, kept, client_of, world, ruoduo):
    fields = {"kind": "allocation", "booked_on": "2019-06-30", "source": world.public["fundingsource"].pk}

    response = submit(
        client_of("clerk"), page("projects_ledgerentry", "add"), amount=typed, division=ruoduo.pk, **fields
    )

    booked = LedgerEntry.objects.exclude(pk__in=[r.pk for r in entries(world)]).values_list("amount", flat=True)
    assert list(booked) == ([Decimal(kept)] if kept else [])
    assert response.status_code == (302 if kept else 200)


def entries(world):
    return (world.own.records["ledgerentry"], world.foreign.records["ledgerentry"], world.own.records["crossing"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"booked_on": "2019-13-01"}, "booked_on"),
        ({"booked_on": "0000-00-00"}, "booked_on"),
        ({"booked_on": "2020-01-01", "year": "2019"}, "booked_on"),
        ({"booked_on": "1900-01-01"}, "booked_on"),
        ({"booked_on": "1900-01-01", "year": "1900"}, "year"),
        ({"booked_on": "2019-06-30", "year": HUGE}, "year"),
        ({"booked_on": "2019-06-30", "division": HUGE}, "division"),
        ({"booked_on": "2019-06-30", "source": "x"}, "source"),
        ({"booked_on": "2019-06-30", "kind": "theft"}, "kind"),
        ({"booked_on": "2019-06-30", "note": "a\x00b"}, "note"),
        ({"booked_on": "2019-06-30", "allocation": "V" * 33}, "allocation"),
        ({"booked_on": "2019-06-30", "handed_down_from": "a\x00b"}, "handed_down_from"),
        ({"booked_on": "2019-06-30", "handed_down_from": "' OR 1=1 --"}, "handed_down_from"),
        ({"booked_on": "2019-06-30", "handed_down_from": "FOREIGN-voucher"}, "handed_down_from"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_at_its_field(fields, at, client_of, world, ruoduo):
    whole = {"kind": "allocation", "amount": "1", "source": world.public["fundingsource"].pk, "division": ruoduo.pk}

    response = submit(client_of("clerk"), page("projects_ledgerentry", "add"), **{**whole, **fields})

    assert response.status_code == 200
    assert at in errors(response)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [("-1", "5", "start"), ("5", "3", "__all__"), ("0", HUGE, "end"), ("0", "99999", "end"), ("1.5", "9", "start")],
)
@pytest.mark.slow
def test_a_span_outside_its_text_makes_no_claim(start, end, field, client_of, world):
    fields = {"document": world.public["document"].pk, "subject": "A", "attribute": "b", "measure": "Q"}

    response = submit(client_of("clerk"), page("projects_claim", "add"), start=start, end=end, **fields)

    assert field in errors(response)
    assert Claim.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "status", "kept"),
    [
        (b"A text.", 302, "A text."),
        ("\ufeff文".encode(), 302, "\ufeff文"),
        (b"A\x00B", 200, ""),
        ("A text".encode("utf-16"), 200, ""),
        ("文".encode("gb18030"), 200, ""),
        (b"", 200, ""),
        (b"x" * (6 * 1024 * 1024), 200, ""),
        (b"y" * 200_000, 302, "y" * 200_000),
    ],
    ids=["text", "bom", "nul", "utf-16", "gb18030", "empty", "6 MB", "one long line"],
)
@pytest.mark.slow
def test_a_file_is_taken_as_it_is_or_refused(content, status, kept, client_of, db):
    document = Document.objects.create(title="Report")
    file = SimpleUploadedFile("../../../etc/passwd\x00.txt", content)

    address = page("projects_document", "change", document.pk)
    response = client_of("clerk").post(address, {"title": "Report", "text_file": file, "version": "0"})

    document.refresh_from_db()
    assert (response.status_code, document.text) == (status, kept)


def test_another_text_than_its_hash_names_is_refused(client_of, db):
    document = Document.objects.create(title="Report", sha256="a" * 64)
    file = SimpleUploadedFile("a.txt", b"Another text")

    address = page("projects_document", "change", document.pk)
    fields = {"title": "Report", "sha256": "a" * 64, "text_file": file, "version": "0"}
    response = client_of("clerk").post(address, fields)

    document.refresh_from_db()
    assert (list(errors(response)), document.text) == (["text_file"], "")


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["110105194912310021", "1" * 30, "=cmd()", "11010519491231002\x00", "٣" * 18])
def test_what_is_no_identity_number_is_refused_and_not_repeated(typed, client_of, world):
    address = page("beneficiaries_household", "change", world.own.records["household"].pk)

    response = submit(client_of("clerk"), address, **{"persons-0-id_number": typed})

    assert list(errors(response)) == ["persons-0-id_number"]
    assert AuditEvent.objects.filter(subject_type="beneficiaries.person").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("total", [HUGE, "x", "-1", "\x00"])
def test_a_broken_form_of_many_rows_is_refused(total, client_of, world):
    address = page("beneficiaries_household", "change", world.own.records["household"].pk)

    response = submit(client_of("clerk"), address, **{"persons-TOTAL_FORMS": total})

    assert response.status_code in {200, 302}


@pytest.mark.slow
def test_a_foreign_part_cannot_be_reached_through_an_own_whole(client_of, world):
    foreign = world.foreign.records["person"]
    address = page("beneficiaries_household", "change", world.own.records["household"].pk)

    response = submit(client_of("clerk"), address, **{"persons-0-id": foreign.pk, "persons-0-name": "Mine"})

    foreign.refresh_from_db()
    assert response.status_code in {200, 302}
    assert (foreign.name, foreign.household) == ("FOREIGN-person", world.foreign.records["household"])


@pytest.mark.slow
def test_the_trail_history_and_messages_hold_no_name_of_a_person(client_of, world):
    household = world.own.records["household"]
    address = page("beneficiaries_household", "change", household.pk)
    client = client_of("clerk")

    renamed = submit(client, address, **{"persons-0-new_name": "SECRET-name", "persons-0-birth_year": "1955"})

    event = AuditEvent.objects.filter(subject_type="beneficiaries.person").first()
    said = body(client.get(renamed["Location"])) + body(
        client.get(page("beneficiaries_household", "history", household.pk))
    )
    assert sorted(event.after) == ["birth_year", "name"]
    assert all(map(is_sealed, event.after.values()))
    assert "SECRET" not in said + str(event) + event.subject + str(world.own.records["person"]) + renamed["Location"]
    assert "1955" not in said


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "a\x00b"},
        {"reason": "x" * 301},
        {"reason": "x", "booked_on": "\x00"},
        {"reason": "x", "booked_on": "9" * 30},
        {"reason": "x", "booked_on": "2019-12-31", "books_anew": "on", "new-amount": "NaN"},
        {"reason": "x", "booked_on": "2019-12-31", "books_anew": "on", "new-division": HUGE, "new-version": HUGE},
        {"reason": "x", "booked_on": "2019-12-31", "books_anew": "on", "new-id": "1", "new-state": "posted"},
    ],
)
@pytest.mark.slow
def test_a_correction_that_cannot_be_books_nothing(fields, client_of, world):
    entry = world.own.records["ledgerentry"]
    before = LedgerEntry.objects.count()

    response = client_of("clerk").post(page("projects_ledgerentry", "correct", entry.pk), fields)

    assert (response.status_code, LedgerEntry.objects.count()) == (200, before)


@pytest.mark.parametrize(
    "field", ["state", "voucher", "checked_by", "drafted_by", "reverses", "replaces", "is_made_up"]
)
@pytest.mark.slow
def test_what_a_form_does_not_offer_cannot_be_smuggled_in(field, client_of, world, ruoduo):
    fields = {"kind": "allocation", "booked_on": "2019-06-30", "source": world.public["fundingsource"].pk}
    smuggled = {"state": "posted", "is_made_up": "on"}.get(field, "OWN-voucher")

    submit(
        client_of("clerk"),
        page("projects_ledgerentry", "add"),
        **{**fields, "amount": "1", "division": ruoduo.pk, field: smuggled},
    )

    made = LedgerEntry.objects.latest("pk")
    assert (made.state, made.voucher, made.checked_by, made.reverses, made.replaces) == ("draft", "", "", "", "")
    assert (made.drafted_by, made.is_made_up) == ("clerk-of-zhawo", False)


def test_foreign_entries_are_handed_on_by_nobody(client_of, world):
    foreign = LedgerEntryFactory(
        division=world.foreign.village, state="submitted", source=world.public["fundingsource"]
    )
    own = LedgerEntryFactory(division=world.own.village, state="submitted", source=world.public["fundingsource"])
    data = {"step": "post", "entry": [f"{own.pk}:0", f"{foreign.pk}:0"], "confirmed": "1"}

    response = client_of("reviewer").post(page("projects_ledgerentry", "step"), data)

    assert response.status_code == 404
    assert set(LedgerEntry.objects.filter(pk__in=[own.pk, foreign.pk]).values_list("state", flat=True)) == {
        "submitted"
    }


@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "no-such", "utf-16"])
def test_a_charset_that_reads_no_text_is_passed_over(charset, db):
    form = f"application/x-www-form-urlencoded; Charset={charset}"
    asked = Asked("anonymous", "POST", "/sign-in/", "next=/", (("CONTENT_LENGTH", "x"),), b"username=a", form)

    answer = Sender({}).send(asked)

    assert (answer.status, answer.raised) == (403, [])


def test_a_null_character_typed_in_place_of_a_record_is_refused(client_of, world):
    response = submit(client_of("clerk"), page("projects_award", "add"), **{"official-typed": "1\x00"})

    assert errors(response)["official"] == ["Null characters are not allowed."]


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=\xff"])
def test_a_broken_form_sent_to_no_page_finds_none(kind, db):
    answer = Sender({}).send(Asked("anonymous", "POST", "/nowhere/", body=b"x", content_type=kind))

    assert (answer.status, answer.raised) == (404, [])
