"""The trail played again."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.audit import trail
from alleviation.audit.replay import revive, states_as_of, states_of
from alleviation.audit.values import values_of
from projects.models import Division, Document, FundingSource, Project


@pytest.fixture
def written(ruoduo) -> list[datetime]:
    """Two sources: one created, renamed and removed, the other created; the moments after each write."""
    moments = []
    first = FundingSource(code="a", name="First", level="county")
    second = FundingSource(code="b", name="Second", level="social")
    trail.write(first, by="x")
    moments.append(timezone.now())
    trail.write(second, by="x")
    moments.append(timezone.now())
    first.name = "Renamed"
    trail.write(first, by="x")
    moments.append(timezone.now())
    trail.remove(first, by="x")
    return moments


def names(states: dict) -> list[str]:
    return [state["name"] for state in states.values()]


def test_states_are_those_of_the_moment(written):
    told = [names(states_as_of(FundingSource, at)) for at in (datetime(2000, 1, 1, tzinfo=UTC), *written)]

    assert told == [[], ["First"], ["First", "Second"], ["Renamed", "Second"]]


def test_states_of_now_leave_out_what_was_removed(written):
    assert [state["code"] for _number, state in states_of(FundingSource)] == ["b"]


def test_states_come_in_the_order_of_the_ids_with_every_column(written):
    stored = {record.pk: values_of(record) for record in FundingSource.objects.order_by("pk")}

    assert list(states_of(FundingSource)) == list(stored.items())


def test_a_revived_record_has_the_values_of_its_fields(ruoduo):
    project = Project(
        code="PV", name="Plant", kind="road", division=ruoduo, capacity=Decimal("30.0000"), capacity_unit="MW"
    )
    project.started_on = datetime(2018, 5, 1, tzinfo=UTC).date()
    trail.write(project, by="x")

    revived = revive(Project, states_as_of(Project, timezone.now())[project.pk])

    fields = [field.attname for field in Project._meta.concrete_fields]
    assert [getattr(revived, name) for name in fields] == [getattr(project, name) for name in fields]
    assert (revived, revived.division) == (project, ruoduo)


def test_what_the_trail_does_not_tell_stays_blank(db):
    document = Document(title="A text", text="0123456789", sha256="a" * 64, length=10)
    trail.write(document, by="x")

    revived = revive(Document, states_as_of(Document, timezone.now())[document.pk])

    assert (revived.title, revived.length, revived.text) == ("A text", 10, "")


def test_a_column_that_is_no_more_is_passed_over(db):
    assert revive(FundingSource, {"id": 7, "code": "a", "gone": "x"}).pk == 7


def test_states_are_read_in_one_question_however_many_there_are(written, django_assert_num_queries):
    for number in range(30):
        trail.write(FundingSource(code=f"s{number}", name="More", level="county"), by="x")

    with django_assert_num_queries(1):  # the events of these records
        assert len(list(states_of(FundingSource))) == 31


def test_reference_data_that_leaves_one_event_for_a_list_has_no_states(ruoduo):
    assert list(states_of(Division)) == []
