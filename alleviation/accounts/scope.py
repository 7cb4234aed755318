"""Which rows a person sees: `.visible_to(user)` is the last word of every list."""

from typing import Self

from django.db import models

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import within, within_any


class RightfulQuerySet(models.QuerySet):
    """Rows that everyone sees whose role covers this kind of record, whatever their area."""

    needed_right = Right.VIEW_RECORDS

    def visible_to(self, user: User) -> Self:
        """The rows this person may see; none without the right."""
        return self.all() if user.may(self.needed_right) else self.none()


class ScopedQuerySet(RightfulQuerySet):
    """Rows that belong to an area; `area_field` is the way to their division code."""

    area_field = "division__code"

    def visible_to(self, user: User) -> Self:
        """The rows of this person's area; a row without any area is for those whose area is everywhere."""
        return super().visible_to(user).in_area(user.area)

    def in_area(self, prefix: str) -> Self:
        """Rows whose division code starts with this prefix; the empty prefix is everywhere."""
        return self.filter(within(prefix, self.area_field))

    def in_any_area(self, prefixes: list[str]) -> Self:
        """Rows in any of these areas."""
        return self.filter(within_any(prefixes, self.area_field))
