"""What documents claim: one claim as it stands, and the gross and the unique figure of a class of claims."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark
from alleviation.common.words import listed
from alleviation.scrutiny.counted import Makeup, makeup_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from projects.choices import Overlap
from projects.models import Claim, ClaimRelation
from projects.reports.cells import marked
from projects.rollups.claims import ClaimClass, claim_totals

CLAIM = (
    Column("code", _("Claim"), Kind.CODE),
    Column("subject", _("Subject")),
    Column("fact", _("Fact")),
    Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code"),
    Column("unit", _("Unit"), file_only=True),
)
DOCUMENT = (
    Column("document", _("Document"), Kind.LINK),
    Column("dated", _("Date of the document"), Kind.DATE, file_only=True),
    Column("start", _("First character"), Kind.COUNT, file_only=True),
    Column("end", _("Last character"), Kind.COUNT, file_only=True),
    Column("sha256", _("SHA-256 of the text"), file_only=True),
)
PEOPLE = (Column("entered_by", _("Entered by")), Column("adopted_by", _("Adopted by")))
COUNTS = Column("counts", _("Counts as"), Kind.FIGURE, unit_key="unit_code")
FIGURE = Column("value", _("Figure"), Kind.FIGURE)
DESIGN_RULE = _(
    "A figure keeps its qualifier: over and over make over, about makes about, and what states no number is counted "
    "beside the sum. Only claims of one measure, unit, basis and status are added; docs/claims.md."
)


class OneClaim(Explained):
    """A figure as a document states it; `of` is the number of the claim."""

    slug = "claim"
    title = _("Claim")
    description = _("A figure as a document states it, with its qualifier. It is not booked and not checked by us.")
    permission = Right.VIEW_RECORDS
    columns = (
        *CLAIM,
        Column("basis", _("Basis")),
        Column("period", _("Period")),
        Column("status", _("Status")),
        *DOCUMENT,
        Column("quote", _("Quote")),
        Column("relations", _("How it overlaps with others")),
        *PEOPLE,
        MADE_UP,
    )
    value_column = FIGURE
    formula = _("As the document states it")
    source = _("The document itself: its characters at the span that is given, by the SHA-256 of its text.")
    adds_up = ("figure",)

    def names_it(self, query: Query) -> str:
        claim = self._claim(query)
        return f"{claim.code} {claim.local_subject}"

    def value(self, query: Query) -> Figure | None:
        return self._claim(query).figure

    def words(self, query: Query) -> str:
        claim = self._claim(query)
        return claim.figure.words(claim.unit) if claim.figure else words.NOTHING

    def working(self, query: Query) -> str:
        """Where in which text it stands, and its words."""
        claim = self._claim(query)
        told = {"start": claim.start, "end": claim.end, "quote": claim.quote}
        if not claim.quote:
            # No words of ours stand in quotation marks.
            return gettext("characters %(start)s to %(end)s; the text is not added") % told
        return gettext("characters %(start)s to %(end)s: “%(quote)s”") % told

    def rows(self, query: Query) -> Iterable[Row]:
        claim = self._claim(query)
        relations = ClaimRelation.objects.about(claim).select_related("one", "other")
        entered_by = recorders(Claim, [claim.pk]).get(claim.pk, "")
        return [
            {
                **claim_cells(claim, entered_by),
                "basis": claim.get_basis_display() if claim.basis else "",
                "period": claim.period,
                "status": claim.get_status_display() if claim.status else "",
                "quote": claim.quote,
                "relations": "; ".join(_relation_words(one) for one in relations),
            }
        ]

    def total(self, query: Query) -> Row:
        claim = self._claim(query)
        return {"figure": claim.figure, "unit_code": claim.unit, **marked(claim.document.is_made_up)}

    def number(self, query: Query) -> int:
        return 1

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(_("Booked money and registered people: a claim is what its source says, and nothing else"))]

    def _claim(self, query: Query) -> Claim:
        return once(query, self.slug, lambda: self._found(query))

    def _found(self, query: Query) -> Claim:
        found = Claim.objects.visible_to(query.user).exclude(qualifier="").select_related("document")
        claim = found.filter(code=query.of).first()
        if claim is None:
            raise Http404
        return claim


class OfClass(Explained, abstract=True):
    """A figure of the claims of one class; `of` is the key of the class, "P|person||reached|0"."""

    permission = Right.VIEW_RECORDS
    filters = ("area",)
    of_all_areas = True
    value_column = FIGURE
    empty = _("No claim of this class is recorded.")

    def names_it(self, query: Query) -> str:
        one = self._class(query)
        named = (one.measure.label, one.unit.label if one.unit else "", one.basis.label if one.basis else "")
        return listed((*named, one.years, one.status.label if one.status else ""))

    def words(self, query: Query) -> str:
        value = self.value(query)
        return words.NOTHING if value is None else str(value.words(self._class(query).unit))

    def number(self, query: Query) -> int:
        return sum(1 for _row in self.rows(query))

    def mark(self, query: Query) -> Mark:
        return self._class(query).is_made_up

    def _class(self, query: Query) -> ClaimClass:
        return once(query, "class", lambda: self._found(query))

    def _found(self, query: Query) -> ClaimClass:
        found = claim_totals(query) if query.of else []
        if len(found) != 1 or not found[0].is_added:
            raise Http404
        return found[0]

    def _rows(self, query: Query) -> list[Row]:
        members = self._class(query).members
        entered = recorders(Claim, [one.pk for one in members])
        return [claim_cells(one, entered.get(one.pk, "")) for one in members]


class Gross(OfClass):
    """The sum as if no two claims overlapped."""

    slug = "claims-gross"
    title = _("Claims of one class, gross")
    description = _("The sum as if no two claims overlapped: whatever two of them share counts twice in it.")
    columns = (*CLAIM, *DOCUMENT, *PEOPLE, MADE_UP)
    formula = _("Σ figures of the claims of the class")
    source = DESIGN_RULE
    adds_up = ("figure",)

    def value(self, query: Query) -> FigureSum:
        return self._class(query).gross

    def made_of(self, sums: Any) -> Any:
        """The sum of figures, which holds what could not be added."""
        return sums[0]

    def working(self, query: Query) -> str:
        one = self._class(query)
        stated = [claim.figure.words() for claim in one.members if claim.figure and claim.figure.is_summable]
        return gettext("%(parts)s = %(sum)s") % {"parts": " + ".join(stated) or "0", "sum": self.words(query)}

    def rows(self, query: Query) -> Iterable[Row]:
        return self._rows(query)

    def total(self, query: Query) -> Row:
        one = self._class(query)
        return {"figure": one.gross, "unit_code": one.unit.value, **marked(one.is_made_up)}

    def parts(self, query: Query) -> list[Part]:
        return [_part(_("However they overlap"), UNIQUE, query)]


class Unique(OfClass):
    """The bounds of how much there is, however the claims overlap."""

    slug = "claims-unique"
    title = _("Claims of one class, unique")
    description = _(
        "How much there is in all, however the claims overlap where nobody decided it: bounds that hold in every case."
    )
    columns = (*CLAIM, COUNTS, Column("relations", _("Why")), *DOCUMENT, *PEOPLE, MADE_UP)
    formula = _(
        "from: the largest sum of lower bounds of claims that share nothing; to: the sum of the upper bounds of the "
        "claims that are part of no other, less what lies in two of them"
    )
    source = _(
        "Claims that nobody related may share everything or nothing. The same counts once, a part counts in its "
        "whole; an adopted claim decides over its rivals; docs/claims.md."
    )
    adds_up = ("counts",)

    def value(self, query: Query) -> Figure | None:
        return self._class(query).unique

    def working(self, query: Query) -> str:
        """Which claims give which bound, which relations are used, and how many are not known."""
        makeup = self._makeup(query)
        figures = {claim.code: claim.figure for claim in self._class(query).members}
        return " ".join(_makeup_words(makeup, figures, self.words(query)))

    def rows(self, query: Query) -> Iterable[Row]:
        makeup, unit = self._makeup(query), self._class(query).unit.value
        for row in self._rows(query):
            code = row["code"]
            told = [_decided_words(pair, kind) for pair, kind in makeup.decided.items() if code in pair]
            yield {**row, "counts": makeup.counts[code], "relations": "; ".join(told)}
        if makeup.shared is not None:
            taken_off = gettext("What these may share, or share, is taken off")
            yield {"code": "", "fact": taken_off, "counts": makeup.shared, "unit_code": unit}

    def total(self, query: Query) -> Row:
        one = self._class(query)
        return {"figure": one.gross, "counts": one.unique, "unit_code": one.unit.value, **marked(one.is_made_up)}

    def parts(self, query: Query) -> list[Part]:
        return [_part(_("Gross"), GROSS, query)]

    def left_out(self, query: Query) -> list[LeftOut]:
        """What would narrow it, and what cannot be so."""
        one = self._class(query)
        narrowing = [LeftOut(one.narrowing.words(one.unit))] if one.narrowing else []
        wrong = gettext("%(claims)s cannot all be right as they are related; such relations count as unknown")
        return [
            *narrowing,
            *(LeftOut(wrong % {"claims": listed(found.keys)}) for found in one.contradictions),
        ]

    def _makeup(self, query: Query) -> Makeup:
        return once(query, self.slug, lambda: makeup_of(self._class(query)))


def claim_cells(claim: Claim, entered_by: str) -> Row:
    """The cells of a claim: its figure, its document with hash and span, who entered and who adopted it."""
    document = claim.document
    return {
        "code": claim.code,
        "subject": claim.local_subject,
        "fact": claim.local_attribute,
        "figure": claim.figure,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "document": document.title,
        "dated": document.event_or_publication_on,
        "start": claim.start,
        "end": claim.end,
        "sha256": document.sha256,
        "entered_by": entered_by,
        "adopted_by": claim.adopted_by,
        "_url": claim.get_absolute_url(),
        "_urls": {"document": f"{document.get_absolute_url()}#{claim.code}"},
        **marked(document.is_made_up),
    }


def _relation_words(one: ClaimRelation) -> str:
    told = {"relation": str(one), "who": one.decided_by, "why": one.reason}
    return gettext("%(relation)s (%(who)s: %(why)s)") % told


def _decided_words(pair: tuple[str, str], kind: Overlap) -> str:
    return f"{pair[0]} {kind.label} {pair[1]}"


def _makeup_words(makeup: Makeup, figures: Mapping[str, Figure | None], shown: str) -> Iterable[str]:
    def named(codes: Iterable[str]) -> list[str]:
        return [gettext("%(figure)s (%(claim)s)") % {"figure": figures[one], "claim": one} for one in codes]

    yield gettext("From: %(claims)s.") % {"claims": " + ".join(named(makeup.lowest)) or "0"}
    if makeup.open_above:
        yield gettext("To: open, since %(claims)s state no upper bound.") % {"claims": listed(makeup.open_above)}
    else:
        highest = " + ".join(named(makeup.highest))
        yield gettext("To: %(claims)s, less what lies in two of them.") % {"claims": highest}
    if makeup.decided:
        used = "; ".join(_decided_words(pair, kind) for pair, kind in makeup.decided.items())
        yield gettext("Relations used: %(relations)s.") % {"relations": used}
    number = makeup.undecided
    if number:
        unknown = ngettext("%(count)s pair is not related", "%(count)s pairs are not related", number)
        yield gettext("%(pairs)s: they may share anything.") % {"pairs": unknown % {"count": words.count(number)}}
    yield gettext("Hence %(figure)s.") % {"figure": shown}


def _part(label: Any, figure: OfClass, query: Query) -> Part:
    # What is not known at all cannot be opened.
    slug = "" if figure.value(query) is None else figure.slug
    return Part(label, figure.words(query), slug, query.asked())


GROSS, UNIQUE = Gross(), Unique()
FIGURES: tuple[Explained, ...] = (OneClaim(), GROSS, UNIQUE)
