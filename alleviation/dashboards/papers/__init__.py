"""Forms of the office on paper, filled in from what was entered once: ledgers, notices, records to be signed."""
