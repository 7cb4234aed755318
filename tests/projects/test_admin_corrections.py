"""Correcting a posted entry in the admin: reversed, and booked anew; the three name each other."""

from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from projects.models import LedgerEntry
from tests.admin_pages import page, press, said, shown, submit
from tests.closings import closed
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, ProjectFactory

LEDGER = "projects_ledgerentry"
RIGHT = {"reason": "A digit was wrong", "new-amount": "90.00"}


@pytest.fixture
def posted(ruoduo) -> LedgerEntry:
    return LedgerEntryFactory(division=ruoduo, voucher="V-1", amount=Decimal("900.00"), document_number="P/9")


def correct(client, entry, **fields):
    """Open the page, type, and send it; both forms of the page together."""
    address = page(LEDGER, "correct", entry.pk)
    opened = client.get(address)
    data = {}
    for form in (opened.context["what"].form, opened.context["adminform"].form):
        values = {field.html_name: (field.value(), field.field) for field in form}
        data |= {name: field.prepare_value(value) for name, (value, field) in values.items() if value is not None}
    return client.post(address, {name: v for name, v in (data | fields).items() if v is not None}, follow=True)


def told(response) -> dict[str, list[str]]:
    forms = (response.context["what"].form, response.context["adminform"].form)
    return {f"{form.prefix or ''}:{name}": list(map(str, e)) for form in forms for name, e in form.errors.items()}


def test_a_posted_entry_is_reversed_and_booked_anew(county_clerk, reviewer, posted):
    response = correct(signed_in(county_clerk), posted, **RIGHT)

    original, reversal, anew = LedgerEntry.objects.order_by("pk")
    assert said(response) == [
        "The reversal is submitted, and waits to be checked by somebody else.",
        "So is the corrected entry.",
    ]
    assert (original.state, original.amount) == ("posted", Decimal("900.00"))
    assert (reversal.reverses, reversal.amount, reversal.state) == ("V-1", Decimal("-900.00"), "submitted")
    assert (anew.replaces, anew.amount, anew.state) == ("V-1", Decimal("90.00"), "submitted")
    assert (anew.booked_on, anew.document_number, anew.reason) == (original.booked_on, "P/9", "A digit was wrong")


@pytest.mark.slow
def test_an_entry_may_only_be_reversed(county_clerk, posted):
    correct(signed_in(county_clerk), posted, reason="Booked twice", books_anew=None, **{"new-amount": "nonsense"})

    assert list(LedgerEntry.objects.order_by("pk").values_list("reverses", "amount")) == [
        ("", Decimal("900.00")),
        ("V-1", Decimal("-900.00")),
    ]


@pytest.mark.slow
def test_entries_of_a_correction_lead_to_each_other(county_clerk, reviewer, posted):
    correct(signed_in(county_clerk), posted, **RIGHT)
    original, reversal, anew = LedgerEntry.objects.order_by("pk")
    client = signed_in(reviewer)

    waiting = shown(client.get(page(LEDGER, "change", original.pk)))
    press(client, reversal, "post")
    press(client, anew, "post")
    pages = [client.get(page(LEDGER, "change", entry.pk)).content.decode() for entry in (original, reversal, anew)]

    links = {entry.pk: f'<a href="{page(LEDGER, "change", entry.pk)}">' for entry in (original, reversal, anew)}
    assert f"Reversed by: #{reversal.pk} (submitted) Replaced by: #{anew.pk} (submitted)" in waiting
    assert f"{links[reversal.pk]}513228-2019-00001</a>" in pages[0]
    assert f"{links[anew.pk]}513228-2019-00002</a>" in pages[0]
    assert f"{links[original.pk]}V-1</a>" in pages[1]
    assert f"{links[original.pk]}V-1</a>" in pages[2]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"reason": " "}, {":reason": ["This field is required."]}),
        ({"booked_on": ""}, {":booked_on": ["This field is required."]}),
        ({"booked_on": "2099-01-01"}, {":booked_on": ["This day is still to come."]}),
        (
            {"booked_on": "2019-01-01"},
            {":booked_on": ["A reversal is not booked before what it reverses: 2019-06-30."]},
        ),
        ({"new-amount": "1.234"}, {"new:amount": ["Ensure that there are no more than 2 decimal places."]}),
        (
            {"new-kind": "disbursement", "new-allocation": "V-9"},
            {"new:allocation": ["There is no posted entry with this voucher in your area."]},
        ),
    ],
)
@pytest.mark.slow
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_booked(county_clerk, posted, fields, expected):
    response = correct(signed_in(county_clerk), posted, **(RIGHT | fields))

    assert told(response) == expected
    assert LedgerEntry.objects.count() == 1


