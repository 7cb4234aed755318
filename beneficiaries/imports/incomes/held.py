"""The staged rows of a file held against the register: which household each is of, and what is recorded of its year.

The database does it for all rows at once. What people typed stands in the stage alone; the SQL is ours.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from alleviation.intake import staging
from beneficiaries.choices import IncomeConcept, IncomeStatus, IncomeYear, Lineage, Relation
from beneficiaries.imports.incomes.columns import COMPONENTS
from beneficiaries.models import Household, HouseholdLink, HouseholdMove, IncomeRecord, Person
from beneficiaries.models.incomes import LAST_YEAR_OF_NET
from projects.choices import Level
from projects.models import Division

FILE, HELD, MOVED, UNKNOWN = "incoming_incomes", "held_incomes", "moved_homes", "unknown_heads"
NET = "{0}.wage_income + {0}.business_income + {0}.property_income + {0}.transfer_income - {0}.expenses"
SAME = " AND ".join(f"i.{name} = f.{name}" for name in ("persons", *COMPONENTS))
STARS = "*" * 50
# What is written: the rows of new incomes, and of those that differ from what is recorded, which they correct.
WRITTEN = ("household_id", "village_id", "year", "status", "concept", "income_year", "persons", *COMPONENTS)
TO_WRITE = f"SELECT {', '.join(WRITTEN)}, recorded_id FROM {HELD} WHERE fate <> 'same'"  # noqa: S608


def _table(model: type[Household | IncomeRecord | Person | Division | HouseholdMove | HouseholdLink]) -> str:
    return str(model._meta.db_table)


def masked(name: str) -> str:
    """SQL: a name as our own files have it (王**)."""
    return f"substr({name}, 1, 1) || substr('{STARS}', {len(STARS) + 2} - length({name}))"


def _year(day: str) -> str:
    """SQL: the year of a day, the same on both databases."""
    return f"CAST(substr(CAST({day} AS text), 1, 4) AS integer)"


# The birth that a whole number tells, and that of the register, as eight digits.
BORN_AS_TOLD, BORN = "substr(f.id_number, 7, 8)", "replace(CAST(p.born_on AS text), '-', '')"
# One row for each row of the file whose household is on the register; `fate` is what becomes of the income.
# A fault is 0 for none, 1 where the register says otherwise, 2 where it does not say and the file does.
SELECT = f"""
SELECT f.file_row, f.year, h.id AS household_id, h.village_id, p.id AS head_id, i.id AS recorded_id,
  {", ".join(f"f.{name}" for name in ("persons", *COMPONENTS))},
  CASE WHEN i.id IS NULL THEN 'new' WHEN {SAME} THEN 'same' ELSE 'changed' END AS fate,
  COALESCE(i.status, '{IncomeStatus.RECEIVED.value}') AS status,
  COALESCE(i.income_year, '{IncomeYear.CALENDAR.value}') AS income_year,
  COALESCE(i.concept, CASE WHEN f.year <= {LAST_YEAR_OF_NET} THEN '{IncomeConcept.NET.value}'
    ELSE '{IncomeConcept.DISPOSABLE.value}' END) AS concept,
  COALESCE({NET.format("i")}, 0) AS recorded_net,
  CASE WHEN h.ended_on IS NOT NULL OR a.household_id IS NOT NULL THEN 1 ELSE 0 END AS has_past,
  CASE WHEN f.head_name IS NULL OR p.name = '' OR f.head_name = p.name
    OR f.head_name = {masked("p.name")} THEN 0
    WHEN p.id IS NULL THEN 2 ELSE 1 END AS name_fault,
  CASE WHEN f.id_tail IS NULL OR p.erased_at IS NOT NULL THEN 0
    WHEN p.id IS NULL OR p.id_tail = '' THEN 2
    WHEN f.id_tail <> p.id_tail OR COALESCE({BORN_AS_TOLD} <> {BORN}, 1 = 0) THEN 1 ELSE 0 END AS number_fault
FROM {FILE} f
JOIN {_table(Division)} d ON d.code = f.village_code AND d.level = {Level.VILLAGE.value}
JOIN {_table(Household)} h ON h.village_id = d.id AND h.number = f.household_no
LEFT JOIN (SELECT household_id FROM {_table(HouseholdMove)} UNION SELECT household_id FROM {_table(HouseholdLink)}) a
  ON a.household_id = h.id
