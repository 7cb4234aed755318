"""The members of the households on the register."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.enrolled import place_cells
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.rollups import hides_counts, persons_by_village
from beneficiaries.rollups.regions import Told, told_of_cut


class RegisteredPersons(Explained):
    """Persons on the register, by village."""

    slug = "register-persons"
    title = _("Persons on the register")
    description = _("The members of today of the households on the register, whatever the household's status.")
    permission = Right.VIEW_FIGURES
    filters = ("area", "household_status", "category", "cause")
    columns = (*VILLAGE, Column("persons", _("Persons"), Kind.COUNT))
    value_column = COUNT
    formula = _("Number of the members of today of the households of the area that have not ended")
    source = _(
        "The register of poor households (建档立卡) as it was entered here: each member counts in the village of "
        "today of the household."
    )
    adds_up = ("persons",)
    empty = _("No person is recorded in this area.")

    def value(self, query: Query) -> int | None:
        return None if self._is_kept_back(query) else sum(self._villages(query).values())

    def working(self, query: Query) -> str:
        told = gettext("Σ over the villages = %(sum)s") % {"sum": self.words(query)}
        return "" if self._is_kept_back(query) else told

    def rows(self, query: Query) -> Iterable[Row]:
        counted = self._villages(query)
        cells = place_cells(counted)
        return ({**cells[code], "persons": counted[code]} for code in ([] if self._is_kept_back(query) else cells))

    def total(self, query: Query) -> Row:
        return {"persons": self.value(query)}

    def number(self, query: Query) -> int:
        return 0 if self._is_kept_back(query) else len(self._villages(query))

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("Members whom nobody entered, and single persons: this figure names none"))]

    def _villages(self, query: Query) -> dict[str, int]:
        return once(query, self.slug, lambda: _persons_apart(query))

    def _is_kept_back(self, query: Query) -> bool:
        return not _told(query).total


def _persons_apart(query: Query) -> dict[str, int]:
    """The members by village; what is kept back of few households is gathered under ""."""
    found = persons_by_village(query)
    if not hides_counts(query):
        return found
    gathered: Counter[str] = Counter()
    for code, persons in found.items():
        gathered[_told(query).names.get(code, "")] += persons
    return dict(gathered)


def _told(query: Query) -> Told:
    """The numbers of persons are told with those of households."""
    return once(query, "register persons told", lambda: told_of_cut(query, persons_by_village(query)))


FIGURES: tuple[Explained, ...] = (RegisteredPersons(),)
