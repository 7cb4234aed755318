"""An IATI file as tests read it: what is in it, and what the standard asks of any."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree

from alleviation.common.query import Query
from alleviation.common.reporting_org import ReportingOrg
from alleviation.reports.iati import codes
from alleviation.reports.iati.asked import Asked, Counted
from alleviation.reports.iati.file import parts
from projects.choices import EntryKind

ORG = ReportingOrg("CN-USCI-91440300000000000X", "70", "Power company", "电力公司")
NOW = "2026-01-02T03:04:05+00:00"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
KIND = f"{{{codes.NAMESPACE}}}kind"
# The order of the elements of an activity and of a transaction in version 2.03, as far as any are written.
ORDER = {
    "iati-activity": (
        *("iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status"),
        *("activity-date", "recipient-country", "location", "sector", "planned-disbursement", "transaction", "result"),
    ),
    "transaction": ("transaction-type", "transaction-date", "value", "description", "provider-org"),
    "planned-disbursement": ("period-start", "period-end", "value", "provider-org"),
    "location": ("location-reach", "name", "description", "location-class"),
    "result": ("title", "indicator"),
    "indicator": ("title", "description", "period"),
    "period": ("period-start", "period-end", "target", "actual"),
}
ONCE_AT_LEAST = ("iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status")
CODES = {
    "activity-status/code": set("12345"),
    "activity-date/type": set("1234"),
    "transaction-type/code": set("234"),
    "participating-org/role": set("124"),
    "description/type": set("14"),
    "recipient-country/code": {"CN"},
    "location-reach/code": {"1"},
    "location-class/code": set("12"),
    "planned-disbursement/type": set("12"),
    "result/type": {"1"},
    "indicator/measure": {"1"},
}


def written(query: Query, *, with_made_up: bool = False, counted: Counted | None = None) -> bytes:
    return b"".join(parts(Asked(ORG, query, with_made_up), datetime.fromisoformat(NOW), counted))


def published(query: Query, *, with_made_up: bool = False, counted: Counted | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(written(query, with_made_up=with_made_up, counted=counted))


def sums(root: ElementTree.Element) -> dict[str, Decimal]:
    """Σ of the transactions by our kind; what was given back stands below zero."""
    found = dict.fromkeys(EntryKind.values, Decimal("0.00"))
    for one in root.iter("transaction"):
        found[one.get(KIND)] += Decimal(one.findtext("value"))
    return found | {"refund": -found["refund"] + 0}


def sums_by_type(root: ElementTree.Element) -> dict[str, Decimal]:
    """Σ of the transactions by the standard's type, as any reader of it adds them up."""
    found = dict.fromkeys("234", Decimal("0.00"))
    for one in root.iter("transaction"):
        found[one.find("transaction-type").get("code")] += Decimal(one.findtext("value"))
    return found


def told(element: ElementTree.Element) -> dict[str, str]:
    """What is told in each language."""
    return {one.get(LANGUAGE): one.text for one in element.findall("narrative")}


def by_key(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """The activities by what their identifier says behind the reference of who publishes."""
    return {one.findtext("iati-identifier").removeprefix(f"{ORG.ref}-"): one for one in root}


def faults(root: ElementTree.Element) -> list[str]:
    """What is wrong by the standard, as far as it can be told without its schema: order, codes, and its own rules."""
    found = []
    for element in root.iter():
        names = [child.tag for child in element]
        order = ORDER.get(element.tag)
        if order and names != sorted(names, key=order.index):
            found.append(f"{element.tag}: {names}")
        found += [
            f"{element.tag}/{name}: {value}"
            for name, value in element.attrib.items()
            if value not in CODES.get(f"{element.tag}/{name}", {value})
        ]
        found += [f"{element.tag} tells nothing" for one in element.findall("narrative") if not one.text]
    for activity in root:
        found += _faults_of(activity)
    return found


def _faults_of(activity: ElementTree.Element) -> list[str]:
    """The rules that the standard sets beside its schema."""
    key = activity.findtext("iati-identifier")
    found = [f"{key} lacks {name}" for name in ONCE_AT_LEAST if activity.find(name) is None]
    days = defaultdict(str, {one.get("type"): one.get("iso-date") for one in activity.findall("activity-date")})
    if not (days["1"] or days["2"]):
        found.append(f"{key} has no start")
    if (days["3"] and days["1"] > days["3"]) or (days["4"] and days["2"] > days["4"]):
        found.append(f"{key} ends before it starts")
    sectors = [one.get("vocabulary") for one in activity.findall("sector")]
    if len(sectors) != len(set(sectors)) or "1" not in sectors:
        found.append(f"{key} has the sectors {sectors}")
    if any(LANGUAGE not in one.attrib for one in activity.iter("narrative")):
        found.append(f"{key} tells something in no language")
    if activity.get("default-currency") != "CNY" or set("/&|?") & set(key or "/"):
        found.append(f"{key}: {activity.attrib}")
    return found
