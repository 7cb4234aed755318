"""The households on the register."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.models import Household
from beneficiaries.rollups import Registered, register, register_by_village
from projects.choices import Level
from projects.reports.cells import marked
from projects.rollups.places import name_children

CHUNK = 2000


class Register(Explained):
    """Households on the register."""

    slug = "register"
    title = _("Households on the register")
    description = _("The households recorded in the area, whatever their status, as the register has them today.")
    permission = Right.VIEW_FIGURES
    filters = ("area",)
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        Column("households", _("Households"), Kind.COUNT),
        Column("status", _("Status")),
        Column("status_since", _("Status since"), Kind.DATE),
        MADE_UP,
    )
    value_column = COUNT
    formula = _("Number of the households that are recorded in the area")
    source = _(
        "The register of poor households (建档立卡) as it was entered here: every status is in, and each household "
        "counts in the village of today."
    )
    adds_up = ("households",)
    empty = _("No household is recorded in this area.")

    def value(self, query: Query) -> int:
        return self._count(query).households

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        by_village = (*VILLAGE, Column("households", _("Households"), Kind.COUNT), MADE_UP)
        return self.columns if self._sees(query) else by_village

    def rows(self, query: Query) -> Iterable[Row]:
        return _household_rows(_households(query)) if self._sees(query) else iter(self._village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if self._sees(query):
            return list(_household_rows(_households(query)[first:last]))
        return self._village_rows(query)[first:last]

    def total(self, query: Query) -> Row:
        return _count_cells(self._count(query))

    def number(self, query: Query) -> int:
        return self.value(query) if self._sees(query) else len(self._villages(query))

    def working(self, query: Query) -> str:
        return gettext("Σ over the villages = %(sum)s") % {"sum": words.count(self.value(query))}

    def left_out(self, query: Query) -> list[LeftOut]:
        past = gettext("What the register had on an earlier day: it is counted as it is today") if query.as_of else ""
        unseen = "" if self._sees(query) else gettext("Single households: your role sees how many a village has")
        return [LeftOut(reason) for reason in (past, unseen) if reason]

    def _sees(self, query: Query) -> bool:
        return bool(query.user.may(Right.VIEW_HOUSEHOLDS))

    def _count(self, query: Query) -> Registered:
        return sum(self._villages(query).values(), Registered())

    def _villages(self, query: Query) -> dict[str, Registered]:
        return once(query, "register", lambda: register_by_village(query))

    def _village_rows(self, query: Query) -> list[Row]:
        counted = self._villages(query)
        names = name_children(counted, Level.VILLAGE)
        return [
            {"place_code": code, "place": names[code].words if code in names else code, **_count_cells(one)}
            for code, one in counted.items()
        ]


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
