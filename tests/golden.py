"""A county small enough to add up by hand; the arithmetic stands beside each figure.

Heishui County:  Zhawo Countryside with Ruoduo and Xili Villages, Qinglang Countryside with Erniunai Village.
"""

from decimal import Decimal

from projects.choices import EntryKind, ProjectKind, SourceLevel
from projects.models import Division
from tests.factories import (
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PovertyLineFactory,
    ProjectFactory,
)


def golden_money(heishui: Division, ruoduo: Division, erniunai: Division) -> None:
    """Two projects and one entry of the county itself.

    | year | place    | project | source  | allocated | disbursed | spent  | refunded |
    | 2018 | Ruoduo   | PV      | company |  1,000.10 |           |        |          |
    | 2018 | Ruoduo   | PV      | county  |    500.20 |    400.00 | 300.00 |          |
    | 2019 | Erniunai | ROAD    | county  |    200.00 |           |  50.05 |    10.00 |
    | 2019 | county   | none    | county  |     99.70 |           |        |          |
    2018: 1,500.30 allocated, 400.00 disbursed, 300.00 spent. 2019: 299.70 allocated, 50.05 spent, 10.00 refunded.
    All: 1,800.00 allocated, 400.00 disbursed, 350.05 spent, 10.00 refunded.
    """
    county = FundingSourceFactory(code="county", name="County budget", level=SourceLevel.COUNTY)
    company = FundingSourceFactory(code="company", name="Power company", level=SourceLevel.ENTERPRISE)
    pv = ProjectFactory(code="PV", name="Power station", kind=ProjectKind.PV_CENTRALISED, division=ruoduo)
    road = ProjectFactory(code="ROAD", name="Road", kind=ProjectKind.ROAD, division=erniunai)
    rows = [
        (2018, ruoduo, pv, company, EntryKind.ALLOCATION, "1000.10"),
        (2018, ruoduo, pv, county, EntryKind.ALLOCATION, "500.20"),
        (2018, ruoduo, pv, county, EntryKind.DISBURSEMENT, "400.00"),
        (2018, ruoduo, pv, county, EntryKind.EXPENDITURE, "300.00"),
        (2019, erniunai, road, county, EntryKind.ALLOCATION, "200.00"),
        (2019, erniunai, road, county, EntryKind.EXPENDITURE, "50.05"),
        (2019, erniunai, road, county, EntryKind.REFUND, "10.00"),
        (2019, heishui, None, county, EntryKind.ALLOCATION, "99.70"),
    ]
    for year, place, project, source, kind, amount in rows:
        LedgerEntryFactory(
            year=year, division=place, project=project, source=source, kind=kind, amount=Decimal(amount)
        )


def golden_incomes(ruoduo: Division, erniunai: Division) -> None:
    """Three households over two years; the line is 2,800 in 2018 and not recorded in 2019.

    | year | place    | persons | wages     | property | expenses | net       |
    | 2018 | Ruoduo   |       4 | 10,000.00 | 1,000.00 |   500.00 | 10,500.00 |
    | 2018 | Ruoduo   |       2 |  3,000.00 |          |          |  3,000.00 |
    | 2018 | Erniunai |       3 |  6,000.00 |          |          |  6,000.00 |
    | 2019 | Ruoduo   |       4 | 12,000.00 |          |          | 12,000.00 |
    2018: 19,500.00 ÷ 9 persons = 2,166.67; Ruoduo 13,500.00 ÷ 6 = 2,250.00; Erniunai 6,000.00 ÷ 3 = 2,000.00.
    2019: 12,000.00 ÷ 4 = 3,000.00. All: 31,500.00 ÷ 13 person-years.
    """
    first = HouseholdFactory(village=ruoduo, number="001")
    second = HouseholdFactory(village=ruoduo, number="002")
    third = HouseholdFactory(village=erniunai, number="001")
    rows = [
        (first, 2018, 4, "10000.00", "1000.00", "500.00"),
        (second, 2018, 2, "3000.00", "0.00", "0.00"),
        (third, 2018, 3, "6000.00", "0.00", "0.00"),
        (first, 2019, 4, "12000.00", "0.00", "0.00"),
    ]
    for household, year, persons, wages, rent, expenses in rows:
        IncomeRecordFactory(
            household=household,
            year=year,
            persons=persons,
            wage_income=Decimal(wages),
            property_income=Decimal(rent),
            expenses=Decimal(expenses),
        )
    PovertyLineFactory(year=2018, amount=Decimal("2800.00"))
