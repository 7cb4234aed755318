"""The staged rows of a file held against the register: which household each is of, and what is recorded of its year.

The database does it for all rows at once. What people typed stands in the stage alone; the SQL is ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from alleviation.intake import staging
from beneficiaries.choices import IncomeConcept, IncomeStatus, IncomeYear, Lineage, Relation
from beneficiaries.imports.incomes.columns import COMPONENTS
from beneficiaries.models import Household, HouseholdLink, HouseholdMove, IncomeRecord, Person, village_on
from beneficiaries.models.incomes import LAST_YEAR_OF_NET
from projects.choices import Level
from projects.models import Division

FILE, HELD = "incoming_incomes", "held_incomes"
NET = "{0}.wage_income + {0}.business_income + {0}.property_income + {0}.transfer_income - {0}.expenses"
SAME = " AND ".join(f"i.{name} = f.{name}" for name in ("persons", *COMPONENTS))
STARS = "*" * 50
# What is written: the rows of new incomes, and of those that differ from what is recorded, which they correct.
WRITTEN = (
    *(f"k.{name}" for name in ("household_id", "village_id", "year", "status", "concept", "income_year")),
    *(f"f.{name}" for name in ("persons", *COMPONENTS)),
    "k.recorded_id",
)
TO_WRITE = (
    f"SELECT {', '.join(WRITTEN)} FROM {HELD} k "  # noqa: S608
    f"JOIN {FILE} f ON f.file_row = k.file_row WHERE k.fate <> 'same'"
)


def _table(model: type[Household | IncomeRecord | Person | Division | HouseholdMove | HouseholdLink]) -> str:
    return str(model._meta.db_table)


# One row for each row of the file whose household is on the register; `fate` is what becomes of the income.
SELECT = f"""
SELECT f.file_row, f.year, h.id AS household_id, h.village_id, p.id AS head_id, i.id AS recorded_id,
  CASE WHEN i.id IS NULL THEN 'new' WHEN {SAME} THEN 'same' ELSE 'changed' END AS fate,
  COALESCE(i.status, '{IncomeStatus.RECEIVED.value}') AS status,
  COALESCE(i.income_year, '{IncomeYear.CALENDAR.value}') AS income_year,
  COALESCE(i.concept, CASE WHEN f.year <= {LAST_YEAR_OF_NET} THEN '{IncomeConcept.NET.value}'
    ELSE '{IncomeConcept.DISPOSABLE.value}' END) AS concept,
  COALESCE({NET.format("i")}, 0) AS recorded_net,
  CASE WHEN h.ended_on IS NOT NULL OR h.id IN (SELECT household_id FROM {_table(HouseholdMove)})
    OR h.id IN (SELECT household_id FROM {_table(HouseholdLink)}) THEN 1 ELSE 0 END AS has_past,
  CASE WHEN f.head_name IS NULL OR p.name = '' OR f.head_name = p.name
    OR f.head_name = substr(p.name, 1, 1) || substr('{STARS}', 1, length(p.name) - 1) THEN 0
    WHEN p.id IS NULL THEN 2 ELSE 1 END AS name_fault,
  CASE WHEN f.id_tail IS NULL OR p.erased_at IS NOT NULL OR f.id_tail = p.id_tail THEN 0
    WHEN p.id IS NULL OR p.id_tail = '' THEN 2 ELSE 1 END AS number_fault
FROM {FILE} f
JOIN {_table(Division)} d ON d.code = f.village_code AND d.level = {Level.VILLAGE.value}
JOIN {_table(Household)} h ON h.village_id = d.id AND h.number = f.household_no
LEFT JOIN {_table(Person)} p ON p.household_id = h.id AND p.relation = '{Relation.HEAD.value}' AND p.left_on IS NULL
LEFT JOIN {_table(IncomeRecord)} i ON i.household_id = h.id AND i.year = f.year AND i.superseded_at IS NULL
"""  # noqa: S608


class Place(NamedTuple):
    """A village that a file names: its latest row."""

    id: int
    code: str


class Past(NamedTuple):
    """A row of a household that moved, ended, or was split from another: what its year says of it."""

    file_row: int
    year: int
    ended_on: date | None
    began_on: date | None


@contextmanager
def held() -> Iterator[None]:
    """The table of what is held against the register, while it is looked at."""
    staging.derived(HELD, SELECT)
    try:
        yield
    finally:
        staging.drop(HELD)


def hold_again() -> None:
    """Hold the rows against the register anew, since somebody was registered."""
    staging.drop(HELD)
    staging.derived(HELD, SELECT)
    settle_homes()


def villages() -> dict[str, Place | None]:
    """Each village code of the file with its latest row; None for one that is no village."""
    codes = [code for (code,) in staging.rows_of(f"SELECT DISTINCT village_code FROM {FILE}")]  # noqa: S608
    found: dict[str, Place | None] = dict.fromkeys(codes)
    for first in range(0, len(codes), staging.CHUNK // 4):
        part = Division.objects.filter(level=Level.VILLAGE, code__in=codes[first : first + staging.CHUNK // 4])
        for number, code in part.order_by("vintage").values_list("pk", "code"):
            found[code] = Place(number, code)
    return found


def settle_homes() -> list[Past]:
    """Put the incomes of households with a past into the village of their year; answers with what their years say."""
    rows = list(
        staging.rows_of(f"SELECT file_row, year, household_id, village_id FROM {HELD} WHERE has_past = 1")  # noqa: S608
    )
    households = Household.objects.in_bulk({row[2] for row in rows})
    links = HouseholdLink.objects.filter(household__in=households, kind=Lineage.SPLIT_FROM)
    began = dict(links.values_list("household_id", "happened_on"))
    found = []
    for file_row, year, number, village in rows:
        home = village_on(households[number], date(year, 12, 31))
        if home.pk != village:
            staging.run(
                f"UPDATE {HELD} SET village_id = %s WHERE file_row = %s",  # noqa: S608
                [home.pk, file_row],
            )
        found.append(Past(file_row, year, households[number].ended_on, began.get(number)))
    return found
