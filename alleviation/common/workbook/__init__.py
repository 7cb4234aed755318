"""Reads an XLSX workbook by hand, out of a packed file that nobody trusts; runs in a process of its own.

Standard library alone, so that the process starts at once; alleviation/common/reading/xlsx_file.py starts it.
"""
