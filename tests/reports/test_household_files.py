"""The files of households, incomes and reach, cell by cell: heads in both languages, rows, totals, and dangerous text.

Two households in Ruoduo, of two persons and of one; the names of the first, its responsible person and its project
begin with a sign that a spreadsheet would compute.

| household | persons | 2021      | 2022                                    |
| =1+1      | 2       | 16,000.00 | 9,000.00 + 1,000.00 − 400.00 = 9,600.00 |
| 002       | 1       |           | 8,000.00                                |
2022: 17,600.00 ÷ 3 = 5,866.67; wages 17,000 ÷ 3 − 8,000 = −2,333.33. Line of 7,000; the first fell by 3,200 of 8,000.
"""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from tests.acceptance.reading import page
from tests.conftest import signed_in
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
    ResponsibilityFactory,
)

pytestmark = pytest.mark.slow
KNOWN = datetime(2023, 2, 1, 4, tzinfo=UTC)

# The head, then the whole of the file that follows it, in English.
ENGLISH = {
    "household-register": """
Division code,Village,Household number,Head of the household (masked),Persons,Status,Status since,Category,Main cause,\
Another cause,A third cause,House,Floor area (m²),Drinking water,Road,Farmland (mu),Responsible person,\
Responsible since,Monitored since,Ended on,How it ended,Made up
513228212205,Ruoduo Village,002,赵*,1,exited from poverty,2020-12-31,,,,,,,,,,,,,,,
513228212205,Ruoduo Village,'=1+1,王**,2,monitored,2021-03-01,general,illness,,,,,,,3.5,'=cmd,2021-04-01,2021-03-01,,,
Total,,,,3,,,,,,,,,,,,,,,,,
""",
    "incomes": """
Division code,Village,Household number,Year,Persons,Wages (yuan),Business (yuan),Property (yuan),Transfers (yuan),\
Expenses (yuan),Net income (yuan),Per capita (yuan per person and year),Income concept,Income year,Status,\
Verification,Made up
513228212205,Ruoduo Village,002,2022,1,8000.00,0.00,0.00,0.00,0.00,8000.00,8000.00,disposable income,\
January to December,received,waits to be verified,
513228212205,Ruoduo Village,'=1+1,2021,2,16000.00,0.00,0.00,0.00,0.00,16000.00,8000.00,disposable income,\
January to December,received,waits to be verified,
513228212205,Ruoduo Village,'=1+1,2022,2,9000.00,0.00,0.00,1000.00,400.00,9600.00,4800.00,disposable income,\
January to December,received,waits to be verified,
Total,,,,5,33000.00,0.00,0.00,1000.00,400.00,33600.00,6720.00,,,,,
""",
    "income-cuts": """
Year,Cut,Code,Group,Households,Persons,Wages (yuan),Business (yuan),Property (yuan),Transfers (yuan),Expenses (yuan),\
Net income (yuan),Per capita (yuan per person and year),Withheld,Made up
2021,Status at the end of the year,monitored,monitored,1,2,16000.00,0.00,0.00,0.00,0.00,16000.00,8000.00,,
2022,Status at the end of the year,monitored,monitored,1,2,9000.00,0.00,0.00,1000.00,400.00,9600.00,4800.00,,
2022,Status at the end of the year,exited,exited from poverty,1,1,8000.00,0.00,0.00,0.00,0.00,8000.00,8000.00,,
2021,Category of today,general,general,1,2,16000.00,0.00,0.00,0.00,0.00,16000.00,8000.00,,
2022,Category of today,general,general,1,2,9000.00,0.00,0.00,1000.00,400.00,9600.00,4800.00,,
2022,Category of today,none,not recorded,1,1,8000.00,0.00,0.00,0.00,0.00,8000.00,8000.00,,
2021,"Main cause, of today",illness,illness,1,2,16000.00,0.00,0.00,0.00,0.00,16000.00,8000.00,,
2022,"Main cause, of today",illness,illness,1,2,9000.00,0.00,0.00,1000.00,400.00,9600.00,4800.00,,
2022,"Main cause, of today",none,not recorded,1,1,8000.00,0.00,0.00,0.00,0.00,8000.00,8000.00,,
""",
    "income-changes": """
Year,Per capita (yuan per person),Change (yuan per person),Growth (%),Wages (yuan per person),\
Business (yuan per person),Property (yuan per person),Transfers (yuan per person),Less expenses (yuan per person),\
dividend (yuan per person),land rent (yuan per person),wage (yuan per person),planting (yuan per person),\
scholarship (yuan per person),other (yuan per person),Remark,Withheld,Made up
2021,8000.00,,,,,,,,,,,,,,nothing is recorded for the year before,,
2022,5866.67,-2133.33,-26.7,-2333.33,0.00,0.00,333.33,-133.33,100.00,,,,,,,,
""",
    "reach-by-project": """
Project code,Project,Kind,Households,Persons,Enrolments,Received (yuan),Amount not known,Made up
P-1,'=Station,road,2,3,2,300.00,1,
Total,,,2,3,2,300.00,1,
""",
    "benefits-by-project": """
Project code,Project,Year,Received by households (yuan),Amount not known,Disbursed (yuan),Spent (yuan),\
Disbursed less received (yuan),How they compare,Made up
P-1,'=Station,2022,300.00,1,200.00,0.00,,not comparable: amounts are not known,
Total,,,300.00,1,200.00,0.00,,,
""",
    "monitored-households": """
Division code,Village,Household number,Kind,Main risk,Another risk,Identified on,Identified by,Measures since,\
Visits since,Last done on,Cleared on,Made up
513228212205,Ruoduo Village,002,in sudden grave difficulty,illness,,2021-03-01,a meeting made up for a test,0,0,,\
2022-05-01,
513228212205,Ruoduo Village,'=1+1,in sudden grave difficulty,illness,,2021-03-01,'=who,0,0,,,
""",
    "early-warnings": """
Division code,Village,Household number,Warning,Since,Year of the income,Per capita (yuan),\
Monitoring line (yuan): qualifier,Monitoring line (yuan): low,Monitoring line (yuan): high,A year before (yuan),\
Fell by (%),Expenses borne (yuan),Per capita after them (yuan),Monitored since,Measures since,Visits since,\
Last done on,Made up
513228212205,Ruoduo Village,'=1+1,income below the monitoring line,2023-02-01,2022,4800.00,exact,7000.00,7000.00,,,,,\
2021-03-01,0,0,,
513228212205,Ruoduo Village,'=1+1,income fell sharply,2023-02-01,2022,4800.00,,,,8000.00,40.0,,,2021-03-01,0,0,,
""",
}
# The first cells of the head and of the first row, and the total row, in Chinese.
CHINESE = {
    "household-register": (
        "行政区划代码,行政村,户编号,户主（已脱敏）,人数,状态,状态起始日期,属性,主要致贫原因",
        "513228212205,若多村,002,赵*,1,脱贫户,2020-12-31,,",
        "合计,,,,3,,,,,,,,,,,,,,,,,",
    ),
    "incomes": (
        "行政区划代码,行政村,户编号,年度,人数,工资性收入（元）,经营性收入（元）,财产性收入（元）,转移性收入（元）",
        "513228212205,若多村,002,2022,1,8000.00,0.00,0.00,0.00,0.00,8000.00,8000.00,可支配收入,1月至12月（自然年度）",
        "合计,,,,5,33000.00,0.00,0.00,1000.00,400.00,33600.00,6720.00,,,,,",
    ),
    "income-cuts": ("年度,分组方式,代码,组别,户数,人数", "2021,年末状态,monitored,监测户,1,2,16000.00", ""),
    "income-changes": ("年度,人均（元/人）", "2021,8000.00,,,,,,,,,,,,,,上年没有记录", ""),
    "reach-by-project": (
        "项目编号,项目,类别,户数,人数,受益人次,已得金额（元）,金额未知,虚构",
        "P-1,'=电站,道路,2,3,2,300.00,1,",
        "合计,,,2,3,2,300.00,1,",
    ),
    "benefits-by-project": (
        "项目编号,项目,年度,农户已得（元）,金额未知,拨付（元）,支出（元）,拨付减到户（元）,对比结果,虚构",
        "P-1,'=电站,2022,300.00,1,200.00,0.00,,无法比较：金额未知,",
        "合计,,,300.00,1,200.00,0.00,,,",
    ),
    "monitored-households": (
        "行政区划代码,行政村,户编号,类别,主要风险,其他风险,识别日期,识别单位",
        "513228212205,若多村,002,突发严重困难户,因病,,2021-03-01",
        "",
    ),
    "early-warnings": (
        "行政区划代码,行政村,户编号,预警,起始日期,收入年份,人均（元）",
        "513228212205,若多村,'=1+1,收入低于监测线,2023-02-01,2022,4800.00",
        "",
    ),
}


