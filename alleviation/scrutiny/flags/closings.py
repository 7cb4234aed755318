"""A rule about closed years: what was closed, and changed when the year was open again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.models import ClosingState, YearClosing
from alleviation.common import words
from alleviation.common.areas import within
from alleviation.common.query import Query
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, is_seen
from beneficiaries.models import IncomeRecord
from projects.models import LedgerEntry


class ChangedAfterClosing(Flag):
    """Closed years that were reopened, and of which entries were posted or incomes recorded or corrected since."""

    slug = "changed-after-closing"
    title = _("Figures that changed after their year was closed")
    description = _(
        "A year was closed, reopened, and then entries of it were posted, or incomes of it recorded or corrected: its "
        "figures are no longer those of the frozen reports."
    )
    source = OFFICE_RULE
    looks_at = _("closings that were reopened")

    def cases(self, query: Query) -> Iterator[Case]:
        for closing in self._judged(query).annotate(entries=_entries()).order_by("area", "year", "pk"):
            incomes = _incomes(closing)
            if closing.entries or incomes:
                yield _changed_case(closing, incomes)

    def looked_at(self, query: Query) -> int:
        return sum(1 for closing in self._judged(query) if is_seen(closing.area.ljust(12, "0"), query))

    def _judged(self, query: Query) -> Any:
        found = YearClosing.objects.visible_to(query.user).filter(state=ClosingState.REOPENED)
        return found.filter(year__gte=query.first_year, year__lte=query.last_year)


def _entries() -> Coalesce:
    """How many entries of the year and area were posted since it was closed."""
    rows = LedgerEntry.objects.posted().filter(checked_at__gt=OuterRef("decided_at"), year=OuterRef("year"))
    of_closing = rows.filter(division__code__startswith=OuterRef("area")).order_by()
    number = of_closing.values("year").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _incomes(closing: YearClosing) -> int:
    """How many incomes of the year and area were recorded since; a correction is a record of its own.

    Asked for each of the few closings that were reopened: their incomes lie on many machines.
    """
    rows = IncomeRecord.objects.beyond("only how many there are of a year that its reader sees closed")
    rows = rows.filter(recorded_at__gt=closing.decided_at, year=closing.year)
    return rows.filter(within(closing.area, "village__code")).count()


def _changed_case(closing: Any, incomes: int) -> Case:
    told = {"entries": words.count(closing.entries), "incomes": words.count(incomes)}
    decided: datetime = closing.decided_at
    return Case(
        # What changes after it was explained has not been explained.
        key=f"{closing.pk}-{closing.entries}-{incomes}",
        title=gettext("%(year)s of %(area)s") % {"year": closing.year, "area": closing.area},
        area=closing.area.ljust(12, "0"),
        url=reverse("closings:detail", args=[closing.pk]),
        year=closing.year,
        since=timezone.localdate(decided),
        details=gettext("Entries posted since it was closed: %(entries)s; incomes recorded: %(incomes)s.") % told,
    )
