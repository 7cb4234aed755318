"""What should have evidence and has none: how many records, and what they are about."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.proof import proven_among, with_proof
from alleviation.scrutiny.unproven import BY_KEY, Lack, Provable, lack_by_village, lack_of, unproven
from projects.choices import Level
from projects.reports.cells import marked
from projects.rollups.places import name_children

CHUNK = 500
FILTERS = ("year", "plan", "area")
COUNT = Column("value", _("Figure"), Kind.COUNT)
YUAN = Column("value", _("Figure"), Kind.YUAN)
NUMBER = Column("number", _("Records"), Kind.COUNT)
PLACE = (Column("place_code", _("Division code"), Kind.CODE), Column("place", _("Place")))
BY_RECORD = (
    Column("record", _("Record")),
    Column("year", _("Year"), Kind.YEAR),
    *PLACE,
    Column("amount", _("Amount"), Kind.YUAN),
    NUMBER,
    Column("entered_by", _("Entered by")),
    Column("evidence", _("Evidence"), Kind.COUNT),
    MADE_UP,
)
BY_VILLAGE = (*PLACE, NUMBER, MADE_UP)
HOUSE_RULE = _(
    "A rule of this house: what is in a figure rests on a paper that can be opened. Evidence that somebody withdrew "
    "does not count; docs/evidence.md."
)


class OfRecords(Explained, abstract=True):
    """A figure of one kind of record, which `of` names. Who may not see households gets their number by village."""

    permission = Right.VIEW_RECORDS
    filters = FILTERS
    columns = BY_RECORD
    source = HOUSE_RULE
    adds_up = ("number",)
    empty = _("There is no such record for this filter.")

    def found(self, kind: Provable, query: Query) -> "QuerySet[Any]":
        """The records that make the figure."""
        return unproven(kind, query)

    def counted(self, lack: Lack) -> int:
        """How many of the numbers of a kind these are."""
        return lack.without

    def marked(self, lack: Lack) -> Mark:
        """Whether records of the made-up example are among these."""
        return lack.mark_without

    def value(self, query: Query) -> Any:
        return self.counted(_lack(query))

    def names_it(self, query: Query) -> str:
        """The kind of record. Raises Http404 for one there is not."""
        kind = BY_KEY.get(query.of)
        if kind is None:
            raise Http404
        return str(kind.title)

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return BY_RECORD if _sees(query) else BY_VILLAGE

    def rows(self, query: Query) -> Iterable[Row]:
        return _record_rows(_kind(query), self._ordered(query)) if _sees(query) else iter(self._villages(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if _sees(query):
            return list(_record_rows(_kind(query), self._ordered(query)[first:last]))
        return self._villages(query)[first:last]

    def number(self, query: Query) -> int:
        return self.counted(_lack(query)) if _sees(query) else len(self._villages(query))

    def total(self, query: Query) -> Row:
        lack = _lack(query)
        told = {"amount": lack.amount} if self.is_of_unproven and _sees(query) else {}
        return {**told, "number": self.counted(lack), **marked(self.marked(lack))}

    # Whether the sum of the unproven is that of these rows.
    is_of_unproven = True

    def proven(self, query: Query) -> int | None:
        kind = _kind(query)
        numbers = self.found(kind, query).order_by().values("pk")
        return proven_among(kind.model, numbers) if _sees(query) else None

    def working(self, query: Query) -> str:
        lack = _lack(query)
        proven = {"number": words.count(lack.number), "proven": words.count(lack.number - lack.without)}
        return gettext("%(number)s records, of which %(proven)s have evidence") % proven

    def left_out(self, query: Query) -> list[LeftOut]:
        """Single households, for whom a role does not see them; and what lies outside the reader's area."""
        unseen = LeftOut(_("Single households: your role sees numbers by village alone. They are the same for all."))
        return [*([] if _sees(query) else [unseen]), *outside.elsewhere(query)]

    def _ordered(self, query: Query) -> "QuerySet[Any]":
        kind = _kind(query)
        return self.found(kind, query).order_by(*kind.order)

    def _villages(self, query: Query) -> list[Row]:
        sums = once(query, "lack by village", lambda: lack_by_village(_kind(query), query))
        names = name_children(sums, Level.VILLAGE)
        return [
            {
                "place_code": code,
                "place": names[code].words if code in names else code,
                "number": self.counted(lack),
                **marked(self.marked(lack)),
            }
            for code, lack in sums.items()
        ]


