"""Entering projects and money through the admin: every save ends in an action and leaves its event."""

from datetime import date
from decimal import Decimal

import pytest

from alleviation.audit.models import AuditEvent
from projects.models import Alliance, LedgerEntry, PartyBranch, Pledge, Project
from tests.admin_pages import errors, page, shown, submit
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    OrganisationFactory,
    PartyBranchFactory,
    ProjectFactory,
)

ROAD = {"code": "R-1", "name": "Road to Ruoduo", "kind": "road", "status": "approved"}


def events(actor) -> list[tuple[str, str]]:
    found = AuditEvent.objects.filter(actor=actor.username).order_by("id")
    return [(event.subject_type, event.verb) for event in found]


def test_project_and_its_money_are_entered_by_a_clerk(county_clerk, ruoduo):
    client, source = signed_in(county_clerk), FundingSourceFactory()

    submit(client, page("projects_project", "add"), **ROAD, division=ruoduo.pk)
    project = Project.objects.get()
    submit(
        client,
        page("projects_ledgerentry", "add"),
        kind="allocation",
        booked_on="2024-05-06",
        amount="1234.50",
        source=source.pk,
        division=ruoduo.pk,
        project=project.pk,
    )

    entry = LedgerEntry.objects.get()
    assert (str(project), project.division) == ("R-1 Road to Ruoduo", ruoduo)
    assert (entry.year, entry.amount, entry.voucher) == (2024, Decimal("1234.50"), "")
    assert events(county_clerk) == [("projects.project", "created"), ("projects.ledgerentry", "created")]


def test_list_shows_amounts_in_yuan(county_clerk, ruoduo):
    LedgerEntryFactory(division=ruoduo, amount=Decimal("1234567.50"))

    response = signed_in(county_clerk).get(page("projects_ledgerentry"))

    assert '<td class="field-amount_yuan">1,234,567.50</td>' in response.content.decode()


@pytest.mark.slow
def test_changed_draft_leaves_what_changed(county_clerk, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, amount=Decimal("100.00"), state="draft", drafted_by="clerk-of-heishui")
    address = page("projects_ledgerentry", "change", entry.pk)

    submit(signed_in(county_clerk), address, amount="200.00")

    event = AuditEvent.objects.get()
    entry.refresh_from_db()
    assert (entry.amount, entry.state, entry.voucher) == (Decimal("200.00"), "draft", "")
    assert (event.actor, event.before["amount"], event.after["amount"]) == (county_clerk.username, "100.00", "200.00")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount": "1.005"}, {"amount": ["Ensure that there are no more than 2 decimal places."]}),
        (
            {"year": "2023"},
            {"booked_on": ["The date is not in the year 2023. Correct one of them, or leave the year empty."]},
        ),
        ({"booked_on": ""}, {"booked_on": ["This field is required."]}),
        ({"booked_on": "2099-01-01", "year": ""}, {"booked_on": ["This day is still to come."]}),
    ],
)
@pytest.mark.slow
def test_entry_that_cannot_be_true_is_told_at_its_field(county_clerk, ruoduo, fields, expected):
    entry = {
        "kind": "allocation",
        "booked_on": "2024-05-06",
        "amount": "1.00",
        "source": FundingSourceFactory().pk,
        "division": ruoduo.pk,
    }

    response = submit(signed_in(county_clerk), page("projects_ledgerentry", "add"), **(entry | fields))

    told = errors(response)
    assert {name: told[name] for name in expected} == expected
    assert not LedgerEntry.objects.exists()


def test_place_outside_the_area_is_refused_at_the_place(clerk, zhawo, erniunai):
    response = submit(signed_in(clerk), page("projects_project", "add"), **ROAD, division=erniunai.pk)

    assert list(errors(response)) == ["division"]
    assert not Project.objects.exists()


@pytest.mark.slow
def test_project_without_a_place_is_refused_to_a_local_clerk_with_all_that_was_typed(clerk, zhawo):
    response = submit(signed_in(clerk), page("projects_project", "add"), **ROAD)

    assert errors(response) == {"division": ["This record lies outside your area."]}
    assert response.context["adminform"].form["name"].value() == "Road to Ruoduo"
    assert not Project.objects.exists()
    assert not AuditEvent.objects.exists()


def test_project_of_another_area_cannot_be_named_by_its_number(clerk, ruoduo, erniunai):
    foreign = ProjectFactory(division=erniunai)
    entry = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1.00", "division": ruoduo.pk}

    response = submit(
        signed_in(clerk),
        page("projects_ledgerentry", "add"),
        **entry,
        source=FundingSourceFactory().pk,
        project=foreign.pk,
    )

    assert list(errors(response)) == ["project"]


def test_sites_and_milestones_are_entered_with_their_events(county_clerk, ruoduo, xili):
    inlines = {
        "sites-TOTAL_FORMS": 1,
        "sites-0-division": xili.pk,
        "milestones-TOTAL_FORMS": 1,
        "milestones-0-title": "Opened",
        "milestones-0-reached_on": "2024-07-01",
    }

    submit(signed_in(county_clerk), page("projects_project", "add"), **ROAD, division=ruoduo.pk, **inlines)

    project = Project.objects.get()
    assert [site.division for site in project.sites.all()] == [xili]
    assert [(m.title, m.reached_on) for m in project.milestones.all()] == [("Opened", date(2024, 7, 1))]
    assert events(county_clerk) == [
        ("projects.project", "created"),
        ("projects.projectsite", "created"),
        ("projects.milestone", "created"),
    ]


