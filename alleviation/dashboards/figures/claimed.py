"""What documents state, shown beside figures of our own and never added to them."""

from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table
from projects.rollups.claims import claims_of_money


def stated_money(query: Query) -> Table:
    """Money that documents state: not booked, so in no total."""
    return Table(
        slug="stated-money",
        title=_("Stated in documents, not booked"),
        columns=(
            Column("code", _("Claim"), Kind.CODE),
            Column("subject", _("Subject")),
            Column("fact", _("Fact")),
            Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code", explained="claim"),
            Column("unit", _("Unit"), file_only=True),
            Column("basis", _("Basis")),
            Column("period", _("Period")),
            Column("status", _("Status")),
        ),
        rows=[
            {
                "code": claim.code,
                "_url": claim.get_absolute_url(),
                "_made_up": claim.document.is_made_up,
                "subject": claim.local_subject,
                "fact": claim.local_attribute,
                "figure": claim.figure,
                "unit": claim.get_unit_display(),
                "unit_code": claim.unit,
                "basis": claim.get_basis_display(),
                "period": claim.period,
                "status": claim.get_status_display(),
                "_asked": {"of": claim.code},
            }
            for claim in claims_of_money(query)
        ],
        note=_("What documents say of funds and spending. The claims may overlap, so they are not added up."),
        empty=_("No document that is recorded states money for this filter."),
        asked={},
    )
