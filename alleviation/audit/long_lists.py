"""Lists of the admin that cost the same however long the table is: their count, their pages and their order."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.http import HttpRequest

from alleviation.common.capped import CappedPaginator, told_up_to


class LongList(ChangeList):
    """A list that is counted, and paged through, up to a limit.

    A page behind the limit is empty and says how to come to it: its rows lie behind thousands of others, all of which
    would be read before them. In a table that grows with the households, order comes from an index alone: what the
    page does not offer to sort by, an address cannot ask for either.
    """

    paginator: CappedPaginator

    def get_results(self, request: HttpRequest) -> None:
        self.is_beyond = False
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            self._look_beyond(request)

    def _look_beyond(self, request: HttpRequest) -> None:
        """The empty page behind the limit. Raises IncorrectLookupParameters for a page that is none."""
        asked, self.page_num = self.page_num, 1
        super().get_results(request)
        if not (self.is_cut and asked > self.paginator.num_pages):
            raise IncorrectLookupParameters
        self.is_beyond, self.page_num = True, self.paginator.num_pages
        self.result_list = self.queryset.none()

    @property
    def is_cut(self) -> bool:
        """Whether more is found than can be paged through."""
        return self.paginator.is_cut

    @property
    def told(self) -> str:
        """How many are found: "832", "more than 10,000"."""
        return told_up_to(self.paginator.found, self.paginator.most)

    @property
    def told_most(self) -> str:
        return told_up_to(self.paginator.most)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        """As the page says, or as an address asks that names but columns that the page offers."""
        if self.sortable_by is not None and not self._may_sort():
            self.params.pop(ORDER_VAR, None)
        return super().get_ordering(request, queryset)

    def _may_sort(self) -> bool:
        asked = (one.removeprefix("-") for one in self.params.get(ORDER_VAR, "").split("."))
        offered = {str(place) for place, name in enumerate(self.list_display) if name in (self.sortable_by or ())}
        return all(one in offered for one in asked)
