"""Which households warn, and which are watched."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row, RowSets
from alleviation.common.tables import MADE_UP, Column, Kind, explain_url
from beneficiaries.reports.households import HOUSEHOLD, household_cells, household_url, income_url
from beneficiaries.rollups import asked_of_line
from beneficiaries.rollups.done import Done
from beneficiaries.rollups.warnings import Warned, early_warnings, in_yuan
from beneficiaries.rollups.watched import Watched, monitorings, watched
from projects.reports.cells import marked

DONE = (
    Column("measures", _("Measures since"), Kind.COUNT),
    Column("visits", _("Visits since"), Kind.COUNT),
    Column("last_done_on", _("Last done on"), Kind.DATE),
)


class EarlyWarnings(Report):
    """Every warning that the records hold today."""

    slug = "early-warnings"
    title = _("Early warnings")
    description = _(
        "Households whose latest income, of 2021 or later, is below the monitoring line of its area and year; whose "
        "net income a head fell by three tenths or more against the year before; or who bore large expenses of three "
        "tenths or more of their latest net income, or of which less than the line is left a head, in the last twelve "
        "months. Per capita: net income ÷ persons counted, in yuan a year. A warning is a question to be answered on "
        "the spot, and no verdict."
    )
    permission = Right.VIEW_HOUSEHOLDS
    filters = ("area",)
    columns = (
        *HOUSEHOLD,
        Column("kind", _("Warning")),
        Column("since", _("Since"), Kind.DATE),
        Column("year", _("Year of the income"), Kind.YEAR),
        Column("per_capita", _("Per capita"), Kind.YUAN),
        Column("line", _("Monitoring line"), Kind.FIGURE, unit="CNY"),
        Column("before", _("A year before"), Kind.YUAN),
        Column("fall", _("Fell by"), Kind.RATIO),
        Column("borne", _("Expenses borne"), Kind.YUAN),
        Column("after", _("Per capita after them"), Kind.YUAN),
        Column("monitored_since", _("Monitored since"), Kind.DATE),
        *DONE,
        MADE_UP,
    )
    empty = _("No household warns. Incomes and large expenses are recorded with the households.")
    # What warns depends on the day it is asked on.
    is_of_the_day = True

    def rows(self, query: Query) -> Iterable[Row]:
        if not query.user.may(Right.VIEW_HOUSEHOLDS):
            return iter(())
        return map(warned_row, early_warnings(query, timezone.localdate()))

    def total(self, query: Query) -> None:
        """A household may warn in more than one way: nothing is added."""
        return None


class MonitoredHouseholds(Report):
    """Every household that is or was watched."""

    slug = "monitored-households"
    title = _("Monitored households")
    description = _(
        "Every household that is watched since 2020, or was until the risk was cleared: the kind, the risk, and what "
        "was done since it was identified, until it was cleared."
    )
    permission = Right.VIEW_HOUSEHOLDS
    filters = ("area",)
    columns = (
        *HOUSEHOLD,
        Column("kind", _("Kind")),
        Column("risk", _("Main risk")),
        Column("other_risk", _("Another risk")),
        Column("identified_on", _("Identified on"), Kind.DATE),
        Column("identified_by", _("Identified by")),
        *DONE,
        Column("cleared_on", _("Cleared on"), Kind.DATE),
        MADE_UP,
    )
    empty = _("No household is or was monitored.")
    # The list is told as it is today.
    is_of_the_day = True

    def rows(self, query: Query) -> Iterable[Row]:
        return map(watched_row, watched(query))

    def total(self, query: Query) -> None:
        """A household may have been watched more than once: nothing is added."""
        return None

    def row_sets(self, query: Query) -> RowSets:
        return (monitorings(query).visible_to(query.user),)


def warned_row(one: Warned) -> Row:
    """A warning with the figures it rests on; the household opens, and so does its income."""
    figures, opens = _figures(one), household_url(one.household)
    urls = {
        **dict.fromkeys(("borne", "after"), opens),
        **dict.fromkeys(("per_capita", "before", "fall"), income_url(one.income) if one.income else ""),
        "line": explain_url("poverty-line", asked_of_line(one.line)) if one.line else "",
    }
    return {
        **household_cells(one.household),
        "kind": one.kind.label,
        "since": one.since,
        **figures,
        "monitored_since": one.monitoring.identified_on if one.monitoring else None,
        **_done_cells(one.done),
        "_urls": {
            **dict.fromkeys(("household", "measures", "visits"), opens),
            **{key: url for key, url in urls.items() if figures[key] is not None},
        },
        **marked(one.household.is_made_up),
    }


def _figures(one: Warned) -> Row:
    """What the warning rests on, None for what it does not; exact until it is shown."""
    heads = {"per_capita": one.per_capita, "before": one.before, "after": one.after}
    return {
        **{name: None if value is None else in_yuan(value) for name, value in heads.items()},
        "year": one.income.year if one.income else None,
        "line": one.line.figure if one.line else None,
        "fall": None if one.fall is None else in_yuan(one.fall * 100).scaleb(-2),
        "borne": one.borne,
    }


def _done_cells(done: Done) -> dict[str, int | date | None]:
    return {"measures": done.measures, "visits": done.visits, "last_done_on": done.last_on}


def watched_row(one: Watched) -> Row:
    """A monitoring by the words of its choices; the notes are for the household's own page."""
    monitoring = one.monitoring
    household = monitoring.household
    return {
        **household_cells(household),
        "kind": monitoring.get_kind_display(),
        "risk": monitoring.get_risk_display(),
        "other_risk": monitoring.get_other_risk_display() if monitoring.other_risk else "",
        **{name: getattr(monitoring, name) for name in ("identified_on", "identified_by", "cleared_on")},
        **_done_cells(one.done),
        "_urls": dict.fromkeys(("household", "measures", "visits"), household_url(household)),
        **marked(household.is_made_up),
    }
