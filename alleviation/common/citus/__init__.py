"""A database engine for Citus, which spreads PostgreSQL's tables over machines: `DATABASE_URL=citus://…`.

Thin on purpose: models and queries are those of one PostgreSQL (docs/citus.md).
"""
