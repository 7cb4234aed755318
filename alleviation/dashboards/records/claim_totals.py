"""What claims come to: the bounds and the gross sum of each class, and what follows from them."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.common.words import listed
from projects.models import Claim
from projects.rollups.claims import ClaimClass, claim_totals
from projects.rollups.derived import Derived

NAMED = 6


def totals_table(query: Query) -> Table:
    """Each class with its unique figure as bounds, its gross sum, and what would narrow the bounds."""
    return Table(
        slug="claim-totals",
        title=_("Totals by class, unique and gross"),
        columns=(
            Column("measure", _("Measure")),
            Column("basis", _("Basis")),
            Column("status", _("Status")),
            Column("claims", _("Claims")),
            Column("unique", _("Unique"), Kind.FIGURE, unit_key="unit_code", explained="claims-unique"),
            Column("gross", _("Gross"), Kind.FIGURE, unit_key="unit_code", explained="claims-gross"),
            Column("unit", _("Unit"), file_only=True),
            Column("not_stated", _("Claims without a number"), Kind.COUNT, file_only=True),
            Column("narrowing", _("What would narrow it")),
        ),
        rows=[_total_row(one) for one in claim_totals(query)],
        note=_(
            "Unique: bounds that hold however the claims overlap. Gross: the sum as if none did, which counts "
            "whatever two claims share twice. Only figures of one measure, unit, basis and status are added; so many "
            "yuan for each of some make no sum."
        ),
        empty=_("No claim with a figure is recorded for this filter."),
        asked={},
    )


def derived_table(found: Iterable[Derived]) -> Table:
    """What no document states, and follows from what documents state."""
    return Table(
        slug="derived",
        title=_("Derived by us, stated nowhere"),
        columns=(
            Column("title", _("What it is")),
            Column("result", _("Figure"), Kind.FIGURE, unit_key="unit_code"),
            Column("unit", _("Unit"), file_only=True),
            Column("basis", _("Basis")),
            Column("working", _("With its numbers")),
            Column("claims", _("Derived from"), Kind.CODE),
            Column("source", _("The rule, and what it does not say")),
        ),
        rows=[_derived_row(one) for one in found],
        note=_("No document says these. They are arithmetic on what documents say, and enter no total."),
        empty=_("Nothing follows from these claims by the checks there are."),
        asked={},
    )


def _total_row(one: ClaimClass) -> Row:
    narrowing = one.narrowing
    return {
        "measure": one.measure.label,
        "basis": listed((one.basis.label, one.years)),
        "status": one.status.label,
        "claims": _codes(one.members),
        "unique": one.unique,
        "gross": one.gross if one.is_added else None,
        "unit": one.unit.label if one.unit else "",
        "unit_code": one.unit.value,
        "not_stated": one.gross.not_stated,
        "narrowing": narrowing.words(one.unit) if narrowing else "",
        "_asked": {"of": one.of},
        "_made_up": one.is_made_up,
    }


def _derived_row(one: Derived) -> Row:
    return {
        "title": one.title,
        "result": one.result,
        "unit": one.unit,
        "unit_code": one.unit,
        "basis": one.basis.label if one.basis else "",
        "working": one.working,
        "claims": listed(claim.code for claim in one.claims),
        "source": one.source,
        "_asked": {"of": one.of},
        "_explained": {"result": one.slug},
        "_made_up": one.is_made_up,
        "_urls": {"claims": one.claims[0].get_absolute_url()},
    }


def _codes(members: Sequence[Claim]) -> str:
    """The numbers of the claims, the first of many."""
    named = listed(claim.code for claim in members[:NAMED])
    rest = len(members) - NAMED
    return gettext("%(codes)s and %(rest)d more") % {"codes": named, "rest": rest} if rest > 0 else named
