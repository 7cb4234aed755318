"""Laws that keep the way open from one SQLite file to many machines (docs/floor-plan.md, "Growth").

A household and everything of it must be able to live on one machine, and another household on another. So each row
of a household carries the household, is unique within it alone, and nothing points at such a row.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import BigAutoField, F, Model
from django.db.models.expressions import Expression

from tests.house.model_laws import Law, name_of, unique_constraints

HOUSEHOLDS = "beneficiaries"
# Tables of that app that belong to no household: the household itself, what is the same for everyone, kept sums.
FREE = ("Household", "PovertyLine", "VillageYear", "CountyYear", "MergedYear")
# A correction of a posted entry refers by voucher, so that the ledger can be cut into years.
NEVER_POINTED_AT = ("Person", "IncomeRecord", "LedgerEntry")


def is_key_table(model: type[Model]) -> bool:
    return bool(getattr(model, "is_key_table", False))


def household_key(model: type[Model]) -> Any:
    """The field that says whose a row is, or None."""
    return next((f for f in model._meta.fields if f.name == "household" and f.is_relation), None)


def belongs(model: type[Model]) -> bool:
    return model._meta.app_label == HOUSEHOLDS and household_key(model) is not None


def points_at(field: Any) -> str:
    """The name of the model at a relation's far end, whether it is loaded or only named."""
    target = field.remote_field.model
    return target if isinstance(target, str) else target._meta.label


def relations(model: type[Model]) -> list[Any]:
    return [f for f in model._meta.local_fields if f.is_relation and f.remote_field]


def keys_are_plain_big_integers(found: Iterable[type[Model]]) -> list[str]:
    return [
        f"{name_of(m)}: {m._meta.pk.name} {type(m._meta.pk).__name__}"
        for m in found
        if type(m._meta.pk) is not BigAutoField or m._meta.pk.name != "id"
    ]


def each_row_of_a_household_says_whose_it_is(found: Iterable[type[Model]]) -> list[str]:
    return [
        name_of(m)
        for m in found
        if m._meta.app_label == HOUSEHOLDS
        and not m._meta.auto_created
        and m.__name__ not in FREE
        and not is_key_table(m)
        and (household_key(m) is None or household_key(m).null)
    ]


def names_in(expression: Any) -> Iterator[str]:
    """The fields that an expression reads."""
    if isinstance(expression, F):
        yield expression.name  # type: ignore[attr-defined]
    elif isinstance(expression, Expression):
        for inner in expression.get_source_expressions():
            yield from names_in(inner)


def unique_sets(model: type[Model]) -> Iterator[frozenset[str]]:
    """Each set of fields that the database keeps unique, but for the key."""
    yield from (frozenset({f.name}) for f in model._meta.local_fields if f.unique and not f.primary_key)
    yield from (frozenset(group) for group in model._meta.unique_together)
    for constraint in unique_constraints(model):
        read = (name for expression in constraint.expressions for name in names_in(expression))
        yield frozenset((*constraint.fields, *read))


def each_unique_set_of_a_household_contains_it(found: Iterable[type[Model]]) -> list[str]:
    return [
        f"{name_of(m)}: {sorted(fields)}"
        for m in found
        if belongs(m)
        for fields in unique_sets(m)
        if "household" not in fields
    ]


def key_tables_point_nowhere(found: Iterable[type[Model]]) -> list[str]:
    """A key table holds numbers that are unique everywhere, and the ids they stand for as plain numbers."""
    return [name_of(m, f.name) for m in found if is_key_table(m) for f in relations(m)]


def nothing_points_at_a_row_of_a_household(found: Iterable[type[Model]]) -> list[str]:
    known = list(found)
    refused = {name_of(m) for m in known if belongs(m) or m.__name__ in NEVER_POINTED_AT}
    refused |= {f"{HOUSEHOLDS}.{name}" for name in NEVER_POINTED_AT}
    return [f"{name_of(m, f.name)} -> {points_at(f)}" for m in known for f in relations(m) if points_at(f) in refused]


def no_automatic_table_joins_households(found: Iterable[type[Model]]) -> list[str]:
    """A join of households is a model of its own, with facts of its own: an Enrolment."""
    return [
        name_of(m)
        for m in found
        if m._meta.auto_created and any(points_at(f).startswith(f"{HOUSEHOLDS}.") for f in relations(m))
    ]


def keys_to_users_are_kept_by_the_app(found: Iterable[type[Model]]) -> list[str]:
    """Users stay on one machine, households need not: the database cannot check the key across."""
    return [
        name_of(m, f.name)
        for m in found
        if belongs(m) or name_of(m) == f"{HOUSEHOLDS}.Household"
        for f in relations(m)
        if points_at(f).lower() == settings.AUTH_USER_MODEL.lower() and f.db_constraint
    ]


def tools_have_no_tables(found: Iterable[type[Model]]) -> list[str]:
    return [name_of(m) for m in found if m.__module__.startswith("alleviation.common")]


LAWS: tuple[Law, ...] = (
    keys_are_plain_big_integers,
    each_row_of_a_household_says_whose_it_is,
    each_unique_set_of_a_household_contains_it,
    key_tables_point_nowhere,
    nothing_points_at_a_row_of_a_household,
    no_automatic_table_joins_households,
    keys_to_users_are_kept_by_the_app,
    tools_have_no_tables,
)
