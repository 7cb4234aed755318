"""The reports of households and incomes."""

from beneficiaries.reports.incomes import FIGURES, PerCapitaIncome
from beneficiaries.reports.records import Incomes
from beneficiaries.reports.register import HouseholdRegister
from beneficiaries.reports.warnings import EarlyWarnings, MonitoredHouseholds

__all__ = [
    "FIGURES",
    "EarlyWarnings",
    "HouseholdRegister",
    "Incomes",
    "MonitoredHouseholds",
    "PerCapitaIncome",
]
