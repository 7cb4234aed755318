"""Long lists: counted so far and no further, and paged through so far and no further."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Value
from django.utils.functional import cached_property
from django.utils.translation import gettext

from alleviation.common.words import count as count_words

# Nobody pages further, and to count so many costs the same in any table.
MOST = 10_000


def count_up_to(rows: QuerySet[Any], most: int = MOST) -> int:
    """The number of rows; `most` + 1 where there are more."""
    # Of a row that is but counted nothing is read: an index is enough.
    bare = rows.select_related(None).prefetch_related(None).order_by()
    counted = bare.annotate(one=Value(1)).values("one")[: most + 1].aggregate(number=Count("one"))
    return int(counted["number"])


def told_up_to(number: int, most: int = MOST) -> str:
    """A number of `count_up_to` in words: "832", "more than 10,000"."""
    if number <= most:
        return count_words(number)
    return gettext("more than %(number)s") % {"number": count_words(most)}


class CappedPaginator(Paginator):
    """Pages of a list of which no more than the first `most` rows are counted and shown."""

    object_list: QuerySet[Any]
    most = MOST

    @cached_property
    def found(self) -> int:
        """The number of rows, `most` + 1 for more."""
        return count_up_to(self.object_list, self.most)

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than the pages hold."""
        return self.found > self.most
