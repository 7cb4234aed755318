"""What is asked of a file: who publishes, of which years and which area."""

from dataclasses import dataclass, field

from alleviation.common.query import Query
from alleviation.common.reporting_org import ReportingOrg
from alleviation.common.years import FIRST_YEAR, LAST_YEAR


@dataclass
class Counted:
    """What is in a file, and what could not be said in it."""

    activities: int = 0
    transactions: int = 0
    planned: int = 0
    promises_in_words: int = 0
    capacities_in_words: int = 0
    not_sayable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """Who publishes what. The made-up example is published as nobody's project unless it is asked for by name."""

    org: ReportingOrg
    query: Query
    with_made_up: bool = False

    @property
    def whole(self) -> Query:
        """All that this person sees: an activity starts on the same day in each excerpt."""
        return Query(user=self.query.user, as_of=self.query.as_of)

    @property
    def is_of_some_years(self) -> bool:
        """Whether it is an excerpt: of some years alone."""
        return (self.query.first_year, self.query.last_year) != (FIRST_YEAR, LAST_YEAR)
