"""What households and their members get from projects: enrolments, and the money that came with them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, explain_url, mark_of
from alleviation.scrutiny.figures.base import LeftOut, Part, once
from alleviation.scrutiny.figures.enrolled import CHUNK, OfEnrolments, place_cells
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT, YUAN
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from beneficiaries.choices import EnrolmentRole
from beneficiaries.models import Enrolment
from beneficiaries.rollups import Reach, enrolments, reach, reach_by_role, reach_by_village
from beneficiaries.rollups.few import FEW_EACH, hides_counts, told, told_apart
from projects.reports.cells import marked, project_cells

SUMS = (
    Column("services", _("Enrolments"), Kind.COUNT),
    Column("amount", _("Received"), Kind.YUAN),
    Column("unknown", _("Amount not known"), Kind.COUNT),
)
BY_VILLAGE = (*VILLAGE, Column("households", _("Households"), Kind.COUNT), *SUMS, MADE_UP)
BY_ENROLMENT = (
    *VILLAGE,
    Column("household", _("Household number"), Kind.CODE),
    Column("year", _("Year"), Kind.YEAR),
    Column("project_code", _("Project code"), Kind.CODE, file_only=True),
    Column("project", _("Project")),
    Column("role", _("Kind of benefit")),
    Column("whose", _("Whose")),
    *SUMS,
    Column("evidence", _("Evidence"), Kind.COUNT),
    MADE_UP,
)


class OfServices(OfEnrolments, abstract=True):
    """A sum over enrolments. Whoever may not see households gets a row for each village, small ones gathered."""

    columns = BY_ENROLMENT
    source = _(
        "The enrolments as they were entered here, each in the village of its year; docs/reach.md. An amount that "
        "nobody knows is counted beside the sum and is not taken for nothing."
    )
    empty = _("Nobody has a part in a project here.")
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.adds_up = (getattr(cls, "key", ""),)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> Any:
        return self.total(query).get(self.key)

    def working(self, query: Query) -> str:
        number = _total(query).services
        if self.value(query) is None:
            return ""
        counted = ngettext("Σ of %(number)s enrolment", "Σ of %(number)s enrolments", number)
        return f"{counted % {'number': words.count(number)}} = {self.words(query)}"

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return BY_ENROLMENT if _sees(query) else BY_VILLAGE

    def rows(self, query: Query) -> Iterable[Row]:
        return _enrolment_rows(_enrolments(query), query) if _sees(query) else iter(_village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if _sees(query):
            return list(_enrolment_rows(_enrolments(query)[first:last], query))
        return _village_rows(query)[first:last]

    def number(self, query: Query) -> int:
        return _total(query).services if _sees(query) else len(_villages(query))

    def proven(self, query: Query) -> int | None:
        return proven_among(Enrolment, enrolments(query).order_by().values("pk")) if _sees(query) else None

    def total(self, query: Query) -> Row:
        return service_cells(_total(query), query) if _total(query).services else {}

    def left_out(self, query: Query) -> list[LeftOut]:
        missing = LeftOut(_("Parts in projects that nobody has entered"))
        unseen = LeftOut(_("Single households: your role sees sums of five and more of a village alone"))
        return [missing] if _sees(query) else [missing, unseen]


class Services(OfServices):
    """How many enrolments there are: not people."""

    slug = "services"
    title = _("Enrolments")
    description = _("How many times a household or a member of one had a part in a project in a year: not people.")
    formula = _("Number of the enrolments: one for each household or member, project, kind of benefit and year")
    value_column = COUNT
    key = "services"


class Received(OfServices):
    """What households and their members got."""

    slug = "received"
    title = _("Received by households")
    description = _("What households and their members got from projects: dividends, wages, land rent and the like.")
    formula = _("Σ amount of the enrolments whose amount is known")
    value_column = YUAN
    key = "amount"

    def parts(self, query: Query) -> list[Part]:
        """By kind of benefit, where there are several."""
        by_role = told_apart(query, reach_by_role(query), "role")
        return [_part(one, query) for one in by_role] if len(by_role) > 1 else []

    def left_out(self, query: Query) -> list[LeftOut]:
        unknown = _total(query).unknown
        opens = explain_url("received-not-known", query.asked())
        told_of = [LeftOut(_("Enrolments whose amount is not known"), unknown, url=opens)] if unknown else []
        return [*told_of, *super().left_out(query)]


class ReceivedNotKnown(OfServices):
    """Of how many enrolments nobody knows the amount."""

    slug = "received-not-known"
    title = _("Enrolments whose amount is not known")
    description = _("The enrolments that say that somebody got something, and not how much.")
    formula = _("Number of the enrolments without an amount")
    value_column = COUNT
    key = "unknown"


def service_cells(one: Reach, query: Query) -> Row:
    """The cells of SUMS with the households, and their mark; numbers of few households are kept back from some."""
    mark = mark_of(one.made_up, one.households)
    if one.withheld and hides_counts(query):
        return marked(mark)
    counts = {"households": one.households, "services": one.services, "unknown": one.unknown}
    return {**counts, "amount": one.amount, **marked(mark)}


def _sees(query: Query) -> bool:
    return bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def _total(query: Query) -> Reach:
    return told(query, once(query, "reach", lambda: reach(query)))


def _villages(query: Query) -> list[Reach]:
    return once(query, "reach by village", lambda: told_apart(query, reach_by_village(query), "village__code"))


def _village_rows(query: Query) -> list[Row]:
    cells = place_cells([one.key or "" for one in _villages(query)])
    return [{**cells[one.key or ""], **service_cells(one, query)} for one in _villages(query)]


def _enrolments(query: Query) -> QuerySet[Enrolment]:
    found = enrolments(query).select_related("household", "village", "project__division")
    return found.order_by("village__code", "household__number", "year", "pk")


def _enrolment_rows(found: QuerySet[Enrolment], query: Query) -> Iterator[Row]:
    """A row for each enrolment, with what proves it; one more query for every so many."""
    coming = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        yield from with_proof(_enrolment_row(one, query.user.area) for one in chunk)


def _enrolment_row(one: Enrolment, area: str) -> Row:
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        **project_cells(one.project, area),
        "role": one.get_role_display(),
        "whose": gettext("the household's") if one.person_key is None else gettext("one member's"),
        "services": 1,
        "amount": one.amount,
        "unknown": int(one.amount is None),
        "_record": (Enrolment, one.pk),
        **marked(one.household.is_made_up),
    }


def _part(one: Reach, query: Query) -> Part:
    amount = words.yuan(one.amount) if one.amount is not None else words.NOTHING
    if one.key is FEW_EACH:
        return Part(_("Kinds of benefit of few households each"), amount)
    return Part(EnrolmentRole(one.key).label, amount, "received", {**query.asked(), "of": f"role:{one.key}"})


FIGURES: tuple[OfServices, ...] = (Services(), Received(), ReceivedNotKnown())
