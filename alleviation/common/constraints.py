"""Rules that several tables keep."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import eq, ge, gt, le, lt
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import router
from django.db.models import CheckConstraint, F, Model, Q


def both_or_neither(who: str, when: str, *, name: str, message: Any) -> CheckConstraint:
    """Who did something (empty text for nobody) and the moment (null) are both there or both missing."""
    neither = Q(**{who: "", f"{when}__isnull": True})
    both = ~Q(**{who: ""}) & Q(**{f"{when}__isnull": False})
    return CheckConstraint(name=name, condition=neither | both, violation_error_message=message)


def validate(record: Model) -> None:
    """What `full_clean()` does, with one question to the database for all checks of a record instead of one for each.

    Only where something is wrong is each asked alone, so that the errors are those of `full_clean()`, all of them.
    Raises ValidationError.
    """
    try:
        record.full_clean(validate_constraints=False)
    except ValidationError:
        record.full_clean()
        raise
    if not _keeps_all(record):
        record.validate_constraints()


def _keeps_all(record: Model) -> bool:
    """Whether a record keeps every rule of its table. A check of something unknown (null) is kept, as in SQL."""
    using = router.db_for_write(type(record), instance=record)
    for model, constraints in record.get_constraints():
        checks = [one for one in constraints if isinstance(one, CheckConstraint)]
        try:
            for one in constraints:
                if one not in checks:
                    one.validate(model, record, using=using)
            values = record._get_field_expression_map(meta=model._meta)  # type: ignore[attr-defined]
            if checks and not Q(*(check.condition for check in checks)).check(values, using=using):
                return False
        except (FieldError, ValidationError):
            return False
    return True


LOOKUPS: Mapping[str, Callable[[Any, Any], bool]] = {"exact": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}


def keeps_checks(record: Model) -> bool:
    """Whether a record keeps the checks of its table, told without the database: for many records at a time.

    Raises FieldError for a check that says more than comparisons of columns with values and with each other.
    """
    checks = (one for _model, found in record.get_constraints() for one in found if isinstance(one, CheckConstraint))
    return all(_holds(check.condition, record) is not False for check in checks)


def _holds(condition: Any, record: Model) -> bool | None:
    """What a condition comes to, as in SQL: None where something in it is unknown and decides it."""
    if not isinstance(condition, Q):
        way, value = condition
        return _compared(way, value, record)
    found = [_holds(part, record) for part in condition.children]
    # One that is false, or in an alternative true, decides; else one that is unknown.
    decisive = condition.connector == Q.OR
    if condition.connector == Q.XOR:
        raise FieldError(f"{condition}: exactly one of several")
    whole = decisive if decisive in found else None if None in found else not decisive
    return whole if whole is None or not condition.negated else not whole


def _compared(way: str, value: Any, record: Model) -> bool | None:
    name, _mark, lookup = way.partition("__")
    here = _column(record, name)
    other = _column(record, value.name) if isinstance(value, F) else value  # type: ignore[attr-defined]
    if lookup == "isnull":
        return (here is None) == other
    if lookup == "in":
        return None if here is None else here in other
    if lookup not in ("", *LOOKUPS):
        raise FieldError(f"{way}: no comparison of columns")
    return None if here is None or other is None else LOOKUPS[lookup or "exact"](here, other)


def _column(record: Model, name: str) -> Any:
    columns = _columns_of(type(record))
    if name not in columns:
        raise FieldError(f"{name}: no column")
    return getattr(record, columns[name])


@cache
def _columns_of(model: type[Model]) -> Mapping[str, str]:
    return {field.name: field.attname for field in model._meta.concrete_fields}
