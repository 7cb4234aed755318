"""Rows that nothing narrowed to an area are not read in a request; nobody writes what they do not see afterwards."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver

from alleviation.accounts.asking import (
    OutsideArea,
    Unscoped,
    asked_by,
    beyond_scope,
    in_scope,
    not_there,
    remember_asker,
)
from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from beneficiaries.models import Household, IncomeRecord, Person
from projects.models import Division, LedgerEntry, Project
from projects.models.projects import ProjectQuerySet
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, PersonFactory, ProjectFactory
from tests.security.conftest import World, body

ASKED: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "length": len,
    "truth": bool,
    "slice": lambda rows: list(rows[:1]),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "iterator": lambda rows: list(rows.iterator()),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "get": lambda rows: rows.get(pk=1),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "in_bulk": lambda rows: rows.in_bulk([1]),
    "contains": lambda rows: rows.contains(Project(pk=1)),
    "aggregate": lambda rows: rows.aggregate(last=Max("pk")),
    "explain": lambda rows: rows.explain(),
    "update": lambda rows: rows.update(summary=""),
    "delete": lambda rows: rows.delete(),
    "locked": lambda rows: list(rows.select_for_update()),
    "union": lambda rows: list(rows.union(rows)),
    "joined": lambda rows: list(rows | rows),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_rows_that_nothing_narrowed_are_not_asked_for(clerk: User, ask: Callable[[Any], Any]):
    with asked_by(clerk), pytest.raises(Unscoped, match=r"projects\.Project"):
        ask(Project.objects.all())


@pytest.mark.parametrize("way", [list, len, lambda rows: rows.count(), lambda rows: list(rows.iterator())])
def test_narrowed_rows_are_those_of_the_area(world: World, clerk: User, way: Callable[[Any], Any]):
    with asked_by(clerk):
        found = way(Project.objects.visible_to(clerk).order_by("pk"))

    assert found in (1, [world.own.records["project"]])


def test_a_wider_area_than_ones_own_narrows_nothing(world: World, clerk: User):
    with asked_by(clerk):
        assert Project.objects.in_area("513228212205").count() == 1
        assert Project.objects.in_any_area(["513228212205", "513228212200"]).count() == 1
        for wider in (["513228"], [""], ["513228212205", "45"]):
            with pytest.raises(Unscoped):
                Project.objects.in_any_area(wider).count()


def test_each_of_several_lists_has_to_be_narrowed(world: World, clerk: User):
    with asked_by(clerk):
        seen, every = Project.objects.visible_to(clerk).order_by(), Project.objects.order_by()

        assert ((seen | seen).count(), (seen & every).count(), len(seen.union(seen, all=True))) == (1, 1, 2)
        for joined in (seen | every, every | seen, seen.union(every)):
            with pytest.raises(Unscoped):
                list(joined)


def test_what_hangs_from_a_record_in_view_is_in_view_and_from_a_place_it_is_not(world: World, clerk: User):
    household, village = world.own.records["household"], world.foreign.village

    with asked_by(clerk):
        assert list(household.persons.all()) == [world.own.records["person"]]
        assert [len(one.persons.all()) for one in Household.objects.visible_to(clerk).prefetch_related("persons")] == [
            1
        ]
        with pytest.raises(Unscoped):
            list(village.households.all())


def test_whoever_looks_further_says_why(world: World, clerk: User):
    with asked_by(clerk):
        with beyond_scope("a test"):
            assert Project.objects.count() == 2
            with in_scope(), pytest.raises(Unscoped):
                Project.objects.count()
        assert Project.objects.beyond("a test").count() == 2
        assert len(list(Project.objects.beyond("a test").iterator())) == 2
        with pytest.raises(Unscoped):
            Project.objects.count()
    for refused in (lambda: beyond_scope("").__enter__(), lambda: Project.objects.beyond("")):
        with pytest.raises(ValueError, match="say why"):
            refused()


def test_nobody_who_is_signed_in_asks_for_nothing(world: World):
    with asked_by(AnonymousUser()), pytest.raises(Unscoped):
        Project.objects.in_area("51").count()


def test_commands_look_everywhere(world: World):
    assert (Project.objects.count(), IncomeRecord.objects.count()) == (2, 2)


def test_a_page_that_forgets_the_area_shows_nothing(world: World, clerk: User, monkeypatch: pytest.MonkeyPatch):
    client = signed_in(clerk)
    client.raise_request_exception = False
    assert "OWN-project" in body(client.get("/projects/"))
    monkeypatch.setattr(ProjectQuerySet, "visible_to", lambda rows, _user: rows.all())

    response = client.get("/projects/")

    assert response.status_code == 500
    assert ("OWN" in body(response), "FOREIGN" in body(response), "Unscoped" in body(response)) == (False,) * 3


def test_a_file_that_is_still_being_read_stays_bound(rf: RequestFactory, clerk: User):
    def blocks() -> Iterator[bytes]:
        yield b"one"
        yield str(Project.objects.count()).encode()

    request = rf.get("/")
    request.user = clerk
    response: Any = remember_asker(lambda _request: StreamingHttpResponse(blocks()))(request)
    coming = iter(response)

    assert next(coming) == b"one"
    assert Project.objects.count() == 0
    with pytest.raises(Unscoped):
        next(coming)


@pytest.fixture
def moved(world: World) -> Household:
    """A household of one's own, on its way to a village outside."""
    household = world.own.records["household"]
    household.village = world.foreign.village
    return household


