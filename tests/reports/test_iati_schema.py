"""An IATI file against the published schema and code lists, where somebody has put them (docs/iati.md)."""

import os
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from alleviation.reports.iati import codes
from tests.factories import LedgerEntryFactory, OrganisationFactory, PledgeFactory, ProjectFactory
from tests.golden import golden_money
from tests.reports.published import written

FOLDER = os.environ.get("IATI_SCHEMA", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="NOT HELD AGAINST THE PUBLISHED SCHEMA: IATI_SCHEMA names no folder with it (docs/iati.md)"
)
# Where each code of a file stands, and which of the standard's lists it is from.
LISTS = {
    "activity-status/code": "ActivityStatus",
    "activity-date/type": "ActivityDateType",
    "transaction-type/code": "TransactionType",
    "participating-org/role": "OrganisationRole",
    "participating-org/type": "OrganisationType",
    "provider-org/type": "OrganisationType",
    "reporting-org/type": "OrganisationType",
    "recipient-country/code": "Country",
    "location-reach/code": "GeographicLocationReach",
    "location-class/code": "GeographicLocationClass",
    "sector/vocabulary": "SectorVocabulary",
    "planned-disbursement/type": "BudgetType",
    "description/type": "DescriptionType",
    "result/type": "ResultType",
    "indicator/measure": "IndicatorMeasure",
    "iati-activity/default-currency": "Currency",
}


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden money, and a project of each kind with all that may be known of one."""
    golden_money(heishui, ruoduo, erniunai)
    operator = OrganisationFactory(name="Road bureau", kind="government")
    for number, kind in enumerate(codes.SECTOR):
        facts = {"kind": kind, "division": ruoduo, "operator": operator, "capacity": D("1.5"), "capacity_unit": "km"}
        made = ProjectFactory(**facts, started_on=date(2018, 1, 1 + number), due_on=date(2020, 1, 1), summary="通村")
        PledgeFactory(division=ruoduo, project=made, first_year=2018)
        PledgeFactory(division=ruoduo, project=made, qualifier="over", low=D("3.00"), high=None)
        voucher = f"N-{number}"
        LedgerEntryFactory(division=ruoduo, project=made, voucher=voucher)
        LedgerEntryFactory(division=ruoduo, project=made, reverses=voucher, amount=D("-100.00"), reason="wrong")


def test_a_file_keeps_the_published_schema(county, everything, tmp_path):
    schema = xmlschema.XMLSchema(Path(FOLDER, "iati-activities-schema.xsd"), allow="local")
    path = tmp_path / "activities.xml"
    path.write_bytes(written(everything))

    assert [f"{fault.path}: {fault.reason}" for fault in schema.iter_errors(path)] == []
    spoilt = path.read_text(encoding="utf-8").replace("<activity-status", "<activity-mood", 1)
    assert not schema.is_valid(ElementTree.fromstring(spoilt))


def test_every_code_is_in_its_published_list(county, everything):
    root = ElementTree.fromstring(written(everything))

    found = set(_codes_in(root))
    assert {f"{place}: {code}" for place, code in found if code not in _list(LISTS[place])} == set()
    assert {code for code in codes.SECTOR.values() if code not in _list("Sector")} == set()
    assert {place for place, _code in found} == set(LISTS)


def _codes_in(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        for name, value in element.attrib.items():
            if f"{element.tag}/{name}" in LISTS:
                yield f"{element.tag}/{name}", value


def _list(name: str) -> set[str]:
    """The codes of a list that are not withdrawn."""
    (path,) = (path for path in Path(FOLDER).rglob(f"{name}.xml"))
    items = re.findall(r"<codelist-item.*?</codelist-item>", path.read_text(encoding="utf-8"), re.DOTALL)
    in_force = (one for one in items if 'status="withdrawn"' not in one)
    return {re.search(r"<code>(.*?)</code>", one)[1].strip() for one in in_force}
