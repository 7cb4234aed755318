"""Who is counted, and what they live on: the sums of the income records, and the ratio between two of them."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.income_rows import (
    BY_RECORD,
    BY_VILLAGE,
    KEYS,
    record_rows,
    records_of,
    sees_records,
    sum_cells,
    total_of,
    village_rows,
    villages_of,
)
from alleviation.scrutiny.figures.proof import proven_among
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import IncomeRecord
from beneficiaries.reports.cells import WHY_WITHHELD
from beneficiaries.rollups import (
    COMPONENTS,
    Income,
    expected_income,
    is_cut,
    recorded,
    replaced,
    withholds,
    without_income,
)

YUAN = Column("value", _("Figure"), Kind.YUAN)
COUNT = Column("value", _("Figure"), Kind.COUNT)
PER_HEAD = Column("value", _("Figure"), Kind.YUAN, unit=_("yuan per person"))
REGISTER_LAW = _(
    "As the register of poor households (建档立卡) has it: net income (家庭纯收入) is wages, business, property and "
    "transfer income less production and business expenses, of the members counted in the year. It follows the net "
    "income of rural residents (农村居民纯收入) of the National Bureau of Statistics, as published until 2013, but "
    "for taxes and depreciation, which the register does not keep apart."
)
RATIO_LAW = _(
    "The ratio of two sums, never a mean of ratios (人均纯收入): net income of the register divided by the members "
    "counted. At current prices; which poverty line it may be held against depends on the income concept of the line; "
    "docs/places.md."
)


class OfIncomes(Explained, abstract=True):
    """A figure of the income records that hold. Whoever may not see households gets a row for each village."""

    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    columns = BY_RECORD
    source = REGISTER_LAW
    empty = _("No income is recorded for this filter.")
    # Beside what adds up to it.
    shown: ClassVar[tuple[str, ...]] = ("persons",)

    def value(self, query: Query) -> Any:
        total = total_of(query)
        return self.of(total) if total.households or total.withheld else None

    def words(self, query: Query) -> str:
        """The figure, or that it is withheld from this reader."""
        return gettext("withheld") if self._is_withheld(query) else super().words(query)

    def _is_withheld(self, query: Query) -> bool:
        return total_of(query).withheld and self.value(query) is None

    def of(self, income: Income) -> Any:
        """The figure, of these sums."""
        raise NotImplementedError

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        """Those of this reader; on a page the sums that the figure is not made of are left to its file."""
        shown = {*self.adds_up, *self.shown, *(() if sees_records(query) else ("households",))}
        columns = BY_RECORD if sees_records(query) else BY_VILLAGE
        return tuple(
            replace(one, file_only=True) if one.key in KEYS and one.key not in shown else one for one in columns
        )

    def rows(self, query: Query) -> Iterable[Row]:
        return record_rows(records_of(query)) if sees_records(query) else iter(village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if sees_records(query):
            return list(record_rows(records_of(query)[first:last]))
        return village_rows(query)[first:last]

    def number(self, query: Query) -> int:
        return total_of(query).households if sees_records(query) else len(villages_of(query))

    def proven(self, query: Query) -> int | None:
        if not sees_records(query):
            return None
        return proven_among(IncomeRecord, recorded(query).order_by().values("pk"))

    def total(self, query: Query) -> Row:
        total = total_of(query)
        return sum_cells(total) if total.households or total.withheld else {}

    def working(self, query: Query) -> str:
        number = total_of(query).households
        if not number or self._is_withheld(query):
            return ""
        records = ngettext("Σ of %(number)s income record", "Σ of %(number)s income records", number)
        return f"{records % {'number': words.count(number)}} = {self.words(query)}"

    def parts(self, query: Query) -> list[Part]:
        """What of it somebody expects: it is in, and said aloud."""
        if total_of(query).withheld:
            return []
        expected = once(query, "expected", lambda: expected_income(query))
        if not expected.households:
            return []
        told = gettext("households: %(households)s, persons: %(persons)s; they are in the figure")
        counted = {"households": words.count(expected.households), "persons": words.count(expected.persons)}
        return [Part(_("Of it from records of which a part is only expected"), told % counted)]

    def left_out(self, query: Query) -> list[LeftOut]:
        """Households without a record, records that were corrected, and rows that are not this reader's."""
        if withholds(query.user) and is_cut(query):
            # How many stood so is withheld in such a place, and with it how many of them lack an income.
            return self._unseen(query)
        missing, earlier = without_income(query), replaced(query)
        told = [
            LeftOut(_("Households on today's register without an income recorded for these years"), missing),
            LeftOut(_("Income records that a correction took the place of"), earlier),
        ]
        return [*(one for one in told if one.number), *self._unseen(query)]

    def _unseen(self, query: Query) -> list[LeftOut]:
        if sees_records(query):
            return []
        told = [
            LeftOut(_("Single households: your role sees sums by village alone. They are the same for everybody."))
        ]
        if total_of(query).withheld or any(not one.key[1] or one.withheld for one in villages_of(query)):
            told.append(LeftOut(WHY_WITHHELD))
        return told