LEFT JOIN {_table(Person)} p ON p.household_id = h.id AND p.relation = '{Relation.HEAD.value}' AND p.left_on IS NULL
LEFT JOIN {_table(IncomeRecord)} i ON i.household_id = h.id AND i.year = f.year AND i.superseded_at IS NULL
"""  # noqa: S608
# Rows of households, heads or numbers of heads that the register does not have.
LACKING = f"""
SELECT f.file_row, f.year, f.village_code, f.household_no, f.head_name, f.id_number, f.id_tail,
  k.household_id, k.head_id
FROM {FILE} f LEFT JOIN {HELD} k ON k.file_row = f.file_row
WHERE k.file_row IS NULL OR k.name_fault = 2 OR k.number_fault = 2
"""  # noqa: S608
# Their moves, beside the rows: a household may lie on another machine than they do.
MOVES = f"""
SELECT m.id, m.household_id, m.from_village_id, m.moved_on FROM {_table(HouseholdMove)} m
WHERE m.household_id IN (SELECT household_id FROM {HELD} WHERE has_past = 1)
"""  # noqa: S608
# The village at the end of the year: that before the first move after it (village_on does the same for one).
HOMES = f"""
UPDATE {HELD} SET village_id = COALESCE((
  SELECT m.from_village_id FROM {MOVED} m
  WHERE m.household_id = {HELD}.household_id AND {_year("m.moved_on")} > {HELD}.year
  ORDER BY m.moved_on, m.id LIMIT 1
), village_id) WHERE has_past = 1
"""  # noqa: S608
PASTS = f"""
SELECT k.file_row, k.year, CAST(h.ended_on AS text), CAST(l.happened_on AS text)
FROM {HELD} k JOIN {_table(Household)} h ON h.id = k.household_id
LEFT JOIN {_table(HouseholdLink)} l ON l.household_id = h.id AND l.kind = '{Lineage.SPLIT_FROM.value}'
WHERE k.has_past = 1 AND ({_year("h.ended_on")} < k.year OR {_year("l.happened_on")} > k.year)
"""  # noqa: S608


class Place(NamedTuple):
    """A village that a file names: its latest row."""

    id: int
    code: str


class Past(NamedTuple):
    """A row of a year before its household was split from another, or after it ended."""

    file_row: int
    year: int
    ended_on: str | None
    began_on: str | None


@contextmanager
def held() -> Iterator[None]:
    """The tables of what is held against the register, and of what it lacks, while they are looked at."""
    _hold()
    try:
        staging.derived(UNKNOWN, LACKING)
        try:
            yield
        finally:
            staging.drop(UNKNOWN)
    finally:
        staging.drop(HELD)


def hold_again() -> None:
    """Hold the rows against the register anew, since somebody was registered."""
    staging.drop(HELD)
    _hold()


def _hold() -> None:
    staging.derived(HELD, SELECT)
    staging.derived(MOVED, MOVES)
    staging.run(HOMES)
    staging.drop(MOVED)


def villages() -> dict[str, Place | None]:
    """Each village code of the file with its latest row; None for one that is no village."""
    codes = [code for (code,) in staging.rows_of(f"SELECT DISTINCT village_code FROM {FILE}")]  # noqa: S608
    found: dict[str, Place | None] = dict.fromkeys(codes)
    for part in staging.parted(codes):
        rows = Division.objects.filter(level=Level.VILLAGE, code__in=part)
        for number, code in rows.order_by("vintage").values_list("pk", "code"):
            found[code] = Place(number, code)
    return found


def years() -> list[int]:
    """The years of the file."""
    return [year for (year,) in staging.rows_of(f"SELECT DISTINCT year FROM {FILE} ORDER BY year")]  # noqa: S608


def rows_of_villages(codes: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(file row, code) of the rows that name these villages."""
    for part in staging.parted(sorted(codes)):
        marks = ", ".join(["%s"] * len(part))
        yield from staging.rows_of(
            f"SELECT file_row, village_code FROM {FILE} WHERE village_code IN ({marks})",  # noqa: S608
            part,
        )


def leave_out(codes: Iterable[str]) -> None:
    """Take the rows of these villages out of the stage: nothing more is asked about them."""
    for part in staging.parted(sorted(codes)):
        marks = ", ".join(["%s"] * len(part))
        staging.run(f"DELETE FROM {FILE} WHERE village_code IN ({marks})", part)  # noqa: S608


def pasts() -> list[Past]:
    """The rows of years in which their household was none."""
    return [Past(*row) for row in staging.rows_of(PASTS)]