@pytest.fixture
def county(ruoduo) -> None:
    told = {"category": "general", "main_cause": "illness", "farmland": D("3.50")}
    first = HouseholdFactory(village=ruoduo, number="=1+1", status="monitored", status_since=date(2021, 3, 1), **told)
    second = HouseholdFactory(village=ruoduo, number="002", status="exited", status_since=date(2020, 12, 31))
    for household, name, relation in ((first, "王大明", "head"), (first, "王小红", "child"), (second, "赵一", "head")):
        PersonFactory(household=household, name=name, relation=relation)
    ResponsibilityFactory(household=first, official=OfficialFactory(name="=cmd"), from_on=date(2021, 4, 1))
    MonitoringFactory(household=first, identified_by="=who")
    MonitoringFactory(household=second, cleared_on=date(2022, 5, 1), cleared_reason="earns again")
    parts = {"wage_income": D("9000.00"), "transfer_income": D("1000.00"), "expenses": D("400.00")}
    IncomeRecordFactory(household=first, year=2021, persons=2, wage_income=D("16000.00"))
    IncomeRecordFactory(household=first, year=2022, persons=2, recorded_at=KNOWN, **parts)
    IncomeRecordFactory(household=second, year=2022, persons=1, wage_income=D("8000.00"))
    PovertyLineFactory(kind="monitoring", year=2022, amount=D("7000.00"))
    station = ProjectFactory(code="P-1", name="=Station", name_zh="=电站", division=ruoduo)
    EnrolmentFactory(household=first, project=station, year=2022, role="dividend", amount=D("300.00"))
    EnrolmentFactory(household=second, project=station, year=2022, role="wage", amount=None)
    paid = {"division": ruoduo, "project": station, "year": 2022}
    LedgerEntryFactory(**paid, voucher="A", amount=D("500.00"))
    LedgerEntryFactory(**paid, kind="disbursement", allocation="A", amount=D("200.00"))


