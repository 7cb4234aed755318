"""Lists of the admin cost the same however long the table: counted and paged through so far, in an index's order."""

import pytest

from alleviation.common.capped import CappedPaginator, count_up_to, told_up_to
from beneficiaries.models import Household
from tests.admin_pages import listed, page, shown
from tests.conftest import signed_in
from tests.factories import HouseholdFactory

LIST = "beneficiaries_household"


@pytest.fixture
def households(ruoduo, monkeypatch):
    """Seven households, of which a list shows four, two to a page."""
    for number in range(7):
        HouseholdFactory(village=ruoduo, number=f"H{number}", status="exited" if number < 2 else "registered")
    monkeypatch.setattr(CappedPaginator, "most", 4)
    monkeypatch.setattr("alleviation.audit.admin_base.RoomAdmin.list_per_page", 2)


@pytest.mark.parametrize(("most", "number", "words"), [(7, 7, "7"), (6, 7, "more than 6"), (1, 2, "more than 1")])
def test_rows_are_counted_so_far_and_no_further(most, number, words, households):
    found = count_up_to(Household.objects.select_related("village").order_by("number"), most)

    assert (found, told_up_to(found, most)) == (number, words)


def test_a_long_list_says_that_there_is_more(clerk, households):
    response = signed_in(clerk).get(page(LIST))

    assert "1 2 more than 4 rows" in shown(response)
    assert response.context["cl"].paginator.num_pages == 2


def test_a_short_list_says_how_much_there_is(clerk, households):
    client = signed_in(clerk)

    assert "2 rows" in shown(client.get(page(LIST) + "?status__exact=exited"))
    assert "1 found" in shown(client.get(page(LIST) + "?q=H3"))


def test_a_page_behind_the_limit_says_how_to_come_there(clerk, households):
    client = signed_in(clerk)

    far = client.get(page(LIST) + "?p=1000000")

    assert "A list can be paged through up to its first 4 rows. Narrow it" in shown(far)
    assert listed(client, LIST, "?p=1000000") == []
    assert client.get(page(LIST) + "?p=-1").headers["Location"] == f"{page(LIST)}?e=1"


def test_an_address_orders_by_no_column_that_the_page_does_not_offer(clerk, households):
    in_order = listed(signed_in(clerk), LIST, "?o=-1")

    assert in_order == ["H0", "H1"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("001", ["001"]),
        ("00", ["001", "002"]),
        ("h7", ["H77"]),
        ("513228212200", ["H77"]),
        ("ruoduo", ["001", "002"]),
        ("若多 002", ["002"]),
        ("513228 002", ["002"]),
        # A province is no search, and nobody is found by what is in the middle of a word.
        ("51", []),
        ("多村", []),
        ("7", []),
    ],
)
def test_households_are_found_by_beginnings(search, found, clerk, ruoduo, xili):
    for village, number in ((ruoduo, "001"), (ruoduo, "002"), (xili, "H77")):
        HouseholdFactory(village=village, number=number)

    assert listed(signed_in(clerk), LIST, f"?q={search}") == found
