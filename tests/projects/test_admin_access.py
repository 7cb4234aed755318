"""Who enters the admin, and what each role finds there."""

import json

import pytest
from django.urls import reverse

from tests.admin_pages import listed, page, shown
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    ClaimFactory,
    DivisionFactory,
    DocumentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    OrganisationFactory,
    PledgeFactory,
    PovertyLineFactory,
    ProjectFactory,
)

READING = [
    "Projects: Projects",
    "Money: Ledger entries, Pledges, Funding sources",
    "Alliances, organisations and people: Alliances, Organisations, Party branches, Officials, Posts, Awards",
    "Documents and claims: Documents, Claims",
    "Places: Places, Successions of places",
    "Beneficiaries: Households, Income records, Poverty lines",
]


def sections(response) -> list[str]:
    found = response.context["app_list"]
    return [f"{section['name']}: {', '.join(str(row['name']) for row in section['models'])}" for section in found]


def addable(response) -> list[str]:
    rows = [row for section in response.context["app_list"] for row in section["models"]]
    return [row["object_name"] for row in rows if row["add_url"]]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("clerk", READING),
        ("reviewer", READING),
        ("auditor", [*READING, "Audit trail: Audit events"]),
        (
            "administrator",
            ["Places: Places, Successions of places", "Beneficiaries: Poverty lines", "Accounts: Users"],
        ),
    ],
)
def test_index_shows_what_the_role_covers_in_the_order_of_the_work(request, who, expected):
    response = signed_in(request.getfixturevalue(who)).get(reverse("admin:index"))

    assert sections(response) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (
            "clerk",
            [
                *("Project", "LedgerEntry", "Pledge", "FundingSource", "Alliance", "Organisation", "PartyBranch"),
                *("Official", "Post", "Award", "Document", "Claim", "Household"),
            ],
        ),
        ("reviewer", []),
        ("auditor", []),
        ("administrator", ["Division", "Succession", "PovertyLine", "User"]),
    ],
)
def test_index_offers_to_add_what_the_role_enters(request, who, expected):
    response = signed_in(request.getfixturevalue(who)).get(reverse("admin:index"))

    assert addable(response) == expected


def test_page_of_an_app_keeps_to_its_tables(administrator, clerk):
    assert sections(signed_in(administrator).get("/admin/accounts/")) == ["Accounts: Users"]
    assert sections(signed_in(clerk).get("/admin/beneficiaries/")) == [
        "Beneficiaries: Households, Income records, Poverty lines"
    ]
    assert signed_in(clerk).get("/admin/accounts/").status_code == 404


def test_manager_is_refused_and_not_sent_round_in_circles(manager):
    client = signed_in(manager)

    assert client.get(reverse("admin:index")).status_code == 403
    assert client.get(page("projects_project")).status_code == 403


def test_someone_made_inactive_is_let_in_nowhere(clerk):
    client = signed_in(clerk)
    clerk.is_active = False
    clerk.save()

    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0] == "/sign-in/?next=/admin/"


def test_stranger_is_led_to_the_sign_in_of_the_house(client, db):
    response = client.get(page("projects_project"), follow=True)

    assert response.redirect_chain[-1][0] == "/sign-in/?next=/admin/projects/project/"


def test_signing_out_of_the_admin_ends_at_the_sign_in(clerk):
    response = signed_in(clerk).post(reverse("admin:logout"))

    assert response["Location"] == "/sign-in/"


def test_groups_and_lockouts_of_other_packages_are_not_in_the_admin(administrator):
    client = signed_in(administrator)

    assert client.get("/admin/auth/group/").status_code == 404
    assert client.get("/admin/axes/accessattempt/").status_code == 404


def test_shortcut_from_numbers_to_pages_is_closed(clerk, erniunai):
    project = ProjectFactory(division=erniunai)

    assert signed_in(clerk).get(f"/admin/r/1/{project.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("factory", "model"),
    [
        (ProjectFactory, "projects_project"),
        (LedgerEntryFactory, "projects_ledgerentry"),
        (PledgeFactory, "projects_pledge"),
        (AllianceFactory, "projects_alliance"),
    ],
)
@pytest.mark.slow
def test_lists_hold_the_own_area_only(clerk, county_clerk, stranger, ruoduo, erniunai, factory, model):
    own, other = factory(division=ruoduo), factory(division=erniunai)

    assert listed(signed_in(clerk), model) == [str(own)]
    assert {*listed(signed_in(county_clerk), model)} == {str(own), str(other)}
    assert listed(signed_in(stranger), model) == []


