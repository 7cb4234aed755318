"""The glossary: every figure that can be opened, in groups of those that belong together."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind
from alleviation.dashboards.help.handbooks import folder
from alleviation.scrutiny.catalogue import CATALOGUE
from alleviation.scrutiny.figures.base import Explained


@dataclass(frozen=True)
class Entry:
    """One figure: its name in addresses, its title, what it is, how it is computed, and in what it is told."""

    slug: str
    title: Any
    description: Any
    formula: Any
    unit: str


@dataclass(frozen=True)
class Rule:
    """Figures one after the other that rest on the same rule."""

    source: Any
    entries: list[Entry]


@dataclass(frozen=True)
class Group:
    """Figures of one kind. What is in them, and what is not, stands in a template for each language."""

    slug: str
    title: Any
    modules: frozenset[str]

    @property
    def template(self) -> str:
        """The template that says what is in the figures and what is not, in the reader's language."""
        return f"help/{folder()}/figures/{self.slug}.html"

    def rules(self) -> list[Rule]:
        """Its figures in the order of the catalogue, gathered by the rule they rest on."""
        own = [figure for figure in CATALOGUE if module_of(figure) in self.modules]
        by_rule = groupby(own, key=lambda figure: str(figure.source))
        return [Rule(source, [entry_of(figure) for figure in figures]) for source, figures in by_rule]


def _group(slug: str, title: Any, *modules: str) -> Group:
    return Group(slug, title, frozenset(modules))


GROUPS = (
    _group("booked", _("Booked money"), "money", "vouchers", "per_person"),
    _group("promised", _("Promised money"), "pledges", "unstated"),
    _group("incomes", _("Incomes"), "people", "income_changes", "quantiles", "changes"),
    _group("lines", _("Poverty and monitoring line"), "bands", "ranges", "lines"),
    _group("checking", _("What waits to be checked"), "waiting", "checks", "own"),
    _group("register", _("The register"), "register", "registered", "watched"),
    _group("benefits", _("Who takes part, and what they got"), "enrolled", "received", "benefits", "benefit_money"),
    _group("records", _("Numbers of records"), "counts", "deeds", "stated", "late"),
    _group("claims", _("What documents say"), "claims", "derived", "reconciled"),
    _group("evidence", _("Evidence"), "unproven", "unproven_promises"),
    _group("flags", _("Red flags"), "flags"),
    _group("frozen", _("Closed years"), "frozen"),
)


def module_of(figure: Explained) -> str:
    """The module that declares a figure, by which it finds its group."""
    return type(figure).__module__.rpartition(".")[2]


def ungrouped() -> list[str]:
    """The figures that no group has; there should be none."""
    grouped = frozenset[str]().union(*(group.modules for group in GROUPS))
    return [figure.slug for figure in CATALOGUE if module_of(figure) not in grouped]


def entry_of(figure: Explained) -> Entry:
    return Entry(figure.slug, figure.title, figure.description, figure.formula, unit_of(figure.value_column))


def unit_of(column: Column) -> str:
    """The unit of a figure in words: its own; for a count, that it is a number of things."""
    if column.unit_words:
        return column.unit_words
    return gettext("a number of things") if column.kind is Kind.COUNT else gettext("as each one states it")
