"""What stands beside the official figures: promises and their versions, what waits, what came from nowhere."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.audit import trail
from projects.actions import revise_pledge
from projects.models import Division, Pledge, Project
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory, LedgerEntryFactory, PledgeFactory, ProjectFactory


@pytest.fixture
def road(ruoduo: Division) -> Project:
    return ProjectFactory(code="ROAD", name="Road", kind="road", division=ruoduo)


@pytest.fixture
def promise(ruoduo: Division, road: Project, county_clerk: User) -> Pledge:
    """100.00 a year from 2018 to 2020; 7.00 in 2019 alone, and nothing in 2020."""
    firm = FundingSourceFactory(code="firm", name="Firm", level="enterprise")
    years = {"first_year": 2018, "last_year": 2020}
    first = PledgeFactory.build(source=firm, division=ruoduo, project=road, basis="per_year", **years)
    trail.write(first, by="a-clerk")
    facts = {"by": county_clerk, "reason": "less rain"}
    revise_pledge(first, **facts, low=Decimal("7.00"), first_year=2019, last_year=2019)
    revise_pledge(first, **facts, low=Decimal("0.00"), first_year=2020, last_year=2020)
    return first


def table(user: User, path: str, slug: str, **asked: str) -> Any:
    return signed_in(user).get(path, asked).context["tables"][slug].table


def test_a_promise_is_shown_with_its_versions(manager: User, promise: Pledge) -> None:
    rows = table(manager, f"/pledges/{promise.pk}/", "pledge_versions").rows

    told = [[str(row[key]) for key in ("version", "amount", "years", "stands", "reason", "by")] for row in rows]
    assert told == [
        ["First version", "100", "2018 to 2020", "2018", "", "a-clerk"],
        ["Revision 1", "7", "2019", "2019", "less rain", "clerk-of-heishui"],
        ["Revision 2", "0", "2020", "2020: taken back", "less rain", "clerk-of-heishui"],
    ]


def test_the_years_of_a_promise_are_those_of_the_versions_that_hold(manager: User, promise: Pledge) -> None:
    found = table(manager, f"/pledges/{promise.pk}/", "pledged_years")

    assert [(row["year"], str(row["pledged"])) for row in found.rows] == [(2018, "100"), (2019, "7"), (2020, "0")]
    assert str(found.total["pledged"]) == "107"


def test_a_revision_is_on_the_page_of_its_promise(manager: User, stranger: User, promise: Pledge) -> None:
    revision = promise.revisions.first()

    assert signed_in(manager).get(f"/pledges/{revision.pk}/").headers["Location"] == f"/pledges/{promise.pk}/"
    assert signed_in(stranger).get(f"/pledges/{revision.pk}/").status_code == 404


def test_only_who_enters_records_is_led_to_revise(manager: User, county_clerk: User, promise: Pledge) -> None:
    link = f"/admin/projects/pledge/add/?revises={promise.pk}"
    contents = [signed_in(u).get(f"/pledges/{promise.pk}/").content.decode() for u in (manager, county_clerk)]

    assert [link in content for content in contents] == [False, True]


def test_the_form_of_a_revision_begins_with_what_was_promised(
    county_clerk: User, stranger: User, promise: Pledge
) -> None:
    address = page("projects_pledge", "add") + f"?revises={promise.pk}"

    initial, foreign = (
        signed_in(user).get(address).context["adminform"].form.initial for user in (county_clerk, stranger)
    )

    assert (initial["source"], initial["division"], initial["project"], initial["basis"]) == (
        promise.source_id,
        promise.division_id,
        promise.project_id,
        "per_year",
    )
    assert foreign == {}


def test_a_revision_is_entered_in_the_admin(county_clerk: User, promise: Pledge) -> None:
    address = page("projects_pledge", "add") + f"?revises={promise.pk}"

    submit(signed_in(county_clerk), address, low="5.00", qualifier="exact", first_year="2021", reason="agreed anew")

    made = Pledge.objects.latest("pk")
    assert (made.revises, made.first_year, made.low, made.reason) == (promise, 2021, Decimal("5.00"), "agreed anew")


def test_a_revision_of_something_else_is_refused_at_its_field(county_clerk: User, promise: Pledge) -> None:
    address = page("projects_pledge", "add") + f"?revises={promise.pk}"

    response = submit(signed_in(county_clerk), address, low="5.00", qualifier="exact", basis="once", reason="anew")

    message = "This is not what was promised first (per year). Enter another promise for that."
    assert errors(response) == {"basis": [message]}
    assert Pledge.objects.count() == 3


def test_each_version_is_in_the_list_of_pledges(manager: User, promise: Pledge) -> None:
    rows = table(manager, "/funding/", "pledges").rows

    assert [(str(row["amount"]), row["stands"], row["_url"]) for row in rows] == [
        ("100", "2018", f"/pledges/{promise.pk}/"),
        ("7", "2019", f"/pledges/{promise.pk}/"),
        ("0", "2020: taken back", f"/pledges/{promise.pk}/"),
    ]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("slug", "key", "expected"),
    [
        ("annual_funding", "year", [(2018, "100", None), (2019, "7", "80.00"), (2020, "0", None)]),
        ("funding_by_plan", "plan", [("13th Five-Year Plan (2016-2020)", "107", "80.00")]),
        ("funding_by_source", "source", [("Firm", "107", "80.00")]),
        ("funding_by_kind", "kind", [("road", "107", "80.00")]),
        ("funding_by_project", "project", [("ROAD Road", "107", "80.00")]),
        ("funding_by_area", "area", [("Sichuan Province", "107", "80.00")]),
    ],
)
def test_promised_and_booked_stand_side_by_side_in_each_cut(
    manager: User, promise: Pledge, slug: str, key: str, expected: list[Any]
) -> None:
    facts = {"source": promise.source, "division": promise.division, "project": promise.project, "year": 2019}
    LedgerEntryFactory(**facts, amount=Decimal("80.00"))

    found = table(manager, "/funding/", slug)

    told = [(row[key], str(row["pledged"]), row.get("allocated") and str(row["allocated"])) for row in found.rows]
    assert told == expected
    assert (str(found.total["pledged"]), str(found.total["allocated"])) == ("107", "80.00")


def test_what_was_promised_to_nobody_is_no_zero(manager: User, road: Project) -> None:
    LedgerEntryFactory(project=road, division=road.division)

    assert table(manager, "/funding/", "funding_by_project").rows[0]["pledged"] is None


@pytest.mark.parametrize("path", ["/", "/funding/", "/areas/513228000000/", "/projects/ROAD/", "/sources/county/"])
@pytest.mark.slow
def test_what_waits_is_beside_the_figures_and_named_so(
    manager: User, heishui: Division, road: Project, path: str
) -> None:
    facts = {"project": road, "division": road.division}
    LedgerEntryFactory(**facts, amount=Decimal("10.00"))
    LedgerEntryFactory(**facts, state="draft", amount=Decimal("1.00"))
    LedgerEntryFactory(**facts, state="submitted", amount=Decimal("2.00"))

    found = table(manager, path, "pending")

    assert found.title == "Waiting to be checked: not in the figures"
    told = [(row["state"], row["entries"], str(row["allocated"])) for row in (*found.rows, found.total)]
    assert told == [("draft", 1, "1.00"), ("submitted", 1, "2.00"), ("Total", 2, "3.00")]
    assert str(table(manager, path, "annual_funding").total["allocated"]) == "10.00"


def test_money_from_nowhere_is_listed_on_the_funding_page(manager: User, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo, voucher="V", kind="disbursement", amount=Decimal("3.00"))

    found = table(manager, "/funding/", "received_without_upstream")

    missing = "no allocation it is paid out of; no entry it was handed down from"
    assert [(row["voucher"], row["missing"], str(row["disbursed"])) for row in found.rows] == [("V", missing, "3.00")]
    assert str(found.total["disbursed"]) == "3.00"


@pytest.mark.slow
def test_a_long_list_of_money_from_nowhere_is_cut_and_says_so(
    manager: User, ruoduo: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alleviation.dashboards.figures.ledger_tables.SHOWN", 2)
    for _number in range(3):
        LedgerEntryFactory(division=ruoduo, kind="disbursement")

    found = table(manager, "/funding/", "received_without_upstream")

    assert (len(found.rows), found.total) == (2, None)
    assert found.note.endswith("Only the first are shown here; the report holds all of them.")
