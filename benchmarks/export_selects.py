"""Runs inside: what the report of incomes asks the database for, in the words of psql and sqlite3; and peers of it."""

from time import perf_counter
from typing import Any

# What peers write of an income: as much as the report does, none of it put into words.
PLAIN = (
    *("village__code", "village__name", "household__number", "year", "persons"),
    *("wage_income", "business_income", "property_income", "transfer_income", "expenses"),
    *("concept", "income_year", "status", "state", "household__is_made_up"),
)
CHUNK = 2000


def select_of_incomes() -> str:
    """The SELECT of the whole report, with a column for each of its columns."""
    from alleviation.common.snapshots import Snapshot
    from alleviation.common.sql_cells import rendered

    report, selection = _incomes()
    columns = [rendered(column, selection.cells.get(column.key)) for column in report.columns]
    with Snapshot() as snapshot:
        query = selection.rows.select_related(None).values_list(*columns).query
        sql, params = query.get_compiler(connection=snapshot.connection).as_sql()
        with snapshot.connection.cursor() as cursor:
            if snapshot.connection.vendor == "postgresql":
                told: bytes = cursor.cursor.mogrify(sql, params)
                return told.decode()
        return str(sql % tuple(_quoted(one) for one in params))


def settings_of_walk() -> list[str]:
    """The settings under which the report's own COPY runs on PostgreSQL."""
    from alleviation.common.selections import PLAIN as OWN
    from alleviation.common.selections import WALK

    return [statement.replace("SET LOCAL", "SET") for statement in (*OWN, *WALK)]


def sums_of_incomes() -> list[str]:
    """What the columns of the report add up to, from the rows themselves: number, persons, net income in yuan."""
    from django.db.models import Count, Sum

    from beneficiaries.models import IncomeRecord

    names = ("persons", "wage_income", "business_income", "property_income", "transfer_income", "expenses")
    found = IncomeRecord.objects.standing().aggregate(number=Count("pk"), **{name: Sum(name) for name in names})
    net = found["wage_income"] + found["business_income"] + found["property_income"] + found["transfer_income"]
    return [str(found["number"]), str(found["persons"]), f"{net - found['expenses']:.2f}"]


def by_iterator(rows: int) -> float:
    """Seconds for so many rows through values_list().iterator() and csv.writer, the quickest way of Django alone."""
    import csv

    from beneficiaries.models import IncomeRecord

    found = IncomeRecord.objects.standing().order_by("village_id", "year")[:rows].values_list(*PLAIN)
    writer = csv.writer(_Nowhere())
    start = perf_counter()
    for row in found.iterator(chunk_size=CHUNK):
        writer.writerow(row)
    return perf_counter() - start


def by_import_export(rows: int) -> float:
    """Seconds for so many rows through django-import-export, with related rows fetched in the same query."""
    from import_export import resources

    from beneficiaries.models import IncomeRecord

    meta = type("Meta", (), {"model": IncomeRecord, "fields": PLAIN, "chunk_size": CHUNK})
    resource: Any = type("IncomeResource", (resources.ModelResource,), {"Meta": meta})()
    found = IncomeRecord.objects.standing().order_by("village_id", "year").select_related("household", "village")
    start = perf_counter()
    size = len(resource.export(found[:rows]).csv)
    return perf_counter() - start if size else 0.0


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)


def _incomes() -> tuple[Any, Any]:
    from alleviation.accounts.trusted import trusted_reader
    from alleviation.common.query import Query
    from alleviation.reports.catalogue import BY_SLUG

    report: Any = BY_SLUG["incomes"]
    (selection,) = report.selections(Query(user=trusted_reader("benchmarks")))
    return report, selection


def _quoted(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
