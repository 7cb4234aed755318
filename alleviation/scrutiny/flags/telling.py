"""Cases as the rows of tables and files."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.flags.base import Case, Flag
from alleviation.scrutiny.flags.found import Found
from projects.models import Division
from projects.reports.cells import marked

RULE = Column("rule", _("Rule"))
CASES = Column("cases", _("Cases"), Kind.COUNT, explained="red-flags")
WAIVER = (
    Column("reason", _("Reason")),
    Column("asked_by", _("Asked by"), file_only=True),
    Column("approver", _("Approved by")),
    Column("expires_on", _("Holds until"), Kind.DATE),
)
CASE = (
    Column("case", _("Case")),
    Column("place_code", _("Division code"), Kind.CODE, file_only=True),
    Column("place", _("Area")),
    Column("year", _("Year"), Kind.YEAR),
    Column("since", _("Since"), Kind.DATE),
    Column("amount", _("Amount"), Kind.YUAN, explained="red-flag-amount"),
    Column("details", _("What was found")),
    Column("state", _("State")),
)
COLUMNS = (RULE, *CASE, *WAIVER, CASES, MADE_UP)


def case_url(flag: Flag, key: str) -> str:
    """The page of one case, where it is explained."""
    return reverse("dashboards:red-flag-case", args=[flag.slug, key])


def rows(found: Iterable[Found]) -> list[Row]:
    """A row for each case."""
    told = [_row(one) for one in found]
    names = _names({row["place_code"] for row in told})
    return [{**row, "place": names.get(row["place_code"], "") or gettext("Not tied to one place")} for row in told]


def _row(found: Found) -> Row:
    case, waiver = found.case, found.waiver
    decided = waiver if waiver and waiver.decided_by else None
    return {
        "rule": found.flag.title,
        "case": case.title,
        "place_code": case.area,
        "year": case.year,
        "since": case.since,
        "amount": case.amount,
        "details": case.details,
        "state": found.state.label,
        "reason": waiver.reason if waiver else "",
        "asked_by": waiver.asked_by if waiver else "",
        "approver": decided.decided_by if decided else "",
        "expires_on": waiver.expires_on if waiver else None,
        "cases": 1,
        "_urls": {"case": case_url(found.flag, case.key), **dict.fromkeys(_with_link(case), case.url)},
        "_asked": {"of": f"{found.flag.slug}:{case.key}"},
        "_explained": {"cases": f"{found.state}-red-flags"},
        **marked(case.is_made_up),
    }


def _with_link(case: Case) -> list[str]:
    """The columns that lead to the record of a case."""
    return ["details", *(["amount"] if case.amount is not None else [])]


def _names(codes: set[str]) -> dict[str, str]:
    """The names of places, as the latest list that has them."""
    places = Division.objects.filter(code__in=codes).order_by("vintage", "-level")
    return {place.code: place.local_name for place in places}
