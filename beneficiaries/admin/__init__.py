"""Data entry for households: all of a household is entered on its page, and incomes are verified in a list."""

from beneficiaries.admin.base import BENEFICIARIES, HouseholdPart
from beneficiaries.admin.households import HouseholdAdmin
from beneficiaries.admin.incomes import IncomeRecordAdmin
from beneficiaries.admin.lines import PovertyLineAdmin
from beneficiaries.admin.parts import EnrolmentInline, IncomeInline, PersonInline

__all__ = [
    "BENEFICIARIES",
    "EnrolmentInline",
    "HouseholdAdmin",
    "HouseholdPart",
    "IncomeInline",
    "IncomeRecordAdmin",
    "PersonInline",
    "PovertyLineAdmin",
]
