"""What keeps the rules of tables that are spread, where Citus refuses triggers: rights that the app's role has not.

A rule that refuses every update or delete becomes a right that is taken away. What a rule asks of the rows themselves
is kept by the write path alone there (docs/citus.md), as it keeps it on every database beside the rule.
"""

from collections.abc import Iterator

from alleviation.audit.triggers import Rule, all_rules
from alleviation.common.citus.placement import Place, models_in

ALWAYS = "1 = 1"


def spread_rules() -> list[Rule]:
    """The rules of PostgreSQL that have no trigger once their tables are spread."""
    tables = {model._meta.db_table for place in (Place.CUT, Place.COPIED) for model in models_in(place)}
    return [rule for rule in all_rules() if rule.table in tables and rule.only in ("", "postgresql")]


def revoking(role: str) -> Iterator[str]:
    """Statements that leave the role no way around the rules; run before, they change nothing."""
    rights: dict[str, set[str]] = {}
    for rule in spread_rules():
        rights.setdefault(rule.table, {"TRUNCATE"}).update(_right_of(rule))
    for table, taken in sorted(rights.items()):
        yield f'REVOKE {", ".join(sorted(taken))} ON "{table}" FROM "{role}"'


def left_to_the_write_path() -> list[str]:
    """The rules that no right can stand for."""
    return [rule.name for rule in spread_rules() if not _right_of(rule)]


def _right_of(rule: Rule) -> set[str]:
    """Rows of the example are deleted by whoever owns the tables: a role without the right deletes none."""
    if rule.events == ("DELETE",):
        return {"DELETE"}
    return {"UPDATE"} if rule.events == ("UPDATE",) and rule.condition == ALWAYS else set()
