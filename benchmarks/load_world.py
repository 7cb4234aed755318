"""What a load works on: its people with their sessions, the addresses they ask for, files to import, and what is left.

All but `files` runs inside (benchmarks/inside.py), on the database that is measured.
"""

import csv
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.importing import HEADER, lines_of, make_importer
from benchmarks.people import open_session, session_for

YEARS = range(2016, 2021)
# Years of which nothing is recorded, first those after the load; the others for an import that would end too soon.
# Before 2010 no file may tell of.
NEW_YEARS = (*range(2021, 2026), *range(2010, 2016))
AREA, DAY, SOURCE = "51", "2020-06-30", "LOAD-OFFICE"
# Whom each work asks for: role, area.
ROLES = {
    "reads": ("manager", ""),
    "enters": ("clerk", AREA),
    "checks": ("reviewer", AREA),
    "takes away": ("auditor", ""),
    "imports": ("clerk", AREA),
}
COUNTIES, TOWNSHIPS, VILLAGES, PROJECTS = 12, 12, 12, 12


def people_and_addresses(works: list[str]) -> dict[str, Any]:
    """Somebody for each work, signed in, and what there is to ask for."""
    people = []
    for number, work in enumerate(works):
        role, area = ROLES[work]
        session = open_session(role, area, number=number) if work != "imports" else session_for(make_importer(AREA))
        people.append({"work": work, "session": session})
    return {"people": people, "addresses": _addresses()}


def _addresses() -> dict[str, Any]:
    from projects.models import Division

    households = Division.objects.filter(households__isnull=False).distinct().order_by("code")
    villages = _some(list(households.values_list("code", flat=True)), VILLAGES)
    townships = sorted({code[:9].ljust(12, "0") for code in villages})[:TOWNSHIPS]
    counties = sorted({code[:6].ljust(12, "0") for code in villages})[:COUNTIES]
    places = Division.objects.current().filter(code__in=counties, level=3).order_by("code")
    return {
        "dashboards": _dashboards(counties, townships, villages),
        "exports": _exports(counties),
        "places": [str(number) for number in places.values_list("pk", flat=True)],
        "source": str(_source()),
        "day": DAY,
    }


def _dashboards(counties: list[str], townships: list[str], villages: list[str]) -> list[tuple[str, str]]:
    """(kind, address) of pages of several areas and years; each kind as often as another."""
    from projects.models import Project

    codes = _some(list(Project.objects.order_by("code").values_list("code", flat=True)), PROJECTS)
    areas = ["", f"{AREA}0000000000", *counties]
    kinds = {
        "overview": [f"/?year={year}" for year in ("", *YEARS)],
        "funding": [f"/funding/?year={year}&area={area}" for year, area in product(YEARS, areas)],
        "income": [f"/income/?year={year}&area={area}" for year, area in product(YEARS, areas)],
        "area": [f"/areas/{code}/?year={year}" for year, code in product(YEARS, counties + townships + villages)],
        "project": ["/projects/", *(f"/projects/{code}/" for code in codes)],
    }
    most = max(map(len, kinds.values()))
    return [(kind, pages[n % len(pages)]) for kind, pages in kinds.items() for n in range(most)]


def _exports(counties: list[str]) -> list[tuple[str, str]]:
    """(address, how it ends)."""
    of_counties = [
        (f"/reports/{slug}.csv?year={year}&area={county}", "total")
        for slug, year, county in product(("incomes", "funding-ledger"), YEARS[-2:], counties)
    ]
    tables = [
        (f"/reports/{slug}.csv", "total") for slug in ("annual-funding", "funding-by-project", "per-capita-income")
    ]
    books = [(f"/reports/annual-funding.xlsx?area={county}", "zip") for county in counties]
    packages = [(f"/reports/funding-ledger.zip?area={county}", "zip") for county in counties]
    return [*of_counties, *tables * 4, *books, *packages]


def _source() -> int:
    """Who pays for what is entered: a real source, so that no entry counts as made up."""
    from alleviation.audit.trail import write
    from projects.models import FundingSource

    found = FundingSource.objects.filter(code=SOURCE).first()
    if found is None:
        found = FundingSource(code=SOURCE, name="Office under load", level="provincial")
        write(found, by="benchmarks")
    return found.pk


def _some(codes: list[str], number: int) -> list[str]:
    """So many, evenly from all."""
    step = max(1, len(codes) // number)
    return codes[::step][:number]


def homes(area: str) -> list[list[str]]:
    """(village code, number) of each household of an area."""
    from alleviation.common.areas import within
    from beneficiaries.models import Household

    found = Household.objects.filter(within(area, "village__code")).order_by("pk")
    return [list(pair) for pair in found.values_list("village__code", "number")]


def files(folder: Path, of: list[list[str]], rows: int) -> list[str]:
    """Files of so many rows each, of one year each, more than will be asked for; written as they are here."""
    paths = []
    for year in NEW_YEARS:
        for first in range(0, len(of), rows):
            path = folder / f"incomes-{year}-{first}.csv"
            with path.open("w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out)
                writer.writerow(HEADER)
                writer.writerows(lines_of(of[first : first + rows], year, seed=first))
            paths.append(str(path))
    return paths


def left() -> dict[str, Any]:
    """What is in the database: entries by their own number and state, incomes of the new years."""
    from collections import Counter

    from beneficiaries.models import IncomeRecord
    from projects.models import LedgerEntry

    entries = LedgerEntry.objects.exclude(document_number="").order_by().values_list("document_number", "state")
    incomes = IncomeRecord.objects.filter(year__in=NEW_YEARS).count()
    return {
        "entries": dict(Counter(number for number, _state in entries)),
        "posted": sorted(number for number, state in entries if state == "posted"),
        "incomes": incomes,
    }


def wrong_sums() -> str:
    """What `rebuild_rollups --check` finds wrong; "" where every kept sum is right."""
    from django.core.management import CommandError, call_command

    try:
        call_command("rebuild_rollups", check=True, verbosity=0)
    except CommandError as error:
        return str(error)
    return ""
