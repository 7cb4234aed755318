"""How households stood at the end of a year: a filter for rows of a household and a year."""

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from alleviation.common.query import Query
from beneficiaries.models import StatusChange

# What stands in a question for "not recorded", since nothing asks for everything.
UNKNOWN = "none"


def stood(query: Query) -> Q:
    """A filter for rows with a `household` and a `year` by the status, category and cause that a question asks for.

    Status: as `status_on` tells it for the last day of the row's year. Category and main cause have no history: they
    are those of today. Nothing asked: no filter.
    """
    found = of_today(query, "household__", with_status=False)
    return found & Q(Exact(status_in_year(), told_code(query.household_status))) if query.household_status else found


def of_today(query: Query, way: str = "", *, with_status: bool = True) -> Q:
    """A filter for households as they stand today; `way` leads to them."""
    asked = {"category": query.category, "main_cause": query.cause}
    asked |= {"status": query.household_status} if with_status else {}
    return Q(**{f"{way}{name}": told_code(value) for name, value in asked.items() if value})


def status_in_year() -> Combinable:
    """The status of a row's household at the end of the row's year, "" where none is known: as `status_on`."""
    changes = StatusChange.objects.filter(household=OuterRef("household_id"))
    past = changes.filter(happened_on__year__lte=OuterRef("year")).order_by("-happened_on", "-id").values("status")
    coming = changes.order_by("happened_on", "id").values("was")
    is_since = Q(household__status_since__isnull=True) | Q(household__status_since__year__lte=F("year"))
    today = Case(When(is_since, then=F("household__status")), default=Value(""))
    return Coalesce(Subquery(past[:1]), Subquery(coming[:1]), today)


def told_code(value: str) -> str:
    """What a question asks for as a code, as it stands in the tables."""
    return "" if value == UNKNOWN else value
