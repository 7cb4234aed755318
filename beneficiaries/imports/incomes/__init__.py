"""Incomes of households, from a file of one row for each household and year."""

from beneficiaries.imports.incomes.kind import IncomeImport

__all__ = ["IncomeImport"]
