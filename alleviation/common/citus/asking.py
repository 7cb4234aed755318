"""Questions that one database answers row by row, and machines that share the rows by a list that each is given."""

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from alleviation.common.citus.standing import is_spread


def named_by(rows: QuerySet[Any], key: str) -> Exists | Q:
    """A filter for the records that these rows name by `key`.

    Row by row an index answers, and the first page of a long list is there at once. Citus lets no machine look at
    what it has not, but takes the list along.
    """
    found = rows.order_by().select_related(None)
    return Q(pk__in=found.values(key)) if is_spread(connection) else Exists(found.filter(**{key: OuterRef("pk")}))