class Summed(OfIncomes, abstract=True):
    """The sum of one column of the income records."""

    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.adds_up = (cls.key,)
        super().__init_subclass__(**kwargs)

    def of(self, income: Income) -> Any:
        return getattr(income, self.key)


class Households(Summed):
    """How many households the incomes are of."""

    slug = "households"
    title = _("Households counted")
    description = _(
        "The households whose income is recorded. Over several years a household counts once in each, as does what it "
        "earned."
    )
    value_column = COUNT
    formula = _("Number of the income records that hold, one for each household and year")
    key = "households"


class Persons(Summed):
    """How many persons the incomes are of."""

    slug = "persons"
    title = _("Persons counted")
    description = _("The members of the households whose income is recorded, as counted in the year of the record.")
    value_column = COUNT
    formula = _("Σ persons counted of the income records that hold")
    key = "persons"


class WageIncome(Summed):
    """What people earned as wages."""

    slug = "wage-income"
    title = _("Wage income")
    description = _("What the members of the households earned as wages (工资性收入).")
    value_column = YUAN
    formula = _("Σ wage income of the income records that hold")
    key = "wage_income"


class BusinessIncome(Summed):
    """What people earned by farming and trade, before expenses."""

    slug = "business-income"
    title = _("Business income")
    description = _("What the households earned by farming and other business (生产经营性收入), before expenses.")
    value_column = YUAN
    formula = _("Σ business income of the income records that hold")
    key = "business_income"


class PropertyIncome(Summed):
    """What people earned by what they own."""

    slug = "property-income"
    title = _("Property income")
    description = _("What the households earned by what they own (财产性收入): rents, dividends, interest.")
    value_column = YUAN
    formula = _("Σ property income of the income records that hold")
    key = "property_income"


class TransferIncome(Summed):
    """What people were paid as support."""

    slug = "transfer-income"
    title = _("Transfer income")
    description = _("What the households were paid as pensions, allowances and other support (转移性收入).")
    value_column = YUAN
    formula = _("Σ transfer income of the income records that hold")
    key = "transfer_income"


class Expenses(Summed):
    """What it cost to earn it."""

    slug = "expenses"
    title = _("Production and business expenses")
    description = _("What the households spent on production and business (生产经营性支出).")
    value_column = YUAN
    formula = _("Σ production and business expenses of the income records that hold")
    key = "expenses"


class NetIncome(Summed):
    """What people live on."""

    slug = "net-income"
    title = _("Net income")
    description = _(
        "What the households had left of their income after production and business expenses (家庭纯收入)."
    )
    value_column = YUAN
    formula = _("Σ (wages + business + property + transfers − expenses) of the income records that hold")
    key = "net_income"
    shown: ClassVar = COMPONENTS

    def working(self, query: Query) -> str:
        total = total_of(query)
        if not total.households or total.withheld:
            return ""
        amounts = {name: words.yuan(getattr(total, name)) for name in (*COMPONENTS, "net_income")}
        template = gettext(
            "%(wage_income)s + %(business_income)s + %(property_income)s + %(transfer_income)s − %(expenses)s "
            "= %(net_income)s"
        )
        return template % amounts

    def parts(self, query: Query) -> list[Part]:
        return [*(_part(one, query) for one in COMPONENT_FIGURES), *super().parts(query)]


class PerCapitaIncome(OfIncomes):
    """What a person lives on."""

    slug = "per-capita-income"
    title = _("Per-capita income")
    description = _("Net income per person and year (人均纯收入), of the households whose income is recorded.")
    value_column = PER_HEAD
    formula = _("Σ net income ÷ Σ persons counted")
    source = RATIO_LAW
    adds_up = ("net_income", "persons")

    def of(self, income: Income) -> Decimal | None:
        return income.per_capita

    def working(self, query: Query) -> str:
        total = total_of(query)
        if not total.persons or total.withheld:
            return ""
        told = {
            "net": words.yuan(total.net_income),
            "persons": words.count(total.persons),
            "ratio": words.yuan(total.per_capita),
        }
        return gettext("%(net)s yuan ÷ %(persons)s persons = %(ratio)s yuan per person") % told

    def parts(self, query: Query) -> list[Part]:
        return [_part(NET_INCOME, query), _part(PERSONS, query), *super().parts(query)]


def _part(figure: OfIncomes, query: Query) -> Part:
    return Part(figure.title, figure.words(query), figure.slug, query.asked())


PERSONS, NET_INCOME, PER_CAPITA_INCOME = Persons(), NetIncome(), PerCapitaIncome()
COMPONENT_FIGURES: tuple[OfIncomes, ...] = (
    WageIncome(),
    BusinessIncome(),
    PropertyIncome(),
    TransferIncome(),
    Expenses(),
)
FIGURES: tuple[Explained, ...] = (Households(), PERSONS, NET_INCOME, PER_CAPITA_INCOME, *COMPONENT_FIGURES)
