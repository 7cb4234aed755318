"""The list of all forms on paper."""

import re

from django.test import Client

from alleviation.accounts.models import User
from alleviation.dashboards.papers.forms import FORMS
from alleviation.dashboards.urls import urlpatterns
from projects.models import Division
from tests.conftest import signed_in
from tests.golden import golden_money


def entries(client: Client) -> dict[str, list[str]]:
    """The links of each form on the page, by the form."""
    told = client.get("/papers/").content.decode().partition("<main")[2]
    parts = re.split(r'<dt id="([a-z-]+)">', told)[1:]
    return {slug: re.findall(r'href="([^"]+)"', text) for slug, text in zip(parts[::2], parts[1::2], strict=True)}


def test_every_form_that_has_an_address_is_in_the_list_once() -> None:
    addressed = [str(one.name).removeprefix("paper-") for one in urlpatterns if str(one.name).startswith("paper-")]

    assert sorted(form.slug for form in FORMS) == sorted(addressed)


def test_the_list_leads_to_years_with_money_to_ones_own_place_and_to_the_records(
    heishui: Division, ruoduo: Division, erniunai: Division, county_clerk: User
) -> None:
    golden_money(heishui, ruoduo, erniunai)

    found = entries(signed_in(county_clerk))

    assert found["year-ledger"] == ["/papers/year-ledger/2019/", "/papers/year-ledger/2018/", "/funding/"]
    assert found["area-notice"] == ["/areas/513228000000/", "/areas/"]
    assert found["household-handbook"] == ["/households/"]
    assert found["alliance-record"] == ["/alliances/"]


def test_who_sees_no_household_reads_who_may_print_of_them_and_finds_no_way(manager: User) -> None:
    client = signed_in(manager)

    found = entries(client)

    assert set(found) == {form.slug for form in FORMS}
    assert (found["register-notice"], found["household-handbook"]) == ([], [])
    assert found["project-notice"] == ["/projects/"]
    assert client.get("/papers/").content.decode().count("clerk, reviewer, auditor") == 2
