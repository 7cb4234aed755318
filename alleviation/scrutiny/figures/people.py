"""Who is counted, and what they live on: the sums of the income records, and the ratio between two of them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_in_words, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import (
    COMPONENTS,
    FEW,
    Income,
    expected_income,
    income_by_year_and_village,
    income_total,
    recorded,
    replaced,
    without_income,
)
from projects.choices import Level
from projects.rollups.places import name_children

CHUNK = 500
FILTERS = ("year", "plan", "area", "as_of")
YUAN = Column("value", _("Figure"), Kind.YUAN)
COUNT = Column("value", _("Figure"), Kind.COUNT)
PER_HEAD = Column("value", _("Figure"), Kind.YUAN, unit=_("yuan per person"))
VILLAGE = (Column("place_code", _("Division code"), Kind.CODE), Column("place", _("Village")))
SUMS = (
    Column("households", _("Households"), Kind.COUNT),
    Column("persons", _("Persons"), Kind.COUNT),
    Column("wage_income", _("Wages"), Kind.YUAN),
    Column("business_income", _("Business"), Kind.YUAN),
    Column("property_income", _("Property"), Kind.YUAN),
    Column("transfer_income", _("Transfers"), Kind.YUAN),
    Column("expenses", _("Expenses"), Kind.YUAN),
    Column("net_income", _("Net income"), Kind.YUAN),
)
BY_VILLAGE = (*VILLAGE, Column("year", _("Year"), Kind.YEAR), *SUMS, MADE_UP)
BY_RECORD = (
    *VILLAGE,
    Column("household", _("Household number"), Kind.CODE),
    Column("year", _("Year"), Kind.YEAR),
    *SUMS,
    Column("status", _("Status")),
    Column("reason", _("Why it was corrected")),
    Column("entered_by", _("Entered by")),
    Column("entered_at", _("Entered at"), Kind.DATE),
    Column("evidence", _("Evidence"), Kind.COUNT),
    MADE_UP,
)
KEYS = tuple(column.key for column in SUMS)
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
    filters = FILTERS
    columns = BY_RECORD
    source = REGISTER_LAW
    empty = _("No income is recorded for this filter.")

    def value(self, query: Query) -> Any:
        total = _total(query)
        return self.of(total) if total.households else None

    def of(self, income: Income) -> Any:
        """The figure, of these sums."""
        raise NotImplementedError

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return BY_RECORD if _sees_records(query) else BY_VILLAGE

    def rows(self, query: Query) -> Iterable[Row]:
        return _record_rows(_records(query)) if _sees_records(query) else iter(_village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if _sees_records(query):
            return list(_record_rows(_records(query)[first:last]))
        return _village_rows(query)[first:last]

    def number(self, query: Query) -> int:
        return _total(query).households if _sees_records(query) else len(_villages(query))

    def proven(self, query: Query) -> int | None:
        if not _sees_records(query):
            return None
        return proven_among(IncomeRecord, recorded(query).order_by().values("pk"))

    def total(self, query: Query) -> Row:
        total = _total(query)
        return _cells(total) if total.households else {}

    def working(self, query: Query) -> str:
        number = _total(query).households
        if not number:
            return ""
        records = ngettext("Σ of %(number)s income record", "Σ of %(number)s income records", number)
        return f"{records % {'number': words.count(number)}} = {self.words(query)}"

    def parts(self, query: Query) -> list[Part]:
        """What of it somebody expects: it is in, and said aloud."""
        expected = once(query, "expected", lambda: expected_income(query))
        if not expected.households:
            return []
        told = gettext("%(households)s households with %(persons)s persons; they are in the figure")
        counted = {"households": words.count(expected.households), "persons": words.count(expected.persons)}
        return [Part(_("Of it from records of which a part is only expected"), told % counted)]

    def left_out(self, query: Query) -> list[LeftOut]:
        """Households without a record, records that were corrected, and rows that are not this reader's."""
        missing, earlier = without_income(query), replaced(query)
        told = [
            LeftOut(_("Households on today's register without an income recorded for these years"), missing),
            LeftOut(_("Income records that a correction took the place of"), earlier),
        ]
        return [*(one for one in told if one.number), *self._unseen(query)]

    def _unseen(self, query: Query) -> list[LeftOut]:
        if _sees_records(query):
            return []
        reason = _(
            "Single households: your role sees sums by village alone. Villages with fewer than three households in a "
            "year stand in one row. The sums are the same for everybody."
        )
        return [LeftOut(reason)]


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

    def working(self, query: Query) -> str:
        total = _total(query)
        if not total.households:
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
        total = _total(query)
        if not total.persons:
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


def _total(query: Query) -> Income:
    return once(query, "income", lambda: income_total(query))


def _sees_records(query: Query) -> bool:
    return bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def _records(query: Query) -> QuerySet[IncomeRecord]:
    found = recorded(query).select_related("household", "village")
    return found.order_by("village__code", "household__number", "year", "pk")


def _record_rows(records: QuerySet[IncomeRecord]) -> Iterator[Row]:
    """A row for each record, with who entered it and what proves it; two more queries for every 500."""
    coming = records.iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        by = recorders(IncomeRecord, [one.pk for one in chunk])
        yield from with_proof(_record_row(one, by.get(one.pk, "")) for one in chunk)


def _record_row(one: IncomeRecord, recorder: str) -> Row:
    is_made_up = one.household.is_made_up
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        **{name: getattr(one, name) for name in KEYS if name != "households"},
        "households": 1,
        "status": one.get_status_display(),
        "reason": one.reason,
        "entered_by": recorder,
        "entered_at": one.recorded_at,
        "_record": (IncomeRecord, one.pk),
        "_made_up": is_made_up,
        "made_up": mark_in_words(is_made_up),
    }


def _villages(query: Query) -> list[Income]:
    return once(query, "villages", lambda: income_by_year_and_village(query))


def _village_rows(query: Query) -> list[Row]:
    sums = _villages(query)
    names = name_children((one.key[1] for one in sums), Level.VILLAGE)
    few = ngettext(
        "villages with fewer than %(few)s household", "villages with fewer than %(few)s households", FEW
    ) % {"few": FEW}
    return [
        {
            "year": one.key[0],
            "place_code": one.key[1],
            "place": names[one.key[1]].words if one.key[1] in names else one.key[1] or few,
            **_cells(one),
        }
        for one in sums
    ]


def _cells(income: Income) -> Row:
    mark = mark_of(income.made_up, income.households)
    return {**{name: getattr(income, name) for name in KEYS}, "_made_up": mark, "made_up": mark_in_words(mark)}


PERSONS, NET_INCOME, PER_CAPITA_INCOME = Persons(), NetIncome(), PerCapitaIncome()
COMPONENT_FIGURES: tuple[OfIncomes, ...] = (
    WageIncome(),
    BusinessIncome(),
    PropertyIncome(),
    TransferIncome(),
    Expenses(),
)
FIGURES: tuple[Explained, ...] = (Households(), PERSONS, NET_INCOME, PER_CAPITA_INCOME, *COMPONENT_FIGURES)
