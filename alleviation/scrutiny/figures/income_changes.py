"""By how much per-capita income differs from the year before, and what each component adds to that."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Text, explain_url, mark_of
from alleviation.common.years import FIRST_YEAR
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.people import PER_HEAD
from beneficiaries.choices import EnrolmentRole
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.rollups import COMPONENTS, ZERO, Change, Income, Received, in_yuan
from beneficiaries.rollups.telling import NET, ROLE, SAME, changes_told
from projects.reports.cells import marked

TITLES: dict[str, Text] = {
    NET: _("Net income"),
    SAME: _("Net income of the same households"),
    "wage_income": _("Wages"),
    "business_income": _("Business"),
    "property_income": _("Property"),
    "transfer_income": _("Transfers"),
    "expenses": _("Less expenses"),
    **{f"{ROLE}{role}": label for role, label in EnrolmentRole.choices},
}
# The figures whose own explanations a row of the change leads to.
OPENS = {name: name.replace("_", "-") for name in (NET, *COMPONENTS)}


class Side(NamedTuple):
    """One of the two years: its amount in yuan and its persons; None where it is not told or nothing is recorded."""

    year: int
    amount: Decimal | None
    persons: int | None


class IncomeChange(Explained):
    """What a component adds to the change of per-capita income; `of` names it, `net_income` is the whole change."""

    slug = "income-change"
    title = _("Change of per-capita income")
    description = _(
        "By how much income per person differs from the year before, in yuan at current prices; and how much of that "
        "each component adds, or takes away."
    )
    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    columns = (
        Column("figure", _("Figure")),
        Column("year", _("Year"), Kind.YEAR),
        Column("amount", _("Amount of the year"), Kind.YUAN),
        Column("persons", _("Persons of the year"), Kind.COUNT),
        Column("amount_before", _("Amount of the year before"), Kind.YUAN),
        Column("persons_before", _("Persons of the year before"), Kind.COUNT),
        MADE_UP,
    )
    value_column = PER_HEAD
    formula = _("Σ amount of the year ÷ Σ persons of the year − Σ amount of the year before ÷ its Σ persons")
    source = _(
        "Arithmetic: the difference of two ratios of sums is the sum of the differences of its components. Prices are "
        "those of each year, nothing is deflated. What projects brought is that of the households with an income, and "
        "a part of the component it belongs to; docs/incomes.md."
    )
    adds_up = ("amount", "persons", "amount_before", "persons_before")

    def names_it(self, query: Query) -> str:
        """Raises Http404 where the address names no component, or no year that has one before it."""
        if query.of not in TITLES or query.year in (None, FIRST_YEAR):
            raise Http404
        return f"{TITLES[query.of]}, {query.year}"

    def value(self, query: Query) -> Decimal | None:
        now, before = _sides(query)
        return self.made_of([now.amount, now.persons, before.amount, before.persons])

    def made_of(self, sums: Sequence[Any]) -> Decimal | None:
        """The difference of the two ratios."""
        now, persons, before, persons_before = sums
        if None in (now, before) or not persons or not persons_before:
            return None
        return in_yuan(Fraction(now) / int(persons) - Fraction(before) / int(persons_before))

    def working(self, query: Query) -> str:
        value, (now, before) = self.value(query), _sides(query)
        if value is None:
            return ""
        ratios = " − ".join(f"{words.yuan(one.amount)} ÷ {words.count(one.persons)}" for one in (now, before))
        return f"{ratios} = {words.yuan(value)}"

    def parts(self, query: Query) -> list[Part]:
        """What the change is made of; of the components what projects brought, as far as anybody entered it."""
        change = _change(query)
        if change is None or query.of != NET or not change.is_known:
            return []
        named = {**change.parts, **{f"{ROLE}{role}": part for role, part in change.of_which.items()}}
        return [self._part(query, name, part) for name, part in named.items()]

    def rows(self, query: Query) -> Iterable[Row]:
        for one, names in zip(_sides(query), (self.adds_up[:2], self.adds_up[2:]), strict=True):
            if one.amount is not None:
                opens = OPENS.get(query.of, "")
                asked = replace(query.of_years(one.year, one.year), of="").asked()
                yield {
                    "figure": str(TITLES[query.of]),
                    "year": one.year,
                    **dict(zip(names, (one.amount, one.persons), strict=True)),
                    "_url": explain_url(opens, asked) if opens else "",
                    **marked(self._mark(query, one.year)),
                }

    def total(self, query: Query) -> Row:
        sides = [value for one in _sides(query) for value in (one.amount, one.persons)]
        return {} if self.value(query) is None else dict(zip(self.adds_up, sides, strict=True))

    def left_out(self, query: Query) -> list[LeftOut]:
        change = _change(query)
        if change is None or not change.is_known:
            return [LeftOut(_("One of the two years: nothing is recorded, or your role is not told so small a sum"))]
        told = [LeftOut(change.broken.words)] if change.broken else []
        unknown = change.received_after.unknown + change.received_before.unknown
        if query.of.startswith(ROLE) and unknown:
            told.append(LeftOut(_("Parts in projects of both years whose amount nobody entered"), unknown))
        return [*told, LeftOut(_("The rise of prices: both years are at their own"))]

    def _part(self, query: Query, name: str, part: Fraction) -> Part:
        label = TITLES[name]
        if name.startswith(ROLE):
            label = gettext("Of that from projects: %(role)s") % {"role": label}
        return Part(label, words.yuan(in_yuan(part)), self.slug, replace(query, of=name).asked())

    def _mark(self, query: Query, year: int) -> Any:
        change = _change(query)
        income = change and (change.after if change.year == year else change.before)
        return mark_of(income.made_up, income.households) if income else False


def _change(query: Query) -> Change | None:
    found = once(query, "change", lambda: changes_told(query, matched=query.of == SAME))
    return found[0] if found else None


def _sides(query: Query) -> tuple[Side, Side]:
    """The year asked about, and the year before it."""
    change, year = _change(query), query.year or 0
    if change is None:
        return Side(year, None, None), Side(year - 1, None, None)
    return (
        _side(query.of, year, change.after, change.received_after),
        _side(query.of, year - 1, change.before, change.received_before),
    )


def _side(of: str, year: int, income: Income | None, received: Received) -> Side:
    if income is None or income.withheld:
        return Side(year, None, None)
    if of.startswith(ROLE):
        return Side(year, received.amounts.get(of.removeprefix(ROLE), ZERO), income.persons)
    amount = getattr(income, NET if of == SAME else of)
    return Side(year, -amount if of == "expenses" else amount, income.persons)


FIGURES: tuple[Explained, ...] = (IncomeChange(),)
