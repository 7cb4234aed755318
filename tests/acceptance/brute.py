"""The sums of raw rows in plain Python: no roll-up, no queryset, no field of ours. Money is whole fen."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

KINDS = {
    "Allocated (yuan)": "allocation",
    "Disbursed (yuan)": "disbursement",
    "Spent (yuan)": "expenditure",
    "Refunded (yuan)": "refund",
}
PARTS = {
    "Wages (yuan)": "wage_income",
    "Business (yuan)": "business_income",
    "Property (yuan)": "property_income",
    "Transfers (yuan)": "transfer_income",
    "Expenses (yuan)": "expenses",
}
NET = "Net income (yuan)"
PLANS = {"12": (2011, 2015), "13": (2016, 2020), "14": (2021, 2025), "15": (2026, 2030)}
LENGTHS = (2, 4, 6, 9, 12)

# What was handed on counts at the lower of the two places, so it is taken off the upper one.
ENTRIES = """
    SELECT e.kind, e.year, e.amount, s.code AS source, s.level, d.code, p.code AS project, p.kind AS work
    FROM projects_ledgerentry e JOIN projects_fundingsource s ON s.id = e.source_id
    JOIN projects_division d ON d.id = e.division_id LEFT JOIN projects_project p ON p.id = e.project_id
    WHERE e.state = 'posted'
    UNION ALL
    SELECT e.kind, e.year, -e.amount, s.code AS source, s.level, d.code, p.code AS project, p.kind AS work
    FROM projects_ledgerentry e JOIN projects_fundingsource s ON s.id = e.source_id
    JOIN projects_ledgerentry u ON u.voucher = CASE e.kind WHEN 'refund' THEN e.voucher ELSE e.handed_down_from END
    JOIN projects_division d ON d.id = u.division_id LEFT JOIN projects_project p ON p.id = u.project_id
    WHERE e.state = 'posted' AND u.state = 'posted' AND e.handed_down_from <> ''"""
INCOMES = """
    SELECT i.year, i.persons, i.wage_income, i.business_income, i.property_income, i.transfer_income, i.expenses,
    d.code FROM beneficiaries_incomerecord i JOIN projects_division d ON d.id = i.village_id
    WHERE i.superseded_at IS NULL"""
BECAME = """
    SELECT DISTINCT f.code, t.code AS today FROM projects_succession s JOIN projects_division f
    ON f.id = s.predecessor_id JOIN projects_division t ON t.id = s.successor_id
    WHERE s.kind IN ('renamed', 'recoded', 'merged') AND f.code <> t.code"""

Row = dict[str, Any]
Asked = dict[str, str]


@dataclass
class World:
    """Every raw row that counts."""

    entries: list[Row]
    incomes: list[Row]
    became: dict[str, str]

    def booked(self, asked: Asked) -> list[Row]:
        """The entries that a filter leaves."""
        return [e for e in self.entries if self._is_asked(e, asked) and of_kind(e, asked)]

    def recorded(self, asked: Asked) -> list[Row]:
        """The income records that a filter leaves."""
        return [i for i in self.incomes if self._is_asked(i, asked)]

    def home(self, code: str, length: int) -> str:
        """The place of a level that holds a code, under today's code; empty where the code lies above that level."""
        if len(significant(code)) < length:
            return ""
        holder = code[:length].ljust(12, "0")
        return self.became.get(holder, holder)

    def _is_asked(self, row: Row, asked: Asked) -> bool:
        first, last = PLANS.get(asked.get("plan", ""), (0, 9999))
        year = int(asked.get("year", 0)) or row["year"]
        return row["year"] == year and first <= row["year"] <= last and self._is_in(row["code"], asked.get("area", ""))

    def _is_in(self, code: str, area: str) -> bool:
        areas = [area, *(former for former, today in self.became.items() if today == area)]
        return any(code.startswith(significant(one)) for one in areas)


def of_kind(entry: Row, asked: Asked) -> bool:
    return asked.get("kind") in {None, entry["work"]} and asked.get("source") in {None, entry["level"]}


def world() -> World:
    """The database as it stands."""
    became = defaultdict(set)
    for row in _rows(BECAME):
        became[row["code"]].add(row["today"])
    return World(_rows(ENTRIES), _rows(INCOMES), {code: min(to) for code, to in became.items() if len(to) == 1})


def significant(code: str) -> str:
    return next((code[:n] for n in LENGTHS if not code[n:].strip("0")), code) if code else ""


def money(entries: Iterable[Row]) -> dict[str, int]:
    """The four sums, by the heads of their columns."""
    sums = Counter(dict.fromkeys(KINDS.values(), 0))
    for entry in entries:
        sums[entry["kind"]] += entry["amount"]
    return {title: sums[kind] for title, kind in KINDS.items()}


def income(records: Iterable[Row]) -> dict[str, int]:
    """Sums of incomes, by the heads of their columns; net income is what comes in less the expenses."""
    found = list(records)
    sums = {title: sum(one[name] for one in found) for title, name in PARTS.items()}
    net = sum(sums.values()) - 2 * sums["Expenses (yuan)"]
    return {"Households": len(found), "Persons": sum(one["persons"] for one in found), **sums, NET: net}


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _rows(question: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
