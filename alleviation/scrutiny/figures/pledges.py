"""Promised money: each promise in each year that it is due in, as the version that holds has it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common import words
from alleviation.common.figures import FigureSum
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark, explain_url, mark_of
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.entries import FILTERS
from alleviation.scrutiny.figures.proof import counts, with_proof
from projects.models import Pledge, Project
from projects.reports.cells import PLEDGED, marked
from projects.rollups import PledgedYear, Promise, pledged_years, promises
from projects.rollups.pledges import pledged, promise_of

AMOUNT, NOT_STATED = PLEDGED
SOURCE = _(
    "A promise counts in each year that it is due in, as the version that holds for the year has it. One whose start "
    "is not stated is shown from the year of its document, one whose end is not stated up to the present year. "
    "Qualifiers stay: over and over make over, about makes about; docs/ledger.md."
)
COLUMNS = (
    Column("promise", _("Pledged by")),
    Column("year", _("Year"), Kind.YEAR),
    Column("project_code", _("Project code"), Kind.CODE, file_only=True),
    Column("project", _("Project")),
    Column("place_code", _("Division code"), Kind.CODE, file_only=True),
    Column("place", _("For")),
    AMOUNT,
    NOT_STATED,
    Column("version", _("Version")),
    Column("document", _("Stated in"), Kind.LINK),
    Column("entered_by", _("Entered by")),
    Column("entered_at", _("Entered at"), Kind.DATE, file_only=True),
    Column("evidence", _("Evidence"), Kind.COUNT),
    MADE_UP,
)


class PledgeFigure(Explained, abstract=True):
    """A figure of promises in their years."""

    permission = Right.VIEW_RECORDS
    columns = COLUMNS
    value_column = AMOUNT
    source = SOURCE
    adds_up: ClassVar[tuple[str, ...]] = ("pledged",)

    def due(self, query: Query) -> list[PledgedYear]:
        """The promises in their years that make the figure."""
        raise NotImplementedError

    def value(self, query: Query) -> FigureSum | None:
        due = self._due(query)
        return pledged(due) if due else None

    def made_of(self, sums: Any) -> Any:
        """The sum of figures, which holds what could not be added."""
        return sums[0]

    def rows(self, query: Query) -> Iterator[Row]:
        return with_proof(_rows(self._due(query), query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        return list(with_proof(_rows(self._due(query)[first:last], query)))

    def number(self, query: Query) -> int:
        return len(self._due(query))

    def total(self, query: Query) -> Row:
        due = self._due(query)
        value = pledged(due) if due else None
        told = {"pledged": value, "pledged_not_stated": value.not_stated} if value else {}
        return {**told, **marked(self.mark(query))}

    def mark(self, query: Query) -> Mark:
        due = self._due(query)
        return mark_of(sum(one.pledge.is_made_up for one in due), len(due))

    def proven(self, query: Query) -> int:
        versions = [one.pledge.pk for one in self._due(query)]
        proven = counts(Pledge, versions)
        return sum(number in proven for number in versions)

    def _due(self, query: Query) -> list[PledgedYear]:
        return once(query, (self.slug, "due"), lambda: self.due(query))


class Pledged(PledgeFigure):
    """Promised money of the years asked for; `of` names one promise by the number of its first version."""

    slug = "pledged"
    title = _("Pledged")
    description = _("Money that was promised for these years (承诺资金). It stands beside booked money, never in it.")
    filters = FILTERS
    formula = _("Σ promised amount over the years in which each promise is due")
    empty = _("Nothing was promised for this filter.")

    def due(self, query: Query) -> list[PledgedYear]:
        found = pledged_years(query, until=query.present_year)
        named = self._named(query)
        return found if named is None else [one for one in found if one.pledge.pk in _numbers(named)]

    def names_it(self, query: Query) -> str:
        """Whose promise is asked for. Raises Http404 for one that is not there, or not for this person to see."""
        named = self._named(query)
        return str(named.first.source.local_name) if named else ""

    def working(self, query: Query) -> str:
        """How many promises in how many years."""
        due = self._due(query)
        if not due:
            return ""
        number = ngettext("%(count)s amount", "%(count)s amounts", len(due)) % {"count": words.count(len(due))}
        told = {"number": number, "sum": pledged(due).words("CNY")}
        return gettext("Σ of %(number)s, a promise counting once in each of its years = %(sum)s") % told

    def left_out(self, query: Query) -> list[LeftOut]:
        due = self._due(query)
        booked = LeftOut(_("Booked money: it stands beside promised money and is never added to it"))
        return [booked, *_without_amount(due), *_without_year(query), *outside.elsewhere(query)]

    def _named(self, query: Query) -> Promise | None:
        return once(query, (self.slug, "named"), lambda: _promise(query)) if query.of else None


class OnePledge(PledgeFigure):
    """The amount of one version of a promise, which `of` names by its number."""

    slug = "pledge"
    title = _("Amount of a pledge")
    description = _("What one version of a promise says will be paid: once, or each year, as its page tells.")
    filters = ("as_of",)
    formula = _("The amount as its document states it")

    def due(self, query: Query) -> list[PledgedYear]:
        """The version itself, in no year: it says what is paid each time."""
        version = self._version(query)
        return [PledgedYear(0, version)] if version else []

    def names_it(self, query: Query) -> str:
        """Whose promise it is. Raises Http404 for one that is not there, or not for this person to see."""
        version = self._version(query)
        if version is None:
            raise Http404
        return str(version.source.local_name)

    def words(self, query: Query) -> str:
        version = self._version(query)
        return version.figure.words("CNY") if version else words.NOTHING

    def left_out(self, query: Query) -> list[LeftOut]:
        """The other versions of the promise, each with its own figure."""
        promise = _promise(query)
        others = [(number, one) for number, one in enumerate(promise.versions) if str(one.pk) != query.of]
        return [
            LeftOut(
                version_name(number),
                figure=one.figure.words("CNY"),
                url=explain_url("pledge", {"of": str(one.pk), "as_of": query.as_of_words}),
            )
            for number, one in others
        ]

    def _version(self, query: Query) -> Pledge | None:
        promise = _promise(query) if query.of else None
        return next((one for one in promise.versions if str(one.pk) == query.of), None) if promise else None


def version_name(number: int) -> str:
    """What a version is called, by its place among those of its promise."""
    return gettext("Revision %(number)s") % {"number": number} if number else gettext("First version")


def _promise(query: Query) -> Promise:
    """The promise that `of` names by one of its versions. Raises Http404 where this person may see none."""
    if not (query.of.isascii() and query.of.isdigit()):
        raise Http404
    asked = Query(user=query.user, as_of=query.as_of, memory=query.memory)
    found = once(query, "promise", lambda: promise_of(asked, int(query.of)))
    if found is None:
        raise Http404
    return found


def _numbers(promise: Promise) -> set[int]:
    return {one.pk for one in promise.versions}


def _without_amount(due: Iterable[PledgedYear]) -> list[LeftOut]:
    lacking = [one for one in due if not one.pledge.figure.is_summable]
    reason = gettext("Promises whose amount no document states: counted beside the sum, once in each of their years")
    return [LeftOut(reason, number=len(lacking))] if lacking else []


def _without_year(query: Query) -> list[LeftOut]:
    asked = once(query, "promises", lambda: promises(query))
    found = [one.first.shown_from for one in asked if not one.holding(until=query.present_year)]
    unknown = gettext("Promises of which neither a first year nor a dated document is known: they are in no year")
    late = gettext("Promises whose first year is after the last one that they are shown in: they are in no year")
    numbers = {unknown: found.count(None), late: len(found) - found.count(None)}
    return [LeftOut(reason, number=number) for reason, number in numbers.items() if number]


def _rows(due: list[PledgedYear], query: Query) -> Iterator[Row]:
    versions = {one.pledge.pk: one.pledge for one in due}
    events, names = _entered(versions), _version_names(query)
    seen = _seen((one.project_id for one in versions.values()), query)
    for one in due:
        pledge = one.pledge
        yield {
            "promise": pledge.source.local_name,
            "year": one.year or None,
            **(_named(pledge.project) if pledge.project and pledge.project_id in seen else {}),
            "place_code": pledge.division.code,
            "place": pledge.division.local_name,
            "pledged": pledge.figure,
            "pledged_not_stated": int(not pledge.figure.is_summable),
            "version": names.get(pledge.pk, ""),
            "document": pledge.stated_in.title if pledge.stated_in else "",
            **_maker(events.get(pledge.pk)),
            "_record": (Pledge, pledge.pk),
            "_urls": {"document": pledge.stated_in.get_absolute_url()} if pledge.stated_in else {},
            **marked(pledge.is_made_up),
        }


def _entered(versions: Iterable[int]) -> dict[int | None, AuditEvent]:
    """The event that tells who entered each version."""
    kind = Pledge._meta.label_lower
    events = AuditEvent.objects.filter(subject_type=kind, subject_id__in=list(versions), verb=Verb.CREATED)
    return {event.subject_id: event for event in events}


def _maker(event: AuditEvent | None) -> Row:
    return {"entered_by": event.actor, "entered_at": event.at} if event else {}


def _version_names(query: Query) -> dict[int, str]:
    """What each version is called, by its place among those of its promise."""
    asked = Query(user=query.user, as_of=query.as_of, memory=query.memory)
    found = once(asked, "promises", lambda: promises(asked))
    return {version.pk: version_name(n) for promise in found for n, version in enumerate(promise.versions)}


def _seen(numbers: Iterable[int | None], query: Query) -> set[int]:
    """Which of these projects this person may see: a foreign one is not named."""
    wanted = {number for number in numbers if number is not None}
    found = Project.objects.filter(pk__in=wanted).visible_to(query.user)
    return set(found.values_list("pk", flat=True)) if wanted else set()


def _named(project: Project) -> Row:
    return {"project_code": project.code, "project": project.local_name}


FIGURES: tuple[Explained, ...] = (Pledged(), OnePledge())
