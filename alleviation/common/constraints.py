"""Rules that several tables keep."""

from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import router
from django.db.models import CheckConstraint, Model, Q


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
