"""What the page of a record tells on one screen, before its tables: nothing in it that its tables and facts lack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, pgettext

from alleviation.common import words
from alleviation.common.charts import Event, timeline
from alleviation.common.drawings import Drawing
from alleviation.common.tables import Column, Kind, Row, Table, explain_url
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.parts import Fact, Gap, Link, span_in_words
from alleviation.evidence.models import Evidence
from alleviation.scrutiny.figures.proof import record_url

# As much as a screen holds; the tables beneath have all of it.
HAPPENINGS, QUOTES, FILES, PEOPLE = 8, 3, 4, 4
DRAWN = 14
# As many rows of a list as a page shows at first.
LONG = 50
QUOTED, UNBROKEN = 140, 28


@dataclass(frozen=True)
class Clause:
    """A part of the sentence that says what a record is, with what stands after it."""

    link: Link
    after: str

    @property
    def is_short(self) -> bool:
        """Whether it stays on one line: a day or an amount is not broken."""
        return len(self.link.text) <= UNBROKEN


@dataclass(frozen=True)
class Happening:
    """Something in the life of a record on a day, stated or not; what `lasts` goes on until another, stated or not."""

    name: str
    first: date | None
    last: date | None = None
    what: str = ""
    url: str = ""
    lasts: bool = False
    # What it is one of: the drawing has a colour for each.
    kind: str = ""

    @property
    def day(self) -> date | None:
        """The day that it is put in order by."""
        return self.first or self.last

    @property
    def days(self) -> str:
        """When it was, in words."""
        if self.lasts:
            return span_in_words(self.first, self.last)
        return date_format(self.first, "DATE_FORMAT") if self.first else gettext("day not stated")


@dataclass(frozen=True)
class Life:
    """What happened, in order of days: the latest of it, what came before, and what is of no stated day."""

    shown: Sequence[Happening] = ()
    earlier: Sequence[Happening] = ()
    undated: Sequence[Happening] = ()

    @property
    def happenings(self) -> list[Happening]:
        """Everything, in order."""
        return [*self.earlier, *self.shown, *self.undated]

    @property
    def drawn(self) -> list[Happening]:
        """What a drawing has room for: the latest of what has a day, and terms of which no day is stated."""
        terms = [one for one in self.undated if one.lasts]
        return [*terms, *[*self.earlier, *self.shown][-DRAWN:]]

    @property
    def has_few_undated(self) -> bool:
        """Whether what is of no stated day is shown without being asked for."""
        return len(self.shown) + len(self.undated) <= HAPPENINGS


@dataclass(frozen=True)
class Quote:
    """What a document says: the fact, the words of the text where it is there, and the claim that binds them."""

    fact: str
    text: str
    url: str


@dataclass(frozen=True)
class Proof:
    """Evidence at a glance: which documents speak of a record, what they say, and the files that prove its parts."""

    documents: Sequence[Link] = ()
    quotes: Sequence[Quote] = ()
    files: Sequence[Link] = ()
    has_more_quotes: bool = False
    has_more_files: bool = False

    def __bool__(self) -> bool:
        return bool(self.documents or self.quotes or self.files)


@dataclass(frozen=True)
class Story:
    """One screen: what it is, its figures, who answers for it, what proves it, what happened and what is missing."""

    sentence: Sequence[Clause] = ()
    stats: Sequence[Stat] = ()
    people: Sequence[Fact] = ()
    proof: Proof = field(default_factory=Proof)
    # Whether documents and files can speak of such a record at all.
    is_provable: bool = True
    life: Life = field(default_factory=Life)
    gaps: Sequence[Gap] = ()


def sentence(*clauses: Link | str | Promise | None) -> list[Clause]:
    """A sentence of facts: those clauses that are known, in order."""
    links = [one if isinstance(one, Link) else Link(str(one)) for one in clauses if one]
    if not links:
        return []
    first, *rest = links
    said = [replace(first, text=capfirst(first.text)), *rest]
    between, end = gettext(", "), pgettext("end of a sentence", ".")
    return [Clause(link, end if link is said[-1] else between) for link in said]


def life(happenings: Iterable[Happening]) -> Life:
    """Happenings in order of days; on one day as they come."""
    found = list(happenings)
    dated = sorted((one for one in found if one.day), key=lambda one: one.day or date.max)
    return Life(dated[-HAPPENINGS:], dated[:-HAPPENINGS], [one for one in found if not one.day])


def life_drawing(found: Life) -> Drawing:
    """What happened as rows over the years: a point for a day, a bar for a term, which fades where it is open."""
    events = [Event(one.name, one.first, one.last if one.lasts else one.first, one.kind) for one in found.drawn]
    title, about = gettext("What happened when"), gettext("A point is a day, a bar a term; an open end fades.")
    svg = timeline(title, about, events, today=timezone.localdate(), uid="drawing-life") if len(events) > 1 else ""
    return Drawing("life", title, svg, "in-order")


def proof(claims: Table, *records: QuerySet[Any]) -> Proof:
    """What proves a record: the documents of its claims, and the latest files of the records that are part of it."""
    rows = list(claims.rows)
    documents = {row["_urls"]["document"].partition("#")[0]: row for row in reversed(rows)}
    files = files_of(*records) if records else []
    return Proof(
        documents=[Link(row["document"], url, bool(row.get("_made_up"))) for url, row in reversed(documents.items())],
        quotes=[_quote(row) for row in rows[:QUOTES]],
        files=files[:FILES],
        has_more_quotes=len(rows) > QUOTES,
        has_more_files=len(files) > FILES,
    )


def files_of(*records: QuerySet[Any]) -> list[Link]:
    """The latest files that prove any of these records, one more than is shown; each leads to what it proves."""
    proven = Q()
    for found in records:
        kind = found.model._meta.label_lower
        proven |= Q(subject_type=kind, subject_id__in=found.order_by().values("pk"))
    # Sorted among what is found: by the number alone, every file there is would be gone through.
    latest = Evidence.objects.standing().filter(proven).order_by("-attached_at", "-pk")[: FILES + 1]
    return [Link(one.title, record_url(one.subject_model, one.subject_id), one.is_made_up) for one in latest]


def missing(wanted: Iterable[tuple[Any, str, str]]) -> list[Gap]:
    """Of (whether it is there, what to say, where it is entered) those that are not there."""
    return [Gap(text, url, gettext("Enter it") if url else "") for is_there, text, url in wanted if not is_there]


def total_stat(table: Table, key: str, lacking: str = "") -> Stat:
    """A figure of the total of a table, with the same explanation; `lacking` says why there is none."""
    column = next(one for one in table.columns if one.key == key)
    total = table.total or {}
    value = total.get(key)
    return Stat(
        str(column.title),
        short(value, column),
        note="" if value is not None else lacking,
        made_up=total.get("_made_up") or False,
        opens=table.opens(total, column),
    )


def short(value: Any, column: Column) -> str:
    """A value of a column for a glance, with its unit; a dash where it is not known."""
    if value is None:
        return words.NOTHING
    if column.kind is Kind.YUAN:
        return words.yuan_short(value)
    if column.kind is Kind.RATIO:
        return words.percent(value)
    return str(value.words(str(column.unit))) if column.kind is Kind.FIGURE else words.count(value)


def counted(label: str | Promise, number: int, figure: str, of: str, url: str = "") -> Stat:
    """A number of records that belong to one, with what explains it and the table that has them."""
    return Stat(str(label), words.count(number), url=url, opens=explain_url(figure, {"of": of}))


def _quote(row: Row) -> Quote:
    said, quote = row["_quoted"]
    return Quote(capfirst(said), Truncator(quote).chars(QUOTED), row["_url"])
