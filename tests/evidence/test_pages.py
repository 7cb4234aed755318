from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alleviation.audit.models import AuditEvent, Verb
from alleviation.evidence import disk
from alleviation.evidence.actions import attach, withdraw
from alleviation.evidence.models import Evidence, StoredFile
from projects.models import Milestone
from tests.conftest import signed_in
from tests.evidence import files
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PersonFactory,
    PledgeFactory,
    ProjectFactory,
)

PDF = files.pdf()
DIGEST = sha256(PDF).hexdigest()


@pytest.fixture
def entry(ruoduo):
    return LedgerEntryFactory(division=ruoduo, voucher="513228-2019-00001")


@pytest.fixture
def evidence(entry):
    return attach(entry, PDF, title="Receipt of the road", by="a-clerk")


def sheet_of(record) -> str:
    return reverse("dashboards:record", args=[record._meta.label_lower, record.pk])


def attaching(record) -> str:
    return reverse("dashboards:evidence-attach", args=[record._meta.label_lower, record.pk])


def sent(content: bytes, *, name: str = "receipt.pdf", title: str = "Receipt") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content, content_type="text/html"), "title": title}


def downloads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=Verb.DOWNLOADED))


# --- attaching ----------------------------------------------------------------------------------------------------


def test_a_clerk_attaches_a_file_and_takes_it_away_again(clerk, entry):
    client = signed_in(clerk)

    answer = client.post(attaching(entry), sent(PDF, name="../../etc/passwd.html"), follow=True)
    evidence = Evidence.objects.get()
    download = client.get(evidence.get_absolute_url())

    assert (answer.redirect_chain, "Receipt" in answer.text) == ([(sheet_of(entry), 302)], True)
    assert (evidence.title, evidence.attached_by, evidence.file.sha256) == ("Receipt", clerk.username, DIGEST)
    assert disk.path_of(DIGEST).read_bytes() == PDF == download.content
    assert download["Content-Disposition"] == f'attachment; filename="evidence-{evidence.pk}.pdf"'


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("content", "title", "words"),
    [
        (b"", "Receipt", "The file is empty."),
        (b"<svg onload=alert(1)>", "Receipt", "This is a web page or a drawing in markup"),
        (files.zipped(), "Receipt", "This is no PDF, no PNG or JPEG image and no plain text."),
        (files.vast_png(), "Receipt", "This image has more than 64 million pixels."),
        (PDF, "", "Say what it is."),
    ],
)
def test_what_is_refused_comes_back_with_the_cause_and_nothing_is_stored(content, title, words, clerk, entry):
    answer = signed_in(clerk).post(attaching(entry), sent(content, title=title))

    assert answer.status_code == 400
    assert words in answer.text
    assert (StoredFile.objects.count(), Evidence.objects.count()) == (0, 0)


def test_a_file_that_is_too_large_is_refused(clerk, entry, settings):
    settings.EVIDENCE_LARGEST = 100

    answer = signed_in(clerk).post(attaching(entry), sent(PDF))

    assert (answer.status_code, "The file is larger than 100" in answer.text) == (400, True)
    assert StoredFile.objects.count() == 0


def test_no_file_at_all_is_refused(clerk, entry):
    answer = signed_in(clerk).post(attaching(entry), {"title": "Receipt"})

    assert (answer.status_code, "Choose the file." in answer.text) == (400, True)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("who", "attached", "withdrawn", "got"),
    [
        ("clerk", 302, 302, 200),
        ("reviewer", 302, 302, 200),
        ("manager", 403, 403, 200),
        ("auditor", 403, 403, 200),
        ("administrator", 404, 404, 404),
        ("stranger", 404, 404, 404),
    ],
)
def test_who_may_attach_withdraw_and_download(who, attached, withdrawn, got, evidence, entry, request):
    client = signed_in(request.getfixturevalue(who))

    answers = (
        client.get(evidence.get_absolute_url()),
        client.post(attaching(entry), sent(b"Another receipt")),
        client.post(reverse("dashboards:evidence-withdraw", args=[evidence.pk]), {"reason": "not ours"}),
    )

    assert [answer.status_code for answer in answers] == [got, attached, withdrawn]
    assert Evidence.objects.count() == (2 if attached == 302 else 1)
    assert len(downloads()) == (1 if got == 200 else 0)


