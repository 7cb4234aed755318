"""Reading from a copy of the database that PostgreSQL keeps by streaming (docs/replica.md)."""
