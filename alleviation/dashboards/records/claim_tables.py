"""Tables of one claim's page: how it overlaps with others, and its rivals side by side."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind, Row, Table
from projects.choices import Overlap
from projects.models import Claim, ClaimRelation

FIGURE = Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code", explained="claim")
FACT = Column("fact", _("Fact"))
UNIT = Column("unit", _("Unit"), file_only=True)
BASIS = Column("basis", _("Basis"), file_only=True)


def relations_table(claim: Claim, relations: Iterable[ClaimRelation]) -> Table:
    """How this claim overlaps with others, as seen from it."""
    return Table(
        slug="relations",
        title=_("How it overlaps with other claims"),
        columns=(
            Column("overlap", _("This claim")),
            Column("code", _("Other claim"), Kind.CODE),
            FACT,
            FIGURE,
            UNIT,
            BASIS,
            Column("status", _("Status"), file_only=True),
            Column("reason", _("Why")),
            Column("decided_by", _("Decided by")),
            Column("decided_at", _("Decided at"), Kind.DATE),
        ),
        rows=[_relation_row(claim, one) for one in relations],
        note=_("As somebody decided, with the reason. Of claims that nobody related it is not known."),
        empty=_("Nobody has related this claim to another. How they overlap is not known."),
        asked={},
    )


def rivals_table(claim: Claim, rivals: Iterable[Claim]) -> Table:
    """What is said of the same fact, side by side."""
    return Table(
        slug="rivals",
        title=_("Claims about the same fact"),
        columns=(
            Column("code", _("Claim"), Kind.CODE),
            FACT,
            FIGURE,
            UNIT,
            BASIS,
            Column("period", _("Period")),
            Column("status", _("Status")),
            Column("document", _("Document"), Kind.LINK),
            Column("dated", _("Date of the document"), Kind.DATE),
            Column("adopted", _("Adopted")),
        ),
        rows=[_rival_row(one, is_this=one.pk == claim.pk) for one in rivals],
        note=_("They count once in every unique figure. At most one of them is adopted: the one the office goes by."),
        asked={},
    )


def fact_words(claim: Claim) -> str:
    """Whom a claim is about, and what it says."""
    return gettext("%(subject)s: %(fact)s") % {"subject": claim.local_subject, "fact": claim.local_attribute}


def adopted_words(claim: Claim) -> str:
    """Who adopted a claim, when and why; empty for one that is not adopted."""
    if not claim.adopted_at:
        return ""
    return gettext("%(who)s, %(when)s: %(why)s") % {
        "who": claim.adopted_by,
        "when": date_format(localtime(claim.adopted_at), "DATE_FORMAT"),
        "why": claim.adoption_reason,
    }


def overlap_words(relation: ClaimRelation, claim: Claim) -> str:
    """How a claim overlaps with the other one of a relation, to follow its number."""
    return {
        Overlap.SAME: gettext("is the same as"),
        Overlap.PART_OF: gettext("is a part of") if relation.one_id == claim.pk else gettext("has as a part"),
        Overlap.DISJOINT: gettext("shares nothing with"),
        Overlap.UNKNOWN: gettext("overlaps in an unknown way with"),
    }[Overlap(relation.kind)]


def other_of(relation: ClaimRelation, claim: Claim) -> Claim:
    """The other claim of a relation."""
    return relation.other if relation.one_id == claim.pk else relation.one


def _relation_row(claim: Claim, relation: ClaimRelation) -> Row:
    other = other_of(relation, claim)
    return {
        **_claim_cells(other),
        "overlap": overlap_words(relation, claim),
        "reason": relation.reason,
        "decided_by": relation.decided_by,
        "decided_at": relation.decided_at,
        "_urls": {"code": other.get_absolute_url()},
    }


def _rival_row(claim: Claim, *, is_this: bool) -> Row:
    document = claim.document
    return {
        **_claim_cells(claim),
        "code": gettext("%(code)s (this one)") % {"code": claim.code} if is_this else claim.code,
        "period": claim.period,
        "document": document.title,
        "dated": document.event_or_publication_on,
        "adopted": adopted_words(claim),
        "_url": "" if is_this else claim.get_absolute_url(),
        "_urls": {"document": f"{document.get_absolute_url()}#{claim.code}"},
    }


def _claim_cells(claim: Claim) -> Row:
    return {
        "code": claim.code,
        "fact": fact_words(claim),
        "figure": claim.figure,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "basis": claim.get_basis_display() if claim.qualifier else "",
        "status": claim.get_status_display(),
        "_asked": {"of": claim.code},
        "_made_up": claim.document.is_made_up,
    }
