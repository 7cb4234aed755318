"""Early warnings (防返贫监测): what in the records says that a household may fall into poverty. docs/warnings.md."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from django.db.models import Case, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.utils.timezone import localdate

from alleviation.accounts.rights import Right
from alleviation.common.areas import covers, prefix_of, within
from alleviation.common.fields import YuanField
from alleviation.common.query import Query
from beneficiaries.choices import LineKind, WarningKind
from beneficiaries.models import Household, IncomeRecord, LargeExpense, Monitoring, PovertyLine
from beneficiaries.models.bands import EARNED, narrowness
from beneficiaries.rollups.done import OF_HOUSEHOLDS, Done, chunks, done_for
from beneficiaries.rollups.lines import lines_of
from beneficiaries.rollups.sums import ZERO

# The mechanism against falling back into poverty is of the end of 2020: incomes of earlier years warn of nothing.
FIRST_YEAR_WATCHED = 2021
# No national rule says what a sharp fall or a large expense is; this office takes three tenths of a year's income for
# both. Harvests and prices move an income by less; the loss of a wage-earner or a stay in hospital takes more.
SHARP = Fraction(3, 10)
NET = ExpressionWrapper(EARNED - F("expenses"), output_field=YuanField())


@dataclass(frozen=True)
class Warned:
    """One warning: the household, the figures behind it, since when, and what was done about it.

    `per_capita`, `before` and `after` are exact yuan per person: of the latest income, of the year before it, and of
    the latest income less what the household bore itself. What a kind of warning does not rest on is None.
    """

    household: Household
    kind: WarningKind
    since: date
    income: IncomeRecord | None = None
    line: PovertyLine | None = None
    before: Fraction | None = None
    borne: Decimal | None = None
    monitoring: Monitoring | None = None
    done: Done = field(default_factory=Done)

    @property
    def per_capita(self) -> Fraction | None:
        """Net income ÷ persons counted of the latest income, in yuan per person."""
        return per_head(self.income.net_income, self.income.persons) if self.income else None

    @property
    def after(self) -> Fraction | None:
        """(Net income − what was borne) ÷ persons counted, in yuan per person."""
        if self.income is None or self.borne is None:
            return None
        return per_head(self.income.net_income - self.borne, self.income.persons)

    @property
    def fall(self) -> Fraction | None:
        """(Before − now) ÷ before, as a ratio."""
        if self.before is None or self.per_capita is None:
            return None
        return (self.before - self.per_capita) / self.before


def per_head(amount: Decimal, persons: int) -> Fraction:
    """Yuan per person, exact."""
    return Fraction(amount) / persons


def in_yuan(amount: Fraction) -> Decimal:
    """An exact amount in yuan to the fen, half up: for showing, never for comparing."""
    fen = floor(amount * 100 + Fraction(1, 2))
    return Decimal(fen).scaleb(-2)


def line_for(lines: Iterable[PovertyLine], kind: LineKind, income: IncomeRecord) -> PovertyLine | None:
    """The line that an income is held against: of its year and concept, and of the smallest area with its village."""
    held = [
        line
        for line in lines
        if (line.kind, line.year, line.concept) == (kind, income.year, income.concept)
        and (line.division is None or covers(prefix_of(line.division.code), income.village.code))
    ]
    return max(held, key=narrowness, default=None)


def early_warnings(query: Query, on: date) -> list[Warned]:
    """Every warning about the households that stand in the area, as of a day, by village, number and kind.

    Below the line: the latest income, of 2021 or later, is below the monitoring line of its village, year and concept.
    Fall: its net income per head is at least three tenths below that of the year before, of the same definition.
    Expense: what the household bore itself in the twelve months before the day is at least three tenths of its latest
    net income, or leaves less than the line a head, or no income of it is known. Out: households that ended, and
    villages outside the reader's area. Unit: yuan per person, exact. Source: docs/warnings.md.
    """
    if not query.user.may(Right.VIEW_FIGURES):
        return []
    lines = monitoring_lines(query)
    found = [*_of_incomes(query, lines), *_of_expenses(query, lines, on)]
    return sorted(_followed(found), key=_place)


def monitoring_lines(query: Query) -> list[PovertyLine]:
    """Every monitoring line there is."""
    return [line for line in lines_of(query) if line.kind == LineKind.MONITORING]


def without_line(query: Query) -> int:
    """Households whose latest income, of 2021 or later, has no monitoring line to be held against."""
    return _latest(query).filter(year__gte=FIRST_YEAR_WATCHED, line__isnull=True).count()


def year_before(day: date) -> date:
    """The same day of the year before; of a 29th of February, the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _standing(query: Query) -> QuerySet[Household]:
    return Household.objects.standing().in_area(query.user.area).filter(query.located("village__code"))


def _latest(query: Query) -> Any:
    """The latest income of each household, with its `line` and `net`."""
    own = IncomeRecord.objects.standing().summable_by(query.user)
    later = own.filter(household=OuterRef("household"), year__gt=OuterRef("year"))
    return own.filter(~Exists(later.order_by()), household__in=_standing(query).order_by().values("pk")).annotate(
        line=_line_of(monitoring_lines(query)), net=NET
    )


