"""The page of the audit trail, and the trail to take away."""
