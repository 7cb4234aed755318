"""Forms whose fields are more than the table's columns."""

from beneficiaries.forms.households import HouseholdForm
from beneficiaries.forms.incomes import EnrolmentForm, EnrolmentFormSet, IncomeForm, IncomeFormSet, NoteForm
from beneficiaries.forms.persons import PersonForm, called, members_of
from beneficiaries.forms.steps import (
    ClearForm,
    EndForm,
    LeaveForm,
    MergeForm,
    MonitorForm,
    MoveForm,
    MoveManyForm,
    SplitForm,
    StatusForm,
    TransferForm,
)

__all__ = [
    "ClearForm",
    "EndForm",
    "EnrolmentForm",
    "EnrolmentFormSet",
    "HouseholdForm",
    "IncomeForm",
    "IncomeFormSet",
    "LeaveForm",
    "MergeForm",
    "MonitorForm",
    "MoveForm",
    "MoveManyForm",
    "NoteForm",
    "PersonForm",
    "SplitForm",
    "StatusForm",
    "TransferForm",
    "called",
    "members_of",
]
