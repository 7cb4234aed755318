"""Who lives below a line, near it and above it: numbers of households and persons, and the share below."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.income_rows import VILLAGE, sees_records
from alleviation.scrutiny.figures.people import COUNT
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from beneficiaries.choices import LineKind
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import IncomeRecord
from beneficiaries.models.bands import ABOVE, BELOW, NEAR, OTHER_CONCEPT, WITHOUT_LINE
from beneficiaries.rollups import asked_of_line, is_told_in_bands
from beneficiaries.rollups.bands import (
    Bands,
    Heads,
    banded,
    line_bands,
    line_bands_total,
)
from projects.reports.cells import marked

CHUNK = 500
LAW = _(
    "A household is below the line where its net income is less than the line × its persons counted, near it where it "
    "is less than 1.5 times that, else above. The line is that of the year of the record and of the smallest area "
    "around its village, and drawn for the same income; where there is none, nothing is held against another. "
    "docs/incomes.md."
)
UNSEEN = _("Single households: your role sees how many there are in a year. The numbers are the same for everybody.")
HEADS = (Column("households", _("Households"), Kind.COUNT), Column("persons", _("Persons"), Kind.COUNT))
COMPARED = (
    Column("households_compared", _("Households held against a line"), Kind.COUNT),
    Column("persons_compared", _("Persons held against a line"), Kind.COUNT),
)
YEAR = Column("year", _("Year"), Kind.YEAR)
OF_RECORD = (
    Column("net_income", _("Net income"), Kind.YUAN),
    Column("per_capita", _("Per capita"), Kind.YUAN, unit=_("yuan per person")),
    Column("line", _("The line"), Kind.YUAN, unit=_("yuan per person")),
    Column("evidence", _("Evidence"), Kind.COUNT),
)
HOUSEHOLD = Column("household", _("Household number"), Kind.CODE)


class OfBands(Explained, abstract=True):
    """A figure of incomes held against a line; `of` names the kind of line.

    Whoever may see households gets each record, others a row for each year: how many there are, and nothing of one.
    """

    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    columns: ClassVar[tuple[Column, ...]] = (*VILLAGE, HOUSEHOLD, YEAR, *HEADS, *OF_RECORD, MADE_UP)
    source = LAW
    empty = _("No income of these years is held against such a line here.")
    sums: ClassVar[tuple[Column, ...]] = HEADS
    bands: ClassVar[tuple[str, ...]]

    def names_it(self, query: Query) -> str:
        return str(kind_of(query).label)

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        if not sees_records(query):
            return (YEAR, *self.sums, MADE_UP)
        return (*VILLAGE, HOUSEHOLD, YEAR, *self.sums, *OF_RECORD, MADE_UP)

    def rows(self, query: Query) -> Iterable[Row]:
        return self._record_rows(self._records(query)) if sees_records(query) else iter(self._year_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if sees_records(query):
            return list(self._record_rows(self._records(query)[first:last]))
        return self._year_rows(query)[first:last]

    def number(self, query: Query) -> int:
        if sees_records(query):
            return sum(getattr(bands_of(query), band).households for band in self.bands)
        return len(self._year_rows(query))

    def proven(self, query: Query) -> int | None:
        if not sees_records(query):
            return None
        return proven_among(IncomeRecord, self._records(query).order_by().values("pk"))

    def total(self, query: Query) -> Row:
        told = bands_of(query)
        return self.cells(told) if self.value(query) is not None else {}

    def cells(self, bands: Bands) -> Row:
        """What a row tells of these bands."""
        raise NotImplementedError

    def cells_of_record(self, record: Any) -> Row:
        """What a row tells of one record, in the same columns."""
        heads: dict[str, Any] = {record.band: Heads(1, record.persons, int(record.household.is_made_up))}
        return self.cells(Bands(**heads))

    def left_out(self, query: Query) -> list[LeftOut]:
        told = once_told(query)
        if told is None:
            return [LeftOut(_("Your role sees sums of enough households alone"))]
        why = (
            (_("No line is recorded for their year and place"), told.without_line.households),
            (_("Their income is of another definition than the line is drawn for"), told.other_concept.households),
        )
        found = [LeftOut(reason, number) for reason, number in why if number and WITHOUT_LINE not in self.bands]
        return found if sees_records(query) else [*found, LeftOut(UNSEEN)]

    def _records(self, query: Query) -> QuerySet[IncomeRecord]:
        found = banded(query, kind_of(query)).filter(band__in=self.bands).select_related("household", "village")
        return found.order_by("village__code", "household__number", "year", "pk")

    def _record_rows(self, records: QuerySet[IncomeRecord]) -> Iterator[Row]:
        return with_proof({**_of_record(one), **self.cells_of_record(one)} for one in records.iterator(CHUNK))

    def _year_rows(self, query: Query) -> list[Row]:
        if once_told(query) is None:
            return []
        years = once(query, "bands by year", lambda: line_bands(query, kind_of(query)))
        held = [one for one in years if any(getattr(one, band).households for band in self.bands)]
        return [{"year": one.key, **self.cells(one)} for one in held]


class InBand(OfBands, abstract=True):
    """How many households, or persons in them, are in one band."""

    value_column = COUNT
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.adds_up = (getattr(cls, "key", ""),)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> int | None:
        told = once_told(query)
        if told is None or (not self._of(told).households and not told.compared.households):
            return None
        return int(getattr(self._of(told), self.key))

    def cells(self, bands: Bands) -> Row:
        heads = self._of(bands)
        mark = mark_of(heads.made_up, heads.households)
        return {"households": heads.households, "persons": heads.persons, **marked(mark)}

    def parts(self, query: Query) -> list[Part]:
        """The lines that incomes were held against."""
        told = once_told(query)
        return _lines_of(told) if told else []

    def _of(self, bands: Bands) -> Heads:
        return sum((getattr(bands, band) for band in self.bands), Heads())


class HouseholdsBelow(InBand):
    """How many households are below the line."""

    slug = "households-below-line"
    title = _("Households below the line")
    description = _("The households whose income per person is less than the line of the year.")
    formula = _("Number of the records with net income < line × persons counted")
    bands = (BELOW,)
    key = "households"


class PersonsBelow(InBand):
    """How many persons are below the line."""

    slug = "persons-below-line"
    title = _("Persons below the line")
    description = _("The persons counted in the households whose income per person is less than the line of the year.")
    formula = _("Σ persons counted of the records with net income < line × persons counted")
    bands = (BELOW,)
    key = "persons"


class HouseholdsNear(InBand):
    """How many households are near the line."""

    slug = "households-near-line"
    title = _("Households near the line")
    description = _("The households whose income per person reaches the line of the year, but not 1.5 times the line.")
    formula = _("Number of the records with line × persons ≤ net income < 1.5 × line × persons")
    bands = (NEAR,)
    key = "households"


class PersonsNear(InBand):
    """How many persons are near the line."""

    slug = "persons-near-line"
    title = _("Persons near the line")
    description = _("The persons counted in the households near the line: on the line or above, below 1.5 times it.")
    formula = _("Σ persons counted of the records with line × persons ≤ net income < 1.5 × line × persons")
    bands = (NEAR,)
    key = "persons"


class HouseholdsAbove(InBand):
    """How many households are above it."""

    slug = "households-above-line"
    title = _("Households above 1.5 times the line")
    description = _("The households whose income per person reaches 1.5 times the line of the year.")
    formula = _("Number of the records with net income ≥ 1.5 × line × persons counted")
    bands = (ABOVE,)
    key = "households"


class PersonsAbove(InBand):
    """How many persons are above it."""

    slug = "persons-above-line"
    title = _("Persons above 1.5 times the line")
    description = _("The persons counted in the households whose income per person reaches 1.5 times the line.")
    formula = _("Σ persons counted of the records with net income ≥ 1.5 × line × persons counted")
    bands = (ABOVE,)
    key = "persons"


class PersonsHeld(InBand):
    """How many persons are held against a line."""

    slug = "persons-held-against-line"
    title = _("Persons held against a line")
    description = _("The persons counted in the households below, near and above a line of their year and place.")
    formula = _("Σ persons counted of the records with a line of their year, place and income concept")
    bands = (BELOW, NEAR, ABOVE)
    key = "persons"


class HouseholdsNotHeld(InBand):
    """How many households no line can be held against."""

    slug = "households-without-line"
    title = _("Households held against no line")
    description = _(
        "The households for whose year and place no line is recorded, or whose income is of another definition than "
        "the line is drawn for: they are neither below nor above. No line is guessed."
    )
    formula = _("Number of the records without a line of their year, place and income concept")
    bands = (WITHOUT_LINE, OTHER_CONCEPT)
    key = "households"


class Share(OfBands, abstract=True):
    """What part of those who are held against a line is below it."""

    value_column = Column("value", _("Figure"), Kind.RATIO)
    bands = (BELOW, NEAR, ABOVE)
    below: ClassVar[InBand]
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        key = getattr(cls, "key", "")
        cls.adds_up = (key, f"{key}_compared")
        cls.sums = tuple(one for one in (*HEADS, *COMPARED) if one.key in cls.adds_up)
        cls.columns = (*VILLAGE, HOUSEHOLD, YEAR, *cls.sums, *OF_RECORD, MADE_UP)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> Decimal | None:
        told = once_told(query)
        return None if told is None else self.made_of([Decimal(self.cells(told)[key]) for key in self.adds_up])

    def cells(self, bands: Bands) -> Row:
        both = {self.key: getattr(bands.below, self.key), f"{self.key}_compared": getattr(bands.compared, self.key)}
        return {**both, **marked(mark_of(bands.compared.made_up, bands.compared.households))}

    def working(self, query: Query) -> str:
        told = once_told(query)
        if told is None or self.value(query) is None:
            return ""
        below, compared = (words.count(self.cells(told)[key]) for key in self.adds_up)
        return f"{below} ÷ {compared} = {self.words(query)} %"

    def parts(self, query: Query) -> list[Part]:
        told = once_told(query)
        if told is None:
            return []
        below = Part(self.below.title, self.below.words(query), self.below.slug, query.asked())
        return [below, *_lines_of(told)]


class ShareOfPersons(Share):
    """What part of the persons is below the line."""

    slug = "share-below-line"
    title = _("Share of persons below the line")
    description = _("Of the persons whose income is held against a line, how many in a hundred live below it.")
    formula = _("Σ persons below the line ÷ Σ persons held against a line × 100")
    below = PersonsBelow()
    key = "persons"


class ShareOfHouseholds(Share):
    """What part of the households is below the line."""

    slug = "share-of-households-below-line"
    title = _("Share of households below the line")
    description = _("Of the households whose income is held against a line, how many in a hundred live below it.")
    formula = _("Households below the line ÷ households held against a line × 100")
    below = HouseholdsBelow()
    key = "households"


def kind_of(query: Query) -> LineKind:
    """The kind of line asked about. Raises Http404 where the address names none."""
    if query.of not in LineKind.values:
        raise Http404
    return LineKind(query.of)


def bands_of(query: Query) -> Bands:
    """The bands of all that is asked for."""
    return once(query, "bands", lambda: line_bands_total(query, kind_of(query)))


def once_told(query: Query) -> Bands | None:
    """The same, None where whoever asks is not told."""
    return bands_of(query) if once(query, "bands are told", lambda: is_told_in_bands(query, kind_of(query))) else None


def _of_record(one: Any) -> Row:
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        "net_income": one.net,
        "per_capita": one.net / one.persons,
        "line": one.line_amount,
        "_record": (IncomeRecord, one.pk),
    }


def _lines_of(bands: Bands) -> list[Part]:
    """Each line that incomes were held against."""
    ordered = sorted(bands.lines, key=lambda line: (line.year, line.division.code if line.division else "", line.pk))
    return [
        Part(
            gettext("The line of %(year)s") % {"year": line.year},
            line.figure.words("CNY"),
            "poverty-line",
            {name: value for name, value in asked_of_line(line).items() if value},
        )
        for line in ordered
    ]


FIGURES: tuple[Explained, ...] = (
    HouseholdsBelow(),
    PersonsBelow(),
    ShareOfPersons(),
    ShareOfHouseholds(),
    HouseholdsNear(),
    PersonsNear(),
    HouseholdsAbove(),
    PersonsAbove(),
    PersonsHeld(),
    HouseholdsNotHeld(),
)
