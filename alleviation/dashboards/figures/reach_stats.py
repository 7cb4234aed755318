"""People reached at a glance: counted once each among those recorded, and beside them what documents state."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alleviation.common import words
from alleviation.common.charts.bounds import Bounded, bounds_chart
from alleviation.common.drawings import Drawing
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.common.tables import explain_url, mark_of
from alleviation.dashboards.figures.stats import Stat, against, way_between
from alleviation.scrutiny.remembered import remembered
from beneficiaries.rollups import People
from beneficiaries.rollups.reached import Reached, is_counted_at_a_glance, reached
from projects.choices import Basis, ClaimStatus, Measure, Unit
from projects.rollups.claims import claim_totals

KINDS = {"persons": "enrolled-persons", "households": "enrolled-households"}
MEASURE_OF = {Measure.PEOPLE: Unit.PERSON, Measure.HOUSEHOLDS: Unit.HOUSEHOLD}


@dataclass(frozen=True)
class Stated:
    """What documents state of people reached: one class of claims, as bounds however they overlap, and gross."""

    key: str
    unit: str
    unique: Figure
    gross: FigureSum
    claims: int
    is_made_up: bool


@dataclass(frozen=True)
class Reach:
    """What a page says of people reached. `recorded` is None where nobody is enrolled.

    `is_counted` is False where so many are asked about that they are counted on other pages alone.
    """

    recorded: Reached | None
    stated: tuple[Stated, ...]
    is_counted: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return self.is_counted and self.recorded is None and not self.stated


@dataclass(frozen=True)
class Row:
    """Households or persons: in the latest year, in its plan so far, in all years asked for."""

    label: str
    of_year: Stat
    of_plan: Stat | None
    of_all: Stat


@dataclass(frozen=True)
class Line:
    """What the claims of a class come to, in a sentence."""

    words: SafeString
    is_made_up: bool


def read(query: Query) -> Reach:
    """Whom projects reach; distinct persons are counted once for everybody, until something is written."""
    asked = replace(query, as_of=None)
    return remembered(asked, "reach", lambda: _read(asked))


def _read(query: Query) -> Reach:
    is_counted = is_counted_at_a_glance(query)
    return Reach(reached(query) if is_counted else None, tuple(_stated(query)), is_counted)


def _stated(query: Query) -> Iterator[Stated]:
    """The classes of persons and households that documents say were reached, in all, not in each year."""
    for measure, unit in MEASURE_OF.items():
        for one in claim_totals(replace(query, measure=measure, status=ClaimStatus.REACHED)):
            if one.unit == unit and one.basis == Basis.NONE and one.unique is not None:
                yield Stated(one.of, unit, one.unique, one.gross, one.claims, one.is_made_up)


def rows(query: Query, found: Reach) -> list[Row]:
    """The numbers recorded, each with its explanation; nobody is counted twice in any of them."""
    told = found.recorded
    if told is None:
        return []
    labels = {"persons": _("Persons"), "households": _("Households")}
    return [_row(query, told, name, labels[name]) for name in KINDS]


def _row(query: Query, told: Reached, name: str, label: str) -> Row:
    now, before = getattr(told.of_year, name), getattr(told.before, name)
    of_year, opens_before = (query.of_years(year, year).asked() for year in (told.year, told.year - 1))
    note = against(words.count(before), _opens(name, opens_before), told.year - 1, way_between(now, before))
    of_plan = query.of_years(told.first, told.year) if told.first else None
    return Row(
        label,
        replace(_stat(name, told.of_year, of_year), note=note, way=way_between(now, before)),
        _stat(name, told.of_plan, of_plan.asked()) if told.of_plan and of_plan else None,
        _stat(name, told.of_all, query.asked()),
    )


def _stat(name: str, people: People, asked: dict[str, str]) -> Stat:
    mark = mark_of(people.made_up, people.households)
    return Stat("", words.count(getattr(people, name)), made_up=mark, opens=_opens(name, asked))


def _opens(name: str, asked: dict[str, str]) -> str:
    return explain_url(KINDS[name], {key: value for key, value in asked.items() if key != "as_of"})


def lines(query: Query, found: Reach) -> list[Line]:
    """What documents state, class by class: however the claims overlap, and where they differ, as if none did."""
    return [Line(_sentence(query, one), one.is_made_up) for one in found.stated]


def _sentence(query: Query, one: Stated) -> SafeString:
    unique = _link("claims-unique", query, one, one.unique.words(one.unit))
    gross_words = one.gross.words(one.unit)
    if one.claims == 1 or gross_words == one.unique.words(one.unit):
        return format_html(_("Documents state {unique}."), unique=unique)
    gross = _link("claims-gross", query, one, gross_words)
    sentence = _("Documents state {unique}, however their claims overlap; {gross} if none did.")
    return format_html(sentence, unique=unique, gross=gross)


def _link(figure: str, query: Query, one: Stated, told: str) -> SafeString:
    url = explain_url(figure, {"area": query.area_code, "of": one.key})
    return format_html('<a class="opens" href="{}">{}</a>', url, told)


def drawn(found: Reach) -> list[Drawing]:
    """Persons recorded and stated, side by side as bounds; none where there is but one of them."""
    told = found.recorded
    recorded = [Bounded.of(pgettext("figure", "recorded"), Figure.exact(told.of_all.persons))] if told else []
    stated = [
        Bounded.of(_("stated (made up)") if one.is_made_up else _("stated"), one.unique)
        for one in found.stated
        if one.unit == Unit.PERSON
    ]
    if not recorded or not stated:
        return []
    title = _("Persons reached: recorded here, and stated in documents")
    description = _("Each person once. What is open above is more than its solid part. The two are never added.")
    svg = bounds_chart(title, description, [*recorded, *stated], Unit.PERSON, uid="drawing-reached")
    return [Drawing("reached", title, svg, finding=description)]