def _line_of(lines: list[PovertyLine]) -> Case:
    """`line_for` in the database, as an amount; null where no line holds."""
    whens = [
        When(_holds(line), then=Value(line.amount, output_field=YuanField()))
        for line in sorted(lines, key=narrowness, reverse=True)
    ]
    return Case(*whens, default=Value(None), output_field=YuanField())


def _holds(line: PovertyLine) -> Q:
    inside = within(prefix_of(line.division.code), "village__code") if line.division else Q()
    return Q(year=line.year, concept=line.concept) & inside


def _of_incomes(query: Query, lines: list[PovertyLine]) -> Iterator[Warned]:
    """Those of incomes below the line and of incomes that fell; the database leaves out all that is neither."""
    earlier = IncomeRecord.objects.standing().summable_by(query.user).annotate(net=NET)
    alike = {name: OuterRef(name) for name in ("household", "concept", "income_year")}
    before = earlier.filter(**alike, year=OuterRef("year") - 1).order_by()
    incomes = (
        _latest(query)
        .filter(year__gte=FIRST_YEAR_WATCHED)
        .annotate(net_before=Subquery(before.values("net")), persons_before=Subquery(before.values("persons")))
        .annotate(now=_times("net", "persons_before", SHARP.denominator))
        .annotate(kept=_times("net_before", "persons", SHARP.denominator - SHARP.numerator))
        .filter(Q(net__lt=F("line") * F("persons")) | Q(net_before__gt=ZERO, now__lte=F("kept")))
    )
    for income in incomes.select_related("household__village", "village"):
        yield from _warnings_of(income, line_for(lines, LineKind.MONITORING, income))


def _times(amount: str, persons: str, times: int) -> ExpressionWrapper:
    # now ÷ persons ≤ 7/10 × before ÷ persons before, multiplied out, so that nothing is divided.
    return ExpressionWrapper(F(amount) * F(persons) * Value(times), output_field=YuanField())


def _warnings_of(income: Any, line: PovertyLine | None) -> Iterator[Warned]:
    since, now = localdate(income.recorded_at), per_head(income.net_income, income.persons)
    if line and now < Fraction(line.amount):
        yield Warned(income.household, WarningKind.BELOW_LINE, since, income, line)
    before = per_head(income.net_before, income.persons_before) if income.persons_before else None
    if before and before > 0 and before - now >= SHARP * before:
        yield Warned(income.household, WarningKind.FALL, since, income, before=before)


def _of_expenses(query: Query, lines: list[PovertyLine], on: date) -> Iterator[Warned]:
    """Those of large expenses; all that a household bore itself within twelve months counts together."""
    spent = LargeExpense.objects.beyond(OF_HOUSEHOLDS).filter(spent_on__gt=year_before(on), spent_on__lte=on)
    spent = spent.filter(household__in=_standing(query).order_by().values("pk")).order_by()
    sums = spent.values("household").annotate(billed=Sum("amount"), paid=Sum("covered"), last=Max("spent_on"))
    for some in chunks(sums.order_by("household")):
        numbers = [one["household"] for one in some]
        households = _standing(query).select_related("village").in_bulk(numbers)
        known = _latest(query).filter(household__in=numbers).select_related("village")
        incomes = {income.household_id: income for income in known}
        for one in some:
            borne, number = one["billed"] - one["paid"], one["household"]
            yield from _warning_of_expense(households[number], incomes.get(number), lines, borne, one["last"])


def _warning_of_expense(
    household: Household, income: IncomeRecord | None, lines: list[PovertyLine], borne: Decimal, last: date
) -> Iterator[Warned]:
    line = line_for(lines, LineKind.MONITORING, income) if income else None
    warned = Warned(household, WarningKind.EXPENSE, last, income, line, borne=borne)
    if borne and (income is None or _is_heavy(income.net_income, borne) or _falls_below(warned)):
        yield warned


def _is_heavy(net_income: Decimal, borne: Decimal) -> bool:
    """Whether three tenths of an income went; of an income that is none, or a loss, everything did."""
    return Fraction(borne) >= SHARP * Fraction(net_income)


def _falls_below(warned: Warned) -> bool:
    return bool(warned.line and warned.after is not None and warned.after < Fraction(warned.line.amount))


def _followed(found: list[Warned]) -> Iterator[Warned]:
    """The warnings with whether the household is watched, and what was done since."""
    for some in chunks(found):
        numbers = {one.household.pk for one in some}
        still = Monitoring.objects.filter(household__in=numbers, cleared_on__isnull=True).beyond(OF_HOUSEHOLDS)
        watched, doings = {one.household_id: one for one in still}, done_for(numbers)
        for one in some:
            number = one.household.pk
            yield replace(one, monitoring=watched.get(number), done=doings.since(number, one.since))


def _place(warned: Warned) -> tuple[str, str, int, int]:
    household = warned.household
    kinds = list(WarningKind)
    return household.village.code, household.number, household.pk, kinds.index(warned.kind)
