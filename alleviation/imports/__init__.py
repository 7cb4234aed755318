"""Spreadsheets in: what can be imported, the pages and commands that do it, the worker for what takes long."""
