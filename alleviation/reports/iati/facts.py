"""What is read once for all activities of a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from alleviation.audit.lately import last_changes
from alleviation.common.query import Query
from alleviation.reports.iati.asked import Asked
from alleviation.reports.iati.money import Ledger
from alleviation.reports.iati.promised import Promised, by_project
from projects.models import Division, FundingSource, Pledge, Project, ProjectSite
from projects.rollups import Promise, promises
from projects.rollups.lists import projects_in
from projects.rollups.spans import Span, spans_of


@dataclass(frozen=True)
class Facts:
    """Projects in the order of their ids, and by their ids when they were paid for and what is promised for them.

    `paid_from` and `promised_from` are the first days of each, whatever years and places are asked for.
    """

    projects: list[Project]
    spans: dict[int | None, Span]
    promised: dict[int | None, Promised]
    paid_from: dict[int | None, date]
    promised_from: dict[int | None, date]
    sources: dict[int, FundingSource]
    sites: dict[int, list[Division]]
    changes: dict[int, datetime]

    @classmethod
    def read(cls, asked: Asked, ledger: Ledger) -> "Facts":
        """All of it, in as many queries whatever there is."""
        spans, promised = _spans(ledger), _promised(asked, asked.query)
        whole_spans, whole_promised = spans, promised
        if asked.query != asked.whole:
            whole_spans = _spans(Ledger.of(asked.whole, with_made_up=asked.with_made_up))
            whole_promised = _promised(asked, asked.whole)
        sites = list(ProjectSite.objects.visible_to(asked.query.user).select_related("division"))
        return cls(
            projects=_projects(asked, spans.keys() | promised.keys()),
            spans=spans,
            promised=promised,
            paid_from={number: one.first for number, one in whole_spans.items()},
            promised_from={number: min(one)[0] for number, told in whole_promised.items() if (one := told.planned)},
            sources=FundingSource.objects.in_bulk({number for one in spans.values() for number in one.sources}),
            sites=_places(sites),
            changes=_changes(sites, promised),
        )

    def promised_for(self, project: int | None) -> Promised:
        """What is promised for one project."""
        return self.promised.get(project, Promised())

    def first_of(self, numbers: Iterable[int | None]) -> date | None:
        """The first day on which money was booked or is promised for any of these projects; None for never."""
        named = set(numbers)
        days = [
            day for found in (self.paid_from, self.promised_from) for number, day in found.items() if number in named
        ]
        return min(days, default=None)

    def span_of(self, numbers: Iterable[int | None]) -> Span | None:
        """When money was booked for any of these projects; None for never."""
        spans = [self.spans[number] for number in numbers if number in self.spans]
        if not spans:
            return None
        whole, *others = spans
        for one in others:
            whole |= one
        return whole

    def sources_of(self, span: Span | None) -> list[FundingSource]:
        """Who pays, in the order of their codes."""
        return sorted((self.sources[number] for number in span.sources), key=lambda one: one.code) if span else []

    def places_of(self, project: Project) -> list[Division]:
        """Where it is: its place, and its sites."""
        own = [project.division] if project.division else []
        return list(dict.fromkeys([*own, *self.sites.get(project.pk, [])]))

    def changed_at(self, project: Project, span: Span | None) -> datetime | None:
        """The last moment at which it, its sites, its promises or its money were written; None where none is told."""
        posted = span.posted_at if span else None
        return max((one for one in (self.changes.get(project.pk), posted) if one), default=None)

    def of_no_project(self) -> set[int | None]:
        """The key under which stands what is tied to no project."""
        return {None}

    def of_others(self) -> set[int | None]:
        """The projects that money or promises in view name, and that do not lie in view themselves."""
        return (self.spans.keys() | self.promised.keys()) - {one.pk for one in self.projects} - {None}


def _spans(ledger: Ledger) -> dict[int | None, Span]:
    return spans_of([(ledger.own, "project_id"), (ledger.above, "above_project")])


def _promised(asked: Asked, query: Query) -> dict[int | None, Promised]:
    made = (one for one in promises(query) if asked.with_made_up or not _is_made_up(one))
    return by_project(made, query)


def _projects(asked: Asked, named: set[int | None]) -> list[Project]:
    """Those asked for, and those that money or promises asked for name, so far as this person may see them."""
    found = {one.pk: one for one in projects_in(asked.query)}
    missing = {number for number in named if number is not None} - found.keys()
    further = Project.objects.visible_to(asked.query.user).with_places().filter(pk__in=missing)
    found |= {one.pk: one for one in further}
    # A project that real money names is told of, and says that it is made up: no money is lost.
    real = {pk for pk, one in found.items() if asked.with_made_up or not one.is_made_up or pk in named}
    return [found[number] for number in sorted(real)]


def _is_made_up(promise: Promise) -> bool:
    project = promise.first.project
    return promise.first.is_made_up or bool(project and project.is_made_up)


def _places(sites: list[ProjectSite]) -> dict[int, list[Division]]:
    found: dict[int, list[Division]] = {}
    for site in sites:
        found.setdefault(site.project_id, []).append(site.division)
    return found


def _changes(sites: list[ProjectSite], promised: dict[int | None, Promised]) -> dict[int, datetime]:
    """When each project, its sites and its promises were last written, by the project's id."""
    found = last_changes(Project)
    of_sites, of_pledges = last_changes(ProjectSite), last_changes(Pledge)
    parts = [(site.project_id, of_sites.get(site.pk)) for site in sites]
    parts += [
        (project, of_pledges.get(number)) for project, one in promised.items() for number in one.pledges if project
    ]
    for project, moment in parts:
        if moment:
            found[project] = max(found.get(project, moment), moment)
    return found
