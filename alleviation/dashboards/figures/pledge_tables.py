"""The tables of promises, with the versions of each."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.common.batches import named_runs
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.common.words import listed
from alleviation.dashboards.figures.funding_tables import FIRST
from alleviation.dashboards.records.parts import place_url, pledge_url, seen
from projects.models import Pledge
from projects.rollups import PledgedYear, Promise, promises
from projects.rollups.pledges import TAKEN_BACK, entered, pledged

AMOUNT = Column("amount", _("Amount"), Kind.FIGURE, unit="CNY", explained="pledge")
PLEDGED = Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY", explained="pledged")
STANDS = Column("stands", _("Holds for"))


def pledges_table(query: Query) -> Table:
    """Every promise, each version with its amount and years as far as stated; a foreign project is not named."""
    found = promises(query)
    projects = seen((promise.first.project for promise in found), query.user)
    return Table(
        slug="pledges",
        title=_("Pledges"),
        columns=(
            Column("source", _("Pledged by")),
            Column("area", _("For")),
            Column("project", _("Project")),
            AMOUNT,
            Column("basis", _("Paid")),
            Column("years", _("Years")),
            STANDS,
            Column("document", _("Stated in")),
        ),
        rows=[
            _pledge_row(version, promise, projects.get(version.project_id or 0), query)
            for promise in found
            for version in promise.versions
        ],
        note=_(
            "Promised, not booked. What a document does not state is shown as not stated. A promise that was revised "
            "has a row for each version, with the years that it holds for."
        ),
        empty=_("No pledge is recorded for this filter. Pledges are entered in the admin."),
        asked=asked_then(query),
        first=FIRST,
    )


def versions_table(promise: Promise, query: Query) -> Table:
    """The versions of one promise: what each says, why, who entered it and which years it holds for."""
    events = entered(promise)
    return Table(
        slug="pledge-versions",
        title=_("Versions"),
        columns=(
            Column("version", _("Version")),
            AMOUNT,
            Column("years", _("Years")),
            STANDS,
            Column("reason", _("Reason")),
            Column("by", _("Entered by")),
            Column("at", _("Entered at"), Kind.DATE),
            Column("document", _("Stated in")),
        ),
        rows=[
            {**_version_row(number, version, promise, query), **_entered(events.get(version.pk))}
            for number, version in enumerate(promise.versions)
        ],
        note=_(
            "A revision supersedes the years that it names, and no others. An amount of zero takes the promise back."
        ),
        asked=asked_then(query),
    )


def years_table(promise: Promise, query: Query) -> Table:
    """The years in which the funding page shows it: those stated, and up to the present where no end is."""
    held = promise.holding(until=query.present_year)
    years = [PledgedYear(year, version) for year, version in held.items()]
    made_up = promise.first.is_made_up
    return Table(
        slug="pledged-years",
        title=_("The years it is shown in"),
        columns=(Column("year", _("Year"), Kind.YEAR), PLEDGED),
        rows=[
            {"year": one.year, "pledged": one.pledge.figure, "_made_up": made_up, "_asked": {"year": str(one.year)}}
            for one in years
        ],
        total={"year": gettext("Total"), "pledged": pledged(years), "_made_up": made_up} if years else None,
        note=_(
            "Promised, not booked. A pledge whose start is not stated is shown from the year of its document, "
            "and one whose end is not stated up to the present year."
        ),
        empty=_("It is shown in no year: no first year and no dated document is recorded, or it has not begun."),
        asked={**asked_then(query), "of": str(promise.first.pk)},
    )


def asked_then(query: Query) -> dict[str, str]:
    """What is asked of one promise: nothing but the day."""
    return {"as_of": query.as_of_words}


def years_in_words(pledge: Pledge) -> str:
    """The years of a pledge, and what of them is not stated."""
    if pledge.revises_id is not None:
        return _named_in_words(pledge)
    first = str(pledge.first_year) if pledge.first_year else gettext("start not stated")
    if not pledge.first_year and pledge.shown_from:
        first = gettext("start not stated, shown from %(year)s") % {"year": pledge.shown_from}
    if pledge.basis == "once":
        return first
    last = str(pledge.last_year) if pledge.last_year else gettext("end not stated")
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _named_in_words(revision: Pledge) -> str:
    """The years that a revision names."""
    first, last = revision.first_year, revision.last_year
    if first is None and last is None:
        return gettext("all years")
    if first is None:
        return gettext("until %(year)s") % {"year": last}
    if revision.basis == "once" or first == last:
        return str(first)
    if last is None:
        return gettext("from %(year)s on") % {"year": first}
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _stands(version: Pledge, promise: Promise, query: Query) -> str:
    """The years that a version holds for, in spans; what supersedes it all, or that no year is known."""
    held = promise.holding(until=query.present_year)
    years = [year for year, one in held.items() if one.pk == version.pk]
    if not held:
        return gettext("no year yet") if promise.first.is_start_stated else gettext("no year known")
    if not years:
        return gettext("superseded") if version is not promise.versions[-1] else gettext("no year yet")
    spans = listed(named_runs(years))
    return gettext("%(years)s: taken back") % {"years": spans} if version.figure == TAKEN_BACK else spans


def _pledge_row(pledge: Pledge, promise: Promise, project: Any, query: Query) -> Row:
    return {
        "source": pledge.source.local_name,
        "area": pledge.division.local_name,
        "project": project.local_name if project else "",
        "amount": pledge.figure,
        "_asked": {"of": str(pledge.pk)},
        "basis": pledge.get_basis_display(),
        "years": years_in_words(pledge),
        "stands": _stands(pledge, promise, query),
        "document": pledge.stated_in.title if pledge.stated_in else "",
        "_made_up": pledge.is_made_up,
        "_url": pledge_url(promise.first.pk),
        "_narrows": {},
        "_narrows_by": {"area": {"area": pledge.division.code}},
        "_urls": _urls(pledge, project, query.user),
    }


def _urls(pledge: Pledge, project: Any, user: User) -> dict[str, str]:
    return {
        "area": place_url(pledge.division, user),
        **({"project": project.get_absolute_url()} if project else {}),
        **({"document": pledge.stated_in.get_absolute_url()} if pledge.stated_in else {}),
    }


def _entered(event: AuditEvent | None) -> Row:
    """Who and when, as the trail tells it."""
    return {"by": event.actor, "at": event.at} if event else {}


def _version_row(number: int, version: Pledge, promise: Promise, query: Query) -> Row:
    return {
        "version": gettext("Revision %(number)s") % {"number": number} if number else gettext("First version"),
        "amount": version.figure,
        "_asked": {"of": str(version.pk)},
        "years": years_in_words(version),
        "stands": _stands(version, promise, query),
        "reason": version.reason,
        "document": version.stated_in.title if version.stated_in else "",
        "_made_up": version.is_made_up,
        "_urls": {"document": version.stated_in.get_absolute_url()} if version.stated_in else {},
    }
