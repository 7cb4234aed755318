"""Which records a file should prove, and which of them none proves.

Formula: the records whose figure is in a sum (posted entries, reached milestones, incomes that hold, enrolments), less
those to which evidence is attached that nobody has withdrawn. Promises are asked after by their years, in
`figures/unproven.py`. Unit: records, and yuan of each kind apart, since unlike sums are never added. Source: the house
rule that a figure can be followed to the paper it rests on; docs/evidence.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Exists, Model, Q, QuerySet, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common.citus.asking import named_by
from alleviation.common.query import Query
from alleviation.common.tables import Mark, Text, mark_of
from alleviation.evidence.models import Evidence
from beneficiaries.models import Enrolment, IncomeRecord
from beneficiaries.rollups import enrolments, recorded
from beneficiaries.rollups.stored import is_kept
from beneficiaries.rollups.sums import total_of
from projects.choices import EntryKind
from projects.models import LedgerEntry, Milestone


@dataclass(frozen=True)
class Provable:
    """A kind of record that a file should prove.

    `mark` and `place` are the ways to whether it is made up and to its division code; what it is about in yuan is the
    sum of the columns `money` less those `taken_off`. `whole` tells of all records at once where sums of them are
    kept; of such a kind each record states its amounts.
    """

    key: str
    title: Text
    model: type[Model]
    rows: Callable[[Query], QuerySet[Any]]
    mark: str
    place: str
    order: tuple[str, ...]
    money: tuple[str, ...] = ()
    taken_off: tuple[str, ...] = ()
    is_of_household: bool = False
    whole: Callable[[Query], "Lack | None"] | None = None


@dataclass(frozen=True)
class Lack:
    """How many records there are, how many of them nothing proves, and what these are about in yuan.

    `amount` is None where no amount is known; `without_amount` are those among the unproven that state none.
    """

    number: int = 0
    without: int = 0
    amount: Decimal | None = None
    without_amount: int = 0
    made_up: int = 0
    made_up_without: int = 0

    @property
    def mark(self) -> Mark:
        """Whether records of the made-up example are among all of them."""
        return mark_of(self.made_up, self.number)

    @property
    def mark_without(self) -> Mark:
        """Whether records of the made-up example are among those that nothing proves."""
        return mark_of(self.made_up_without, self.without)


def is_proven(model: type[Model]) -> Exists | Q:
    """Whether evidence that stands is attached to a row; the index of evidence_once answers it."""
    return named_by(Evidence.objects.standing().filter(subject_type=model._meta.label_lower), "subject_id")


def unproven(kind: Provable, query: Query) -> QuerySet[Any]:
    """The records of a kind that nothing proves."""
    return kind.rows(query).filter(~is_proven(kind.model))


def lack_of(kind: Provable, query: Query) -> Lack:
    """The numbers of a kind: one query, or two where sums of all records are kept."""
    if kind.whole and (whole := kind.whole(query)):
        return _less_proven(kind, whole, query)
    columns, lacking = (*kind.money, *kind.taken_off), ~is_proven(kind.model)
    asked: dict[str, Any] = {
        **_counts(kind),
        **{f"sum_{name}": Sum(name, filter=lacking) for name in columns},
        **{f"known_{name}": Count(name, filter=lacking) for name in columns[:1]},
    }
    found = kind.rows(query).order_by().aggregate(**asked)
    known = found[f"known_{columns[0]}"] if columns else 0
    return Lack(
        number=found["number"],
        without=found["without"],
        # Of nothing the sum is zero; of what states no amount it is not known.
        amount=_amount(kind, found) if known or (columns and not found["without"]) else None,
        without_amount=found["without"] - known if columns else 0,
        made_up=found["marked"],
        made_up_without=found["marked_without"],
    )


def _less_proven(kind: Provable, whole: Lack, query: Query) -> Lack:
    """The same by what is proven, which is read from the evidence on: of millions of incomes few have any."""
    papers = Evidence.objects.standing().filter(subject_type=kind.model._meta.label_lower).order_by()
    sums = {f"sum_{name}": Sum(name) for name in (*kind.money, *kind.taken_off)}
    counts = {"number": Count("pk"), "marked": Count("pk", filter=Q(**{kind.mark: True}))}
    proven = kind.rows(query).order_by().filter(pk__in=papers.values("subject_id")).aggregate(**counts, **sums)
    return Lack(
        number=whole.number,
        without=whole.number - proven["number"],
        amount=None if whole.amount is None else whole.amount - _amount(kind, proven),
        made_up=whole.made_up,
        made_up_without=whole.made_up - proven["marked"],
    )


def _incomes(query: Query) -> Lack | None:
    """All incomes, by the sums that are kept of them; None where these do not answer."""
    if not is_kept(query):
        return None
    total = total_of(query)
    return Lack(total.households, amount=total.net_income, made_up=total.made_up)


def numbers_of(kind: Provable, query: Query) -> Lack:
    """The same without any amount."""
    if kind.whole and (whole := kind.whole(query)):
        return replace(_less_proven(kind, whole, query), amount=None)
    row = kind.rows(query).order_by().aggregate(**_counts(kind))
    return Lack(row["number"], row["without"], made_up=row["marked"], made_up_without=row["marked_without"])


def lack_by_village(kind: Provable, query: Query) -> dict[str, Lack]:
    """The numbers of a kind for each village by its code, without any amount: for whoever sees no single household."""
    rows = kind.rows(query).order_by().values(kind.place)
    return {
        row[kind.place]: Lack(
            row["number"], row["without"], made_up=row["marked"], made_up_without=row["marked_without"]
        )
        for row in rows.annotate(**_counts(kind)).order_by(kind.place)
    }


def _counts(kind: Provable) -> dict[str, Any]:
    lacking, is_marked = ~is_proven(kind.model), Q(**{kind.mark: True})
    return {
        "number": Count("pk"),
        "without": Count("pk", filter=lacking),
        "marked": Count("pk", filter=is_marked),
        "marked_without": Count("pk", filter=lacking & is_marked),
    }


def _amount(kind: Provable, found: dict[str, Any]) -> Decimal:
    added = sum((found[f"sum_{name}"] or Decimal(0) for name in kind.money), Decimal(0))
    return added - sum((found[f"sum_{name}"] or Decimal(0) for name in kind.taken_off), Decimal(0))


def _entries(kind: EntryKind | None, query: Query) -> QuerySet[LedgerEntry]:
    """The posted entries of a kind or all, each for itself: money that was handed on has a paper at either place."""
    found = LedgerEntry.objects.visible_to(query.user).posted().of_years(query.first_year, query.last_year)
    found = found.filter(query.located("division__code"), query.beside_plans())
    return found if kind is None else found.filter(kind=kind)


def _milestones(query: Query) -> QuerySet[Milestone]:
    """The milestones that were reached in the years asked for."""
    reached = Q(reached_on__year__gte=query.first_year, reached_on__year__lte=query.last_year)
    found = Milestone.objects.visible_to(query.user).filter(reached, query.beside_plans("reached_on__year"))
    return found.filter(query.located("project__division__code"))


# Entries of every kind can be counted together; their amounts are four sums that are never added.
ENTRIES = Provable(
    key="entry",
    title=_("ledger entries"),
    model=LedgerEntry,
    rows=partial(_entries, None),
    mark="is_made_up",
    place="division__code",
    order=("year", "booked_on", "pk"),
)
KINDS: tuple[Provable, ...] = (
    *(
        Provable(
            key=f"entry-{kind.value}",
            title=format_lazy("{entries}{colon}{kind}", entries=_("ledger entries"), colon=_(": "), kind=kind.label),
            model=LedgerEntry,
            rows=partial(_entries, kind),
            mark="is_made_up",
            place="division__code",
            order=("year", "booked_on", "pk"),
            money=("amount",),
        )
        for kind in EntryKind
    ),
    Provable(
        key="milestone",
        title=_("milestones"),
        model=Milestone,
        rows=_milestones,
        mark="project__is_made_up",
        place="project__division__code",
        order=("reached_on", "pk"),
    ),
    Provable(
        key="income",
        title=_("income records"),
        model=IncomeRecord,
        rows=recorded,
        place="village__code",
        order=("year", "village__code", "pk"),
        money=("wage_income", "business_income", "property_income", "transfer_income"),
        taken_off=("expenses",),
        mark="household__is_made_up",
        is_of_household=True,
        whole=_incomes,
    ),
    Provable(
        key="enrolment",
        title=_("enrolments"),
        model=Enrolment,
        rows=enrolments,
        place="village__code",
        order=("year", "village__code", "pk"),
        money=("amount",),
        mark="household__is_made_up",
        is_of_household=True,
    ),
)
BY_KEY: dict[str, Provable] = {kind.key: kind for kind in (ENTRIES, *KINDS)}
