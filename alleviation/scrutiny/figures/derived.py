"""Figures that no document states but that follow from claims, each the ratio of what it was computed from."""

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark
from alleviation.common.words import labelled
from alleviation.scrutiny.derived import derived_figures, line_for, lines_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from projects.choices import ProjectKind, Unit
from projects.models import Claim
from projects.reports.cells import marked
from projects.rollups.derived import (
    KILOWATTS,
    KILOWATTS_A_HOUSEHOLD,
    Check,
    Derived,
    FundPerPerson,
    HouseholdsByCapacity,
    ShareOfLine,
)

PERCENT = 100


class Term(NamedTuple):
    """One side of a division: what it is, the number, its unit, and the claim that states it, if one does."""

    title: str
    figure: Figure
    unit: str
    claim: Claim | None = None


class DerivedFigure(Explained, abstract=True):
    """A figure that we derived by one check; `of` is its key, "fund-per-person|A18|A17"."""

    check: ClassVar[Check]
    description = _("A figure that no document states: it follows from what documents say, by simple arithmetic.")
    permission = Right.VIEW_RECORDS
    columns = (
        Column("code", _("Claim"), Kind.CODE),
        Column("title", _("What it is")),
        Column("dividend", _("Divided"), Kind.FIGURE, unit_key="unit_code"),
        Column("divisor", _("Divided by"), Kind.FIGURE, unit_key="unit_code"),
        Column("unit", _("Unit"), file_only=True),
        Column("document", _("Document"), Kind.LINK),
        Column("entered_by", _("Entered by")),
        MADE_UP,
    )
    value_column = Column("value", _("Figure"), Kind.FIGURE)
    adds_up = ("dividend", "divisor")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.slug, cls.title = cls.check.slug, cls.check.title
        cls.formula, cls.source = cls.check.formula, cls.check.source
        super().__init_subclass__(**kwargs)

    def names_it(self, query: Query) -> str:
        return str(self._derived(query).title)

    def value(self, query: Query) -> Figure:
        return self._derived(query).result

    def words(self, query: Query) -> str:
        one = self._derived(query)
        return one.result.words(one.unit)

    def working(self, query: Query) -> str:
        return self._derived(query).working

    def made_of(self, sums: Any) -> Any:
        """The quotient of the two, as the check tells it."""
        dividend, divisor = (one.figure if isinstance(one, FigureSum) else one for one in sums)
        return self.told(dividend.divided_by(divisor)) if dividend and divisor else None

    def told(self, quotient: Figure) -> Figure:
        """The quotient as it is; a check may tell it in whole numbers, or in percent."""
        return quotient

    def rows(self, query: Query) -> Iterable[Row]:
        one = self._derived(query)
        entered = recorders(Claim, [claim.pk for claim in one.claims])
        for name, term in zip(self.adds_up, self._terms(query), strict=True):
            claim = term.claim
            document = claim.document if claim else None
            yield {
                "code": claim.code if claim else "",
                "title": term.title,
                name: term.figure,
                "unit": term.unit,
                "unit_code": term.unit,
                "document": document.title if document else "",
                "entered_by": entered.get(claim.pk, "") if claim else "",
                "_url": claim.get_absolute_url() if claim else "",
                "_urls": {"document": document.get_absolute_url()} if document else {},
                **marked(bool(document and document.is_made_up)),
            }

    def total(self, query: Query) -> Row:
        dividend, divisor = self._terms(query)
        # Two units have no name together.
        unit = {"unit_code": dividend.unit} if dividend.unit == divisor.unit else {}
        return {"dividend": dividend.figure, "divisor": divisor.figure, **unit}

    def number(self, query: Query) -> int:
        return 2

    def mark(self, query: Query) -> Mark:
        return self._derived(query).is_made_up

    def left_out(self, query: Query) -> list[LeftOut]:
        """What the rule of just this figure says that it does not say."""
        source = self._derived(query).source
        return [] if source == self.source else [LeftOut(source)]

    def _derived(self, query: Query) -> Derived:
        return once(query, self.slug, lambda: self._found(query))

    def _found(self, query: Query) -> Derived:
        found = derived_figures(query) if query.of else []
        if len(found) != 1 or found[0].slug != self.slug:
            raise Http404
        return found[0]

    def _terms(self, query: Query) -> tuple[Term, Term]:
        return once(query, "terms", lambda: terms_of(self._derived(query), query))


def terms_of(one: Derived, query: Query) -> tuple[Term, Term]:
    """The two sides of the division that a derived figure is."""
    claim = one.claims[0]
    if len(one.claims) == 2:
        return _stated(claim), _stated(one.claims[1])
    if claim.unit in KILOWATTS and claim.project and claim.figure:
        capacity = Term(claim.local_attribute, claim.figure.times(KILOWATTS[Unit(claim.unit)]), Unit.KW, claim)
        rule = KILOWATTS_A_HOUSEHOLD[ProjectKind(claim.project.kind)]
        return capacity, Term(gettext("The rule: kilowatts that count for one household"), rule, Unit.KW)
    line = line_for(claim, lines_of(query))
    if line is None or claim.figure is None:
        raise Http404
    told = gettext("%(line)s, for %(concept)s") % {"line": line, "concept": line.get_concept_display()}
    return _stated(claim), Term(told, line.figure, Unit.CNY)


def _stated(claim: Claim) -> Term:
    return Term(
        labelled(claim.local_subject, claim.local_attribute), claim.figure or Figure.unstated(), claim.unit, claim
    )


class FundPerPersonFigure(DerivedFigure):
    """What a project pledges a year for each of the people it targets."""

    check = FundPerPerson()


class HouseholdsFigure(DerivedFigure):
    """How many households a capacity is counted for."""

    check = HouseholdsByCapacity()

    def told(self, quotient: Figure) -> Figure:
        """In whole households, rounded outwards."""
        return quotient.outward()


class ShareOfLineFigure(DerivedFigure):
    """An income as a share of the poverty line."""

    check = ShareOfLine()

    def told(self, quotient: Figure) -> Figure:
        """In percent."""
        return quotient.times(PERCENT)


FIGURES: tuple[Explained, ...] = (FundPerPersonFigure(), HouseholdsFigure(), ShareOfLineFigure())
