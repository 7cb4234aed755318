"""The income sheet of a household: each year's components, what is left a head, and the line it is held against."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind, Row, Table, explain_url
from alleviation.common.words import labelled
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.parts import bare_table
from alleviation.scrutiny.figures.proof import record_url
from beneficiaries.choices import CheckState, IncomeStatus, LineKind
from beneficiaries.models import IncomeRecord, PovertyLine
from beneficiaries.rollups import COMPONENTS, asked_of_line
from beneficiaries.rollups.warnings import line_for, per_head

NUMBERS = (
    Column("persons", _("Persons"), Kind.COUNT),
    Column("wage_income", _("Wages"), Kind.YUAN),
    Column("business_income", _("Business"), Kind.YUAN),
    Column("property_income", _("Property"), Kind.YUAN),
    Column("transfer_income", _("Transfers"), Kind.YUAN),
    Column("expenses", _("Expenses"), Kind.YUAN),
    Column("net_income", _("Net income"), Kind.YUAN),
    Column("per_capita", _("Per capita"), Kind.YUAN),
)
COLUMNS = (
    Column("year", _("Year"), Kind.YEAR),
    Column("village", _("Village")),
    *NUMBERS,
    Column("line", _("Poverty line"), Kind.FIGURE, unit="CNY"),
    Column("held", _("Against the line")),
    Column("definition", _("Definition")),
    Column("state", _("Verification")),
    Column("evidence", _("Evidence"), Kind.COUNT),
    Column("remark", _("Remark")),
)


def sheet(book: Handbook) -> Table:
    """Every year with its record; what a correction took the place of stands above it, struck through.

    What is the same in every row stands above the table, and in no column; so does the village of today.
    """
    told = {
        "village": {book.household.village.local_name, *(one.village.local_name for one in book.incomes)},
        "definition": set(map(definition, book.incomes)),
    }
    rows = list(_rows(book))
    # Nor a column of remarks where nothing is remarked.
    told["remark"] = {"", *(row["remark"] for row in rows)}
    columns = tuple(one for one in COLUMNS if len(told.get(one.key, ())) != 1)
    note = gettext("All of it is %(definition)s.") % {"definition": "".join(told["definition"])}
    table = bare_table("incomes", _("Incomes"), columns, rows, _("No income is recorded."))
    return replace(table, note=note) if len(told["definition"]) == 1 else table


def _rows(book: Handbook) -> Iterator[Row]:
    breaks = {later.pk: why for later, why in breaks_of(book.standing_incomes)}
    for income, later in zip_longest(book.incomes, book.incomes[1:]):
        is_struck = income.superseded_at is not None
        remark = _corrected(income, later) if is_struck else breaks.get(income.pk, "")
        yield {
            **_cells(income, line_for(book.lines, LineKind.POVERTY, income)),
            "evidence": book.proofs.get(income.pk, 0),
            "remark": " ".join(part for part in (remark, _expected(income)) if part),
            "_struck": is_struck,
        }


def _cells(income: IncomeRecord, line: PovertyLine | None) -> Row:
    own = dict.fromkeys(("year", "evidence", *(one.key for one in NUMBERS)), record_url(IncomeRecord, income.pk))
    return {
        "year": income.year,
        "village": income.village.local_name,
        "persons": income.persons,
        **{name: getattr(income, name) for name in (*COMPONENTS, "net_income")},
        "per_capita": income.net_income / income.persons,
        "line": line.figure if line else None,
        "held": held_against(income, line),
        "definition": definition(income),
        "state": _state(income),
        "_url": own["year"],
        "_urls": {**own, "line": explain_url("poverty-line", asked_of_line(line)) if line else ""},
    }


def held_against(income: IncomeRecord, line: PovertyLine | None) -> str:
    """Whether an income a head is below the line of its year, village and concept; compared exactly."""
    if line is None:
        return gettext("no line is recorded")
    is_below = per_head(income.net_income, income.persons) < Fraction(line.amount)
    return gettext("below") if is_below else gettext("not below")


def definition(income: IncomeRecord) -> str:
    """Which income it is, and of which twelve months."""
    told: dict[str, Any] = {"concept": income.get_concept_display(), "months": income.get_income_year_display()}
    return gettext("%(concept)s, %(months)s") % told


def breaks_of(incomes: list[IncomeRecord]) -> Iterator[tuple[IncomeRecord, str]]:
    """The records whose definition is not that of the record before, with the words for it."""
    for before, income in pairwise(incomes):
        if (before.concept, before.income_year) != (income.concept, income.income_year):
            told = {"definition": definition(before), "year": before.year}
            yield income, gettext("Break in the series: %(year)s was of %(definition)s.") % told


def _state(income: IncomeRecord) -> str:
    told = str(CheckState(income.state).label)
    if income.checked_at is None:
        return told
    day = date_format(localtime(income.checked_at), "DATE_FORMAT")
    told = gettext("%(state)s, %(day)s, %(who)s") % {"state": told, "day": day, "who": income.checked_by}
    return labelled(told, income.check_note) if income.check_note else told


def _corrected(income: IncomeRecord, later: IncomeRecord | None) -> str:
    """When a record was corrected, and the reason that the record in its place gives."""
    reason = later.reason if later and later.year == income.year else ""
    told = {
        "day": date_format(localtime(income.superseded_at), "DATE_FORMAT"),
        "reason": reason or gettext("not stated"),
    }
    return gettext("Corrected on %(day)s. Reason: %(reason)s") % told


def _expected(income: IncomeRecord) -> str:
    is_expected = income.status == IncomeStatus.EXPECTED
    return gettext("A part of it has not been received yet.") if is_expected else ""
