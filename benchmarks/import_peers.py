"""Runs inside: an import of incomes by django-import-export, as quick as its options let it be."""

from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

MONEY = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")
BATCH = 2000


def by_import_export(path: str, rows: int) -> float:
    """Seconds for so many rows of a file."""
    import tablib

    from alleviation.common.guard import writing

    with Path(path).open(newline="") as handle:
        text = "".join(islice(handle, rows + 1))
    start = perf_counter()
    with writing():
        result = _resource()().import_data(tablib.Dataset().load(text, format="csv"), use_transactions=True)
    seconds = perf_counter() - start
    if result.has_errors() or result.totals["new"] != rows:
        raise SystemExit(f"django-import-export did not take the file: {result.totals}")
    return seconds


def _resource() -> Any:
    from import_export import fields, resources

    from beneficiaries.models import Household, IncomeRecord

    homes = {
        (code, number): (pk, village)
        for pk, village, code, number in Household.objects.values_list("pk", "village_id", "village__code", "number")
    }

    class Incomes(resources.ModelResource):
        """Households are known beforehand, nothing is compared, nothing is told, rows are created in bulk."""

        persons = fields.Field("persons", "size")

        class Meta:
            model = IncomeRecord
            fields = ("year", "persons", *MONEY)
            import_id_fields = ()
            use_bulk = True
            batch_size = BATCH
            skip_diff = True
            skip_html_diff = True
            force_init_instance = True
            report_skipped = False

        def before_save_instance(self, instance: Any, row: Any, **_rest: Any) -> None:
            home = homes[row["village_code"], row["household_no"]]
            instance.household_id, instance.village_id = home
            instance.concept = "disposable"

    return Incomes
