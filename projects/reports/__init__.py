"""The reports of projects, money and claims."""

from projects.reports.gathered import FundingByArea, FundingByProject
from projects.reports.ledger import FundingLedger, ReceivedWithoutUpstream
from projects.reports.money import AnnualFunding, PledgesAndFunding
from projects.reports.records import Alliances, Awards, Claims

__all__ = [
    "Alliances",
    "AnnualFunding",
    "Awards",
    "Claims",
    "FundingByArea",
    "FundingByProject",
    "FundingLedger",
    "PledgesAndFunding",
    "ReceivedWithoutUpstream",
]
