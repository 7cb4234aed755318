"""Our words as codes of IATI 2.03; why each is as it is stands in docs/iati.md.

Lists: ActivityStatus, TransactionType, Sector (purpose codes of the OECD's DAC), OrganisationType.
"""

from projects.choices import EntryKind, Level, OrganisationKind, ProjectKind, ProjectStatus, SourceLevel

VERSION = "2.03"
CURRENCY = "CNY"
COUNTRY = "CN"

# Of a project whose status nobody knows its dates and its money tell; see `status_of`.
STATUS = {
    ProjectStatus.PLANNED: "1",
    ProjectStatus.APPROVED: "1",
    ProjectStatus.UNDER_WAY: "2",
    ProjectStatus.ACCEPTED: "3",
    ProjectStatus.OPERATING: "3",
    ProjectStatus.CLOSED: "4",
    ProjectStatus.CANCELLED: "5",
}
IMPLEMENTATION, FINALISATION = "2", "3"

# Outgoing commitment, disbursement, expenditure; what comes back to its source takes a disbursement back.
TRANSACTION = {
    EntryKind.ALLOCATION: "2",
    EntryKind.DISBURSEMENT: "3",
    EntryKind.EXPENDITURE: "4",
    EntryKind.REFUND: "3",
}
# Beside the type stands our own kind: of disbursements there are two. The standard lets others' attributes be.
NAMESPACE, OWN_KIND = "urn:alleviation:ledger", "ledger:kind"

SECTOR = {
    ProjectKind.PV_VILLAGE: "23230",
    ProjectKind.PV_CENTRALISED: "23230",
    ProjectKind.POWER_GRID: "23630",
    ProjectKind.ROAD: "21020",
    ProjectKind.WATER: "14030",
    ProjectKind.PLANTING: "31120",
    ProjectKind.CHARITY_FUND: "16010",
    ProjectKind.DONATION: "43010",
    ProjectKind.EDUCATION: "11120",
    ProjectKind.CONSUMPTION: "31191",
    ProjectKind.OTHER: "99810",
}
NOT_SPECIFIED = "99810"
DAC, OWN_VOCABULARY = "1", "99"

# Without a type: whose kind these words do not tell.
SOURCE_TYPE = {
    SourceLevel.CENTRAL: "10",
    SourceLevel.PROVINCIAL: "11",
    SourceLevel.MUNICIPAL: "11",
    SourceLevel.COUNTY: "11",
}
ORGANISATION_TYPE = {OrganisationKind.GOVERNMENT: "10", OrganisationKind.CHARITY: "22"}
FUNDING, ACCOUNTABLE, IMPLEMENTING = "1", "2", "4"

PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
WHERE_IT_IS_DONE = "1"
POPULATED_PLACE, ADMINISTRATIVE_REGION = "2", "1"
GENERAL, OTHER_DESCRIPTION = "1", "4"
ORIGINAL, REVISED = "1", "2"
OUTPUT, IN_UNITS = "1", "1"


def location_class(level: int) -> str:
    """A village is a populated place, all above it are administrative regions."""
    return POPULATED_PLACE if level == Level.VILLAGE else ADMINISTRATIVE_REGION
