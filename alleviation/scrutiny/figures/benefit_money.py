"""The money of the projects that reach households, by project and year: what was disbursed, and what was spent."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, explain_url, mark_of
from alleviation.scrutiny.benefit_tables import YEAR, benefit_names
from alleviation.scrutiny.benefits import Benefit, benefits
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.benefits import FILTERS, compared
from alleviation.scrutiny.figures.people import YUAN
from projects.reports.cells import marked


class MoneyOfReached(Explained, abstract=True):
    """A sum of the ledger over the projects in which anybody asked about has a part, by project and year."""

    permission = Right.VIEW_FIGURES
    filters = FILTERS
    value_column = YUAN
    source = _("The ledger and the enrolments as they were entered here; docs/reach.md.")
    empty = _("Nothing is booked for a project in which anybody here has a part.")
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "key"):
            cls.adds_up = (cls.key,)
            money = Column(cls.key, cls.title, Kind.YUAN)
            cls.columns = (Column("project_code", _("Project code"), Kind.CODE), Column("project", _("Project")))
            cls.columns = (*cls.columns, YEAR, money, MADE_UP)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> Decimal:
        return Decimal(getattr(compared(query).booked, self.key))

    def rows(self, query: Query) -> Iterable[Row]:
        """A row for each project and year that has such money; each opens to its entries."""
        return [self._row(one, query) for one in _each(query) if getattr(one.booked, self.key)]

    def total(self, query: Query) -> Row:
        booked = compared(query).booked
        return {self.key: self.value(query), **marked(mark_of(booked.made_up, booked.entries))}

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("Money of projects in which nobody asked about has a part, and of no project"))]

    def _row(self, one: Benefit, query: Query) -> Row:
        names = benefit_names(one, query)
        opens = explain_url(self.key, {**query.asked(), **names["_asked"]}) if one.project else ""
        mark = mark_of(one.booked.made_up, one.booked.entries)
        return {**names, self.key: getattr(one.booked, self.key), "_urls": {self.key: opens}, **marked(mark)}


class DisbursedOfReached(MoneyOfReached):
    """What was paid out for them."""

    slug = "benefits-disbursed"
    title = _("Disbursed for projects that reach households")
    description = _("The money paid out for the projects in which households asked about have a part.")
    formula = _("Σ amount of the posted disbursements of the projects in which anybody asked about has a part")
    key = "disbursed"


class SpentOfReached(MoneyOfReached):
    """What was spent for them."""

    slug = "benefits-spent"
    title = _("Spent for projects that reach households")
    description = _("The money spent for the projects in which households asked about have a part.")
    formula = _("Σ amount of the posted expenditures of the projects in which anybody asked about has a part")
    key = "spent"


def _each(query: Query) -> list[Benefit]:
    return once(query, "benefits by project and year", lambda: benefits(query))


FIGURES: tuple[Explained, ...] = (DisbursedOfReached(), SpentOfReached())
