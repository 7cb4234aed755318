"""The poverty line of a year."""

from collections.abc import Iterable

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.proof import record_url
from beneficiaries.models import PovertyLine
from beneficiaries.rollups import line_of

KEPT_BY = _("administrators, as reference data; each change is kept in the trail, with who made it and when")
LINE = Column("value", _("Figure"), Kind.FIGURE, unit="CNY")


class Line(Explained):
    """A poverty or monitoring line; `of` is its number."""

    slug = "poverty-line"
    title = _("Poverty line")
    description = _(
        "The income per person and year below which a person counts as poor. It is reference data: no line is "
        "computed, and a year without a line has none here."
    )
    permission = Right.VIEW_FIGURES
    filters = ("as_of",)
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("area", _("Area")),
        Column("kind", _("Kind")),
        Column("amount", _("Amount"), Kind.FIGURE, unit="CNY"),
        Column("concept", _("Income concept")),
        Column("price_base", _("Price base")),
        Column("source", _("Source")),
    )
    value_column = LINE
    formula = _("As its source states it")
    source = _(
        "The source that stands with the line. The line of the nation is 2,300 yuan in prices of 2010; what a "
        "later year has is that line in its own prices; docs/places.md."
    )
    adds_up = ("amount",)
    empty = _("There is no such line.")

    def names_it(self, query: Query) -> str:
        return named(self._line(query))

    def value(self, query: Query) -> Figure:
        return self._line(query).figure

    def rows(self, query: Query) -> Iterable[Row]:
        return [line_row(self._line(query))]

    def total(self, query: Query) -> Row:
        return {"amount": self._line(query).figure}

    def number(self, query: Query) -> int:
        return 1

    def parts(self, query: Query) -> list[Part]:
        """Who may change it."""
        return [Part(_("Kept by"), str(KEPT_BY))]

    def left_out(self, query: Query) -> list[LeftOut]:
        line = self._line(query)
        told = gettext(
            "Other years, other areas and other income concepts: each line is of its own, drawn for %(concept)s, and "
            "is never held against another year's income without saying so"
        )
        return [LeftOut(told % {"concept": line.get_concept_display()})]

    def _line(self, query: Query) -> PovertyLine:
        number = int(query.of) if query.of.isdigit() and len(query.of) < 19 else 0
        line = once(query, "line", lambda: line_of(query, number))
        if line is None:
            raise Http404
        return line


def named(line: PovertyLine) -> str:
    """A line by its kind, place and year."""
    place = line.division.local_name if line.division else gettext("Nation")
    return f"{line.get_kind_display()}, {place}, {line.year}"


def line_row(line: PovertyLine) -> Row:
    """The cells of a line, with its concept, its prices and its source; its kind leads to what became of it."""
    return {
        "year": line.year,
        "area": line.division.local_name if line.division else gettext("Nation"),
        "kind": line.get_kind_display(),
        "amount": line.figure,
        "concept": line.get_concept_display(),
        "price_base": line.price_base,
        "source": line.source,
        "_urls": {"kind": record_url(PovertyLine, line.pk)},
    }


FIGURES: tuple[Explained, ...] = (Line(),)