def lines(user, slug: str, language: str = "en", **asked) -> list[list[str]]:
    response = signed_in(user).get(f"/reports/{slug}.csv", asked, headers={"accept-language": language})
    assert response.status_code == 200
    return read(response.getvalue().decode("utf-8-sig"))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("slug", ENGLISH)
def test_each_cell_of_a_file_is_as_written_here(slug, county, auditor):
    assert lines(auditor, slug) == read(ENGLISH[slug].strip())


@pytest.mark.parametrize("slug", CHINESE)
def test_a_file_in_chinese_says_the_same(slug, county, auditor):
    head, first, total = (read(text)[0] if text else [] for text in CHINESE[slug])

    found = lines(auditor, slug, "zh-hans")

    assert (found[0][: len(head)], found[1][: len(first)]) == (head, first)
    assert [row for row in found if row[0] == "合计"] == ([total] if total else [])
    assert len(found) == len(read(ENGLISH[slug].strip()))


@pytest.mark.parametrize("slug", ENGLISH)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_cell_of_a_file_is_computed_by_a_spreadsheet(slug, language, county, auditor):
    cells = [cell for line in lines(auditor, slug, language) for cell in line]

    dangerous = [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert dangerous == []
    assert [cell for cell in cells if cell.startswith("-") and not is_number(cell)] == []
    assert any(cell.startswith("'=") for cell in cells) is (slug not in {"income-cuts", "income-changes"})


def is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize("slug", ENGLISH)
def test_a_file_of_nothing_has_its_head_and_no_number(slug, auditor, ruoduo):
    head, *rest = lines(auditor, slug)

    assert head == read(ENGLISH[slug].strip())[0]
    assert {cell for line in rest for cell in line} <= {"Total", ""}


@pytest.mark.parametrize("slug", ["household-register", "incomes", "monitored-households", "early-warnings"])
def test_a_file_of_another_area_has_none_of_these_households(slug, county, stranger, clerk):
    _head, *rest = lines(stranger, slug)

    assert {cell for line in rest for cell in line} <= {"Total", ""}
    assert lines(clerk, slug) == read(ENGLISH[slug].strip())


def test_a_file_of_one_year_has_the_total_of_that_year(county, auditor):
    found = lines(auditor, "incomes", year="2022")

    assert [line[3] for line in found[1:-1]] == ["2022", "2022"]
    assert found[-1][:12] == ["Total", "", "", "", "3", "17000.00", "0.00", "0.00", "1000.00", "400.00", "17600.00",
                              "5866.67"]  # fmt: skip


@pytest.mark.parametrize("slug", ENGLISH)
def test_the_page_of_a_report_says_what_its_file_says(slug, county, auditor):
    (table,) = page(signed_in(auditor), f"/reports/{slug}/").values()
    head, *rest = lines(auditor, slug)
    of_file = [dict(zip(head, line, strict=True)) for line in rest if line[0] != "Total"]

    assert len(table.rows) == len(of_file) > 0
    for shown, told in zip(table.rows, of_file, strict=True):
        titles = [title for title in table.head if title in told]
        assert {title: plain(shown[title]) for title in titles} == {title: plain(told[title]) for title in titles}
        # The line is one cell on a page and three in a file.
        assert set(table.head) - set(titles) <= {"Monitoring line"}


def plain(cell: str) -> str:
    """A cell of a page or of a file without what only one of them has."""
    return "" if cell == "—" else cell.removeprefix("'").replace(",", "")


WITHHELD = {
    "income-cuts": {"withheld"},
    "income-changes": {"withheld"},
    "reach-by-project": {"of fewer than 5 households each", "2", "3", "1"},
    "benefits-by-project": {"of fewer than 5 households each", "not told: of few households", "200.00", "0.00", "1"},
}


@pytest.mark.parametrize("slug", WITHHELD)
def test_a_file_of_few_households_tells_a_manager_no_amount(slug, county, manager, settings):
    settings.SMALLEST_CELL = 5
    head, *rest = lines(manager, slug)

    words = {"Year", "Cut", "Code", "Group", "Remark"}
    found = {cell for line in rest for title, cell in zip(head, line, strict=True) if title not in words}

    assert head == read(ENGLISH[slug].strip())[0]
    assert found - {"", "Total"} == WITHHELD[slug]


def test_groups_of_few_households_are_all_named_so_that_none_is_told(county, manager, settings):
    settings.SMALLEST_CELL = 5

    found = lines(manager, "income-cuts", year="2022")[1:]

    by_cut = {cut: [line[2] for line in found if line[1] == cut] for cut in dict.fromkeys(line[1] for line in found)}
    assert [len(codes) for codes in by_cut.values()] == [6, 5, 13]
    assert [codes[-1] for codes in by_cut.values()] == ["none"] * 3
    assert {line[-2] for line in found} == {"withheld"}
