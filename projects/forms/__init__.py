"""Forms whose fields are more than the table's columns."""

from projects.forms.claims import ClaimForm, PassageForm
from projects.forms.documents import DocumentForm
from projects.forms.ledger import CorrectionForm, LedgerEntryForm, ReturnForm

__all__ = ["ClaimForm", "CorrectionForm", "DocumentForm", "LedgerEntryForm", "PassageForm", "ReturnForm"]
