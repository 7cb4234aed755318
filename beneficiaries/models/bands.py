"""In which band around a line an income is: a word for querysets, the same for what is kept and for what is asked."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.lookups import LessThan

from alleviation.common.areas import prefix_of, within
from alleviation.common.fields import YuanField
from beneficiaries.models.incomes import IncomeRecord
from beneficiaries.models.lines import PovertyLine

BELOW, NEAR, ABOVE, WITHOUT_LINE, OTHER_CONCEPT = BANDS = ("below", "near", "above", "without_line", "other_concept")
EARNED = F("wage_income") + F("business_income") + F("property_income") + F("transfer_income")


def narrowness(line: PovertyLine) -> tuple[int, int, int]:
    """The larger, the smaller the area of a line; of two rows of one area the one in the later list of places."""
    if line.division is None:
        return 0, 0, line.pk
    return len(prefix_of(line.division.code)), line.division.vintage, line.pk


def in_bands(rows: QuerySet[IncomeRecord], lines: Iterable[PovertyLine], prefix: str = "") -> QuerySet[Any]:
    """The incomes, each with its `band`, and the id, amount and concept of the line that holds for it.

    The lines are of one kind; that of the smallest area around the village of the record holds, of the record's year.
    Below where net income < line × persons, near where 2 × net income < 3 × line × persons, else above: whole fen,
    nothing rounded or divided. `prefix` begins the names of the columns.
    """
    held = sorted(lines, key=narrowness, reverse=True)
    number, amount, concept, net, at_line = (
        f"{prefix}{name}" for name in ("line_number", "line_amount", "line_concept", "net", "at_line")
    )
    of_line: dict[str, Any] = {
        number: _of_line(held, "pk", BigIntegerField()),
        amount: _of_line(held, "amount", YuanField()),
        concept: _of_line(held, "concept", CharField()),
    }
    amounts: dict[str, Any] = {
        net: ExpressionWrapper(EARNED - F("expenses"), output_field=YuanField()),
        at_line: ExpressionWrapper(F(amount) * F("persons"), output_field=YuanField()),
    }
    twice, thrice = (
        ExpressionWrapper(F(name) * times, output_field=YuanField()) for name, times in ((net, 2), (at_line, 3))
    )
    band = Case(
        When(Q(**{f"{number}__isnull": True}), then=Value(WITHOUT_LINE)),
        When(~Q(concept=F(concept)), then=Value(OTHER_CONCEPT)),
        When(LessThan(F(net), F(at_line)), then=Value(BELOW)),
        When(LessThan(twice, thrice), then=Value(NEAR)),
        default=Value(ABOVE),
        output_field=CharField(),
    )
    found: QuerySet[Any] = rows.annotate(**of_line)
    return found.annotate(**amounts).annotate(**{f"{prefix}band": band})


def _of_line(lines: Iterable[PovertyLine], name: str, output_field: Any) -> Case:
    """A column of the line that holds for a record: of its year, and of the smallest area around its village."""
    found = (When(_holds(line), then=Value(getattr(line, name), output_field=output_field)) for line in lines)
    return Case(*found, default=Value(None, output_field=output_field), output_field=output_field)


def _holds(line: PovertyLine) -> Q:
    area = within(prefix_of(line.division.code), "village__code") if line.division else Q()
    return Q(year=line.year) & area
