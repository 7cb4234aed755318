"""How far incomes have been looked at: records that nobody has verified, were returned, or tell what is expected."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.scrutiny.figures.bands import UNSEEN, YEAR
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.income_rows import VILLAGE, sees_records
from alleviation.scrutiny.figures.people import COUNT
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import is_told
from beneficiaries.rollups.checks import CHECKS, Checked, checked_by_year, checked_total
from projects.reports.cells import marked

CHUNK = 500
RECORDS = Column("records", _("Records"), Kind.COUNT)


class OfChecks(Explained, abstract=True):
    """How many income records are in one state. Whoever may not see households gets a row for each year."""

    permission = Right.VIEW_FIGURES
    filters: ClassVar[tuple[str, ...]] = INCOME_FIELDS
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        YEAR,
        RECORDS,
        Column("state", _("Verification")),
        Column("note", _("Note of the checker"), file_only=True),
        Column("status", _("Status")),
        Column("evidence", _("Evidence"), Kind.COUNT),
        MADE_UP,
    )
    value_column = COUNT
    source = _(
        "An income is recorded by one person and verified by another, or returned with a note; a year is closed when "
        "all of it is verified. Records that wait are in every sum as they stand; docs/incomes.md."
    )
    adds_up = ("records",)
    empty = _("There is no such record for this filter.")
    name: ClassVar[str]

    def value(self, query: Query) -> int | None:
        total = self._total(query)
        return getattr(total, self.name) if total and total.records else None

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return self.columns if sees_records(query) else (YEAR, RECORDS, MADE_UP)

    def rows(self, query: Query) -> Iterable[Row]:
        return _record_rows(self._records(query)) if sees_records(query) else iter(self._year_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if sees_records(query):
            return list(_record_rows(self._records(query)[first:last]))
        return self._year_rows(query)[first:last]

    def number(self, query: Query) -> int:
        return (self.value(query) or 0) if sees_records(query) else len(self._year_rows(query))

    def proven(self, query: Query) -> int | None:
        if not sees_records(query):
            return None
        return proven_among(IncomeRecord, self._records(query).order_by().values("pk"))

    def total(self, query: Query) -> Row:
        value = self.value(query)
        return {} if value is None else {"records": value}

    def left_out(self, query: Query) -> list[LeftOut]:
        return [] if sees_records(query) else [LeftOut(UNSEEN)]

    def _records(self, query: Query) -> QuerySet[IncomeRecord]:
        found = CHECKS[self.name](query).select_related("household", "village")
        return found.order_by("village__code", "household__number", "year", "pk")

    def _total(self, query: Query) -> Checked | None:
        return once(query, "checked", lambda: checked_total(query) if is_told(query) else None)

    def _year_rows(self, query: Query) -> list[Row]:
        if self._total(query) is None:
            return []
        years = once(query, "checked by year", lambda: checked_by_year(query))
        return [
            {"year": one.key, "records": getattr(one, self.name), **marked(mark_of(one.made_up, one.records))}
            for one in years
            if getattr(one, self.name)
        ]


class Unverified(OfChecks):
    """How many records nobody has verified."""

    slug = "unverified-incomes"
    title = _("Incomes that nobody has verified")
    description = _("The income records that hold and that nobody but who recorded them has looked at and verified.")
    formula = _("Number of the records that hold and are not verified, the returned ones among them")
    name = "unverified"


class Returned(OfChecks):
    """How many records were returned."""

    slug = "returned-incomes"
    title = _("Incomes returned with a note")
    description = _("The income records that somebody looked at and returned, and that were not recorded anew since.")
    formula = _("Number of the records that hold and were returned")
    name = "returned"


class Expected(OfChecks):
    """How many records tell what is expected."""

    slug = "expected-incomes"
    title = _("Incomes of which a part is only expected")
    description = _("The income records of which a part has not been received yet. They are in every sum.")
    formula = _("Number of the records that hold with the status: expected")
    name = "expected"


def _record_rows(records: QuerySet[IncomeRecord]) -> Iterator[Row]:
    return with_proof(_row(one) for one in records.iterator(CHUNK))


def _row(one: Any) -> Row:
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        "records": 1,
        "state": one.get_state_display(),
        "note": one.check_note,
        "status": one.get_status_display(),
        "_record": (IncomeRecord, one.pk),
        **marked(one.household.is_made_up),
    }


FIGURES: tuple[Explained, ...] = (Unverified(), Returned(), Expected())
