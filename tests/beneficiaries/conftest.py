"""What households' tests ask of the database, machines that share it can answer (tests/shard_lint.py)."""

from tests.shard_lint import _no_statement_that_citus_refuses, shard_lint

__all__ = ["_no_statement_that_citus_refuses", "shard_lint"]
