"""Two people at one record: the second is told who changed what and when, and loses nothing of what they typed."""

from decimal import Decimal

import pytest

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from projects import actions
from projects.models import LedgerEntry, Milestone, Project
from tests.admin_pages import choose, confirm, errors, page, refused, shown, typed
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, OrganisationFactory, ProjectFactory, UserFactory

UNSEEN = "It cannot be told whether somebody else has changed this meanwhile. Open the page again."
OWN = {"drafted_by": "clerk-of-heishui", "submitted_by": "clerk-of-heishui"}


@pytest.fixture
def colleague(db):
    """Another clerk of the county, who is quicker."""
    return UserFactory(username="colleague", role="clerk", area="513228")


@pytest.fixture
def road(ruoduo) -> Project:
    return ProjectFactory(code="R-1", name="Road", division=ruoduo)


def fields_of(client, record, model="projects_project"):
    """A page as it was opened, to be sent later."""
    data = typed(client.get(page(model, "change", record.pk)))
    return {name: "" if value is None else value for name, value in data.items()}


def changed(record, by, **facts):
    """What the colleague does meanwhile."""
    stored = type(record).objects.get(pk=record.pk)
    for name, value in facts.items():
        setattr(stored, name, value)
    trail.write(stored, by=by)


@pytest.mark.slow
def test_the_second_is_told_who_changed_what_and_keeps_what_they_typed(county_clerk, colleague, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    opened = fields_of(client, road)
    changed(road, colleague, name="Broad road")

    response = client.post(address, opened | {"name": "Long road", "name_zh": "长路"})

    road.refresh_from_db()
    (told,) = errors(response)["__all__"]
    form = response.context["adminform"].form
    assert told.startswith("colleague changed this on ")
    assert "after you opened it: name: Broad road." in told
    assert (form["name"].value(), form["name_zh"].value()) == ("Long road", "长路")
    assert (road.name, AuditEvent.objects.count()) == ("Broad road", 1)


@pytest.mark.slow
def test_to_save_again_is_a_knowing_choice(county_clerk, colleague, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    opened = fields_of(client, road) | {"name": "Long road"}
    changed(road, colleague, name="Broad road")
    told = client.post(address, opened)

    again = client.post(address, opened | {"version": told.context["adminform"].form["version"].value()})

    road.refresh_from_db()
    event = AuditEvent.objects.first()
    assert (again.status_code, road.name) == (302, "Long road")
    assert (event.actor, event.before["name"]) == (county_clerk.username, "Broad road")


@pytest.mark.slow
def test_a_third_change_meanwhile_is_told_again(county_clerk, colleague, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    opened = fields_of(client, road) | {"name": "Long road"}
    changed(road, colleague, name="Broad road")
    first = client.post(address, opened)
    changed(road, colleague, name="Wide road")

    second = client.post(address, opened | {"version": first.context["adminform"].form["version"].value()})

    assert "name: Wide road" in errors(second)["__all__"][0]
    assert Project.objects.get().name == "Wide road"


@pytest.mark.slow
def test_a_page_that_was_refused_for_something_else_stays_as_old_as_it_is(county_clerk, colleague, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    opened = fields_of(client, road)
    changed(road, colleague, name="Broad road")

    wrong = client.post(address, opened | {"kind": "nonsense"})

    assert list(errors(wrong)) == ["kind"]
    assert wrong.context["adminform"].form["version"].value() == str(opened["version"])


@pytest.mark.slow
@pytest.mark.parametrize("version", [None, "", "x", "-1", "1e3", "٣", "9" * 30, "\x00"])
def test_a_form_without_its_version_is_refused(county_clerk, road, version):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    sent = fields_of(client, road) | {"name": "Long road", "version": version}

    response = client.post(address, {name: value for name, value in sent.items() if value is not None})

    assert UNSEEN in errors(response)["__all__"]
    assert Project.objects.get().name == "Road"


@pytest.mark.slow
def test_a_version_from_days_to_come_is_no_way_round(county_clerk, colleague, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    sent = fields_of(client, road) | {"name": "Long road", "version": "999999999"}
    changed(road, colleague, name="Broad road")

    client.post(address, sent)

    assert Project.objects.get().name == "Broad road"


@pytest.mark.slow
def test_a_row_is_told_by_itself_and_the_page_is_saved_whole_or_not_at_all(county_clerk, colleague, road):
    first = Milestone.objects.create(project=road, title="Begun")
    second = Milestone.objects.create(project=road, title="Opened")
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    opened = fields_of(client, road)
    rows = {int(opened[f"milestones-{n}-id"]): n for n in (0, 1)}
    changed(second, colleague, title="Opened to all")
    mine = {"name": "Long road", f"milestones-{rows[first.pk]}-title": "Begun at last"}

    response = client.post(address, opened | mine | {f"milestones-{rows[second.pk]}-title": "Opened late"})

    told = errors(response)
    assert list(told) == [f"milestones-{rows[second.pk]}-__all__"]
    assert "colleague changed this on" in told[f"milestones-{rows[second.pk]}-__all__"][0]
    assert Project.objects.get().name == "Road"
    assert set(Milestone.objects.values_list("title", flat=True)) == {"Begun", "Opened to all"}

    version = f"milestones-{rows[second.pk]}-version"
    new = {form.add_prefix("version"): form["version"].value() for form in all_rows(response)}[version]
    client.post(address, opened | mine | {f"milestones-{rows[second.pk]}-title": "Opened late", version: new})

    assert set(Milestone.objects.values_list("title", flat=True)) == {"Begun at last", "Opened late"}
    assert Project.objects.get().name == "Long road"


def all_rows(response):
    return [form for inline in response.context["inline_admin_formsets"] for form in inline.formset.forms]


@pytest.mark.slow
def test_a_row_without_its_version_is_refused(county_clerk, road):
    Milestone.objects.create(project=road, title="Begun")
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    sent = fields_of(client, road) | {"milestones-0-title": "Mine", "milestones-0-version": ""}

    response = client.post(address, sent)

    assert errors(response) == {"milestones-0-__all__": [UNSEEN]}
    assert Milestone.objects.get().title == "Begun"


@pytest.mark.slow
def test_a_row_of_another_whole_is_not_there(county_clerk, road):
    Milestone.objects.create(project=road, title="Begun")
    foreign = Milestone.objects.create(project=ProjectFactory(division=road.division), title="Theirs")
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    sent = fields_of(client, road) | {"milestones-0-id": foreign.pk, "milestones-0-title": "Mine"}

    response = client.post(address, sent)

    assert "This row is not there any more. Open the page again." in errors(response)["milestones-0-__all__"]
    assert set(Milestone.objects.values_list("title", flat=True)) == {"Begun", "Theirs"}


# Of the record: session, user, banner, version, record. Of its two kinds of parts: numbers, versions, rows.
@pytest.mark.parametrize("rows", [1, 3, 30])
@pytest.mark.slow
def test_the_versions_of_all_rows_are_one_question(county_clerk, road, django_assert_num_queries, rows):
    for number in range(rows):
        Milestone.objects.create(project=road, title=str(number))
    client = signed_in(county_clerk)

    with django_assert_num_queries(11):
        client.get(page("projects_project", "change", road.pk))


def test_the_last_change_of_a_whole_page_stands_in_the_trail_together(county_clerk, road):
    client, address = signed_in(county_clerk), page("projects_project", "change", road.pk)
    rows = {"milestones-TOTAL_FORMS": 2, "milestones-0-title": "Begun", "milestones-1-title": "Opened"}

    client.post(address, fields_of(client, road) | rows | {"name": "Long road"})

    events = AuditEvent.objects.order_by("id")
    assert [(event.verb, event.subject_type) for event in events] == [
        ("changed", "projects.project"),
        ("created", "projects.milestone"),
        ("created", "projects.milestone"),
    ]
    assert len(set(events.values_list("request", flat=True))) == 1


def test_organisations_are_kept_from_it_like_every_record(county_clerk, colleague):
    organisation = OrganisationFactory(name="Office")
    client = signed_in(county_clerk)
    opened = fields_of(client, organisation, "projects_organisation")
    changed(organisation, colleague, name="Bureau")

    response = client.post(page("projects_organisation", "change", organisation.pk), opened | {"name": "Agency"})

    organisation.refresh_from_db()
    assert "name: Bureau" in errors(response)["__all__"][0]
    assert organisation.name == "Bureau"


@pytest.mark.slow
def test_a_draft_that_went_on_meanwhile_is_told_with_who_did_it(county_clerk, colleague, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="draft", **OWN)
    client, address = signed_in(county_clerk), page("projects_ledgerentry", "change", entry.pk)
    opened = fields_of(client, entry, "projects_ledgerentry") | {"note": "Typed for an hour"}
    actions.submit_entry(entry, by=colleague)

    told = client.post(address, opened)
    again = client.post(address, opened | {"version": told.context["adminform"].form["version"].value()})

    entry.refresh_from_db()
    assert errors(told)["__all__"][0].startswith("colleague changed this on ")
    assert told.context["adminform"].form["note"].value() == "Typed for an hour"
    assert errors(again) == {"__all__": [f"#{entry.pk} allocation is “submitted”: this cannot be done with it now."]}
    assert (entry.state, entry.note) == ("submitted", "")


@pytest.mark.slow
def test_what_changed_after_it_was_shown_is_not_posted(county_clerk, reviewer, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="submitted", **OWN)
    client = signed_in(reviewer)
    token = client.get(page("projects_ledgerentry", "change", entry.pk)).context["token"]
    again_for_more(entry, county_clerk)

    response = client.post(page("projects_ledgerentry", "step"), {"step": "post", "entry": token})
    shown_anew = shown(response)
    confirm(client, response, entry=[row.token for row in response.context["rows"]])

    posted = LedgerEntry.objects.get()
    assert list(refused(response)) == [entry.pk]
    assert refused(response)[entry.pk].startswith("clerk-of-heishui changed this on ")
    assert "999.00" in shown_anew
    assert (posted.state, posted.amount) == ("posted", Decimal("999.00"))


def again_for_more(entry: LedgerEntry, by) -> None:
    """The clerk takes the submission back, asks for more, and submits it again."""
    actions.take_back_entry(entry, by=by)
    draft = LedgerEntry.objects.get(pk=entry.pk)
    draft.amount = Decimal("999.00")
    actions.draft_entry(draft, by=by)
    actions.submit_entry(draft, by=by)


@pytest.mark.parametrize("action", ["post", "return"])
@pytest.mark.slow
def test_a_page_that_asks_does_nothing_with_what_changed_since(county_clerk, reviewer, ruoduo, action):
    stays, moves = LedgerEntryFactory.create_batch(2, division=ruoduo, state="submitted", **OWN)
    client = signed_in(reviewer)
    asked = choose(client, action, stays, moves)
    again_for_more(moves, county_clerk)

    response = confirm(client, asked, note="Twice the same")

    assert list(refused(response)) == [moves.pk]
    assert set(LedgerEntry.objects.values_list("state", flat=True)) == {"submitted"}


def test_what_somebody_else_has_posted_is_named_with_who_did_it(reviewer, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="submitted", **OWN)
    client = signed_in(reviewer)
    asked = choose(client, "post", entry)
    actions.post_entry(entry, by=UserFactory(username="another", role="reviewer", area="513228"))

    response = confirm(client, asked)

    assert list(refused(response)) == [entry.pk]
    assert refused(response)[entry.pk].startswith("another changed this on ")
    assert "state: posted" in refused(response)[entry.pk]


def test_a_submission_from_a_stale_list_is_refused(county_clerk, colleague, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="draft", **OWN)
    client = signed_in(county_clerk)
    asked = choose(client, "submit", entry)
    changed(entry, colleague, note="Not yet")

    response = confirm(client, asked)

    assert "note: Not yet" in refused(response)[entry.pk]
    assert LedgerEntry.objects.get().state == "draft"
