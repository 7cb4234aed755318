"""Red flags: what an auditor would ask about, rule by rule, found anew each time from the records."""
