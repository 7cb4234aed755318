"""How many rows hang on each record of a list, in one query a kind."""

from django.db.models import Count, QuerySet


def count_by(rows: QuerySet, name: str) -> dict[int, int]:
    """How many of these rows point at each record through the key `name`; a record without any is left out."""
    counted = rows.order_by().filter(**{f"{name}__isnull": False}).values_list(name).annotate(Count("pk"))
    return dict(counted)
