"""Data entry for households: persons, incomes and parts in projects are entered on the household's page."""

from beneficiaries.admin.base import BENEFICIARIES, HouseholdPart
from beneficiaries.admin.households import HouseholdAdmin
from beneficiaries.admin.lines import PovertyLineAdmin
from beneficiaries.admin.parts import EnrolmentInline, IncomeInline, PersonInline

__all__ = [
    "BENEFICIARIES",
    "EnrolmentInline",
    "HouseholdAdmin",
    "HouseholdPart",
    "IncomeInline",
    "PersonInline",
    "PovertyLineAdmin",
]
