"""The rule about exits from poverty that the household's income does not show."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.fields import YuanField
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.figures.proof import record_url
from alleviation.scrutiny.flags.base import Case, Flag
from alleviation.scrutiny.flags.homes import countable, household_url
from beneficiaries.choices import HouseholdStatus, IncomeStatus, LineKind
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from beneficiaries.rollups import all_lines
from projects.choices import Level


class ExitNotEarned(Flag):
    """Households that exited from poverty in a year whose income does not show it.

    Per head = Σ of the four components − expenses, ÷ persons counted, in yuan, of the record that holds for the year
    of the exit; against the poverty line of that year: the province's own, else the national one.
    """

    slug = "exit-not-earned"
    title = _("Exit from poverty that the income does not show")
    description = _(
        "In the year of its exit the household's income per head is at or below the poverty line, or would be without "
        "transfer income, or is partly expected and not received, or is not recorded; or the day of the exit is not."
    )
    source = _(
        "Opinions on establishing a mechanism for exit from poverty (关于建立贫困退出机制的意见), of the General "
        "Offices of the CPC Central Committee and the State Council: net income per head stably above the national "
        "standard. That transfer and expected income are not stable is a rule of this office."
    )
    looks_at = _("households that exited from poverty")
    of_households = True

    def cases(self, query: Query) -> Iterator[Case]:
        for income in _doubtful(query):
            yield _exit_case(income)
        for household in _unrecorded(query):
            yield _unrecorded_case(household)

    def looked_at(self, query: Query) -> int:
        return _exits(query).count()

    def not_judged(self, query: Query) -> str:
        known = {line.year for line in _poverty_lines(query)}
        years = ExtractYear("status_since")
        found = _exits(query).exclude(status_since=None).annotate(exit_year=years).exclude(exit_year__in=known)
        number = found.count()
        if not number:
            return ""
        told = {"number": words.count(number)}
        message = gettext("%(number)s exits are of years without a recorded poverty line: held against none.")
        return message % told


def _exits(query: Query) -> Any:
    """The households that exited in the years asked for; with all years, those whose day is not recorded too."""
    found = Household.objects.in_area(query.user.area).filter(
        countable(query, "village__code"), status=HouseholdStatus.EXITED
    )
    if (query.first_year, query.last_year) == (FIRST_YEAR, LAST_YEAR):
        return found
    first, last = date(query.first_year, 1, 1), date(query.last_year, 12, 31)
    return found.filter(status_since__gte=first, status_since__lte=last)


def _poverty_lines(query: Query) -> list[PovertyLine]:
    return [line for line in all_lines(query) if line.kind == LineKind.POVERTY]


def _line_of_year(lines: Iterable[PovertyLine]) -> models.Case:
    """The line that an income is held against: that of its province, else of the nation; null where there is none."""
    provinces = [
        When(year=line.year, household__village__code__startswith=line.division.code[:2], then=_yuan(line.amount))
        for line in lines
        if line.division and line.division.level == Level.PROVINCE
    ]
    nation = [When(year=line.year, then=_yuan(line.amount)) for line in lines if line.division is None]
    return models.Case(*provinces, *nation, default=Value(None), output_field=YuanField())


def _yuan(amount: Decimal) -> Value:
    return Value(amount, output_field=YuanField())


def _doubtful(query: Query) -> Any:
    """The incomes of exit years that are at or below the line, would be without transfers, or are expected."""
    earned = F("wage_income") + F("business_income") + F("property_income") - F("expenses")
    exited = IncomeRecord.objects.standing().beyond("of households in view, wherever they belonged in that year")
    incomes = exited.filter(
        household__in=_exits(query).order_by().values("pk"), household__status_since__year=F("year")
    )
    incomes = incomes.annotate(
        line=_line_of_year(_poverty_lines(query)),
        lowest=ExpressionWrapper(F("line") * F("persons"), output_field=YuanField()),
        earned=ExpressionWrapper(earned, output_field=YuanField()),
        net=ExpressionWrapper(earned + F("transfer_income"), output_field=YuanField()),
    )
    # What is below the line with its transfers is so without them.
    doubtful = incomes.filter(Q(status=IncomeStatus.EXPECTED) | Q(earned__lte=F("lowest")))
    return doubtful.select_related("household__village").order_by("household__village__code", "household", "pk")


def _exit_case(income: Any) -> Case:
    household = income.household
    reasons = dict(_reasons(income))
    return Case(
        key=f"{household.pk}-{income.year}-{'-'.join(reasons)}",
        title=_household_title(household),
        area=household.village.code,
        url=record_url(IncomeRecord, income.pk),
        year=income.year,
        since=household.status_since,
        details=" ".join(reasons.values()),
        is_made_up=household.is_made_up,
    )


def _reasons(income: Any) -> Iterator[tuple[str, str]]:
    """What speaks against the exit, by a word for its key."""
    told = {"per_head": words.yuan(income.net / income.persons), "line": words.yuan(income.line)}
    if income.status == IncomeStatus.EXPECTED:
        yield "expected", gettext("A part of the income is expected and not received.")
    if income.line is None:
        return
    if income.net <= income.lowest:
        yield "below", gettext("%(per_head)s yuan a head, at or below the line of %(line)s.") % told
    elif income.earned <= income.lowest:
        told["without"] = words.yuan(income.earned / income.persons)
        message = gettext("%(per_head)s yuan a head, %(without)s without transfers: at or below the line of %(line)s.")
        yield "transfer", message % told


def _unrecorded(query: Query) -> Any:
    """The exits in years for which no income is recorded, and those without a day."""
    of_exit_year = IncomeRecord.objects.standing().filter(
        household=OuterRef("pk"), year=ExtractYear(OuterRef("status_since"))
    )
    found = _exits(query).exclude(Exists(of_exit_year.order_by()))
    return found.select_related("village").order_by("village__code", "number", "pk")


def _unrecorded_case(household: Household) -> Case:
    since = household.status_since
    return Case(
        key=f"{household.pk}-{since.year if since else 'undated'}-unrecorded",
        title=_household_title(household),
        area=household.village.code,
        url=household_url(household.pk),
        year=since.year if since else None,
        since=since,
        details=gettext("No income is recorded for the year of the exit.")
        if since
        else gettext("The day of the exit is not recorded."),
        is_made_up=household.is_made_up,
    )


def _household_title(household: Household) -> str:
    told = {"number": household.number, "village": household.village.local_name}
    return gettext("Household %(number)s, %(village)s") % told
