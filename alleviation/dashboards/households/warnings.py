"""What warns that a household may fall into poverty, and which households are watched."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.common.tables import Column, Kind, Row, Table, Text, mark_of
from alleviation.common.words import sentences
from alleviation.dashboards.households.warnings_by_county import county_tables
from alleviation.dashboards.pages import Panel, needs, page
from alleviation.scrutiny.figures.watched import warned
from beneficiaries.choices import MonitoringKind, WarningKind
from beneficiaries.reports import EarlyWarnings, MonitoredHouseholds
from beneficiaries.rollups import withholds
from beneficiaries.rollups.warnings import without_line
from beneficiaries.rollups.watched import watches_by_village
from projects.filters import QueryForm
from projects.models import Division
from projects.rollups.funding import homes
from projects.rollups.places import asked_of_place, child_level, name_children

# As many rows as a page can hold; the report has all of them.
SHOWN = 50
# The number of a village and a kind, and how many of it are made up.
Counted = tuple[str, str, int, int]


@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """How many households warn and are watched, by place and kind; which, for those who may see households."""
    user: User = request.user  # type: ignore[assignment]
    form = QueryForm(request.GET, user=user, fields=("area",))
    query = form.query()
    return page(
        request,
        "households/warnings.html",
        title=gettext("Early warnings and monitored households"),
        tables=[] if query is None else _numbers(query, form.place),
        form=form,
        lists=[] if query is None or not user.may(Right.VIEW_HOUSEHOLDS) else _lists(query, form),
        lacks_line=query is not None and without_line(query) > 0,
        breadcrumbs=_way(user),
    )


def _way(user: User) -> list[tuple[str, str]]:
    """The register above it, for those who may see it."""
    here = (gettext("Early warnings"), "")
    may_see = user.may(Right.VIEW_HOUSEHOLDS)
    return [(pgettext("register", "Households"), reverse("dashboards:households")), here] if may_see else [here]


def _numbers(query: Query, place: Division | None) -> list[Table]:
    if withholds(query.user):
        return county_tables(query, place)
    warnings: list[Counted] = [
        (one.household.village.code, one.kind.value, 1, int(one.household.is_made_up)) for one in warned(query)
    ]
    watches = watches_by_village(query)
    monitored: list[Counted] = [(*one.key, one.watched, one.watched_up) for one in watches]
    cleared: list[Counted] = [(one.key[0], "cleared", one.cleared, one.cleared_up) for one in watches]
    of_warnings = _columns(WarningKind, "early-warnings", _("Warnings"))
    of_watches = (*_columns(MonitoringKind, "monitored", _("Monitored")), _column("cleared", _("Cleared"), "cleared"))
    return [
        replace(
            _table("warnings", of_warnings, warnings, query, place),
            title=_("Warnings by place"),
            note=_("A household that warns in two ways counts in each."),
            empty=_("No household warns. Incomes and large expenses are recorded with the households."),
        ),
        replace(
            _table("monitored", of_watches, [*monitored, *cleared], query, place),
            title=_("Monitored households by place"),
            note=_("Monitored: today, by kind. Cleared: monitorings whose risk was cleared."),
            empty=_("No household is or was monitored."),
        ),
    ]


def _columns(kinds: type[TextChoices], figure: str, all_of_them: Text) -> tuple[Column, ...]:
    return (
        *(_column(kind.value, capfirst(kind.label), figure) for kind in kinds),
        _column("all", all_of_them, figure),
    )


def _column(key: str, title: Text, figure: str) -> Column:
    return Column(key, title, Kind.COUNT, explained=figure)


def _table(
    slug: str, columns: tuple[Column, ...], counted: list[Counted], query: Query, place: Division | None
) -> Table:
    """The numbers gathered by the places right below the one asked about; a village is its own only row."""
    level = child_level(place) or (place.level if place else None)
    home = homes((code for code, *_rest in counted), level) if level else {}
    found: dict[str, list[Counted]] = {}
    for one in counted:
        found.setdefault(home.get(one[0], ""), []).append(one)
    names = name_children(found, level) if level else {}
    rows = [
        {
            "area": names[code].words if code in names else code or gettext("Not tied to a smaller place"),
            "_asked": asked_of_place(code, level),
            **_cells(found[code], columns),
        }
        for code in sorted(found, key=lambda code: (code == "", code))
        if any(number for _code, _kind, number, _made_up in found[code])
    ]
    total = _cells(counted, columns) if rows else None
    return Table(slug, "", (Column("area", _("Area")), *columns), rows, total, asked=query.asked())


def _cells(counted: Iterable[Counted], columns: tuple[Column, ...]) -> Row:
    """The numbers by kind, each opened as the number of its kind; all kinds together without those cleared."""
    found = list(counted)
    sums = {column.key: sum(one[2] for one in found if one[1] == column.key) for column in columns}
    sums["all"] = sum(number for key, number in sums.items() if key not in ("all", "cleared"))
    of: Mapping[str, Any] = {
        column.key: {"of": column.key} for column in columns if column.key not in ("all", "cleared")
    }
    return {**sums, "_asked_of": of, "_made_up": mark_of(sum(one[3] for one in found), sum(one[2] for one in found))}


def _lists(query: Query, form: QueryForm) -> list[Panel]:
    return [_first(report, query, form) for report in (EarlyWarnings(), MonitoredHouseholds())]


def _first(report: Report, query: Query, form: QueryForm) -> Panel:
    """The first rows of a report, and the way to its file."""
    table = report.table(query)
    rows = list(islice(table.rows, SHOWN + 1))
    cut = gettext("Only the first are shown here; the report holds all of them.") if len(rows) > SHOWN else ""
    url = reverse("reports:csv", args=[report.slug]) + form.query_string()
    may_take = query.user.may(Right.EXPORT_REPORTS)
    note = sentences(table.note, cut) if cut else table.note
    return Panel(replace(table, rows=rows[:SHOWN], note=note), url if may_take else "")
