"""Households spread over machines with Citus: what that asks of the models, and the way there (docs/citus.md)."""