def test_page_saved_untouched_leaves_no_event(county_clerk, ruoduo):
    project = ProjectFactory(division=ruoduo)
    project.milestones.create(title="Opened")

    response = submit(signed_in(county_clerk), page("projects_project", "change", project.pk))

    assert response.status_code == 302
    assert not AuditEvent.objects.exists()


def test_parts_offer_no_removal(county_clerk, ruoduo):
    project = ProjectFactory(division=ruoduo)
    milestone = project.milestones.create(title="Opened")

    submit(signed_in(county_clerk), page("projects_project", "change", project.pk), **{"milestones-0-DELETE": "on"})

    assert list(project.milestones.all()) == [milestone]


def test_code_of_a_project_stays(county_clerk, ruoduo):
    project = ProjectFactory(division=ruoduo, code="R-1")

    submit(signed_in(county_clerk), page("projects_project", "change", project.pk), code="R-2", name="Renamed")

    project.refresh_from_db()
    assert (project.code, project.name) == ("R-1", "Renamed")


@pytest.mark.slow
def test_history_tells_of_the_record_and_its_parts(county_clerk, ruoduo):
    project = ProjectFactory(division=ruoduo, name="Old name")
    client = signed_in(county_clerk)
    parts = {"milestones-TOTAL_FORMS": 1, "milestones-0-title": "Opened"}
    submit(client, page("projects_project", "change", project.pk), name="New name", **parts)

    text = shown(client.get(page("projects_project", "history", project.pk)))

    assert "clerk-of-heishui Changed: " + str(Project.objects.get()) + " name: Old name → New name" in text
    assert "clerk-of-heishui Created: Opened" in text


def test_history_gives_codes_by_their_titles_and_other_records_by_number(county_clerk, ruoduo, xili):
    project = ProjectFactory(division=ruoduo, status="planned")
    client = signed_in(county_clerk)
    submit(client, page("projects_project", "change", project.pk), status="under_way", division=xili.pk)

    text = shown(client.get(page("projects_project", "history", project.pk)))

    assert f"status: planned → under way place: #{ruoduo.pk} → #{xili.pk}" in text


def test_alliance_is_entered_with_its_parties_and_undertakings(county_clerk, ruoduo):
    branch = PartyBranchFactory()
    inlines = {
        "parties-TOTAL_FORMS": 1,
        "parties-0-branch": branch.pk,
        "pledges-TOTAL_FORMS": 1,
        "pledges-0-undertaking": "Build a library",
    }

    submit(signed_in(county_clerk), page("projects_alliance", "add"), title="Joined", division=ruoduo.pk, **inlines)

    alliance = Alliance.objects.get()
    assert [str(party) for party in alliance.parties.all()] == [branch.name]
    assert [str(pledge) for pledge in alliance.pledges.all()] == ["Build a library"]


def test_branch_of_nobody_is_refused(county_clerk):
    response = submit(signed_in(county_clerk), page("projects_partybranch", "add"), name="Branch of nobody")

    assert errors(response) == {
        "__all__": ["A party branch belongs to an organisation or to a village: name one."],
    }
    assert not PartyBranch.objects.exists()


def test_pledge_with_contradicting_bounds_is_refused_at_the_number_to_mend(county_clerk, ruoduo):
    fields = {"source": FundingSourceFactory().pk, "division": ruoduo.pk, "basis": "once"}

    response = submit(
        signed_in(county_clerk), page("projects_pledge", "add"), **fields, qualifier="over", low="5", high="6"
    )

    assert errors(response) == {"high": ["“over” has no number here: leave it empty."]}
    assert not Pledge.objects.exists()


def test_made_up_record_is_marked_in_list_and_page(county_clerk, ruoduo):
    project = ProjectFactory(division=ruoduo, is_made_up=True)
    client = signed_in(county_clerk)

    assert "made up" in shown(client.get(page("projects_project")))
    assert "part of the made-up example" in shown(client.get(page("projects_project", "change", project.pk)))


def test_record_of_the_office_is_not_marked(county_clerk, ruoduo):
    ProjectFactory(division=ruoduo)

    assert "made up" not in shown(signed_in(county_clerk).get(page("projects_project")))


# Session, user, example banner, count, rows; for the ledger also the projects in sight.
@pytest.mark.parametrize("rows", [1, 3, 30])
@pytest.mark.parametrize(
    ("factory", "model", "queries"),
    [
        (ProjectFactory, "projects_project", 5),
        (LedgerEntryFactory, "projects_ledgerentry", 6),
        (AllianceFactory, "projects_alliance", 5),
    ],
)
@pytest.mark.slow
def test_list_asks_as_often_whatever_its_length(
    county_clerk, ruoduo, django_assert_num_queries, factory, model, queries, rows
):
    extra = {} if factory is AllianceFactory else {"is_made_up": True}
    if factory is LedgerEntryFactory:
        for _row in range(rows):
            factory(division=ruoduo, project=ProjectFactory(division=ruoduo), **extra)
    elif factory is ProjectFactory:
        for _row in range(rows):
            factory(division=ruoduo, operator=OrganisationFactory(), **extra)
    else:
        factory.create_batch(rows, division=ruoduo)
    client = signed_in(county_clerk)

    with django_assert_num_queries(queries):
        client.get(page(model))