@pytest.mark.slow
def test_an_entry_is_corrected_once(county_clerk, posted):
    client = signed_in(county_clerk)
    correct(client, posted, **RIGHT)

    again = correct(client, posted, **RIGHT)

    reversal = LedgerEntry.objects.get(reverses="V-1")
    assert told(again) == {":__all__": [f"It is reversed already: #{reversal.pk} allocation, submitted."]}
    assert LedgerEntry.objects.count() == 3
    assert client.get(page(LEDGER, "change", posted.pk)).context["is_correctable"] is False


@pytest.mark.slow
def test_in_a_closed_year_it_is_corrected_in_an_open_one(county_clerk, reviewer, posted):
    closed(reviewer, year=2019)

    correct(signed_in(county_clerk), posted, **RIGHT, **{"new-year": ""})

    _original, reversal, anew = LedgerEntry.objects.order_by("pk")
    assert {reversal.year, anew.year} == {localdate().year}


@pytest.mark.slow
def test_what_was_paid_out_of_an_allocation_to_its_end_can_be_corrected(county_clerk, reviewer, ruoduo):
    allocated = LedgerEntryFactory(division=ruoduo, voucher="A-1", amount=Decimal("100.00"))
    paid = LedgerEntryFactory(
        division=ruoduo, kind="disbursement", allocation="A-1", voucher="D-1", source=allocated.source
    )
    clerk, checker = signed_in(county_clerk), signed_in(reviewer)

    correct(clerk, paid, reason="For another project", **{"new-project": ProjectFactory(division=ruoduo).pk})
    reversal, anew = LedgerEntry.objects.filter(state="submitted").order_by("pk")
    alone = press(checker, anew, "post")
    press(checker, reversal, "post")
    press(checker, anew, "post")

    assert [row.refusal for row in alone.context["rows"]] == ["Of its 100.00 yuan only 0.00 are left."]
    assert set(LedgerEntry.objects.values_list("state", flat=True)) == {"posted"}


def test_only_clerks_correct_and_only_what_is_posted(county_clerk, reviewer, stranger, posted):
    draft = LedgerEntryFactory(division=posted.division, state="draft")
    address = page(LEDGER, "correct", posted.pk)

    assert signed_in(reviewer).get(address).status_code == 403
    assert signed_in(reviewer).post(address, RIGHT).status_code == 403
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).post(address, RIGHT).status_code == 404
    response = signed_in(county_clerk).get(page(LEDGER, "correct", draft.pk), follow=True)
    assert said(response) == ["Only a posted entry that is no reversal is corrected."]
    assert LedgerEntry.objects.count() == 2


@pytest.mark.slow
def test_a_returned_reversal_keeps_what_it_takes_back(county_clerk, reviewer, posted):
    clerk = signed_in(county_clerk)
    correct(clerk, posted, reason="Booked twice", books_anew=None)
    reversal = LedgerEntry.objects.get(reverses="V-1")
    press(signed_in(reviewer), reversal, "return", note="In December, please")
    address = page(LEDGER, "change", reversal.pk)

    response = submit(clerk, address, amount="5", kind="refund", booked_on="2019-12-01", year="", _submit="1")

    reversal.refresh_from_db()
    assert response.status_code == 302
    assert (reversal.state, reversal.amount, reversal.kind) == ("submitted", Decimal("-900.00"), "allocation")
    assert reversal.booked_on.isoformat() == "2019-12-01"


@pytest.mark.slow
def test_the_correction_of_what_names_a_foreign_project_keeps_it_unnamed(clerk, erniunai, ruoduo):
    foreign = ProjectFactory(division=erniunai, name="SECRET")
    entry = LedgerEntryFactory(division=ruoduo, project=foreign, voucher="V-2")
    client = signed_in(clerk)

    text = shown(client.get(page(LEDGER, "correct", entry.pk)))
    correct(client, entry, **RIGHT)

    assert "SECRET" not in text
    assert LedgerEntry.objects.get(replaces="V-2").project == foreign


def test_a_correction_is_taken_from_our_own_page_alone(county_clerk, posted):
    client = signed_in(county_clerk)
    client.handler.enforce_csrf_checks = True

    response = client.post(page(LEDGER, "correct", posted.pk), RIGHT)

    assert (response.status_code, LedgerEntry.objects.count()) == (403, 1)
