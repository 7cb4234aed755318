"""Every sum over money and claims. A roll-up names its formula, what is in, what is out, and its unit."""

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
    funding_total,
)
from projects.rollups.places import area_query, child_of, fold_former
from projects.rollups.pledges import PledgedYear, pledged_years

__all__ = [
    "Funding",
    "PledgedYear",
    "area_query",
    "child_of",
    "claim_totals",
    "fold_former",
    "funding_by_area",
    "funding_by_kind",
    "funding_by_plan",
    "funding_by_project",
    "funding_by_source",
    "funding_by_year",
    "funding_by_year_and_source",
    "funding_total",
    "pledged_years",
]
