"""The reports there are, listed by hand in the order in which a reader meets them."""

from alleviation.common.reports import Report
from alleviation.reports.audit_trail import AuditTrail
from alleviation.reports.benefits import BenefitsByProject
from alleviation.reports.reconciliation import Reconciliation
from alleviation.reports.red_flags import RedFlags
from beneficiaries.reports import (
    EarlyWarnings,
    HouseholdRegister,
    IncomeChanges,
    IncomeCuts,
    Incomes,
    MonitoredHouseholds,
    PerCapitaIncome,
    PublicPerCapitaIncome,
    ReachByProject,
)
from projects.reports import (
    Alliances,
    AnnualFunding,
    Awards,
    Claims,
    FundingByArea,
    FundingByProject,
    FundingLedger,
    PledgesAndFunding,
    ReceivedWithoutUpstream,
)

CATALOGUE: tuple[Report, ...] = (
    AnnualFunding(),
    PledgesAndFunding(),
    FundingByProject(),
    FundingByArea(),
    FundingLedger(),
    ReceivedWithoutUpstream(),
    PerCapitaIncome(),
    PublicPerCapitaIncome(),
    IncomeCuts(),
    IncomeChanges(),
    Incomes(),
    HouseholdRegister(),
    MonitoredHouseholds(),
    EarlyWarnings(),
    ReachByProject(),
    BenefitsByProject(),
    Claims(),
    Reconciliation(),
    Alliances(),
    Awards(),
    RedFlags(),
    AuditTrail(),
)
BY_SLUG: dict[str, Report] = {report.slug: report for report in CATALOGUE}
