"""What households got beside what was disbursed: the difference of a project and year."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.scrutiny.benefits import Benefit, benefits_total
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.people import YUAN
from projects.reports.cells import marked

FILTERS = ("year", "plan", "area", "kind")


class BenefitsDifference(Explained):
    """Disbursed − received, in yuan, of one project in one year; of several nothing is told.

    None too where an amount is not known or not told, or nothing is recorded as received.
    """

    slug = "benefits-difference"
    title = _("Disbursed less received")
    description = _(
        "What was disbursed for a project in a year, less what households and their members received from it. They "
        "can rightly differ: the difference is a question, not a finding."
    )
    permission = Right.VIEW_FIGURES
    filters = FILTERS
    columns = (Column("what", _("Figure")), Column("amount", _("Amount"), Kind.YUAN), MADE_UP)
    value_column = YUAN
    formula = _("Σ posted disbursements of the year and project − Σ known amounts of its enrolments")
    source = _("The ledger and the enrolments as they were entered here; docs/reach.md.")
    adds_up = ("amount",)
    empty = _(
        "There is no difference to tell: the two can be compared for one project and one year, where all is known."
    )

    def value(self, query: Query) -> Decimal | None:
        return compared(query).difference if _is_of_one(query) else None

    def working(self, query: Query) -> str:
        if self.value(query) is None:
            return ""
        return gettext("%(disbursed)s − %(received)s = %(difference)s") % {
            "disbursed": words.yuan(compared(query).booked.disbursed),
            "received": words.yuan(compared(query).reached.known),
            "difference": self.words(query),
        }

    def parts(self, query: Query) -> list[Part]:
        """Both sums, each with what opens it."""
        asked = query.asked()
        sides = [] if self.value(query) is None else _sides(compared(query))
        return [Part(title, words.yuan(amount), figure, asked) for title, figure, amount in sides]

    def rows(self, query: Query) -> Iterable[Row]:
        """What was disbursed, and below zero what was received."""
        if self.value(query) is None:
            return []
        one = compared(query)
        (disbursed, _figure, paid), (received, _other, got) = _sides(one)
        booked, reached = one.booked, one.reached
        return [
            {"what": disbursed, "amount": paid, **marked(mark_of(booked.made_up, booked.entries))},
            {"what": received, "amount": -got, **marked(mark_of(reached.made_up, reached.households))},
        ]

    def total(self, query: Query) -> Row:
        if self.value(query) is None:
            return {}
        return {"amount": self.value(query), **marked(_mark(compared(query)))}

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("What households earned from the project and nobody entered as an enrolment"))]


def compared(query: Query) -> Benefit:
    """What was received and what was booked, all together."""
    return once(query, "benefits", lambda: benefits_total(query))


def _is_of_one(query: Query) -> bool:
    """Whether one project and one year are asked for."""
    return bool(query.project_id or query.project_code) and query.year is not None


def _sides(one: Benefit) -> list[tuple[Any, str, Decimal]]:
    """The two sums that are compared, and the figures that they are."""
    return [
        (_("Disbursed"), "disbursed", one.booked.disbursed),
        (_("Received by households"), "received", one.reached.known),
    ]


def _mark(one: Benefit) -> Any:
    return mark_of(one.reached.made_up + one.booked.made_up, one.reached.households + one.booked.entries)


FIGURES: tuple[Explained, ...] = (BenefitsDifference(),)
