"""The tables of the first floor; each model lives in the file of its subject."""

from projects.models.alliances import Alliance, AllianceActivity, AllianceParty, AlliancePledge
from projects.models.cells import CountyMoney, CountyProjectMoney, PlaceMoney
from projects.models.claims import Claim, Document
from projects.models.ledger import Filled, LedgerEntry, LedgerQuerySet, VoucherSeries
from projects.models.organisations import Award, Official, Organisation, PartyBranch, Post
from projects.models.places import Division, Succession
from projects.models.pledges import Pledge
from projects.models.projects import Milestone, Project, ProjectSite
from projects.models.relations import ClaimRelation
from projects.models.sources import FundingSource

__all__ = [
    "Alliance",
    "AllianceActivity",
    "AllianceParty",
    "AlliancePledge",
    "Award",
    "Claim",
    "ClaimRelation",
    "CountyMoney",
    "CountyProjectMoney",
    "Division",
    "Document",
    "Filled",
    "FundingSource",
    "LedgerEntry",
    "LedgerQuerySet",
    "Milestone",
    "Official",
    "Organisation",
    "PartyBranch",
    "PlaceMoney",
    "Pledge",
    "Post",
    "Project",
    "ProjectSite",
    "Succession",
    "VoucherSeries",
]
