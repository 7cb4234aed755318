"""Loading the places that come with the project: two national lists, English names, and what became of places."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from alleviation.audit.trail import together
from projects.actions import Loaded, changed_by_people, enter_reference, load_places
from projects.choices import Level
from projects.imports.divisions import Names, read_list
from projects.imports.listed_files import LEVEL_NAMES
from projects.models import Division, Succession

FOLDER = Path(__file__).resolve().parent.parent / "reference"
VINTAGES = (2019, 2023)
Row = dict[str, str]


def bundled_list(vintage: int) -> Path:
    """The list of a year that comes with the project: the nation to its counties, two areas to their villages."""
    return FOLDER / f"divisions-{vintage}.csv"


@cache
def english_names() -> Names:
    """English names by (code, Chinese name): a code that a later list gives to another place has another name."""
    return {(row["code"], row["name"]): row["name_en"] for row in read_rows(FOLDER / "names_en.csv")}


def load_bundled_places(*, by: str) -> dict[int, Loaded]:
    """Load the bundled lists and what became of their places. What a person entered or changed stays as it is."""
    with together():
        done = {year: load_places(read_list(bundled_list(year), names_en=english_names()), by=by) for year in VINTAGES}
        load_successions(read_rows(FOLDER / "successions.csv"), by=by)
    return done


def load_successions(rows: Iterable[Row], *, by: str) -> None:
    """Record what became of places. A row without a successor puts its note on the place instead.

    A place whose succession a person recorded or changed is left to that person.
    """
    theirs = changed_by_people(Succession)
    settled = set(Succession.objects.filter(pk__in=theirs).values_list("predecessor_id", flat=True))
    places_of_theirs = changed_by_people(Division)
    for row in rows:
        former = _place(row, "predecessor")
        if row["successor_code"] and former.pk not in settled:
            _enter_succession(former, row, by)
        elif not row["successor_code"] and former.pk not in places_of_theirs:
            former.note = row["note"]
            enter_reference(former, by=by)


def read_rows(path: Path) -> list[Row]:
    """The rows of a small reference file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def _enter_succession(former: Division, row: Row, by: str) -> None:
    today = _place(row, "successor")
    found = Succession.objects.filter(predecessor=former, successor=today).first()
    succession = found or Succession(predecessor=former, successor=today)
    succession.kind, succession.source = row["kind"], row["source"]
    succession.happened_on = date.fromisoformat(row["happened_on"]) if row["happened_on"] else None
    enter_reference(succession, by=by)


def _place(row: Row, which: str) -> Division:
    level = Level(LEVEL_NAMES[row[f"{which}_level"]])
    return Division.objects.get(vintage=row[f"{which}_vintage"], level=level, code=row[f"{which}_code"])
