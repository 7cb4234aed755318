"""The incomes that are recorded, as a file of incomes has them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, Subquery

from alleviation.accounts.models import User
from alleviation.common.areas import within
from beneficiaries.choices import Relation
from beneficiaries.imports.incomes.columns import COMPONENTS
from beneficiaries.models import IncomeRecord, Person
from beneficiaries.privacy import masked_name

CHUNK = 2000


def recorded_incomes(by: User) -> Iterator[dict[str, Any]]:
    """Each income that holds, below its household's present village and number, the head masked; without numbers.

    Out: those of households that belong to another area by now, which no file of ours names any more.
    """
    heads = Person.objects.filter(household=OuterRef("household_id"), relation=Relation.HEAD, left_on__isnull=True)
    rows = (
        IncomeRecord.objects.standing()
        .visible_to(by)
        .filter(within(by.area, "household__village__code"))
        .annotate(head=Subquery(heads.values("name")[:1]))
        .annotate(village_code=F("household__village__code"), household_no=F("household__number"))
        .order_by("household__village__code", "household__number", "year", "pk")
    )
    names = ("village_code", "household_no", "head", "persons", "year", *COMPONENTS)
    for row in rows.values(*names).iterator(chunk_size=CHUNK):
        yield {
            "village_code": row["village_code"],
            "household_no": row["household_no"],
            "head_name": masked_name(row["head"] or ""),
            "size": row["persons"],
            "year": row["year"],
            **{name: row[name] for name in COMPONENTS},
        }
