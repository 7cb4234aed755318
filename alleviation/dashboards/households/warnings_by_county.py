"""How many households warn and are watched, for readers who may not see single ones: no kinds, and by county."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import WITHHELD, Column, Kind, Row, Table, Text, mark_of
from alleviation.scrutiny.figures.watched import (
    Cleared,
    Monitored,
    OfHouseholds,
    Warnings,
    hardship_cells,
    why_by_county,
)
from beneficiaries.rollups import Counties, Hardship, together
from projects.choices import Level
from projects.models import Division
from projects.reports.cells import marked
from projects.rollups.funding import homes
from projects.rollups.places import asked_of_place, child_level, name_children

# The columns beside the area: a key, a heading, the figure.
Numbers = Mapping[str, tuple[Text, OfHouseholds]]
WARNINGS: Numbers = {"all": (_("Warnings"), Warnings())}
WATCHES: Numbers = {"all": (_("Monitored"), Monitored()), "cleared": (_("Cleared"), Cleared())}


def county_tables(query: Query, place: Division | None) -> list[Table]:
    """The numbers by the places right below the one asked about, down to counties; of less, the total alone."""
    return [
        _table("warnings", _("Warnings by place"), WARNINGS, query, place),
        _table("monitored", _("Monitored households by place"), WATCHES, query, place),
    ]


def _table(slug: str, title: Text, numbers: Numbers, query: Query, place: Division | None) -> Table:
    level = child_level(place) or Level.VILLAGE
    is_part = place is not None and place.level > Level.COUNTY
    found = {key: figure.by_county(query) for key, (_title, figure) in numbers.items()}
    columns = [Column(key, head, Kind.COUNT, explained=one.slug) for key, (head, one) in numbers.items()]
    return Table(
        slug,
        title,
        (Column("area", _("Area")), *columns, WITHHELD),
        [] if is_part else _rows(found, Level(min(level, Level.COUNTY))),
        {"area": gettext("Total"), **_cells(found)},
        note=why_by_county(),
        empty=_("Your role is told no part of a county.") if is_part else _("There are none."),
        asked=query.asked(),
    )


def _rows(found: Mapping[str, Counties], level: Level) -> list[Row]:
    """A row for each place of which something is told or withheld; none for one that has none."""
    home = homes({county for counties in found.values() for county in counties}, level)
    names = name_children(home.values(), level)
    rows = [
        {
            "area": names[code].words if code in names else code,
            "_asked": asked_of_place(code, level),
            **_cells({key: _inside(counties, home, code) for key, counties in found.items()}),
        }
        for code in sorted(set(home.values()))
    ]
    return [row for row in rows if row.get("_withheld") or any(row[key] for key in found)]


def _inside(counties: Counties, home: Mapping[str, str], code: str) -> Counties:
    return {county: one for county, one in counties.items() if home[county] == code}


def _cells(found: Mapping[str, Counties]) -> Row:
    """One number a column, each withheld by itself; the mark is that of what is told."""
    sums = {key: together(counties.values()) for key, counties in found.items()}
    cells = [hardship_cells(one, key) for key, one in sums.items()]
    told = sum((one for one in sums.values() if one), Hardship())
    return {
        **{key: value for one in cells for key, value in one.items()},
        **marked(mark_of(told.made_up, told.number)),
        "_withheld": [key for key, one in sums.items() if one is None],
    }
