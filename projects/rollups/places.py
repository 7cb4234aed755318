"""How rows with a division code are gathered by place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext

from alleviation.common.areas import LEVEL_LENGTHS, prefix_of, within
from alleviation.common.query import Query
from projects.choices import Level
from projects.models import Division, Succession

NOT_ATTRIBUTED = ""


@dataclass(frozen=True)
class Child:
    """A place below another, by which sums are gathered. An empty code: rows of the upper place itself."""

    code: str
    name: str
    level: int | None
    is_former: bool = False
    other_name: str = ""

    @property
    def words(self) -> str:
        """The name, with what tells a former place from one of today."""
        return gettext("%(name)s (former)") % {"name": self.name} if self.is_former else self.name


def area_query(query: Query, division: Division) -> Query:
    """The same question, asked of this place and of those that became it as a whole."""
    return replace(query, area_code=division.code, prefixes=tuple(division.area_prefixes))


def child_of(code: str, level: int) -> str:
    """The code of the place of this level that holds `code`; NOT_ATTRIBUTED where `code` is above that level.

    513228212205 at township level → 513228212000; 513228000000 at township level → NOT_ATTRIBUTED.
    """
    length = LEVEL_LENGTHS[level - 1]
    return code[:length].ljust(12, "0") if len(prefix_of(code)) >= length else NOT_ATTRIBUTED


def child_level(division: Division | None) -> int | None:
    """The level below a place; provinces below the nation; None below a village.

    A city without counties (441900) stands in the list a second time, as its own only county: that is passed over.
    """
    if division is None:
        return Level.PROVINCE
    if division.level == Level.VILLAGE:
        return None
    if division.level != Level.PREFECTURE:
        return division.level + 1
    twins = Division.objects.filter(code=division.code, vintage=division.vintage, level=division.level + 1)
    return division.level + (2 if twins.exists() else 1)


def fold_former(codes: Iterable[str]) -> dict[str, str]:
    """For each code the code it has today, where a source says that the place lives on as a whole; else itself."""
    wanted = set(codes)
    known = Succession.objects.whole().filter(predecessor__code__in=wanted).order_by("predecessor__code", "id")
    today: dict[str, set[str]] = {}
    for former, successor in known.values_list("predecessor__code", "successor__code"):
        today.setdefault(former, set()).add(successor)
    # With two successors the place did not live on as a whole, whatever the rows say.
    return {code: next(iter(found)) if len(found := today.get(code, {code})) == 1 else code for code in wanted}


def gathered_under(code: str) -> tuple[str, ...]:
    """The prefixes of the codes that sums by place gather under this one: its own, and of what became it as a whole.

    Not those of a place that has another code today: its rows stand under that one.
    """
    length = len(prefix_of(code))
    became = Succession.objects.whole().filter(successor__code=code).values_list("predecessor__code", flat=True)
    today = fold_former({code, *became})
    held = (one for one, kept in today.items() if kept == code and one == one[:length].ljust(12, "0"))
    return tuple(sorted(one[:length] for one in held))


def asked_of_place(code: str, level: int | None) -> dict[str, str]:
    """What the row of a place asks: what sums gather under it; without a code, what lies in no place of the level."""
    return {"inside": code} if code else {"above": str(level)}


def listed_children(division: Division | None) -> list[Division]:
    """The places right below one, as its own year's list has them; below the nation, the latest list's provinces."""
    level = child_level(division)
    if level is None:
        return []
    if division is None:
        return list(Division.objects.current().of_level(level).order_by("code"))
    listed = Division.objects.filter(vintage=division.vintage).inside(division.prefix).of_level(level)
    return list(listed.order_by("code"))


def around(place: Division | None) -> tuple[list[Division], list[Division]]:
    """The places beside one, itself left out, and those right below it, as the latest list has them. One query."""
    level = child_level(place)
    if place is None:
        return [], list(Division.objects.current().of_level(Level.PROVINCE).order_by("code"))
    upper = place.code[: LEVEL_LENGTHS[place.level - 2]] if place.level > Level.PROVINCE else ""
    wanted = Q(within(upper), level=place.level)
    if level is not None:
        wanted |= Q(within(place.prefix), level=level)
    found = list(Division.objects.current().filter(wanted).order_by("code"))
    beside = [one for one in found if one.level == place.level and one.code != place.code]
    return beside, [one for one in found if one.level == level]


def name_children(codes: Iterable[str], level: int) -> dict[str, Child]:
    """The names of these places as the latest list has them; a place of an older list only is marked former.

    A code can pass to another place (513228213200 was 库车村 in 2019 and is 红星村 in 2023): both names are told then.
    """
    latest = Division.objects.latest_vintage()
    places: dict[str, list[Division]] = {}
    for place in Division.objects.filter(code__in=set(codes), level=level).order_by("-vintage"):
        places.setdefault(place.code, []).append(place)
    return {code: _child(found, latest) for code, found in places.items()}


def _child(found: list[Division], latest: int) -> Child:
    """The place of one code, from its rows in the lists, the latest first."""
    newest = found[0]
    former = next((place for place in found[1:] if place.name != newest.name), None)
    name = newest.local_name
    if former is not None:
        name = gettext("%(name)s (in %(year)s: %(former)s)") % {
            "name": name,
            "year": former.vintage,
            "former": former.local_name,
        }
    return Child(newest.code, name, newest.level, newest.vintage < latest, newest.other_name)