def written() -> tuple[int, ...]:
    tables = (Household, Person, Project, AuditEvent)
    return tuple(table._base_manager.count() for table in tables)


def test_a_record_that_its_writer_would_see_no_more_is_not_written(moved: Household, clerk: User, world: World):
    before = written()

    with pytest.raises(OutsideArea):
        trail.write(moved, by=clerk)

    assert Household.objects.get(pk=moved.pk).village == world.own.village
    assert written() == before


def test_all_of_many_records_lie_within_the_area(world: World, clerk: User, ruoduo: Division):
    batch = trail.open_batch(kind="file", title="Both", by="importer")
    new = [HouseholdFactory.build(village=place, number="9") for place in (ruoduo, world.foreign.village)]
    before = written()

    with pytest.raises(OutsideArea):
        trail.write_many(new, by=clerk, batch=batch)
    with pytest.raises(OutsideArea):
        trail.remove_many([world.foreign.records["person"]], by=clerk)

    assert written() == before


def test_a_command_and_an_action_that_says_why_write_everywhere(moved: Household, clerk: User, world: World):
    with trail.anywhere("a test"):
        trail.write(moved, by=clerk)
    moved.village = world.own.village
    trail.write(moved, by="a command")

    assert Household.objects.get(pk=moved.pk).village == world.own.village
    with pytest.raises(ValueError, match="say why"), trail.anywhere(""):
        pass


def test_what_came_to_lie_outside_is_answered_like_what_is_not_there(rf: RequestFactory, clerk: User):
    request = rf.get("/projects/OWN-P/")
    request.user = clerk
    answer: Any = not_there(request, OutsideArea())
    missing = get_resolver().resolve_error_handler(404)(request, exception=Http404())

    assert (answer.status_code, made_for_once(answer)) == (404, made_for_once(missing))
    assert not_there(request, ValueError()) is None


def made_for_once(answer: Any) -> str:
    """A page less what is another each time, such as the secret of its forms."""
    return re.sub(r'(value|content)="[^"]*"', "", body(answer))


def test_nothing_of_one_request_is_left_for_the_next(rf: RequestFactory, clerk: User, client: Client):
    request: HttpRequest = rf.get("/")
    request.user = clerk
    with pytest.raises(ZeroDivisionError):
        remember_asker(lambda _request: 1 // 0)(request)  # type: ignore[arg-type,return-value]

    assert (ProjectFactory(), PersonFactory(), LedgerEntry.objects.count())[2] == 0
