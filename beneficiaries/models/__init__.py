"""The tables of the second floor; each model lives in the file of its subject."""

from beneficiaries.models.households import Household, Person, PersonNumber
from beneficiaries.models.incomes import Enrolment, IncomeRecord, PovertyLine

__all__ = ["Enrolment", "Household", "IncomeRecord", "Person", "PersonNumber", "PovertyLine"]
