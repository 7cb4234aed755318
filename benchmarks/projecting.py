"""From what was measured (benchmarks/results: scale, registering) to what a county, a province and the nation need.

    python -m benchmarks.projecting

Prints the tables of docs/scale.md; a test holds the two together. Everything here is arithmetic on that file and on
the assumptions below, which are nobody's measurement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path

RESULTS = [Path(__file__).resolve().parent / "results" / f"{name}.txt" for name in ("scale", "registering")]
FIGURE = re.compile(r"(?P<what>.+?)\s{2,}(?P<value>[\d.,e+-]+)(?: |$)")
SIZES = (15_000, 150_000, 1_500_000)
LARGEST = SIZES[-1]
MIB, GIB = 2**20, 2**30

# --- assumptions ------------------------------------------------------------------------------------------------
YEARS = 10
# 98 million persons in 30 million households, 128,000 villages, 832 counties: the register of 2014 to 2020.
PERSONS_A_HOUSEHOLD, HOUSEHOLDS_A_VILLAGE, HOUSEHOLDS_A_COUNTY = Decimal("3.27"), 234, 40_000
# In a hundred and year: persons of whom something changes, incomes that are put right by hand.
PERSONS_CHANGED, INCOMES_BY_HAND = Decimal("0.10"), Decimal("0.02")
ENTRIES_A_VILLAGE, EVENTS_AN_ENTRY = 10, 3
# At work in the busiest hour, each asking for a page a minute; a processor that is busier lets people wait.
PEOPLE_A_COUNTY, PAGES_A_MINUTE, BUSY = 30, 1, Decimal("0.6")
# Half of the disk is free: for tables that are rebuilt, the log, and the next release of PostgreSQL beside this one.
DISKS = 2
# For the system, the app's processes and sorting, beside what PostgreSQL keeps in memory.
MEMORY_BESIDE = 3 * GIB
PAGES = ("overview", "income", "funding", "places", "a county with 120 villages")


@dataclass(frozen=True)
class Place:
    """Where the app might run."""

    name: str
    households: int
    people: int = 0

    @property
    def persons(self) -> int:
        return int(self.households * PERSONS_A_HOUSEHOLD)

    @property
    def household_years(self) -> int:
        return self.households * YEARS

    @property
    def villages(self) -> int:
        return up(Decimal(self.households) / HOUSEHOLDS_A_VILLAGE)

    @property
    def at_work(self) -> int:
        return self.people or up(Decimal(self.households) / HOUSEHOLDS_A_COUNTY) * PEOPLE_A_COUNTY


# The nation's 832 counties have people at work each, whatever their size.
PLACES = (
    Place("a county", 40_000),
    Place("a province", 2_000_000),
    Place("the nation", 30_000_000, people=832 * PEOPLE_A_COUNTY),
)


@cache
def figures() -> dict[str, Decimal]:
    """Each line of the results that is a figure, by its words."""
    lines = [line for path in RESULTS for line in path.read_text(encoding="utf-8").splitlines()]
    found = (FIGURE.match(line) for line in lines if not line.endswith(" right"))
    return {one["what"]: Decimal(one["value"].replace(",", "")) for one in found if one}


def of(what: str, size: int = LARGEST) -> Decimal:
    """A figure of one size. Raises KeyError for what was not measured."""
    return figures()[f"{what}; {size:,} household-years"]


def up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def bytes_a_row(group: str, size: int = LARGEST) -> Decimal:
    return of(f"{group}: bytes a row, indexes included", size)


def parts(place: Place) -> dict[str, Decimal]:
    """Bytes after ten years, by what they are of."""
    by_village = place.villages * YEARS
    entries = by_village * ENTRIES_A_VILLAGE
    return {
        "incomes": bytes_a_row("incomes") * place.household_years,
        "households": bytes_a_row("households") * place.households,
        "persons and their numbers": figures()["register: bytes a person with name and number, events aside"]
        * place.persons,
        "sums of villages": bytes_a_row("village sums") * by_village,
        "money and places": bytes_a_row("ledger") * entries + bytes_a_row("places") * place.villages,
        "trail": trail(place),
    }


def trail(place: Place) -> Decimal:
    """Bytes of ten years: a register that is told by file, and an event for each change."""
    return figures()["register: trail, bytes a person"] * place.persons + later_events(place)


def later_events(place: Place) -> Decimal:
    """Bytes of ten years: changes of persons, incomes by hand, money; a file of incomes is one event."""
    yearly = place.persons * PERSONS_CHANGED + place.households * INCOMES_BY_HAND
    money = Decimal(place.villages * YEARS * ENTRIES_A_VILLAGE * EVENTS_AN_ENTRY)
    return (yearly * YEARS + money) * figures()["by hand: bytes an event"]


def database(place: Place) -> Decimal:
    return sum(parts(place).values(), Decimal(0))


def kept_in_memory(place: Place) -> Decimal:
    """Bytes that are better in memory: indexes of what is looked up by household, and all sums."""
    return (
        of("incomes: of that indexes") * place.household_years
        + of("households: of that indexes") * place.households
        + of("persons: of that indexes") * place.persons
        + parts(place)["sums of villages"]
    )


def memory(place: Place) -> int:
    """GiB, as machines have them: the next power of two."""
    wanted, size = kept_in_memory(place) + MEMORY_BESIDE, 4
    while size * GIB < wanted:
        size *= 2
    return size


def page_ms() -> Decimal:
    """Milliseconds of the processor, app and server, of a page: the mean of the five that were measured."""
    return sum((of(f"{page}: processor") for page in PAGES), Decimal(0)) / len(PAGES)


def cores(place: Place) -> int:
    """For pages in the busiest hour; two at least."""
    a_second = Decimal(place.at_work * PAGES_A_MINUTE) / 60
    return max(2, up(a_second * page_ms() / 1000 / BUSY))


def import_seconds(rows: int) -> Decimal:
    """Of the processor, app and server, for incomes."""
    a_file = of("import: processor of the app, 100,000 rows") + of("import: processor of the server, 100,000 rows")
    return a_file * rows / 100_000


def register_seconds(place: Place) -> Decimal:
    """Of the processor, for the first register, in files of 18,000 persons."""
    return figures()["register: processor, 1,000 persons"] * place.persons / 1000


def dump_share() -> Decimal:
    """What a packed dump takes of incomes, households and sums: there is little else in the load."""
    return of("backup: pg_dump, packed") / of("the whole database")


def dump(place: Place) -> Decimal:
    """Bytes of a packed dump: persons with their events as measured, what else there is by its share."""
    found = parts(place)
    rest = sum((found[name] for name in ("incomes", "sums of villages", "money and places")), Decimal(0))
    registered = figures()["register: packed dump, a person with all of this"] * place.persons
    return registered + (rest + later_events(place)) * dump_share()


def measured_rows() -> Iterator[tuple[str, ...]]:
    """The three sizes beside each other."""

    def row(words: str, what: str, unit: str) -> tuple[str, ...]:
        return words, *(f"{plain(of(what, size))} {unit}" for size in SIZES)

    yield row("the whole database", "the whole database", "MiB")
    yield "of that, for each household and year", *(f"{plain(a_household_year(size))} bytes" for size in SIZES)
    yield row("an income, with its indexes", "incomes: bytes a row, indexes included", "bytes")
    yield row("a household, with its history", "households: bytes a row, indexes included", "bytes")
    yield row("the sums of a village and year", "village sums: bytes a row, indexes included", "bytes")
    yield row("a packed dump", "backup: pg_dump, packed", "MiB")
    yield row("import, 100,000 incomes: app", "import: processor of the app, 100,000 rows", "s")
    yield row("import, 100,000 incomes: PostgreSQL", "import: processor of the server, 100,000 rows", "s")
    yield row("import: log (WAL), 100,000 incomes", "import: log of the server (WAL), 100,000 rows", "MiB")
    yield row("download, 100,000 incomes", "download: processor, 100,000 lines", "s")
    yield row("download: memory of its process", "download: peak memory of the worker", "MiB")
    for page in PAGES:
        yield row(f"page: {page}", f"{page}: processor", "ms")
        yield row("  of that SQL, as it was waited for", f"{page}: SQL", "ms")


def a_household_year(size: int) -> Decimal:
    return of("the whole database", size) * MIB / size


def projected_rows() -> Iterator[tuple[str, ...]]:
    """What the three places need."""

    def row(words: str, *values: str, source: str) -> tuple[str, ...]:
        return words, *values, source

    def each(words: str, value: object, source: str = "projected") -> tuple[str, ...]:
        return row(words, *(value(place) for place in PLACES), source=source)  # type: ignore[operator]

    yield each("households", lambda one: f"{one.households:,}", "given")
    yield each("persons", lambda one: f"{one.persons:,}", "assumed")
    yield each("household-years", lambda one: f"{one.household_years:,}", "given")
    for name in parts(PLACES[0]):
        yield each(f"disk: {name}", lambda one, name=name: size_of(parts(one)[name]))
    yield each("**database after ten years**", lambda one: f"**{size_of(database(one))}**")
    yield each("one packed dump", lambda one: size_of(dump(one)))
    yield each("better kept in memory", lambda one: size_of(kept_in_memory(one)))
    yield each("people at work", lambda one: f"{one.at_work:,}", "assumed")
    yield each("incomes of a year imported, processor", lambda one: time_of(import_seconds(one.households)))
    yield each("first register imported, processor", lambda one: time_of(register_seconds(one)))
    yield each("**machine: disk**", lambda one: f"**{size_of(database(one) * DISKS)}**")
    yield each("**machine: memory**", lambda one: f"**{memory(one)} GiB**")
    yield each("**machine: cores for pages**", lambda one: f"**{cores(one)}**")


def foretold() -> tuple[Decimal, Decimal]:
    """MiB of the largest database as the middle one would have it, and as it was measured."""
    middle = SIZES[1]
    groups = ("incomes", "households", "persons", "village sums", "ledger", "places")
    rows = {group: of(f"{group}: rows") for group in groups}
    told = sum((bytes_a_row(group, middle) * rows[group] for group in groups), Decimal(0)) / MIB
    return told + of("everything else", middle), of("the whole database")


def plain(value: Decimal) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def size_of(value: Decimal) -> str:
    """Two figures that count are more than a projection has."""
    for unit, size in (("TiB", 1024 * GIB), ("GiB", GIB)):
        if value >= size:
            return f"{two(value / size)} {unit}"
    return f"{two(value / MIB)} MiB"


def time_of(seconds: Decimal) -> str:
    for unit, size in (("days", 86_400), ("hours", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{two(seconds / size)} {unit}"
    return f"{two(seconds)} s"


def two(value: Decimal) -> str:
    """Two figures that count."""
    return f"{value:.1f}" if value < 10 else f"{int(Decimal(f'{value:.1e}')):,}"


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """In Markdown."""
    lines = [head, ("---", *["--:"] * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def measured_table() -> str:
    return table(("", *(f"{size:,} household-years" for size in SIZES)), measured_rows())


def projected_table() -> str:
    return table(("", *(place.name for place in PLACES), "is"), projected_rows())


if __name__ == "__main__":
    print(measured_table(), projected_table(), sep="\n\n")
    told, found = foretold()
    print(
        f"\nForetold from the middle size: {plain(told)} MiB; measured: {plain(found)} MiB ({told / found - 1:+.0%})."
    )
    print(f"A page: {plain(page_ms())} ms of the processor.")