@pytest.mark.parametrize("what", ["change", "history"])
@pytest.mark.slow
def test_foreign_record_is_answered_like_a_missing_one(clerk, stranger, ruoduo, what):
    project = ProjectFactory(division=ruoduo)

    assert signed_in(clerk).get(page("projects_project", what, project.pk)).status_code == 200
    assert signed_in(stranger).get(page("projects_project", what, project.pk)).status_code == 404
    assert signed_in(stranger).get(page("projects_project", what, project.pk + 1000)).status_code == 404


def test_foreign_record_cannot_be_written(stranger, ruoduo):
    project = ProjectFactory(division=ruoduo, name="Road")

    response = signed_in(stranger).post(page("projects_project", "change", project.pk), {"name": "Mine"})

    project.refresh_from_db()
    assert (response.status_code, project.name) == (404, "Road")


def test_reviewer_and_auditor_read_without_writing(reviewer, auditor, ruoduo):
    project = ProjectFactory(division=ruoduo, name="Road")
    address = page("projects_project", "change", project.pk)

    for user in (reviewer, auditor):
        client = signed_in(user)
        assert client.get(address).context["has_change_permission"] is False
        assert client.post(address, {"name": "Mine"}).status_code == 403
        assert client.get(page("projects_project", "add")).status_code == 403


@pytest.mark.parametrize(
    ("factory", "model", "write_only"),
    [
        (LedgerEntryFactory, "projects_ledgerentry", ""),
        (PledgeFactory, "projects_pledge", ""),
        (AllianceFactory, "projects_alliance", ""),
        (ClaimFactory, "projects_claim", "Passage"),
        (DocumentFactory, "projects_document", "UTF-8 text, a PDF"),
        (HouseholdFactory, "beneficiaries_household", "Identity number"),
    ],
)
@pytest.mark.slow
def test_pages_for_reading_leave_out_what_is_only_typed(county_clerk, reviewer, ruoduo, factory, model, write_only):
    address = page(model, "change", factory().pk)

    assert write_only in shown(signed_in(county_clerk).get(address))
    read = signed_in(reviewer).get(address)
    assert read.context["has_change_permission"] is False
    assert not write_only or write_only not in shown(read)


def test_administrator_sees_no_business_data_though_a_superuser(administrator, ruoduo):
    project = ProjectFactory(division=ruoduo)
    client = signed_in(administrator)

    assert client.get(page("projects_project")).status_code == 403
    assert client.get(page("projects_project", "change", project.pk)).status_code == 404
    assert client.get("/admin/autocomplete/?app_label=projects&model_name=claim&field_name=project").status_code == 403


@pytest.mark.parametrize(
    ("factory", "model"),
    [
        (ProjectFactory, "projects_project"),
        (LedgerEntryFactory, "projects_ledgerentry"),
        (ClaimFactory, "projects_claim"),
        (OrganisationFactory, "projects_organisation"),
        (HouseholdFactory, "beneficiaries_household"),
        (DivisionFactory, "projects_division"),
    ],
)
@pytest.mark.slow
def test_nothing_is_deleted(county_clerk, administrator, ruoduo, factory, model):
    record = factory()

    for user in (county_clerk, administrator):
        client = signed_in(user)
        assert client.post(page(model, "delete", record.pk), {"post": "yes"}).status_code in {403, 404}
        client.post(page(model), {"action": "delete_selected", "_selected_action": record.pk, "post": "yes"})
    assert list(type(record).objects.filter(pk=record.pk)) == [record]


def test_lines_are_read_by_clerks_and_kept_by_administrators(clerk, administrator):
    line = PovertyLineFactory()
    address = page("beneficiaries_povertyline", "change", line.pk)

    assert signed_in(clerk).get(address).context["has_change_permission"] is False
    assert signed_in(administrator).get(address).context["has_change_permission"] is True


