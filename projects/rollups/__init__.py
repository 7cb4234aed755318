"""Every sum over money and claims. A roll-up names its formula, what is in, what is out, and its unit."""

from projects.rollups.beside import (
    Beside,
    beside_by_area,
    beside_by_kind,
    beside_by_plan,
    beside_by_project,
    beside_by_source,
    beside_by_year,
    beside_by_year_and_source,
    beside_cells,
    beside_total,
    due_years,
)
from projects.rollups.claims import claim_totals
from projects.rollups.funding import (
    Funding,
    funding_by_area,
    funding_by_kind,
    funding_by_plan,
    funding_by_project,
    funding_by_source,
    funding_by_year,
    funding_by_year_and_source,
    funding_cells,
    funding_total,
    pending_funding,
)
from projects.rollups.ledger import booked, handed_on
from projects.rollups.places import area_query, child_of, fold_former
from projects.rollups.pledges import PledgedYear, Promise, pledged_years, promises

__all__ = [
    "Beside",
    "Funding",
    "PledgedYear",
    "Promise",
    "area_query",
    "beside_by_area",
    "beside_by_kind",
    "beside_by_plan",
    "beside_by_project",
    "beside_by_source",
    "beside_by_year",
    "beside_by_year_and_source",
    "beside_cells",
    "beside_total",
    "booked",
    "child_of",
    "claim_totals",
    "due_years",
    "fold_former",
    "funding_by_area",
    "funding_by_kind",
    "funding_by_plan",
    "funding_by_project",
    "funding_by_source",
    "funding_by_year",
    "funding_by_year_and_source",
    "funding_cells",
    "funding_total",
    "handed_on",
    "pending_funding",
    "pledged_years",
    "promises",
]
