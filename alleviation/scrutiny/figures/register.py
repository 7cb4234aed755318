"""The households on the register."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.enrolled import place_cells
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.models import Household
from beneficiaries.rollups import (
    Registered,
    ended_households,
    hides_counts,
    register,
    register_by_village,
)
from beneficiaries.rollups.regions import Told, told_of_cut
from projects.reports.cells import marked

CHUNK = 2000


class Register(Explained):
    """Households on the register."""

    slug = "register"
    title = _("Households on the register")
    description = _("The households of the area, whatever their status, as the register has them today.")
    permission = Right.VIEW_FIGURES
    filters = ("area", "household_status", "category", "cause")
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        Column("households", _("Households"), Kind.COUNT),
        Column("status", _("Status")),
        Column("status_since", _("Status since"), Kind.DATE),
        MADE_UP,
    )
    value_column = COUNT
    formula = _("Number of the households of the area that have not ended")
    source = _(
        "The register of poor households (建档立卡) as it was entered here: every status is in, and each household "
        "counts in the village of today. A household that ended (merged, divided, died out, moved away) is out."
    )
    adds_up = ("households",)
    empty = _("No household is recorded in this area.")

    def value(self, query: Query) -> int | None:
        return None if self._is_kept_back(query) else self._count(query).households

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        by_village = (*VILLAGE, Column("households", _("Households"), Kind.COUNT), MADE_UP)
        return self.columns if self._sees(query) else by_village

    def rows(self, query: Query) -> Iterable[Row]:
        if self._is_kept_back(query):
            return iter(())
        return _household_rows(_households(query)) if self._sees(query) else iter(self._village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if self._sees(query):
            return list(_household_rows(_households(query)[first:last]))
        return list(islice(self.rows(query), first, last))

    def total(self, query: Query) -> Row:
        return {} if self._is_kept_back(query) else _count_cells(self._count(query))

    def number(self, query: Query) -> int:
        if self._is_kept_back(query):
            return 0
        return self._count(query).households if self._sees(query) else len(self._villages(query))

    def working(self, query: Query) -> str:
        if self._is_kept_back(query):
            return ""
        return gettext("Σ over the villages = %(sum)s") % {"sum": words.count(self._count(query).households)}

    def left_out(self, query: Query) -> list[LeftOut]:
        ended = 0 if hides_counts(query) else ended_households(query)
        told = [LeftOut(_("Households that ended: merged, divided, died out or moved away"), ended)] if ended else []
        return [*told, *self._unasked(query)]

    def _unasked(self, query: Query) -> list[LeftOut]:
        past = gettext("What the register had on an earlier day: it is counted as it is today") if query.as_of else ""
        unseen = "" if self._sees(query) else gettext("Single households: your role sees how many a village has")
        return [LeftOut(reason) for reason in (past, unseen) if reason]

    def _sees(self, query: Query) -> bool:
        return bool(query.user.may(Right.VIEW_HOUSEHOLDS))

    def _count(self, query: Query) -> Registered:
        return sum(_by_village(query).values(), Registered())

    def _is_kept_back(self, query: Query) -> bool:
        return not _told(query).total

    def _villages(self, query: Query) -> dict[str, Registered]:
        return once(query, "register", lambda: registered_apart(query))

    def _village_rows(self, query: Query) -> list[Row]:
        counted = self._villages(query)
        return [{**cells, **_count_cells(counted[code])} for code, cells in place_cells(counted).items()]


def registered_apart(query: Query) -> dict[str, Registered]:
    """The households on the register by village, what is kept back gathered under ""."""
    gathered: dict[str, Registered] = {}
    for code, one in _by_village(query).items():
        name = _told(query).names.get(code, "")
        gathered[name] = gathered.get(name, Registered()) + one
    return gathered


def _by_village(query: Query) -> dict[str, Registered]:
    return once(query, "register by village", lambda: register_by_village(query))


def _told(query: Query) -> Told:
    return once(query, "register told", lambda: told_of_cut(query, _by_village(query)))


def _households(query: Query) -> QuerySet[Household]:
    return register(query).select_related("village").order_by("village__code", "number", "pk")


def _household_rows(households: QuerySet[Household]) -> Iterator[Row]:
    for one in households.iterator(chunk_size=CHUNK):
        yield {
            "place_code": one.village.code,
            "place": one.village.local_name,
            "household": one.number,
            "households": 1,
            "status": one.get_status_display(),
            "status_since": one.status_since,
            **marked(one.is_made_up),
        }


def _count_cells(one: Registered) -> Row:
    mark = mark_of(one.made_up, one.households)
    return {"households": one.households, **marked(mark)}


FIGURES: tuple[Explained, ...] = (Register(),)
