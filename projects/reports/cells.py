"""The cells that reports of money have in common."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind, Mark, mark_in_words, mark_of
from projects.choices import EntryKind, SourceLevel
from projects.models import FundingSource, Project
from projects.rollups import Beside, Funding
from projects.rollups.funding import SUMS

MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN),
    Column("disbursed", _("Disbursed"), Kind.YUAN),
    Column("spent", _("Spent"), Kind.YUAN),
    Column("refunded", _("Refunded"), Kind.YUAN),
)
# The four sums as figures of their own, each with its explanation.
SUM_COLUMNS = tuple(replace(column, explained=column.key) for column in MONEY)
EXECUTION_RATE = Column("execution_rate", _("Execution rate"), Kind.RATIO, explained="execution-rate")
PLEDGED = (
    Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY", explained="pledged"),
    Column(
        "pledged_not_stated",
        _("Pledges without an amount"),
        Kind.COUNT,
        file_only=True,
        explained="pledged-not-stated",
    ),
)
KEY_OF: dict[str, str] = {kind: key for key, kind in SUMS.items()}


def marked(mark: Mark) -> Row:
    """The mark of what is made up, for a page and for a file."""
    return {"_made_up": mark, "made_up": mark_in_words(mark)}


def sums(funding: Funding | None) -> Row:
    """The cells of the four sums and their rate; empty where nothing is booked, which is not known to be zero."""
    if funding is None or not funding.entries:
        return {}
    return {key: getattr(funding, key) for key in (*SUMS, "execution_rate")}


def amounts(funding: Funding) -> Row:
    """The cells of the four sums with their mark."""
    mark = mark_of(funding.made_up, funding.entries)
    return {**{key: value for key, value in sums(funding).items() if key in SUMS}, **marked(mark)}


def beside(one: Beside) -> Row:
    """The cells of promised and booked money side by side."""
    promised = one.promised
    return {
        **sums(one.funding),
        "pledged": promised,
        "pledged_not_stated": promised.not_stated if promised else None,
        **marked(one.mark),
    }


def source_cells(code: str, name: str, level: str) -> Row:
    """A funding source by its code, name and level."""
    return {"source_code": code, "source": name, "level": SourceLevel(level).label}


def source_row(source: FundingSource) -> Row:
    """A funding source as the record has it."""
    return source_cells(source.code, source.local_name, source.level)


def project_cells(project: Project | None, area: str) -> Row:
    """The project, unless it lies outside the reader's area: that it is there is not theirs to know."""
    shown = project if project and project.lies_in(area) else None
    return {"project_code": shown.code if shown else "", "project": shown.local_name if shown else ""}


def amount_cells(kind: str, amount: object) -> Row:
    """An amount, in the column of its kind and in one that holds any."""
    return {"kind": EntryKind(kind).label, KEY_OF[kind]: amount, "amount": amount}
