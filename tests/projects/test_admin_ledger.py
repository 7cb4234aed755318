"""The ledger in the admin: clerks draft and submit, reviewers post or return, one entry or many."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from alleviation.audit.models import AuditEvent
from projects.models import LedgerEntry
from tests.admin_pages import choose, confirm, errors, listed, page, press, refused, said, shown, submit
from tests.closings import closed
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, LedgerEntryFactory, UserFactory

CHANGE = "projects_ledgerentry"
OWN = {"drafted_by": "clerk-of-heishui", "submitted_by": "clerk-of-heishui"}


@pytest.fixture
def draft(ruoduo) -> LedgerEntry:
    return LedgerEntryFactory(division=ruoduo, state="draft", **OWN)


@pytest.fixture
def submission(ruoduo) -> LedgerEntry:
    return LedgerEntryFactory(division=ruoduo, state="submitted", **OWN)


def states() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("state", flat=True))


def buttons(client, entry) -> list[str]:
    return [step.slug for step in client.get(page(CHANGE, "change", entry.pk)).context["steps"]]


def test_an_entry_goes_from_draft_to_voucher_by_two_people(county_clerk, reviewer, ruoduo):
    clerk, checker = signed_in(county_clerk), signed_in(reviewer)
    fields = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1234.50", "division": ruoduo.pk}

    submit(clerk, page(CHANGE, "add"), **fields, source=FundingSourceFactory().pk)
    drafted = LedgerEntry.objects.get()
    submit(clerk, page(CHANGE, "change", drafted.pk), _submit="1")
    response = press(checker, drafted, "post")

    posted = LedgerEntry.objects.get()
    assert said(response) == ["Entries posted: 1."]
    assert (posted.state, posted.voucher, posted.amount) == ("posted", "513228-2024-00001", Decimal("1234.50"))
    assert (posted.drafted_by, posted.submitted_by, posted.checked_by) == (
        county_clerk.username,
        county_clerk.username,
        reviewer.username,
    )
    told = AuditEvent.objects.filter(subject_type="projects.ledgerentry").order_by("id")
    assert [(event.actor, event.after.get("state")) for event in told] == [
        (county_clerk.username, "draft"),
        (county_clerk.username, "submitted"),
        (reviewer.username, "posted"),
    ]


@pytest.mark.slow
def test_a_new_entry_is_saved_and_submitted_at_once(county_clerk, ruoduo):
    fields = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1", "division": ruoduo.pk, "_submit": "1"}

    response = submit(signed_in(county_clerk), page(CHANGE, "add"), **fields, source=FundingSourceFactory().pk)

    entry = LedgerEntry.objects.get()
    assert (entry.state, entry.submitted_by) == ("submitted", county_clerk.username)
    assert response["Location"] == page(CHANGE, "change", entry.pk)


@pytest.mark.slow
def test_a_submission_that_is_refused_saves_no_draft_either(county_clerk, ruoduo, monkeypatch):
    def refuse(entry, by):
        raise IntegrityError("CHECK constraint failed: the year is closed")

    monkeypatch.setattr("projects.admin.ledger.actions.submit_entry", refuse)
    fields = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1", "division": ruoduo.pk, "_submit": "1"}

    response = submit(signed_in(county_clerk), page(CHANGE, "add"), **fields, source=FundingSourceFactory().pk)

    assert errors(response) == {"__all__": ["The year is closed"]}
    assert not LedgerEntry.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.slow
def test_each_sees_the_buttons_of_their_part(county_clerk, reviewer, auditor, draft, submission):
    posted = LedgerEntryFactory(division=draft.division)

    found = {
        who.username: [buttons(signed_in(who), entry) for entry in (draft, submission, posted)]
        for who in (county_clerk, reviewer, auditor)
    }

    assert found == {
        "clerk-of-heishui": [["withdraw"], ["take_back", "withdraw"], []],
        "reviewer-of-heishui": [[], ["post", "return"], []],
        "auditor": [[], [], []],
    }


def test_only_a_draft_can_be_typed_in(county_clerk, reviewer, draft, submission):
    clerk, checker = signed_in(county_clerk), signed_in(reviewer)
    posted = LedgerEntryFactory(division=draft.division)

    def is_open(client, entry):
        return client.get(page(CHANGE, "change", entry.pk)).context["has_change_permission"]

    assert [is_open(clerk, entry) for entry in (draft, submission, posted)] == [True, False, False]
    assert [is_open(checker, entry) for entry in (draft, submission, posted)] == [False, False, False]


@pytest.mark.slow
def test_a_submission_is_taken_back_and_withdrawn_after_a_question(county_clerk, submission):
    client = signed_in(county_clerk)

    press(client, submission, "take_back")
    taken_back = states()
    asked = press(client, submission, "withdraw")
    unanswered = states()
    confirm(client, asked)

    assert (taken_back, unanswered, states()) == (["draft"], ["draft"], ["withdrawn"])
    assert "count nowhere" in shown(asked)


@pytest.mark.slow
def test_what_is_returned_comes_back_with_its_note_and_is_mended(county_clerk, reviewer, submission):
    clerk, checker = signed_in(county_clerk), signed_in(reviewer)

    press(checker, submission, "return", note="The amount is that of 2018")
    text = shown(clerk.get(page(CHANGE, "change", submission.pk)))
    submit(clerk, page(CHANGE, "change", submission.pk), amount="90.00", _submit="1")

    entry = LedgerEntry.objects.get()
    assert "Returned by reviewer-of-heishui: The amount is that of 2018" in text
    assert (entry.state, entry.amount) == ("submitted", Decimal("90.00"))


def test_a_return_without_a_note_is_asked_for_it(reviewer, submission):
    response = press(signed_in(reviewer), submission, "return", note="  ")

    assert response.context["form"].errors == {"note": ["Say why the entry is returned."]}
    assert states() == ["submitted"]


def test_whoever_made_an_entry_cannot_post_it(submission):
    both = UserFactory(username="clerk-of-heishui", role="reviewer", area="513228")
    client = signed_in(both)

    text = shown(client.get(page(CHANGE, "change", submission.pk)))
    response = press(client, submission, "post")

    told = "You made, imported or submitted this entry; somebody else has to check it."
    assert told in text
    assert refused(response) == {submission.pk: told}
    assert states() == ["submitted"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("county_clerk", "post", 403),
        ("county_clerk", "return", 403),
        ("reviewer", "submit", 403),
        ("reviewer", "take_back", 403),
        ("reviewer", "withdraw", 403),
        ("auditor", "post", 403),
        ("stranger", "submit", 404),
        ("county_clerk", "delete", 404),
        ("county_clerk", "", 404),
    ],
)
def test_a_step_that_is_not_ones_own_is_refused(request, who, step, status, draft):
    client = signed_in(request.getfixturevalue(who))
    data = {"step": step, "entry": f"{draft.pk}:0", "confirmed": "1", "note": "x"}

    response = client.post(page(CHANGE, "step"), data)

    assert (response.status_code, states()) == (status, ["draft"])


@pytest.mark.parametrize(
    "token", ["", "x", "1", "1:x", ":", "1:1:1", "-1:0", "9" * 30 + ":0", "1:" + "9" * 30, "\x00"]
)
def test_a_token_that_no_page_sent_does_nothing(county_clerk, draft, token):
    response = signed_in(county_clerk).post(page(CHANGE, "step"), {"step": "submit", "entry": token})

    assert (response.status_code, states()) == (404, ["draft"])


def test_steps_are_taken_by_post_and_with_a_token_of_the_site(county_clerk, draft):
    client = signed_in(county_clerk)
    read = client.get(page(CHANGE, "step"), {"step": "submit", "entry": f"{draft.pk}:0"})
    client.handler.enforce_csrf_checks = True

    forged = client.post(page(CHANGE, "step"), {"step": "submit", "entry": f"{draft.pk}:0"})

    assert (read.status_code, forged.status_code, states()) == (405, 403, ["draft"])


@pytest.mark.slow
def test_many_are_posted_after_a_page_that_lists_them_with_totals_by_kind(reviewer, ruoduo):
    shared = {"division": ruoduo, "state": "submitted", **OWN}
    entries = [LedgerEntryFactory(**shared, amount=Decimal(amount)) for amount in ("100.10", "0.90")]
    entries.append(LedgerEntryFactory(**shared, kind="expenditure", amount=Decimal("7.00")))
    client = signed_in(reviewer)

    asked = choose(client, "post", *entries)
    before = states()
    response = confirm(client, asked)

    assert asked.context["totals"] == [("allocation", 2, "101.00"), ("expenditure", 1, "7.00")]
    assert (before, states()) == (["submitted"] * 3, ["posted"] * 3)
    assert said(response) == ["Entries posted: 3."]
    assert sorted(LedgerEntry.objects.values_list("voucher", flat=True)) == [f"513228-2019-0000{n}" for n in (1, 2, 3)]


@pytest.mark.slow
def test_all_are_posted_or_none_and_each_that_is_refused_is_named(reviewer, submission, draft):
    other = LedgerEntryFactory(division=draft.division, state="submitted", drafted_by=reviewer.username)
    client = signed_in(reviewer)

    response = confirm(client, choose(client, "post", submission, draft, other))

    assert refused(response) == {
        draft.pk: f"#{draft.pk} allocation is “draft”: this cannot be done with it now.",
        other.pk: "You made, imported or submitted this entry; somebody else has to check it.",
    }
    assert sorted(states()) == ["draft", "submitted", "submitted"]
    assert AuditEvent.objects.filter(verb="changed").count() == 0


@pytest.mark.slow
def test_what_was_not_refused_is_posted_when_one_goes_on(reviewer, submission, draft):
    client = signed_in(reviewer)

    refusing = confirm(client, choose(client, "post", submission, draft))
    confirm(client, refusing)

    assert LedgerEntry.objects.get(pk=submission.pk).state == "posted"
    assert LedgerEntry.objects.get(pk=draft.pk).state == "draft"


@pytest.mark.slow
def test_many_are_submitted_and_returned_from_the_list(county_clerk, reviewer, ruoduo):
    drafts = LedgerEntryFactory.create_batch(2, division=ruoduo, state="draft", **OWN)
    clerk, checker = signed_in(county_clerk), signed_in(reviewer)

    confirm(clerk, choose(clerk, "submit", *drafts))
    submitted = states()
    confirm(checker, choose(checker, "return", *drafts), note="Twice the same")

    assert (submitted, states()) == (["submitted"] * 2, ["returned"] * 2)
    assert set(LedgerEntry.objects.values_list("return_note", flat=True)) == {"Twice the same"}


@pytest.mark.parametrize(
    ("who", "offered"),
    [("county_clerk", ["submit"]), ("reviewer", ["post", "return"]), ("auditor", [])],
)
def test_the_list_offers_what_ones_role_does(request, who, offered, draft):
    response = signed_in(request.getfixturevalue(who)).get(page(CHANGE) + "?state=all")

    form = response.context["action_form"]
    assert [value for value, _title in (form.fields["action"].choices if form else []) if value] == offered


def test_an_action_that_is_not_ones_own_does_nothing(county_clerk, submission):
    response = choose(signed_in(county_clerk), "post", submission)

    assert (response.status_code, states()) == (302, ["submitted"])


def test_more_than_can_be_looked_at_are_not_handed_on_at_once(county_clerk, draft, monkeypatch):
    monkeypatch.setattr("alleviation.audit.handing.MOST", 1)
    other = LedgerEntryFactory(division=draft.division, state="draft", **OWN)

    response = choose(signed_in(county_clerk), "submit", draft, other)

    assert (response.status_code, states()) == (302, ["draft", "draft"])


def test_nothing_ticked_is_nothing_done(county_clerk, draft):
    response = signed_in(county_clerk).post(page(CHANGE, "step"), {"step": "submit", "confirmed": "1"}, follow=True)

    assert said(response) == ["No entry was chosen; nothing was done."]
    assert states() == ["draft"]


def test_a_reviewer_sees_at_first_what_waits(county_clerk, reviewer, draft, submission):
    posted = LedgerEntryFactory(division=draft.division)

    assert listed(signed_in(reviewer), CHANGE) == [str(submission)]
    assert listed(signed_in(reviewer), CHANGE, "?state=posted") == [str(posted)]
    assert len(listed(signed_in(county_clerk), CHANGE)) == 3
    assert listed(signed_in(county_clerk), CHANGE, "?state=draft") == [str(draft)]
    assert len(listed(signed_in(county_clerk), CHANGE, "?state=nonsense")) == 3


def test_the_list_names_a_draft_by_its_number(county_clerk, draft):
    assert f"#{draft.pk} — 2019-06-30 draft allocation 100.00" in shown(signed_in(county_clerk).get(page(CHANGE)))


def test_the_index_tells_what_waits_for_whom(county_clerk, reviewer, auditor, draft, submission, erniunai):
    LedgerEntryFactory(division=erniunai, state="returned", **OWN)
    LedgerEntryFactory(division=erniunai, state="returned", drafted_by="a-colleague", submitted_by="a-colleague")
    LedgerEntryFactory(division=erniunai, state="submitted", drafted_by=reviewer.username)

    def waiting(user):
        response = signed_in(user).get(reverse("admin:index"))
        return [(str(one.title), one.number, one.address) for one in response.context["waiting"]]

    address = page(CHANGE)
    assert waiting(county_clerk) == [
        ("Entries returned to you", 1, f"{address}?state=returned"),
        ("Drafts of yours", 1, f"{address}?state=draft"),
    ]
    assert waiting(reviewer) == [("Entries to check", 1, f"{address}?state=submitted")]
    assert waiting(auditor) == []


def test_a_posted_entry_tells_who_drafted_submitted_and_posted_it(auditor, ruoduo):
    entry = LedgerEntryFactory(
        division=ruoduo, voucher="V-7", drafted_by="ann", submitted_by="ben", checked_by="cy", document_number="P/9"
    )

    text = shown(signed_in(auditor).get(page(CHANGE, "change", entry.pk)))

    assert "State: posted Voucher: V-7 Drafted: ann, 2" in text
    assert "Submitted: ben, 2" in text
    assert "Checked: cy, 2" in text
    assert "Own voucher number: P/9" in text


ENTRY = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1.00"}


@pytest.mark.parametrize(
    ("fields", "at", "message"),
    [
        ({"amount": "0"}, "amount", "Enter an amount above zero. To take an entry back, open it and correct it."),
        ({"amount": "-5"}, "amount", "Enter an amount above zero. To take an entry back, open it and correct it."),
        ({"amount": "1.005"}, "amount", "Ensure that there are no more than 2 decimal places."),
        *(
            (
                {"amount": typed},
                "amount",
                "Enter a plain number such as 1234.56: digits 0 to 9, a point, a minus sign; no separators, no "
                "exponent.",
            )
            for typed in ("NaN", "Infinity", "1e3", "１２", "١٢", "1,000", "1_000", "½")
        ),
        (
            {"amount": "10000000000.00"},
            "amount",
            "Ensure this value is less than or equal to 9999999999.99.",
        ),
        ({"booked_on": "1900-01-01"}, "booked_on", "Enter a day of the years 1949 to 2100."),
        ({"booked_on": "2099-01-01"}, "booked_on", "This day is still to come."),
        (
            {"year": "2023"},
            "booked_on",
            "The date is not in the year 2023. Correct one of them, or leave the year empty.",
        ),
        ({"allocation": "V-1"}, "allocation", "Only a disbursement is paid out of an allocation."),
        (
            {"kind": "disbursement", "allocation": "V-1"},
            "allocation",
            "There is no posted entry with this voucher in your area.",
        ),
        (
            {"kind": "expenditure", "handed_down_from": "V-1"},
            "handed_down_from",
            "What is spent is not handed down.",
        ),
        ({"handed_down_from": "V-1"}, "handed_down_from", "There is no posted entry with this voucher in your area."),
    ],
)
@pytest.mark.parametrize("button", ["_save", "_submit"])
@pytest.mark.slow
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(county_clerk, ruoduo, fields, at, message, button):
    whole = ENTRY | {"source": FundingSourceFactory().pk, "division": ruoduo.pk} | fields

    response = submit(signed_in(county_clerk), page(CHANGE, "add"), **whole, **{button: "1"})

    told = errors(response)
    assert list(told) == [at]
    assert message in told[at]
    assert not LedgerEntry.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.slow
def test_a_place_of_another_area_is_told_at_the_place(clerk, zhawo, erniunai):
    fields = ENTRY | {"source": FundingSourceFactory().pk, "division": erniunai.pk}

    response = submit(signed_in(clerk), page(CHANGE, "add"), **fields)

    assert errors(response) == {"division": ["There is no such record in your area."]}


@pytest.mark.slow
def test_a_source_below_the_place_is_told_at_the_source(county_clerk, heishui):
    source = FundingSourceFactory(code="village", level="collective")

    response = submit(signed_in(county_clerk), page(CHANGE, "add"), **ENTRY, source=source.pk, division=heishui.pk)

    assert list(errors(response)) == ["source"]
    assert not LedgerEntry.objects.exists()


@pytest.mark.slow
def test_a_closed_year_is_told_at_the_date(county_clerk, reviewer, ruoduo):
    closed(reviewer, year=2024)

    response = submit(
        signed_in(county_clerk),
        page(CHANGE, "add"),
        **ENTRY,
        source=FundingSourceFactory().pk,
        division=ruoduo.pk,
    )

    assert list(errors(response)) == ["booked_on"]
    assert errors(response)["booked_on"][0].startswith("The year 2024 of 513228 is closed.")
    assert not LedgerEntry.objects.exists()
