"""The per-capita income that so many in a hundred persons do not live above; it is that of one household."""

from collections.abc import Iterable
from decimal import Decimal

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.income_rows import VILLAGE, sees_records
from alleviation.scrutiny.figures.people import PER_HEAD
from alleviation.scrutiny.figures.proof import with_proof
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.quantiles import RANKS
from beneficiaries.rollups.telling import Spread, at_rank, income_spread
from projects.reports.cells import marked

YEAR = Column("year", _("Year"), Kind.YEAR)
PER_CAPITA = Column("per_capita", _("Per capita"), Kind.YUAN, unit=_("yuan per person"))


class Quantile(Explained):
    """A quantile of per-capita income in a year; `of` names it."""

    slug = "income-quantile"
    title = _("Quantile of per-capita income")
    description = _(
        "All persons of the year in the order of what each lives on, the net income of the household divided by its "
        "persons counted: the income of the person with this number among them."
    )
    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        YEAR,
        Column("net_income", _("Net income"), Kind.YUAN),
        Column("persons", _("Persons"), Kind.COUNT),
        PER_CAPITA,
        Column("evidence", _("Evidence"), Kind.COUNT),
        MADE_UP,
    )
    value_column = PER_HEAD
    formula = _("Per-capita income of the person with the number ⌈P ÷ 100 × persons⌉, the poorest first")
    source = _(
        "Nearest rank: a figure that a household has, nothing between two. Each person counts with the per-capita "
        "income of the household, at current prices; docs/incomes.md."
    )
    adds_up = ("per_capita",)
    empty = _("Your role is told no quantile of so few households, or no income is recorded.")

    def names_it(self, query: Query) -> str:
        """Raises Http404 where the address names no quantile, or not one year."""
        if query.of not in RANKS or query.year is None:
            raise Http404
        return gettext("P%(rank)s, %(year)s") % {"rank": RANKS[query.of], "year": query.year}

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return self.columns if sees_records(query) else (YEAR, PER_CAPITA, MADE_UP)

    def value(self, query: Query) -> Decimal | None:
        told = spread_of(query)
        return told.told[query.of] if told else None

    def working(self, query: Query) -> str:
        told = spread_of(query)
        if told is None or told.persons is None or self.value(query) is None:
            return ""
        number = -(-RANKS[query.of] * told.persons // 100)
        template = gettext("the person with the number ⌈%(rank)s ÷ 100 × %(persons)s⌉ = %(number)s: %(value)s")
        return template % {
            "rank": RANKS[query.of],
            "persons": words.count(told.persons),
            "number": words.count(number),
            "value": self.words(query),
        }

    def parts(self, query: Query) -> list[Part]:
        told = spread_of(query)
        if told is None:
            return []
        asked = {name: value for name, value in query.asked().items() if name != "of"}
        return [Part(_("Persons counted"), words.count(told.persons), "persons", asked)]

    def rows(self, query: Query) -> Iterable[Row]:
        value = self.value(query)
        if value is None:
            return iter(())
        if not sees_records(query):
            return iter([{"year": query.year, "per_capita": value}])
        return with_proof(_row(one) for one in once(query, "at rank", lambda: at_rank(query, query.of)))

    def number(self, query: Query) -> int:
        return 0 if self.value(query) is None else 1

    def total(self, query: Query) -> Row:
        value = self.value(query)
        return {} if value is None else {"per_capita": value}

    def left_out(self, query: Query) -> list[LeftOut]:
        others = _("All other households: whose persons stand before this one, or after")
        unseen = _("Which household it is: your role sees no single one, and no quantile that few stand beside")
        return [LeftOut(others)] if sees_records(query) else [LeftOut(others), LeftOut(unseen)]


def spread_of(query: Query) -> Spread | None:
    """The quantiles of the year, None where nothing is recorded."""
    found = once(query, "spread", lambda: income_spread(query))
    return found[0] if found else None


def _row(one: IncomeRecord) -> Row:
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        "net_income": one.net_income,
        "persons": one.persons,
        "per_capita": one.net_income / one.persons,
        "_record": (IncomeRecord, one.pk),
        **marked(one.household.is_made_up),
    }


FIGURES: tuple[Explained, ...] = (Quantile(),)
