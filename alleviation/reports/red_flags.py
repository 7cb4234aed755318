"""Red flags as a table to take away."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import mark_of
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.found import all_found


class RedFlags(Report):
    """Every case of every rule, with what became of it."""

    slug = "red-flags"
    title = _("Red flags")
    description = _(
        "Every case that the rules find in the records as they are now, rule by rule: open, waiting for a decision, "
        "or explained, with the reason, who gave it, who approved it and until when it holds. Rules about single "
        "households have cases for those alone who may see households."
    )
    permission = Right.VIEW_RECORDS
    filters = ("year", "area")
    columns = telling.COLUMNS
    empty = _("The rules found nothing for this filter.")
    # The rules look at the day they are asked on: what they found then is not to be held against another day.
    is_of_the_day = True

    def rows(self, query: Query) -> Iterable[Row]:
        return telling.rows(all_found(query))

    def total(self, query: Query) -> Row:
        found = all_found(query)
        return {"cases": len(found), "_made_up": mark_of(sum(one.case.is_made_up for one in found), len(found))}
