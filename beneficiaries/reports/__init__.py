"""The reports of households and incomes."""

from beneficiaries.reports.incomes import FIGURES, PerCapitaIncome

__all__ = [
    "FIGURES",
    "PerCapitaIncome",
]
