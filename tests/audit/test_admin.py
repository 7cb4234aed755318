"""The trail in the admin: for those who check, and for reading only."""

import pytest
from django.urls import reverse

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.values import is_sealed
from tests.admin_pages import page, shown
from tests.conftest import signed_in
from tests.factories import OrganisationFactory, ProjectFactory


@pytest.fixture
def event(db):
    organisation = OrganisationFactory(name="New name")
    return trail.record(
        verb=Verb.CHANGED,
        subject=organisation,
        by="someone",
        before={"name": "Old <name>"},
        after={"name": "New name"},
    )


def test_auditor_reads_who_changed_what(auditor, event):
    client = signed_in(auditor)

    assert "someone changed projects.organisation" in shown(client.get(page("audit_auditevent")))
    html = client.get(page("audit_auditevent", "change", event.pk)).content.decode()
    assert "<div>name: Old &lt;name&gt; → New name</div>" in html


@pytest.mark.parametrize("who", ["clerk", "reviewer", "manager", "administrator"])
def test_trail_is_closed_to_others(request, who, event):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(page("audit_auditevent")).status_code == 403
    assert client.get(page("audit_auditevent", "change", event.pk)).status_code in {403, 404}


def test_nobody_writes_the_trail(auditor, event):
    client = signed_in(auditor)

    assert client.post(page("audit_auditevent", "change", event.pk), {"actor": "me"}).status_code == 403
    assert client.post(page("audit_auditevent", "delete", event.pk), {"post": "yes"}).status_code == 403
    assert client.get(page("audit_auditevent", "add")).status_code == 403
    assert AuditEvent.objects.get().actor == "someone"


@pytest.mark.parametrize(
    ("query", "status"),
    [("?q=99999999999999999999999", 200), ("?subject_id__exact=1", 400), ("?before__name__regex=(", 400)],
)
def test_hostile_query_breaks_no_trail(auditor, event, query, status):
    assert signed_in(auditor).get(page("audit_auditevent") + query).status_code == status


def test_index_reminds_of_what_one_did_last(county_clerk, ruoduo, event):
    trail.record(verb=Verb.CREATED, subject=ProjectFactory(code="R-1", name="Road", division=ruoduo), by=county_clerk)

    response = signed_in(county_clerk).get(reverse("admin:index"))

    assert [(e.verb, e.subject) for e in response.context["latest_events"]] == [("created", "R-1 Road")]


def test_an_event_tells_its_reason_its_request_and_its_number(auditor, ruoduo):
    organisation = OrganisationFactory()
    event = trail.record(
        verb=Verb.CHANGED, subject=organisation, by="someone", after={"name": "New"}, reason="A typing error"
    )
    client = signed_in(auditor)

    text = shown(client.get(page("audit_auditevent", "change", event.pk)))

    assert f"Number: {event.pk} At:" in text
    assert "Reason: A typing error" in text
    assert f"Digest: {event.digest}" in text
    assert "A typing error" in shown(client.get(page("audit_auditevent")))


def test_what_must_not_be_told_is_not_told_on_the_page_either(auditor, county_clerk):
    county_clerk.set_password("the first of them")
    county_clerk.save()
    county_clerk.set_password("another one for the test")
    trail.write(county_clerk, by="someone")
    event = AuditEvent.objects.get()

    text = shown(signed_in(auditor).get(page("audit_auditevent", "change", event.pk)))

    assert "password: (not told) → (not told)" in text
    assert event.after["password"]["sealed"] not in text


def test_index_reminds_of_writes_and_not_of_looking(county_clerk, ruoduo):
    trail.record_words(verb=Verb.SIGNED_IN, what="clerk", by=county_clerk, kind="session")

    response = signed_in(county_clerk).get(reverse("admin:index"))

    assert list(response.context["latest_events"]) == []


def test_change_of_an_untold_field_is_told_without_its_value(county_clerk):
    county_clerk.set_password("another one for the test")

    trail.write(county_clerk, by="someone")

    event = AuditEvent.objects.get()
    assert (list(event.before), list(event.after)) == (["password"], ["password"])
    assert is_sealed(event.after["password"])


# Session, user, example banner, count, rows.
@pytest.mark.parametrize("rows", [1, 3, 30])
def test_trail_asks_as_often_whatever_its_length(auditor, django_assert_num_queries, rows):
    for _row in range(rows):
        trail.record(verb=Verb.CREATED, subject=OrganisationFactory(), by="someone")
    client = signed_in(auditor)

    with django_assert_num_queries(5):
        client.get(page("audit_auditevent"))
