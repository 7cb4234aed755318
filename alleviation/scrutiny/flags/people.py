"""Rules about households and what they get: exits, persons recorded twice, benefits that are all equal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Max, Min, OuterRef, Q, Value, When
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.areas import covers, within
from alleviation.common.fields import YuanField
from alleviation.common.query import Query
from alleviation.common.tables import mark_of
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.figures.proof import record_url
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, shared_area
from beneficiaries.choices import EnrolmentRole, HouseholdStatus, IncomeStatus, LineKind
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PovertyLine
from beneficiaries.rollups import all_lines
from projects.choices import Level
from projects.models import Division, Project

# So many households make it a pattern and no chance.
LEAST_EQUAL = 3


def _countable(query: Query, village: str) -> Q:
    """A filter for rows whose village, by this key, lies where the person works and the question asks.

    To count them needs the right to see figures; which they are is another right (Flag.of_households).
    """
    if not query.user.may(Right.VIEW_FIGURES):
        return Q(pk__in=[])
    return within(query.user.area, village) & query.located(village)


def _household_url(number: int) -> str:
    return reverse("admin:beneficiaries_household_change", args=[number])


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
    found = Household.objects.filter(_countable(query, "village__code"), status=HouseholdStatus.EXITED)
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
    incomes = IncomeRecord.objects.standing().filter(
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
        url=_household_url(household.pk),
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


class SamePersonTwice(Flag):
    """Pairs of persons in two households who seem to be one.

    The same name and year of birth, unless both have identity numbers that end differently; or the same year of
    birth and the same last digits of the identity number.
    """

    slug = "same-person-twice"
    title = _("The same person twice")
    description = _(
        "Two persons in two households with the same year of birth, and the same name or the same last four digits of "
        "the identity number; a name is no sign where the digits are known to differ."
    )
    source = OFFICE_RULE
    looks_at = _("persons whose year of birth is recorded")
    of_households = True

    def cases(self, query: Query) -> Iterator[Case]:
        pairs = {pair for names in ("name", "id_tail") for pair in _pairs(query, names)}
        for one, other in sorted(pairs, key=lambda pair: (pair[0].number, pair[1].number)):
            yield _pair_case(one, other)

    def looked_at(self, query: Query) -> int:
        return _persons(query).filter(query.located("household__village__code")).count()


@dataclass(frozen=True)
class Someone:
    """A person as far as two are compared."""

    number: int
    household: int
    household_number: str
    village: str
    is_made_up: bool
    name: str
    birth_year: int
    id_tail: str


def _persons(query: Query) -> Any:
    """Everybody in this person's area: the other half of a pair may live elsewhere than the question asks."""
    if not query.user.may(Right.VIEW_FIGURES):
        return Person.objects.none()
    return Person.objects.filter(within(query.user.area, "household__village__code"), birth_year__isnull=False)


def _pairs(query: Query, sign: str) -> Iterator[tuple[Someone, Someone]]:
    """The pairs that share the year of birth and this sign, and live in two households."""
    persons = _persons(query).exclude(**{sign: ""}).order_by()
    shared = persons.values(sign, "birth_year").annotate(homes=Count("household", distinct=True)).filter(homes__gt=1)
    found = persons.filter(**{f"{sign}__in": shared.values(sign)}).order_by("pk")
    columns = ("pk", "household", "household__number", "household__village__code", "household__is_made_up")
    alike: dict[tuple[str, int], list[Someone]] = defaultdict(list)
    for row in found.values_list(*columns, "name", "birth_year", "id_tail"):
        one = Someone(*row)
        alike[getattr(one, sign), one.birth_year].append(one)
    for group in alike.values():
        yield from (pair for pair in combinations(group, 2) if _are_one(*pair, sign=sign))


def _are_one(one: Someone, other: Someone, *, sign: str) -> bool:
    differ = bool(one.id_tail and other.id_tail) and one.id_tail != other.id_tail
    return one.household != other.household and not (sign == "name" and differ)


def _pair_case(one: Someone, other: Someone) -> Case:
    signs = [
        gettext("the same name") if one.name == other.name else "",
        gettext("the same last digits of the identity number") if one.id_tail and one.id_tail == other.id_tail else "",
    ]
    told = {"signs": ", ".join(filter(None, signs))}
    return Case(
        key=f"{one.number}-{other.number}",
        title=gettext("Households %(one)s and %(other)s")
        % {"one": one.household_number, "other": other.household_number},
        area=shared_area([one.village, other.village]),
        url=_household_url(one.household),
        details=gettext("Two members share the year of birth and: %(signs)s.") % told,
        is_made_up=one.is_made_up and other.is_made_up,
    )


class EqualBenefits(Flag):
    """Villages in which every household enrolled in a project got the same to the fen."""

    slug = "equal-benefits"
    title = _("The same benefit for a whole village")
    description = _(
        "All households of a village that take part in a project got the same amount in a year, to the fen, and they "
        "are three or more: money that was shared out by heads and not by need or work."
    )
    source = OFFICE_RULE
    looks_at = _("villages with three or more enrolments of one kind in a project and year")

    def cases(self, query: Query) -> list[Case]:
        rows = list(self._judged(query).filter(known=F("number"), low=F("high")))
        projects = Project.objects.select_related("division").in_bulk({row["project"] for row in rows})
        villages = {row["household__village__code"] for row in rows}
        names = {place.code: place.local_name for place in Division.objects.filter(code__in=villages)}
        return [_equal_case(row, projects[row["project"]], names, query.user.area) for row in rows]

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        found = Enrolment.objects.filter(_countable(query, "household__village__code"))
        found = found.filter(year__gte=query.first_year, year__lte=query.last_year).order_by()
        groups = found.values("household__village__code", "project", "role", "year").annotate(
            number=Count("pk"),
            known=Count("amount"),
            low=Min("amount"),
            high=Max("amount"),
            made_up=Count("pk", filter=Q(household__is_made_up=True)),
        )
        return groups.filter(number__gte=LEAST_EQUAL).order_by("household__village__code", "project", "role", "year")


def _equal_case(row: dict[str, Any], project: Project, names: dict[str, str], area: str) -> Case:
    code = row["household__village__code"]
    is_seen = covers(area, project.division.code if project.division else "")
    told = {"number": words.count(row["number"]), "amount": words.yuan(row["low"])}
    return Case(
        key=f"{project.pk}-{row['role']}-{row['year']}-{code}",
        title=gettext("%(village)s: %(role)s, %(project)s")
        % {
            "village": names.get(code, code),
            "role": EnrolmentRole(row["role"]).label,
            "project": project if is_seen else gettext("a project of another area"),
        },
        area=code,
        url=project.get_absolute_url() if is_seen else "",
        year=row["year"],
        amount=row["low"],
        details=gettext("%(number)s households got %(amount)s yuan each.") % told,
        is_made_up=mark_of(row["made_up"], row["number"]) is True,
    )
