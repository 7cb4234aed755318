"""What each row of an explanation rests on: its evidence, and the page that tells its history."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from django.db.models import Count, Model
from django.urls import reverse

from alleviation.common.reports import Row
from alleviation.evidence.models import Evidence

CHUNK = 500


def record_url(model: type[Model], number: int) -> str:
    """The page of one record: what it says, what proves it and what became of it."""
    return reverse("dashboards:record", args=[model._meta.label_lower, number])


def with_proof(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that name their record in `_record` (model, id), with how many files prove each and a way to its page.

    One query for every model among 500 rows. Rows that name none are passed on as they are.
    """
    coming = iter(rows)
    while chunk := list(islice(coming, CHUNK)):
        named = sorted({row["_record"] for row in chunk if "_record" in row}, key=lambda one: (str(one[0]), one[1]))
        proofs = {
            (model, number): count
            for model, found in groupby(named, key=lambda one: one[0])
            for number, count in counts(model, [number for _model, number in found]).items()
        }
        yield from (_with(row, proofs.get(row["_record"], 0)) if "_record" in row else row for row in chunk)


def proven_among(model: type[Model], numbers: Any) -> int:
    """How many of these records, by id or as a subquery of ids, have evidence that stands."""
    found = Evidence.objects.standing().of(model, numbers).order_by().values("subject_id")
    return found.distinct().count()


def counts(model: type[Model], numbers: list[int]) -> dict[int, int]:
    """How many files prove each of these records; one without any is left out."""
    found = Evidence.objects.standing().of(model, numbers).order_by().values("subject_id")
    return dict(found.annotate(files=Count("id")).values_list("subject_id", "files"))


def _with(row: Row, files: int) -> Row:
    url = record_url(*row["_record"])
    return {**row, "evidence": files, "_urls": {**row.get("_urls", {}), "evidence": url}, "_url": url}
