"""Spreadsheets that come in: what kinds there are, how far each has come, what it brought."""
