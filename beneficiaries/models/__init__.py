"""The tables of the second floor: households and persons in time, incomes, care, and poverty lines."""

from beneficiaries.models.care import LargeExpense, Monitoring, Responsibility, SupportMeasure, Visit
from beneficiaries.models.cells import CountyYear, MergedYear, VillageYear
from beneficiaries.models.histories import (
    EXIT_STEPS,
    HouseholdLink,
    HouseholdMove,
    StatusChange,
    status_on,
    village_on,
)
from beneficiaries.models.households import Household, HouseholdQuerySet, PartOfHouseholdQuerySet, not_ended
from beneficiaries.models.incomes import Enrolment, IncomeRecord, concept_of
from beneficiaries.models.lines import PovertyLine
from beneficiaries.models.persons import Person, PersonNumber, belonging, new_person_key

__all__ = [
    "EXIT_STEPS",
    "CountyYear",
    "Enrolment",
    "Household",
    "HouseholdLink",
    "HouseholdMove",
    "HouseholdQuerySet",
    "IncomeRecord",
    "LargeExpense",
    "MergedYear",
    "Monitoring",
    "PartOfHouseholdQuerySet",
    "Person",
    "PersonNumber",
    "PovertyLine",
    "Responsibility",
    "StatusChange",
    "SupportMeasure",
    "VillageYear",
    "Visit",
    "belonging",
    "concept_of",
    "new_person_key",
    "not_ended",
    "status_on",
    "village_on",
]
