"""Closing a year in tests: the two people and what they need."""

from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.audit import closings
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.common.query import Query
from alleviation.scrutiny.flags.found import unexplained
from alleviation.scrutiny.models import Waiver
from beneficiaries.choices import CheckState
from beneficiaries.models import IncomeRecord
from tests.factories import UserFactory, WaiverFactory


def none_open(closing: YearClosing) -> list[object]:
    return []


def nothing_frozen(closing: YearClosing) -> list[FrozenReport]:
    return []


def one_file(closing: YearClosing) -> list[FrozenReport]:
    return [
        FrozenReport(slug="a-report", language="en", file_name="a.csv", content=b"a", sha256="0" * 64, rows=1),
    ]


def close(closing: YearClosing, by: User, *, open_entries=none_open, freeze=nothing_frozen) -> YearClosing:
    return closings.close_year(closing, by=by, open_entries=open_entries, freeze=freeze)


def explain(by: User, year: int) -> int:
    """Explain every red flag of the year that `by` sees, as two others would have; returns how many."""
    found = unexplained(Query(user=by).of_years(year, year))
    for one in found:
        waiver = WaiverFactory(
            flag=one.flag.slug, case_key=one.case.key, area=one.case.area, expires_on=timezone.localdate()
        )
        approved = {"state": "approved", "decided_by": "a-reviewer", "decided_at": timezone.now()}
        Waiver.objects.filter(pk=waiver.pk).update(**approved)
    return len(found)


def closed(by: User, *, area: str = "513228", year: int = 2019) -> YearClosing:
    """A year that one person proposed and `by` closed."""
    return close(closings.propose_closing(area, year, by="a-clerk"), by)


def verify(by: User, year: int) -> None:
    """Verify every income of the year that `by` sees, as somebody else would have."""
    somebody = UserFactory(username="a-checker", role="reviewer", area="51")
    seen = IncomeRecord.objects.visible_to(by).waiting().of_years(year, year)
    seen.update(state=CheckState.VERIFIED, checked_at=timezone.now(), checked_by=somebody)