def test_a_manager_gets_nothing_that_proves_an_income(manager, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    records = [IncomeRecordFactory(household=household), EnrolmentFactory(household=household)]
    proofs = [attach(one, PDF, title="Pay slip", by="a-clerk") for one in records]
    client = signed_in(manager)

    addresses = [*map(sheet_of, records), *(one.get_absolute_url() for one in proofs)]

    assert [client.get(address).status_code for address in addresses] == [404] * 4


@pytest.mark.parametrize("address", ["/records/accounts.user/1/", "/records/nothing/1/", f"/evidence/{2**63}/"])
def test_what_is_no_record_of_this_sort_is_not_found(address, auditor):
    assert signed_in(auditor).get(address).status_code == 404


def test_without_a_reason_nothing_is_withdrawn(clerk, evidence):
    answer = signed_in(clerk).post(reverse("dashboards:evidence-withdraw", args=[evidence.pk]), {"reason": " "})

    assert (answer.status_code, "Say why it is withdrawn." in answer.text) == (400, True)
    assert Evidence.objects.standing().count() == 1


# --- downloading --------------------------------------------------------------------------------------------------


def test_a_download_can_be_kept_and_not_run(auditor, evidence, entry):
    answer = signed_in(auditor).get(evidence.get_absolute_url())

    assert {name: answer[name] for name in ("Content-Type", "Content-Length", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "X-Content-Type-Options": "nosniff",
    }
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    (event,) = downloads()
    assert (event.actor, event.subject) == ("auditor", f"evidence-{evidence.pk}")
    assert event.after == {"of": f"projects.ledgerentry {entry.pk}", "sha256": DIGEST}


def test_a_text_is_given_out_in_the_encoding_that_it_has(auditor, entry):
    sent = [attach(entry, "收据".encode(code), title=code, by="a-clerk") for code in ("utf-8", "gb18030")]

    types = [signed_in(auditor).get(one.get_absolute_url())["Content-Type"] for one in sent]

    assert types == ["text/plain; charset=utf-8", "text/plain; charset=gb18030"]


def test_to_ask_for_the_head_leaves_no_event(auditor, evidence):
    answer = signed_in(auditor).head(evidence.get_absolute_url())

    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", str(len(PDF)))
    assert downloads() == []


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_file_that_is_not_as_it_was_handed_in_is_told_and_not_sent(fault, auditor, evidence, caplog):
    path = disk.path_of(DIGEST)
    path.unlink() if fault == "missing" else path.write_bytes(PDF + b"<script>")

    answer = signed_in(auditor).get(evidence.get_absolute_url())
    path.unlink(missing_ok=True)

    assert (answer.status_code, "This file cannot be given out" in answer.text) == (503, True)
    assert (DIGEST in answer.text, "script>" in answer.text, downloads()) == (True, False, [])


# --- the page of a record -----------------------------------------------------------------------------------------


def test_the_page_of_an_entry_says_what_proves_it_and_what_became_of_it(manager, reviewer, entry, evidence):
    reversal = LedgerEntryFactory(
        division=entry.division, amount=-entry.amount, reverses=entry.voucher, reason="booked twice", kind=entry.kind
    )
    withdraw(evidence, by=reviewer, reason="of another entry")
    said = signed_in(manager).get(sheet_of(entry)).text

    wanted = (
        "Ledger entry 513228-2019-00001", "100.00 yuan", "allocation", "a-reviewer", "Receipt of the road", DIGEST,
        "Withdrawn by reviewer-of-heishui", "of another entry", f"SHA-256 {DIGEST}", reversal.voucher,
    )  # fmt: skip
    assert [words for words in wanted if words not in said] == []
    raw = ("subject_type", "withdrawn_by", 'enctype="multipart')
    assert [name for name in raw if name in said.partition("</nav>")[2]] == []


def test_the_pages_of_households_name_no_person(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, number="H-17")
    PersonFactory(household=household, name="王小明")
    income, enrolment = IncomeRecordFactory(household=household), EnrolmentFactory(household=household)
    client = signed_in(clerk)

    said = [client.get(sheet_of(one)).text for one in (income, enrolment)]

    assert [("H-17" in one, "王小明" in one) for one in said] == [(True, False)] * 2
    assert "10,000.00 yuan" in said[0]


def test_each_kind_of_record_has_its_page_and_keeps_foreign_projects_unnamed(clerk, ruoduo, hezhou):
    foreign = ProjectFactory(division=hezhou, name="Far away")
    own = ProjectFactory(division=ruoduo)
    records = [
        LedgerEntryFactory(division=ruoduo, project=foreign),
        PledgeFactory(division=ruoduo, project=foreign),
        Milestone.objects.create(project=own, title="Opened"),
        EnrolmentFactory(household=HouseholdFactory(village=ruoduo), project=foreign),
    ]
    client = signed_in(clerk)

    said = [client.get(sheet_of(one)) for one in records]

    assert [answer.status_code for answer in said] == [200] * 4
    assert ["Far away" in answer.text for answer in said] == [False] * 4
    assert ["A project outside your area" in answer.text for answer in said] == [True, True, False, True]


def test_a_page_asks_the_same_however_much_proves_a_record(clerk, entry, django_assert_num_queries):
    client = signed_in(clerk)
    client.get(sheet_of(entry))

    for number in (0, 3, 10):
        for one in range(number):
            attach(entry, f"Receipt {number} {one}".encode(), title="Receipt", by="a-clerk")
        # Session, user, the example's banner; the record, its source, its place; what reverses it, what replaces it;
        # its evidence with the files; the events of all of it.
        with django_assert_num_queries(10):
            client.get(sheet_of(entry))


# --- the way there from the admin ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_forms_of_records_lead_to_what_proves_them(clerk, entry, evidence, ruoduo):
    household, project = HouseholdFactory(village=ruoduo), ProjectFactory(division=ruoduo)
    pledge, milestone = PledgeFactory(division=ruoduo), Milestone.objects.create(project=project, title="Opened")
    income = IncomeRecordFactory(household=household)
    client = signed_in(clerk)
    forms = [
        ("projects_ledgerentry", entry, entry, "1 file"),
        ("projects_pledge", pledge, pledge, "none yet"),
        ("projects_project", project, milestone, "Evidence and history"),
        ("beneficiaries_household", household, income, "Evidence and history"),
    ]

    said = {name: client.get(reverse(f"admin:{name}_change", args=[whole.pk])).text for name, whole, *_rest in forms}

    links = [(name, f'<a href="{sheet_of(record)}">{words}</a>') for name, _whole, record, words in forms]
    assert [name for name, link in links if link not in said[name]] == []


def test_who_withdraws_a_second_time_is_told_so(clerk, evidence):
    client, address = signed_in(clerk), reverse("dashboards:evidence-withdraw", args=[evidence.pk])
    client.post(address, {"reason": "the wrong paper"})

    answer = client.post(address, {"reason": "again"})

    assert [str(message) for message in answer.context["messages"]] == [
        "The evidence is withdrawn.",
        "This evidence is withdrawn already.",
    ]