def found(client, model: str, field: str, term: str = "") -> list[str]:
    query = {"app_label": "projects", "model_name": model, "field_name": field, "term": term}
    response = client.get("/admin/autocomplete/", query)
    return [row["text"] for row in json.loads(response.content)["results"]]


def test_autocomplete_names_projects_of_the_own_area_only(clerk, county_clerk, ruoduo, erniunai):
    own = ProjectFactory(code="A-1", division=ruoduo)
    other = ProjectFactory(code="A-2", division=erniunai)

    assert found(signed_in(clerk), "ledgerentry", "project", "A-") == [str(own)]
    assert found(signed_in(county_clerk), "ledgerentry", "project", "A-") == [str(own), str(other)]


def test_autocomplete_of_the_place_that_decides_the_area_stays_inside_it(clerk, ruoduo, erniunai):
    client = signed_in(clerk)

    assert found(client, "ledgerentry", "division", "5132282") == [
        "Zhawo Countryside 513228212000 (2019)",
        "Ruoduo Village 513228212205 (2019)",
    ]
    assert found(client, "projectsite", "division", "513228213201") == ["Erniunai Village 513228213201 (2019)"]


@pytest.mark.parametrize(
    ("term", "expected"),
    [("若多", 1), ("ruoduo", 1), ("513228212205", 1), ("多村", 0), ("513228212205 Ruo", 1), ("²", 0)],
)
def test_places_are_found_by_how_code_or_name_begin(county_clerk, ruoduo, term, expected):
    assert len(found(signed_in(county_clerk), "ledgerentry", "division", term)) == expected


HOSTILE = [
    ("?code__regex=(", 400),
    ("?name__startswith=S", 400),
    ("?division__code__startswith=51", 400),
    ("?q=%00", 400),
    ("?%00=1", 400),
    ("?kind__exact=%00", 400),
    ("?id__exact=10000000000000000000000", 400),
    ("?kind__exact=road&kind__exact=water", 200),
    ("?kind__exact=nonsense", 200),
    ("?p=99999999999999999999999", 200),
    ("?p=x", 200),
    ("?o=9.9.x.-99", 200),
    ("?_to_field=name", 400),
    ("?q=(", 200),
    ("?q=%27%22%5C", 200),
    ("?q=" + "9" * 400, 200),
    ("?all=", 200),
]


@pytest.mark.parametrize(("query", "status"), HOSTILE)
@pytest.mark.slow
def test_hostile_query_breaks_no_list(county_clerk, ruoduo, query, status):
    ProjectFactory(division=ruoduo)

    assert signed_in(county_clerk).get(page("projects_project") + query).status_code == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?source__id__exact=10000000000000000000000", 400),
        ("?source__id__exact=x", 400),
        ("?source__code__exact=county", 400),
        ("?year=99999999999999999999", 200),
        ("?year=x", 200),
        ("?amount__gte=1", 400),
    ],
)
def test_hostile_query_breaks_no_ledger(county_clerk, ruoduo, query, status):
    LedgerEntryFactory(division=ruoduo)
    FundingSourceFactory(code="other")

    assert signed_in(county_clerk).get(page("projects_ledgerentry") + query).status_code == status


@pytest.mark.parametrize("number", ["10000000000000000000000", "x", "-1", "%00", "1%2F2"])
def test_hostile_number_is_nobodys(county_clerk, number):
    response = signed_in(county_clerk).get(f"/admin/projects/project/{number}/change/")

    assert response.status_code == 404


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 403),
        ("?app_label=projects&model_name=ledgerentry&field_name=project&term=%00", 400),
        ("?app_label=projects&model_name=ledgerentry&field_name=nothing", 403),
        ("?app_label=projects&model_name=ledgerentry&field_name=amount", 403),
        ("?app_label=no&model_name=no&field_name=no", 403),
        ("?app_label=accounts&model_name=user&field_name=groups", 403),
    ],
)
def test_hostile_autocomplete_is_refused(county_clerk, query, status):
    assert signed_in(county_clerk).get("/admin/autocomplete/" + query).status_code == status
