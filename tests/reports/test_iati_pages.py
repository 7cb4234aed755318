"""The page and the command of the file for IATI: who may take it, what the trail keeps, what is said without it."""

from datetime import date
from decimal import Decimal as D
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.reporting_org import ReportingOrg, reporting_org
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, ProjectFactory
from tests.reports.published import ORG, by_key, faults, sums


@pytest.fixture
def projects(ruoduo, erniunai, heishui) -> None:
    """A project in each of two townships, with 10.00 and 200.00; the county's own 5.00 is for the first."""
    for code, place, amount in (("ZHAWO-ROAD", ruoduo, "10.00"), ("QINGLANG-ROAD", erniunai, "200.00")):
        project = ProjectFactory(code=code, division=place, started_on=date(2018, 1, 1))
        LedgerEntryFactory(division=place, project=project, amount=D(amount), year=2018)
    LedgerEntryFactory(division=ruoduo, project=project, amount=D("5.00"), voucher="ACROSS")


@pytest.fixture
def publisher(settings) -> None:
    settings.IATI_REPORTING_ORG = ORG


def taken(user, asked: str = "") -> ElementTree.Element:
    response = signed_in(user).get(f"/reports/iati.xml{asked}")
    assert response.status_code == 200, response.content
    return ElementTree.fromstring(b"".join(response.streaming_content))


def test_everybody_who_reads_records_takes_what_lies_in_their_area(projects, publisher, manager, clerk):
    everything, own = taken(manager), taken(clerk)

    assert {key: str(sums(one)["allocation"]) for key, one in by_key(everything).items()} == {
        "PROJECT-ZHAWO-ROAD": "10.00",
        "PROJECT-QINGLANG-ROAD": "205.00",
    }
    assert {key: str(sums(one)["allocation"]) for key, one in by_key(own).items()} == {
        "PROJECT-ZHAWO-ROAD": "10.00",
        "OTHER-AREAS": "5.00",
    }
    assert "QINGLANG" not in ElementTree.tostring(own, encoding="unicode")
    assert faults(own) == faults(everything) == []


def test_an_excerpt_is_of_its_year_and_its_area(projects, publisher, manager, stranger):
    found = taken(manager, "?year=2019&area=513228212000")

    assert {key: str(sums(one)["allocation"]) for key, one in by_key(found).items()} == {
        "PROJECT-QINGLANG-ROAD": "5.00",
    }
    for user, asked, status in ((manager, "?year=1800", 400), (manager, "?year=2001", 400), (stranger, "", 400)):
        assert signed_in(user).get(f"/reports/iati.xml{asked}").status_code == status
    assert signed_in(stranger).get("/reports/iati.xml?area=513228000000").status_code == 404


def test_a_download_is_told_to_the_trail(projects, publisher, manager):
    before = AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count()

    taken(manager, "?year=2018")

    event = AuditEvent.objects.filter(verb=Verb.DOWNLOADED).last()
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count() == before + 1
    assert (event.actor, event.subject, event.after) == ("manager", "iati", {"years": "2018-2018"})


def test_who_sees_no_records_gets_neither_page_nor_file(projects, publisher, administrator):
    for address in ("/reports/iati/", "/reports/iati.xml"):
        assert signed_in(administrator).get(address).status_code == 403


def test_without_a_publisher_the_page_says_so_and_there_is_no_file(projects, settings, manager):
    settings.IATI_REPORTING_ORG = None

    page = signed_in(manager).get("/reports/iati/").content.decode()

    assert ("IATI_REPORTING_ORG" in page, "iati.xml" in page) == (True, False)
    assert signed_in(manager).get("/reports/iati.xml").status_code == 404


def test_with_a_publisher_the_page_names_it_and_the_file(projects, publisher, manager):
    page = signed_in(manager).get("/reports/iati/?year=2018").content.decode()

    assert "Power company (CN-USCI-91440300000000000X)" in page
    assert 'href="/reports/iati.xml?year=2018"' in page


def test_the_command_writes_the_file_whole_and_says_what_is_in_it(projects, publisher, tmp_path):
    out, path = StringIO(), tmp_path / "activities.xml"

    call_command("export_iati", to=str(path), stdout=out)

    assert out.getvalue().splitlines()[0] == "2 activities, 3 transactions"
    assert faults(ElementTree.fromstring(path.read_bytes())) == []
    assert [one.name for one in tmp_path.iterdir()] == ["activities.xml"]
    event = AuditEvent.objects.filter(verb=Verb.DOWNLOADED).last()
    assert (event.actor, event.subject) == ("manage.py export_iati", "iati")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"year": "2001"}, "There is nothing to publish"),
        ({"year": "soon"}, "--year: Enter a whole number."),
        ({"area": "99"}, "There is no place with the code 99."),
        ({"to": "no-such-folder/x.xml"}, "There is no folder no-such-folder."),
    ],
)
def test_the_command_says_what_is_wrong_and_leaves_nothing(projects, publisher, tmp_path, asked, said):
    with pytest.raises(CommandError, match=said):
        call_command("export_iati", **{"to": str(tmp_path / "x.xml"), **asked})

    assert list(tmp_path.iterdir()) == []


def test_the_command_names_the_setting_that_is_missing(settings, tmp_path, db):
    settings.IATI_REPORTING_ORG = None

    with pytest.raises(CommandError, match="Set IATI_REPORTING_ORG"):
        call_command("export_iati", to=str(tmp_path / "x.xml"))


def test_the_setting_is_read():
    assert reporting_org("  ") is None
    assert reporting_org("CN-USCI-9|70|A Co., Ltd.|甲公司") == ReportingOrg("CN-USCI-9", "70", "A Co., Ltd.", "甲公司")
    assert reporting_org("XM-DAC-1|10|Office") == ReportingOrg("XM-DAC-1", "10", "Office")


@pytest.mark.parametrize(
    "told", ["CN-USCI-9", "CN-USCI-9||A", "9|70|A", "CN-US?CI|70|A", "CN-USCI-9|99|A", "A|B|C|D|E"]
)
def test_a_setting_that_makes_no_sense_is_refused(told):
    with pytest.raises(ImproperlyConfigured, match="IATI_REPORTING_ORG"):
        reporting_org(told)
