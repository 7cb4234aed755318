"""The members of the households on the register."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.rollups import persons_by_village
from projects.choices import Level
from projects.rollups.places import name_children


class RegisteredPersons(Explained):
    """Persons on the register, by village."""

    slug = "register-persons"
    title = _("Persons on the register")
    description = _(
        "The members that are recorded of the households on the register, whatever the household's status."
    )
    permission = Right.VIEW_FIGURES
    filters = ("area",)
    columns = (*VILLAGE, Column("persons", _("Persons"), Kind.COUNT))
    value_column = COUNT
    formula = _("Number of the members of the households that are recorded in the area")
    source = _(
        "The register of poor households (建档立卡) as it was entered here: each member counts in the village of "
        "today of the household."
    )
    adds_up = ("persons",)
    empty = _("No person is recorded in this area.")

    def value(self, query: Query) -> int:
        return sum(self._villages(query).values())

    def working(self, query: Query) -> str:
        return gettext("Σ over the villages = %(sum)s") % {"sum": words.count(self.value(query))}

    def rows(self, query: Query) -> Iterable[Row]:
        counted = self._villages(query)
        names = name_children(counted, Level.VILLAGE)
        for code, persons in counted.items():
            yield {"place_code": code, "place": names[code].words if code in names else code, "persons": persons}

    def total(self, query: Query) -> Row:
        return {"persons": self.value(query)}

    def number(self, query: Query) -> int:
        return len(self._villages(query))

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("Members whom nobody entered, and single persons: this figure names none"))]

    def _villages(self, query: Query) -> dict[str, int]:
        return once(query, self.slug, lambda: persons_by_village(query))


FIGURES: tuple[Explained, ...] = (RegisteredPersons(),)
