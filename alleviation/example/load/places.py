"""Made-up townships and villages in counties that are real, spread over the nation."""

from collections.abc import Iterator

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from alleviation.example.load.ground import County, Ground
from alleviation.example.load.size import TOWNSHIPS_PER_COUNTY, VILLAGES_PER_TOWNSHIP, Size
from alleviation.example.load.steps import Step, choice, literal
from alleviation.example.load.words import NOTE
from projects.choices import Level
from projects.models import Division

# No list has townships from here on: 9 begins no code of one.
FIRST_TOWNSHIP = 900
FIRST_VILLAGE = 200
VILLAGE_NAMES = ("村", "村", "村", "村", "村", "村", "村", "村", '“"=1,"” 村', "沟, 村")


def counties_of(size: Size, area: str) -> list[County]:
    """(id, code) of as many counties as the load needs, evenly from those in an area. Raises CommandError."""
    found = Division.objects.current().of_level(Level.COUNTY).inside(area).order_by("code").values_list("pk", "code")
    every: list[County] = list(found)
    if len(every) < size.counties:
        raise CommandError(
            _("%(households)s households fill %(needed)s counties, and the list has %(there)s.")
            % {"households": size.households, "needed": size.counties, "there": len(every)}
        )
    return [every[number * len(every) // size.counties] for number in range(size.counties)]


def place_steps(ground: Ground) -> Iterator[Step]:
    """The townships, then the villages."""
    size = ground.size
    shared = {"vintage": literal(Division.objects.latest_vintage()), "note": literal(NOTE)}
    yield Step(
        Division,
        ground.townships,
        size.townships,
        {
            **shared,
            "level": literal(Level.TOWNSHIP.value),
            "code": f"c.column3 || CAST({FIRST_TOWNSHIP} + i % {TOWNSHIPS_PER_COUNTY} AS text) || '000'",
            "name": "'示例乡' || CAST(i + 1 AS text)",
            "name_en": "'Example Township ' || CAST(i + 1 AS text)",
            "parent": "c.column2",
        },
        n=f"i / {TOWNSHIPS_PER_COUNTY}",
        join=f"JOIN {ground.listed_counties('c')} ON c.column1 = n",
    )
    yield Step(
        Division,
        ground.villages,
        size.villages,
        {
            **shared,
            "level": literal(Level.VILLAGE.value),
            "code": f"substr(t.code, 1, 9) || CAST({FIRST_VILLAGE} + i % {VILLAGES_PER_TOWNSHIP} AS text)",
            "name": f"'示例' || CAST(i + 1 AS text) || {choice('(i / 3)', VILLAGE_NAMES)}",
            "name_en": "'Example Village ' || CAST(i + 1 AS text)",
            "parent": "t.id",
        },
        n=f"{ground.townships} + i / {VILLAGES_PER_TOWNSHIP}",
        join=f"JOIN {Division._meta.db_table} t ON t.id = n",
    )