class NeedsEvidence(OfRecords):
    """How many records there are that a file should prove."""

    slug = "needs-evidence"
    title = _("Records that a file should prove")
    description = _("The records of a kind whose figures are in the sums of the house, with evidence or without.")
    value_column = COUNT
    formula = _("Number of the records")
    is_of_unproven = False

    def found(self, kind: Provable, query: Query) -> "QuerySet[Any]":
        return kind.rows(query)

    def counted(self, lack: Lack) -> int:
        return lack.number

    def marked(self, lack: Lack) -> Mark:
        return lack.mark


class WithoutEvidence(OfRecords):
    """How many of them nothing proves."""

    slug = "without-evidence"
    title = _("Records without evidence")
    description = _("The records of a kind to which no file is attached, or only such as somebody has withdrawn.")
    value_column = COUNT
    formula = _("Number of the records − number of those with evidence")
    empty = _("Every record has evidence.")


class MoneyWithoutEvidence(OfRecords):
    """What the records are about that nothing proves."""

    slug = "money-without-evidence"
    title = _("Money without evidence")
    description = _("The sum of the records of a kind to which no evidence is attached.")
    value_column = YUAN
    formula = _("Σ amount of the records without evidence; of an income, its net income")
    adds_up = ("amount",)
    empty = _("Every record has evidence.")

    def value(self, query: Query) -> Decimal | None:
        return _lack(query).amount

    def names_it(self, query: Query) -> str:
        """As above; a kind without money, or of single households for who may not see them, is not there."""
        named = super().names_it(query)
        if not BY_KEY[query.of].money or not _sees(query):
            raise Http404
        return named

    def left_out(self, query: Query) -> list[LeftOut]:
        unknown = _lack(query).without_amount
        reason = _("Records among these rows whose amount is not known: counted, and in no sum")
        return [*([LeftOut(reason, unknown)] if unknown else []), *super().left_out(query)]


def _kind(query: Query) -> Provable:
    return BY_KEY[query.of]


def _sees(query: Query) -> bool:
    """Whether this person may see the single records."""
    return not _kind(query).is_of_household or bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def _lack(query: Query) -> Lack:
    return once(query, "lack", lambda: lack_of(_kind(query), query))


def _record_rows(kind: Provable, records: "QuerySet[Any]") -> Iterator[Row]:
    """A row for each record, with who entered it and what proves it; two more queries for every 500."""
    related = {"milestone": ("project__division",), "income": ("household", "village")}
    ways = related.get(kind.key, ("household__village",) if kind.is_of_household else ("division",))
    coming = records.select_related(*ways).iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        by = recorders(kind.model, [one.pk for one in chunk])
        yield from with_proof(_record_row(kind, one, by.get(one.pk, "")) for one in chunk)


def _record_row(kind: Provable, one: Any, recorder: str) -> Row:
    place, is_made_up = _reached(one, kind.place.rpartition("__")[0]), bool(_reached(one, kind.mark))
    return {
        "record": _name(kind, one),
        "year": one.reached_on.year if kind.key == "milestone" else one.year,
        **({"place_code": place.code, "place": place.local_name} if place else {}),
        "amount": _amount(kind, one),
        "number": 1,
        # An entry says itself who made it; of one that came in with a file the trail names the file's.
        "entered_by": getattr(one, "drafted_by", "") or recorder,
        "_record": (kind.model, one.pk),
        **marked(is_made_up),
    }


def _name(kind: Provable, one: Any) -> str:
    if kind.key == "milestone":
        return f"{one.project.code} {one.title}"
    return str(one.household.number if kind.is_of_household else one.voucher)


def _amount(kind: Provable, one: Any) -> Decimal | None:
    if not kind.money or getattr(one, kind.money[0]) is None:
        return None
    added = sum((getattr(one, name) for name in kind.money), Decimal(0))
    return added - sum((getattr(one, name) for name in kind.taken_off), Decimal(0))


def _reached(one: Any, way: str) -> Any:
    """What lies at the end of a way through keys: "household__village"; None where a key is empty."""
    for step in way.split("__"):
        one = getattr(one, step) if one is not None else None
    return one


FIGURES: tuple[Explained, ...] = (NeedsEvidence(), WithoutEvidence(), MoneyWithoutEvidence())
