"""The reports of households and incomes."""

from beneficiaries.reports.cells import WHY_WITHHELD, income_cells, withheld_cells
from beneficiaries.reports.income_changes import IncomeChanges
from beneficiaries.reports.income_cuts import IncomeCuts
from beneficiaries.reports.incomes import PerCapitaIncome, PublicPerCapitaIncome
from beneficiaries.reports.reach import ReachByProject
from beneficiaries.reports.records import Incomes
from beneficiaries.reports.register import HouseholdRegister
from beneficiaries.reports.warnings import EarlyWarnings, MonitoredHouseholds

__all__ = [
    "WHY_WITHHELD",
    "EarlyWarnings",
    "HouseholdRegister",
    "IncomeChanges",
    "IncomeCuts",
    "Incomes",
    "MonitoredHouseholds",
    "PerCapitaIncome",
    "PublicPerCapitaIncome",
    "ReachByProject",
    "income_cells",
    "withheld_cells",
]
