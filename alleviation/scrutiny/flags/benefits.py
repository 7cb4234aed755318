"""The rule about benefits that are the same for a whole village."""

from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.tables import mark_of
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag
from alleviation.scrutiny.flags.homes import countable
from beneficiaries.choices import EnrolmentRole
from beneficiaries.models import Enrolment
from projects.models import Division, Project
from projects.rollups.projects import seen_or_not

# So many households make it a pattern and no chance.
LEAST_EQUAL = 3


class EqualBenefits(Flag):
    """Villages in which every household enrolled in a project got the same to the fen."""

    slug = "equal-benefits"
    title = _("The same benefit for a whole village")
    description = _(
        "All households of a village that take part in a project got the same amount in a year, to the fen, and they "
        "are three or more: money that was shared out by heads and not by need or work. A household counts in its "
        "village of that year; what a single member got is not looked at."
    )
    source = OFFICE_RULE
    looks_at = _("villages with three or more households enrolled for one kind in a project and year")

    def cases(self, query: Query) -> list[Case]:
        rows = list(self._judged(query).filter(known=F("number"), low=F("high")))
        projects = seen_or_not(row["project"] for row in rows)
        villages = {row["village__code"] for row in rows}
        names = {place.code: place.local_name for place in Division.objects.filter(code__in=villages)}
        return [_equal_case(row, projects[row["project"]], names, query.user) for row in rows]

    def looked_at(self, query: Query) -> int:
        return self._judged(query).count()

    def _judged(self, query: Query) -> Any:
        found = Enrolment.objects.in_area(query.user.area).filter(
            countable(query, "village__code"), person_key__isnull=True
        )
        found = found.filter(year__gte=query.first_year, year__lte=query.last_year).order_by()
        groups = found.values("village__code", "project", "role", "year").annotate(
            number=Count("pk"),
            known=Count("amount"),
            low=Min("amount"),
            high=Max("amount"),
            made_up=Count("pk", filter=Q(household__is_made_up=True)),
        )
        return groups.filter(number__gte=LEAST_EQUAL).order_by("village__code", "project", "role", "year")


def _equal_case(row: dict[str, Any], project: Project, names: dict[str, str], user: User) -> Case:
    code = row["village__code"]
    is_seen = covers(user.area, project.division.code if project.division else "")
    # The amount that all of them got is what each of them got.
    may_see = user.may(Right.VIEW_HOUSEHOLDS)
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
        amount=row["low"] if may_see else None,
        details=(
            gettext("%(number)s households got %(amount)s yuan each.")
            if may_see
            else gettext("%(number)s households got the same.")
        )
        % told,
        is_made_up=mark_of(row["made_up"], row["number"]) is True,
    )
