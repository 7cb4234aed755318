"""A rule about what documents claim: what nothing on record bears out, a year after it was published."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.words import count
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, day_of, is_seen
from alleviation.scrutiny.reconciliation import Reconciled, Support, reconcile
from projects.models import Claim

YEARS = 1


class UnsupportedClaims(Flag):
    """Claims that our records do not bear out in full, though their document has been public for more than a year.

    How a claim is held against the records: alleviation/scrutiny/reconciliation.py.
    """

    slug = "unsupported-claims"
    title = _("Claims unsupported a year after publication")
    description = _(
        "A document has said something for more than a year, and our records hold only a part of it, nothing of it, "
        "or speak against it."
    )
    source = OFFICE_RULE
    looks_at = _("claims that can be compared with records, published more than a year ago")

    def cases(self, query: Query) -> Iterator[Case]:
        for one in _judged(query):
            if one.support in Support.LACKING:
                yield _case(one)

    def looked_at(self, query: Query) -> int:
        return len(_judged(query))

    def not_judged(self, query: Query) -> str:
        undated = [one for one in _compared(query) if one.claim.document.event_or_publication_on is None]
        if not undated:
            return ""
        told = {"number": count(len(undated))}
        return gettext("%(number)s claims are of documents without a date: when a year is over is not known.") % told


def _judged(query: Query) -> list[Reconciled]:
    day = day_of(query)
    dated = [(one, _due_on(one.claim)) for one in _compared(query)]
    return [one for one, due in dated if due is not None and due < day and _is_in_years(one.claim, query)]


def _compared(query: Query) -> list[Reconciled]:
    """The claims that can be compared, where the question asks; computed once for a question.

    Their years are those of their documents, so the claims are asked for with all years.
    """
    key = ("unsupported claims",)
    if key not in query.memory:
        query.memory[key] = reconcile(Query(user=query.user))
    found: list[Reconciled] = query.memory[key]
    return [one for one in found if one.support != Support.NOT_COMPARABLE and is_seen(_area_of(one.claim), query)]


def _is_in_years(claim: Claim, query: Query) -> bool:
    published = claim.document.event_or_publication_on
    return published is not None and query.first_year <= published.year <= query.last_year


def _due_on(claim: Claim) -> date | None:
    """The day on which a year since its publication is over."""
    published = claim.document.event_or_publication_on
    if published is None:
        return None
    try:
        return published.replace(year=published.year + YEARS)
    except ValueError:
        # Published on a leap day.
        return date(published.year + YEARS, 3, 1)


def _area_of(claim: Claim) -> str:
    """The place that the claim is about, else that of its project; "" for none."""
    place = claim.division or (claim.project.division if claim.project else None)
    return place.code if place else ""


def _case(one: Reconciled) -> Case:
    claim, due = one.claim, _due_on(one.claim)
    published = claim.document.event_or_publication_on
    told = {"support": one.support.label, "claimed": claim.figure.words(claim.unit) if claim.figure else ""}
    return Case(
        key=claim.code,
        title=gettext("Claim %(code)s") % {"code": claim.code},
        area=_area_of(claim),
        url=claim.get_absolute_url(),
        year=published.year if published else None,
        since=due + timedelta(days=1) if due else None,
        details=gettext("%(claimed)s: %(support)s.") % told,
        is_made_up=one.mark is True,
    )
