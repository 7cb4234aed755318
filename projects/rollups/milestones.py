"""Steps of projects that are late."""

from datetime import date

from django.db.models import Q, QuerySet

from alleviation.common.query import Query
from projects.choices import ProjectStatus
from projects.models import Milestone


def late_milestones(query: Query, on: date) -> QuerySet[Milestone]:
    """The milestones that were due before a day and are not reached, the one that has been due for longest first.

    In: those of the places asked about, due in the years asked for. Out: milestones of projects that are finished or
    given up, and those without a day.
    """
    found = Milestone.objects.visible_to(query.user).filter(due_on__lt=on, reached_on__isnull=True)
    asked = Q(due_on__year__gte=query.first_year, due_on__year__lte=query.last_year)
    found = found.filter(asked, query.beside_plans("due_on__year"), query.located("project__division__code"))
    ongoing = found.exclude(project__status__in=ProjectStatus.ENDED)
    return ongoing.select_related("project__division").order_by("due_on", "project__code", "pk")
