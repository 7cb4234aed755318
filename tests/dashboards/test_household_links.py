"""From a red flag and from the sheet of a record one comes to the household's own page, if one may see households."""

import re
from datetime import date
from decimal import Decimal as D

import pytest

from alleviation.common.query import Query
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import found_by
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory, PersonFactory, ProjectFactory

pytestmark = pytest.mark.slow
FLAGS = ("exit-not-earned", "same-person-twice")
SEE_HOUSEHOLDS = ("clerk", "reviewer", "auditor")
OTHERS = ("manager", "administrator", "stranger")


@pytest.fixture
def households(ruoduo, xili):
    """One that exited in 2020 without an income of that year, and one in which somebody has the same name."""
    exited = HouseholdFactory(village=ruoduo, number="SECRET-1", status="exited", status_since=date(2020, 1, 1))
    other = HouseholdFactory(village=xili, number="SECRET-2")
    for household in (exited, other):
        PersonFactory(household=household, name="王大明", birth_year=1970)
    return exited, other


@pytest.fixture
def cases(households) -> dict[str, str]:
    """The address of the case of each rule."""
    exited, other = households
    pair = f"{exited.persons.get().pk}-{other.persons.get().pk}"
    keys = {"exit-not-earned": f"{exited.pk}-2020-unrecorded", "same-person-twice": pair}
    return {slug: f"/red-flags/{slug}/{key}/" for slug, key in keys.items()}


@pytest.fixture
def records(households):
    """An income and a part in a project, of the first household."""
    return (
        IncomeRecordFactory(household=households[0], year=2019, wage_income=D("9876.00")),
        EnrolmentFactory(household=households[0], year=2019, amount=D("7.00")),
    )


def opened(user, address: str) -> tuple[int, list[str], str]:
    """The status of a page, the single households its content leads to, and the page."""
    response = signed_in(user).get(address)
    content = response.content.decode()
    return response.status_code, re.findall(r'href="(/households/\d+/)"', content), content


def sheet(record) -> str:
    return f"/records/{record._meta.label_lower}/{record.pk}/"


@pytest.mark.parametrize("who", SEE_HOUSEHOLDS)
@pytest.mark.parametrize("slug", FLAGS)
def test_a_case_leads_to_its_household(slug, who, households, cases, request):
    user = request.getfixturevalue(who)
    home = f"/households/{households[0].pk}/"

    (found,) = found_by(BY_SLUG[slug], Query(user=user))

    assert found.case.url == home
    assert [opened(user, address)[:2] for address in (f"/red-flags/{slug}/", cases[slug])] == [(200, [home])] * 2
    assert signed_in(user).get(home).status_code == 200


@pytest.mark.parametrize(
    ("who", "listed", "single"), [("manager", 200, 404), ("stranger", 200, 404), ("administrator", 403, 403)]
)
@pytest.mark.parametrize("slug", FLAGS)
def test_a_case_leads_nowhere_for_others(slug, who, listed, single, households, cases, request):
    user = request.getfixturevalue(who)

    pages = [opened(user, address) for address in (f"/red-flags/{slug}/", cases[slug])]

    assert [page[:2] for page in pages] == [(listed, []), (single, [])]
    assert [word for word in ("SECRET", "王大明") for page in pages if word in page[2]] == []
    assert list(found_by(BY_SLUG[slug], Query(user=user))) == []


@pytest.mark.parametrize("who", SEE_HOUSEHOLDS)
def test_the_sheet_of_a_record_leads_to_its_household(who, households, records, request):
    user = request.getfixturevalue(who)

    found = [opened(user, sheet(record)) for record in records]

    assert [page[:2] for page in found] == [(200, [f"/households/{households[0].pk}/"])] * 2
    assert ["王" in page[2] for page in found] == [False, False]


@pytest.mark.parametrize("who", OTHERS)
def test_the_sheet_of_a_record_is_not_there_for_others(who, records, request):
    user = request.getfixturevalue(who)

    found = [opened(user, sheet(record)) for record in records]

    assert [page[:2] for page in found] == [(404, [])] * 2
    assert [word for word in ("SECRET", "9,876") for page in found if word in page[2]] == []


def test_an_income_of_another_village_leads_home_for_those_of_that_village_alone(ruoduo, erniunai, clerk, reviewer):
    household = HouseholdFactory(village=ruoduo, number="001")
    foreign = IncomeRecordFactory(household=household, year=2018, village=erniunai)

    assert opened(clerk, sheet(foreign))[:2] == (404, [])
    assert opened(reviewer, sheet(foreign))[:2] == (200, [f"/households/{household.pk}/"])


def test_a_part_in_a_foreign_project_leads_to_the_household_and_not_to_the_project(ruoduo, hezhou, clerk):
    household = HouseholdFactory(village=ruoduo, number="001")
    project = ProjectFactory(code="FOREIGN", name="FOREIGN", division=hezhou)
    enrolment = EnrolmentFactory(household=household, project=project)

    status, homes, content = opened(clerk, sheet(enrolment))

    assert (status, homes) == (200, [f"/households/{household.pk}/"])
    assert ("FOREIGN" in content, project.get_absolute_url() in content) == (False, False)
    assert "A project outside your area" in content


def test_the_file_of_red_flags_names_no_household_to_a_manager(households, manager, auditor):
    files = [
        signed_in(user).get("/reports/red-flags.csv").getvalue().decode("utf-8-sig") for user in (manager, auditor)
    ]

    assert ["SECRET-1" in file for file in files] == [False, True]
    assert "王" not in files[1]
