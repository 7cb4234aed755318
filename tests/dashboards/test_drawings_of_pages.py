import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from tests.factories import LedgerEntryFactory

pytestmark = pytest.mark.django_db


def test_drawing_is_a_file_that_leaves_no_event(client: Client, manager: User) -> None:
    LedgerEntryFactory(amount="1200.00", year=2019, is_made_up=True)
    client.force_login(manager)
    events = AuditEvent.objects.count()

    response = client.get("/funding/?year=2019&svg=booked-by-year")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert re.fullmatch(
        r'attachment; filename="booked-by-year_all_2019_\d{8}-\d{4}\.svg"', response.headers["Content-Disposition"]
    )
    assert ElementTree.fromstring(response.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert AuditEvent.objects.count() == events
    assert "Funding · Year: 2019 · holds made-up example data ·" in response.content.decode()


def test_page_offers_file_and_table_of_each_drawing_with_its_filter(client: Client, manager: User) -> None:
    LedgerEntryFactory(amount="1200.00", year=2019)
    client.force_login(manager)

    page = client.get("/funding/?year=2019").content.decode()

    figure = page[page.index('id="drawing-booked-by-year"') :].partition("</figure>")[0]
    assert re.findall(r'href="([^"]*)"', figure) == ["#annual-funding", "?year=2019&amp;svg=booked-by-year"]
    assert page.count('id="annual-funding"') == 1


@pytest.mark.parametrize("slug", ["", "nothing", "annual-funding"])
def test_drawing_that_is_not_on_the_page_is_not_found(client: Client, manager: User, slug: str) -> None:
    client.force_login(manager)

    assert client.get("/funding/", {"svg": slug}).status_code == 404
