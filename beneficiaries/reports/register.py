"""The register of households as a table to take away, names masked."""

from collections.abc import Iterable, Iterator

from django.db.models import OuterRef, Subquery, TextChoices
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row, RowSets
from alleviation.common.selections import Selection
from alleviation.common.sql_cells import Hundredths, LookedUp, made_up, words_of
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from beneficiaries.choices import (
    Cause,
    HouseholdCategory,
    HouseholdEnd,
    HouseholdStatus,
    HousingGrade,
    RoadAccess,
    WaterSupply,
)
from beneficiaries.models import Monitoring, Responsibility
from beneficiaries.privacy import masked_name
from beneficiaries.reports.households import HOUSEHOLD, household_cells, household_url
from beneficiaries.rollups import on_register_each
from beneficiaries.rollups.roster import Listed, listed, people_cells, roster
from projects.reports.cells import marked
from projects.rollups.told import place_name
from projects.rollups.walks import first_of, walk_of

CHUNK = 500
# The columns of a household that are told in the words of their choices.
CHOICES: dict[str, type[TextChoices]] = {
    "status": HouseholdStatus,
    "category": HouseholdCategory,
    **dict.fromkeys(("main_cause", "second_cause", "third_cause"), Cause),
    "housing": HousingGrade,
    "water": WaterSupply,
    "road": RoadAccess,
}


class HouseholdRegister(Report):
    """Every household of the register, as it is today."""

    slug = "household-register"
    title = _("Household register")
    description = _(
        "Every household on the register as it is today, by village and number, whatever its status; those that ended "
        "say how. Names are masked: they are read in full on the household's own page, for a reason. The total is of "
        "the persons who belong to a household today."
    )
    permission = Right.VIEW_HOUSEHOLDS
    filters = ("area", "household_status", "category", "cause")
    columns = (
        *HOUSEHOLD,
        Column("head", _("Head of the household (masked)")),
        Column("persons", _("Persons"), Kind.COUNT, explained="register-persons"),
        Column("status", _("Status")),
        Column("status_since", _("Status since"), Kind.DATE),
        Column("category", _("Category")),
        Column("main_cause", _("Main cause")),
        Column("second_cause", _("Another cause"), file_only=True),
        Column("third_cause", _("A third cause"), file_only=True),
        Column("housing", _("House"), file_only=True),
        Column("housing_area", _("Floor area"), Kind.COUNT, unit=_("m²"), file_only=True),
        Column("water", _("Drinking water"), file_only=True),
        Column("road", _("Road"), file_only=True),
        Column("farmland", _("Farmland"), Kind.COUNT, unit=_("mu"), file_only=True),
        Column("responsible", _("Responsible person")),
        Column("responsible_since", _("Responsible since"), Kind.DATE, file_only=True),
        Column("monitored_since", _("Monitored since"), Kind.DATE),
        Column("ended_on", _("Ended on"), Kind.DATE, file_only=True),
        Column("ended_as", _("How it ended"), file_only=True),
        MADE_UP,
    )
    empty = _("No household is recorded for this filter.")
    # The register is told as it is today.
    is_of_the_day = True
    added = ("persons",)

    def rows(self, query: Query) -> Iterable[Row]:
        return _rows(listed(roster(query).iterator(chunk_size=CHUNK), query.user))

    def total(self, query: Query) -> Row:
        if not query.user.may(Right.VIEW_HOUSEHOLDS):
            return {}
        people = on_register_each([query])[0]
        if not people.households:
            return {}
        return {"persons": people.persons, **marked(mark_of(people.made_up, people.households))}

    def row_sets(self, query: Query) -> RowSets:
        return (roster(query),)

    def first(self, query: Query, number: int) -> list[Row]:
        return list(_rows(listed(first_of(roster(query), "village", query, number), query.user)))

    def selections(self, query: Query) -> tuple[Selection, ...]:
        rows = roster(query)
        return (Selection(rows, _cells(), walk_of(rows, "village", query)),)


def _rows(households: Iterable[Listed]) -> Iterator[Row]:
    for one in households:
        yield {**_own_cells(one), **_cells_of_others(one), **marked(one.household.is_made_up)}


def _own_cells(one: Listed) -> Row:
    household = one.household
    opens = household_url(household)
    return {
        **household_cells(household),
        **{name: getattr(household, f"get_{name}_display")() for name in CHOICES if getattr(household, name)},
        **{name: getattr(household, name) for name in ("status_since", "housing_area", "farmland", "ended_on")},
        "ended_as": household.get_ended_as_display() if household.ended_as else "",
        "_explained": {"persons": ""},
        "_urls": dict.fromkeys(("household", "persons"), opens),
    }


def _cells_of_others(one: Listed) -> Row:
    cared, watched = one.responsibility, one.monitoring
    return {
        "head": masked_name(one.head),
        "persons": one.persons,
        "responsible": cared.official.name if cared else "",
        "responsible_since": cared.from_on if cared else None,
        "monitored_since": watched.identified_on if watched else None,
    }


def _cells() -> dict[str, Combinable | str]:
    """A row as the database writes it."""
    cared = Responsibility.objects.filter(household=OuterRef("pk"), until_on__isnull=True)
    watched = Monitoring.objects.filter(household=OuterRef("pk"), cleared_on__isnull=True)
    return {
        "place_code": "village__code",
        "place": place_name("village__"),
        "household": "number",
        **people_cells(),
        **{name: words_of(name, choices) for name, choices in CHOICES.items()},
        **{name: name for name in ("status_since", "housing_area", "ended_on")},
        "farmland": Hundredths("farmland"),
        "responsible": LookedUp(cared.order_by(), "official__name"),
        "responsible_since": Subquery(cared.order_by().values("from_on")[:1]),
        "monitored_since": Subquery(watched.order_by().values("identified_on")[:1]),
        "ended_as": words_of("ended_as", HouseholdEnd),
        MADE_UP.key: made_up(),
    }
