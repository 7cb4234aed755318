"""How many records there are."""

from dataclasses import dataclass

from alleviation.common.query import Query
from projects.models import Claim, Document
from projects.rollups.lists import alliances_in, number_of_projects


@dataclass(frozen=True)
class RecordCounts:
    """Numbers of records this person may see. Documents and claims are public and counted for every area.

    A document counts once, however many versions it has.
    """

    projects: int
    alliances: int
    documents: int
    claims: int


def record_counts(query: Query) -> RecordCounts:
    """The records of the area asked about."""
    return RecordCounts(
        projects=number_of_projects(query),
        alliances=alliances_in(query).count(),
        documents=Document.objects.filter(newer__isnull=True).visible_to(query.user).count(),
        claims=Claim.objects.visible_to(query.user).count(),
    )
