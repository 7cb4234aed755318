"""Projects, sources, pledges and their documents as they were at the moment that a question asks about.

Booked money never changes; what it is grouped and filtered by does: a project gets another kind, a source another
name. Today these are read from their tables, of a past date from the trail. Places are reference data, which comes
and goes as whole lists: they are taken from today's lists whatever the date.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.base import Model

from alleviation.accounts.asking import beyond_scope
from alleviation.audit.replay import revive, states_as_of
from alleviation.common.query import Query
from projects.models import Division, FundingSource, Project

Record = TypeVar("Record", bound=Model)
Ids = set[int] | QuerySet[Any]


def as_they_were(query: Query, model: type[Record]) -> dict[int, Record]:
    """Every record of a small model at the moment asked about, by id; read from the trail once for a question."""
    key = (model, query.as_of)
    if key not in query.memory:
        query.memory[key] = {number: revive(model, told) for number, told in states_as_of(model, query.as_of).items()}  # type: ignore[arg-type]
    found: dict[int, Record] = query.memory[key]
    return found


def records(query: Query, model: type[Record], numbers: Iterable[int | None]) -> dict[int, Record]:
    """These records of a small model, as they were at the moment asked about, or are now.

    One that the trail does not know is told as it is today: it is named by what was booked, so it was there.
    """
    wanted = {number for number in numbers if number is not None}
    told = as_they_were(query, model) if query.as_of else {}
    found = {number: told[number] for number in wanted if number in told}
    missing = wanted - set(found)
    if missing:
        with beyond_scope("rows in view name them: whoever tells of one asks first whether it lies in view"):
            found |= model._default_manager.in_bulk(missing)
    return found


def projects_of(query: Query, numbers: Iterable[int | None]) -> dict[int, Project]:
    """These projects with their places, as of the moment asked about."""
    return placed(records(query, Project, numbers))


def placed(found: dict[int, Record]) -> dict[int, Record]:
    """These records with their place, which is that of today's lists, read in one query."""
    owners: list[Any] = list(found.values())
    places = Division.objects.in_bulk({one.division_id for one in owners if one.division_id})
    for one in owners:
        one.division = places.get(one.division_id)
    return found


def project_ids(query: Query) -> Ids | None:
    """The projects that a question names by kind or code; None where it names none."""
    return _named(query, Project, {"kind": query.project_kind, "code": query.project_code})


def source_ids(query: Query) -> Ids | None:
    """The funding sources that a question names by level or code; None where it names none."""
    return _named(query, FundingSource, {"level": query.source_level, "code": query.source_code})


def seen_projects(query: Query) -> Ids | None:
    """The projects that this person may see, where just what is tied to them is asked for; else None."""
    if not query.is_tied:
        return None
    if query.as_of is None:
        return Project.objects.visible_to(query.user).order_by().values("pk")
    then = placed(as_they_were(query, Project))
    return {number for number, one in then.items() if one.lies_in(query.user.area)}


def narrowed(query: Query, *, project: str = "project", source: str = "source") -> Q:
    """A filter for rows whose project and source, by these keys, are among those that a question names."""
    named = {project: project_ids(query), source: source_ids(query)}
    found = Q(**{f"{key}__in": numbers for key, numbers in named.items() if numbers is not None})
    if (seen := seen_projects(query)) is not None:
        found &= Q(**{f"{project}__in": seen})
    if query.project_id is None:
        return found
    return found & (Q(**{project: query.project_id}) if query.project_id else Q(**{f"{project}__isnull": True}))


def _named(query: Query, model: type[Model], wanted: dict[str, str]) -> Ids | None:
    asked = {name: value for name, value in wanted.items() if value}
    if not asked:
        return None
    if query.as_of is None:
        return model._default_manager.filter(**asked).order_by().values("pk")
    then = as_they_were(query, model)
    return {number for number, one in then.items() if all(getattr(one, k) == v for k, v in asked.items())}
