"""Rules that several tables keep."""

from typing import Any

from django.db.models import CheckConstraint, Q


def both_or_neither(who: str, when: str, *, name: str, message: Any) -> CheckConstraint:
    """Who did something (empty text for nobody) and the moment (null) are both there or both missing."""
    neither = Q(**{who: "", f"{when}__isnull": True})
    both = ~Q(**{who: ""}) & Q(**{f"{when}__isnull": False})
    return CheckConstraint(name=name, condition=neither | both, violation_error_message=message)
