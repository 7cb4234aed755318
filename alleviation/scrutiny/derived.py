"""What follows from claims together with the lines of the floor above: shares of the poverty line."""

from dataclasses import replace

from django.utils.translation import gettext

from alleviation.common.query import Query
from beneficiaries.choices import LineKind
from beneficiaries.models import PovertyLine
from beneficiaries.rollups import all_lines
from projects.choices import Basis, Level, Measure
from projects.models import Claim
from projects.rollups.claims import claims
from projects.rollups.derived import Derived, derived, share_of_line


def derived_figures(query: Query) -> list[Derived]:
    """Everything that follows from the claims asked for; `of` names one by its key. See projects/rollups/derived.py.

    In: what claims alone imply, then incomes per person and year as a share of the poverty line. Unit: that of each.
    """
    return [*derived(query), *shares_of_lines(query)]


def shares_of_lines(query: Query) -> list[Derived]:
    """Claimed income per person and year ÷ poverty line of the year of the document × 100, the qualifiers kept.

    The line is that of the claim's province where there is one, else the national one. A year that the list lacks is
    not invented: the last line before it is taken, and named. Out: claims of no known year, or before any line.
    """
    found = claims(query).filter(measure=Measure.INCOME, basis=Basis.PER_PERSON_PER_YEAR).exclude(qualifier="")
    incomes = list(found.defer("document__text").order_by("code"))
    lines = lines_of(query) if incomes else []
    shares = (_share(claim, lines) for claim in incomes)
    return [one for one in shares if one and query.of in ("", one.of)]


def lines_of(query: Query) -> list[PovertyLine]:
    """Every poverty line, the earliest first."""
    lines = all_lines(Query(user=query.user))
    return sorted((line for line in lines if line.kind == LineKind.POVERTY), key=lambda line: line.year)


def line_for(claim: Claim, lines: list[PovertyLine]) -> PovertyLine | None:
    """The line that a claim is held against: of the year of its document, else the last one before."""
    year = year_of(claim)
    if year is None:
        return None
    province = claim.division.code[:2].ljust(12, "0") if claim.division else ""
    known = [line for line in lines if line.year <= year and _holds(line, province)]
    # Of one year the province's own goes before the nation's.
    return max(known, key=lambda line: (line.year, line.division is not None), default=None)


def year_of(claim: Claim) -> int | None:
    """The year that a claim tells of: its own, else that of its document."""
    day = claim.document.event_or_publication_on
    return claim.first_year or (day.year if day else None)


def _share(claim: Claim, lines: list[PovertyLine]) -> Derived | None:
    line = line_for(claim, lines)
    found = share_of_line(claim, line.figure, line.year) if line else None
    if line is None or found is None:
        return None
    return replace(found, title=_title(claim, line), source=_source(line))


def _title(claim: Claim, line: PovertyLine) -> str:
    year = year_of(claim)
    if line.year == year:
        return gettext("Share of the poverty line of %(year)d") % {"year": year}
    told = {"year": line.year, "wanted": year}
    return gettext("Share of the poverty line of %(year)d, the last one listed: there is none of %(wanted)d") % told


def _source(line: PovertyLine) -> str:
    told = {"concept": line.get_concept_display(), "prices": line.price_base or "—", "source": line.source}
    return (
        gettext(
            "The line is drawn for %(concept)s, %(prices)s (%(source)s). The claim may tell of one kind of income "
            "alone, so the share is no rate of poverty."
        )
        % told
    )


def _holds(line: PovertyLine, province: str) -> bool:
    """Whether a line is national, or of just this province."""
    place = line.division
    return place is None or (place.level == Level.PROVINCE and place.code == province)
