"""Claims beside records as rows, for pages, files and explanations alike."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_in_words
from alleviation.scrutiny.holdings import Recorded
from alleviation.scrutiny.reconciliation import Reconciled

CLAIMED = Column("claimed", _("Claimed"), Kind.FIGURE, unit_key="unit_code", explained="claim")
COLUMNS = (
    Column("code", _("Claim"), Kind.CODE),
    Column("fact", _("Fact")),
    Column("measure", _("Measure"), file_only=True),
    Column("basis", _("Basis"), file_only=True),
    Column("status", _("Status"), file_only=True),
    Column("support", _("State")),
    CLAIMED,
    Column("recorded", _("On record"), Kind.FIGURE, unit_key="unit_code"),
    Column("difference", _("Difference"), Kind.FIGURE, unit_key="unit_code", explained="claim-difference"),
    Column("unit", _("Unit"), file_only=True),
    Column("what", _("What is on record")),
    Column("beside", _("Beside it"), Kind.FIGURE, unit_key="unit_code"),
    Column("beside_what", _("What that is")),
    MADE_UP,
)
NOTE = _(
    "What documents claim beside what our records hold of the same project, place or payer, in the years that are "
    "claimed. Supported: the records lie within the claim. Partly: some are there, and less. Contradicted: more is "
    "recorded of the project than an exact or bounded claim allows. A statement without a number, and what we keep no "
    "records of, cannot be compared. Difference: claimed less recorded."
)
OWN_AREA = _("The records are those of your area; claims that reach beyond it are not compared.")


def reconciled_row(one: Reconciled) -> Row:
    """A claim, what is recorded, what stands beside it, and the state that follows."""
    claim = one.claim
    return {
        "code": claim.code,
        "fact": gettext("%(subject)s: %(fact)s") % {"subject": claim.local_subject, "fact": claim.local_attribute},
        "measure": claim.get_measure_display(),
        "basis": claim.get_basis_display() if claim.basis else "",
        "status": claim.get_status_display() if claim.status else "",
        "claimed": claim.figure,
        "recorded": one.recorded.figure if one.recorded else None,
        "what": _what(one.recorded) or str(one.why),
        "beside": one.beside.figure if one.beside else None,
        "beside_what": _what(one.beside),
        "difference": one.difference,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "support": one.support.label,
        "made_up": mark_in_words(one.mark),
        "_made_up": one.mark,
        "_url": claim.get_absolute_url(),
        "_explained": {name: held.explain for name, held in _held(one) if held},
        "_asked_of": {
            "claimed": {"of": claim.code},
            "difference": {"of": claim.code},
            **{name: dict(held.asked) for name, held in _held(one) if held},
        },
    }


def _held(one: Reconciled) -> tuple[tuple[str, Recorded | None], ...]:
    return ("recorded", one.recorded), ("beside", one.beside)


def _what(held: Recorded | None) -> str:
    """What is recorded, of whom and of which years; that there is nothing is told too."""
    if held is None:
        return ""
    told = {"what": held.label, "where": held.where}
    return gettext("%(what)s: %(where)s") % told if held.where else str(held.label)
