"""Which of our records a claim can be held against: whose project, which places, whose money, which years."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alleviation.common.areas import covers, prefix_of
from alleviation.common.query import Query
from alleviation.common.words import listed
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.choices import Basis, Measure, Unit
from projects.models import Claim, Division, FundingSource, Succession

PEOPLE = frozenset({Measure.PEOPLE, Measure.HOUSEHOLDS})
MONEY = frozenset({Measure.FUND, Measure.INFRASTRUCTURE})
# What these tell of is still to come: a promise, a plan, an aim.
AHEAD = frozenset({"planned", "approved", "targeted", "expected", "pledged", "signed"})
RATES = frozenset({Basis.PER_PERSON_PER_YEAR, Basis.PER_HOUSEHOLD})

NO_FIGURE = _("It states no number.")
NO_RECORDS = _("We keep no records of this measure.")
OF_EACH = _("It is told of each of some, which is no sum.")
OTHER_UNIT = _("The register counts persons and households, not this unit.")
NO_SUBJECT = _("It names no project, place or payer of our records.")
BEYOND_AREA = _("It reaches beyond your area, whose records are all that you see.")


@dataclass(frozen=True)
class Scope:
    """What a claim asks of our records. `asked` is the same question as an address has it.

    `is_same_thing`: the records asked for are a part of just what the claim tells of, as those of its project are.
    """

    query: Query
    asked: dict[str, str] = field(default_factory=dict)
    words: str = ""
    is_same_thing: bool = False
    is_per_year: bool = False


def why_not(claim: Claim, user_area: str) -> Promise | None:
    """Why a claim cannot be held against records; None where it can, as far as itself tells."""
    figure = claim.figure
    if figure is None or not figure.is_summable:
        return NO_FIGURE
    if claim.measure not in PEOPLE | MONEY:
        return NO_RECORDS
    if claim.basis in RATES:
        return OF_EACH
    if claim.measure in PEOPLE and claim.unit not in (Unit.PERSON, Unit.HOUSEHOLD):
        return OTHER_UNIT
    return None if reaches(claim, user_area) else BEYOND_AREA


def reaches(claim: Claim, area: str) -> bool:
    """Whether all that a claim is about lies in an area: its project, and the place that it names besides.

    A claim that names neither is about everywhere.
    """
    project = [claim.project.lies_in(area)] if claim.project else []
    named = [covers(area, claim.division.code)] if claim.division else []
    return all([*project, *named]) if project or named else not area


class Scopes:
    """The scopes of several claims, what they need read at once."""

    def __init__(self, query: Query, claims: Iterable[Claim]) -> None:
        self.base = Query(user=query.user)
        found = list(claims)
        self.prefixes = prefixes_of(place for claim in found for place in _places(claim))
        self.sources = _sources() if any(claim.measure in MONEY for claim in found) else {}

    def of(self, claim: Claim) -> Scope | None:
        """What is asked of the ledger or the enrolments: those of its project, else of its place, else of its payer.

        Money is that of its organisation, where that is a funding source of the same name. None: it names nothing.
        """
        source = self._source(claim)
        if claim.project:
            named = Scope(replace(self.base, project_id=claim.project.pk), {"project": claim.project.code})
            named = replace(named, words=claim.project.code, is_same_thing=True)
        elif claim.division:
            named = self.at([claim.division])
        elif source:
            named = Scope(self.base)
        else:
            return None
        return _of_years(_of_source(named, source), claim)

    def register(self, claim: Claim) -> Scope | None:
        """What is asked of the register: the claim's place, else the place of its project, else that of its sites."""
        places = _places(claim)
        return self.at(places) if places else None

    def at(self, places: list[Division]) -> Scope:
        """Places, with those that became them. Several of them have no address."""
        prefixes = tuple(prefix for place in places for prefix in self.prefixes[place.code])
        asked = {"area": places[0].code} if len(places) == 1 else {}
        query = replace(self.base, area_code=asked.get("area", ""), prefixes=prefixes)
        return Scope(query, asked, listed(place.local_name for place in places))

    def _source(self, claim: Claim) -> FundingSource | None:
        if claim.measure not in MONEY or claim.organisation is None:
            return None
        names = (claim.organisation.name, claim.organisation.name_zh)
        return next((self.sources[name] for name in names if name and name in self.sources), None)


def _of_source(scope: Scope, source: FundingSource | None) -> Scope:
    if source is None:
        return scope
    words = listed((scope.words, source.local_name))
    query = replace(scope.query, source_code=source.code)
    return replace(scope, query=query, asked={**scope.asked, "source_code": source.code}, words=words)


def _of_years(scope: Scope, claim: Claim) -> Scope:
    """The claim's years. What has happened is told up to the year of the document, which knows of no later one."""
    day = claim.document.event_or_publication_on
    is_yearly = claim.basis == Basis.PER_YEAR
    told_until = day.year if day and claim.status not in AHEAD and not is_yearly else LAST_YEAR
    first, last = claim.first_year or FIRST_YEAR, claim.last_year or told_until
    return replace(of_years(scope, first, max(first, last)), is_per_year=is_yearly)


def of_years(scope: Scope, first: int, last: int) -> Scope:
    """The same records of these years."""
    asked = {key: value for key, value in scope.asked.items() if key not in ("year", "first", "last")}
    if first == last:
        asked["year"] = str(first)
    elif (first, last) != (FIRST_YEAR, LAST_YEAR):
        asked |= {"first": str(first), "last": str(last)}
    return replace(scope, query=scope.query.of_years(first, last), asked=asked)


def _places(claim: Claim) -> list[Division]:
    if claim.division:
        return [claim.division]
    if claim.project is None:
        return []
    if claim.project.division:
        return [claim.project.division]
    return [site.division for site in claim.project.sites.all()]


def _sources() -> Mapping[str, FundingSource]:
    """Funding sources by their names; of two of one name the first."""
    found: dict[str, FundingSource] = {}
    for source in FundingSource.objects.order_by("code"):
        for name in (source.name, source.name_zh):
            found.setdefault(name, source)
    return found


def prefixes_of(places: Iterable[Division]) -> dict[str, tuple[str, ...]]:
    """`Division.area_prefixes` for many places at once, by their codes."""
    wanted = {place.code: place.level for place in places}
    became = Succession.objects.whole().filter(successor__code__in=wanted).values("predecessor__code")
    whole = Succession.objects.whole().filter(predecessor__code__in=became)
    heirs: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for former, code, level in whole.values_list("predecessor__code", "successor__code", "successor__level"):
        heirs[former].add((code, level))
    prefixes = {code: {prefix_of(code)} for code in wanted}
    for former, places_of_today in heirs.items():
        # A place with two successors did not live on whole in either.
        if len({code for code, _level in places_of_today}) == 1:
            for code, level in places_of_today:
                if wanted.get(code) == level:
                    prefixes[code].add(prefix_of(former))
    return {code: (prefix_of(code), *sorted(found - {prefix_of(code)})) for code, found in prefixes.items()}
