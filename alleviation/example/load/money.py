"""A made-up project for each county, four who pay, and what was booked: each kind from each source in each year."""

from collections.abc import Iterator
from datetime import date

from alleviation.example.load.ground import CHECKER, MAKER, Ground
from alleviation.example.load.steps import Step, choice, literal, moment
from alleviation.example.load.words import NOTE
from projects.choices import EntryKind, EntryState, ProjectKind, ProjectStatus, SourceLevel
from projects.models import FundingSource, LedgerEntry, Project, VoucherSeries

LEVELS = (SourceLevel.CENTRAL, SourceLevel.PROVINCIAL, SourceLevel.COUNTY, SourceLevel.ENTERPRISE)
KINDS = tuple(EntryKind.values)
# Of what is allocated, in percent, what each kind books.
SHARES = (100, 85, 70, 2)
PER_YEAR = len(KINDS) * len(LEVELS)


def money_steps(ground: Ground) -> Iterator[Step]:
    """Projects and sources before what is booked for them."""
    yield _projects(ground)
    yield _sources(ground)
    yield from (_entries(ground, age) for age in range(ground.size.years))
    yield from (_series(ground, age) for age in range(ground.size.years))


def _projects(ground: Ground) -> Step:
    columns = {
        "code": "'LOAD-' || CAST(10001 + n AS text)",
        "name": "'Example Project ' || CAST(n + 1 AS text)",
        "name_zh": "'示例项目' || CAST(n + 1 AS text)",
        "kind": choice("n", ProjectKind.values),
        "status": literal(ProjectStatus.OPERATING.value),
        "division": "c.column2",
        "started_on": literal(date(ground.size.first_year, 3, 1)),
        "summary": literal(NOTE),
        "is_made_up": "TRUE",
    }
    counties = ground.listed_counties("c")
    return Step(Project, ground.projects, ground.size.counties, columns, join=f"JOIN {counties} ON c.column1 = n")


def _sources(ground: Ground) -> Step:
    columns = {
        "code": "'LOAD-' || CAST(n + 1 AS text)",
        "name": "'Example Source ' || CAST(n + 1 AS text)",
        "name_zh": "'示例来源' || CAST(n + 1 AS text)",
        "level": choice("n", [level.value for level in LEVELS]),
        "is_made_up": "TRUE",
    }
    return Step(FundingSource, ground.sources, len(LEVELS), columns)


def _entries(ground: Ground, age: int) -> Step:
    size, year = ground.size, ground.size.first_year + age
    shares = " ".join(f"WHEN {place} THEN {share}" for place, share in enumerate(SHARES))
    whole = f"100000000 + (n * 7919 + i / {len(KINDS)} % {len(LEVELS)} * 104729) % 900000000 + {age * 5_000_000}"
    columns = {
        "voucher": f"'EX' || c.column3 || '-{year}-' || substr(CAST(100001 + i % {PER_YEAR} AS text), 2)",
        "kind": choice("i", KINDS),
        "year": literal(year),
        "booked_on": literal(date(year, 6, 30)),
        "amount": f"({whole}) * CASE i % {len(KINDS)} {shares} END / 100",
        "source": f"{ground.sources} + i / {len(KINDS)} % {len(LEVELS)}",
        "division": "c.column2",
        "project": f"{ground.projects} + n",
        "note": literal(NOTE),
        "state": literal(EntryState.POSTED.value),
        "drafted_by": literal(MAKER),
        "drafted_at": moment(year, 7, 1),
        "submitted_by": literal(MAKER),
        "submitted_at": moment(year, 7, 2),
        "checked_by": literal(CHECKER),
        "checked_at": moment(year, 7, 3),
        "is_made_up": "TRUE",
    }
    rows = size.counties * PER_YEAR
    join = f"JOIN {ground.listed_counties('c')} ON c.column1 = n"
    return Step(LedgerEntry, ground.entries + age * rows, rows, columns, n=f"i / {PER_YEAR}", join=join)


def _series(ground: Ground, age: int) -> Step:
    """What is booked next is numbered on."""
    number = ground.size.counties
    columns = {
        "area": "'EX' || c.column3",
        "year": literal(ground.size.first_year + age),
        "last": literal(PER_YEAR),
    }
    join = f"JOIN {ground.listed_counties('c')} ON c.column1 = n"
    return Step(VoucherSeries, ground.series + age * number, number, columns, join=join)
