"""The pages of households in Chinese, and what stands on the printed handbook in which order."""

import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.utils.timezone import localdate

from tests.acceptance.reading import Reader, Shown
from tests.conftest import signed_in
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    PovertyLineFactory,
    ResponsibilityFactory,
    StatusChangeFactory,
)

pytestmark = pytest.mark.slow
SECTIONS = ["members", "former-members", "responsible", "status", "monitoring", "measures", "visits", "expenses",
            "enrolments", "origin", "incomes"]  # fmt: skip


@pytest.fixture
def household(ruoduo):
    """Watched since 1 March 2021; 8,000.00 a head in 2021, 4,500.00 in 2022: below 7,000, and a fall of 43.75 %."""
    told = {"category": "general", "main_cause": "illness", "second_cause": "skills", "housing": "C"}
    household = HouseholdFactory(
        village=ruoduo, number="001", status="monitored", status_since=date(2021, 3, 1), **told
    )
    PersonFactory(household=household, name="王大明", relation="head", sex="male", health="chronic", birth_year=1961)
    PersonFactory(household=household, name="欧阳小红", relation="child", migrant_work="province", migrant_months=9)
    PersonFactory(household=household, name="李老人", relation="parent", left_on=date(2020, 12, 31), left_as="death")
    official = OfficialFactory(name="Wang Wei", name_zh="王伟")
    ResponsibilityFactory(household=household, official=official, from_on=date(2021, 4, 1))
    StatusChangeFactory(
        household=household, was="registered", status="exited", happened_on=date(2020, 12, 31), decided_by="县政府"
    )
    MonitoringFactory(household=household, kind="sudden", identified_by="村委会")
    IncomeRecordFactory(household=household, year=2021, persons=2, wage_income=D("16000.00"))
    IncomeRecordFactory(household=household, year=2022, persons=2, wage_income=D("9000.00"))
    PovertyLineFactory(kind="monitoring", year=2022, amount=D("7000.00"))
    PovertyLineFactory(kind="poverty", year=2022, amount=D("4000.00"))
    return household


def content(user, address: str, language: str = "zh-hans") -> str:
    response = signed_in(user).get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def shown(user, address: str) -> dict[str, Shown]:
    reader = Reader()
    reader.feed(content(user, address))
    return reader.tables


def text(page: str) -> str:
    """What is read on a page below its menu, without tags."""
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def values(table: Shown) -> list[list[str]]:
    return [list(row.values()) for row in table.rows]


def test_the_register_in_chinese_tells_a_row_with_masked_name_and_dates(household, clerk):
    table = shown(clerk, "/households/")["households"]

    assert table.head == ["户编号", "行政村", "户主", "状态", "状态起始日期", "属性", "主要致贫原因", "人数",
                          "收入年份", "人均（元）", "帮扶责任人", "纳入监测日期"]  # fmt: skip
    assert values(table) == [["001", "若多村 (Ruoduo Village)", "王**", "监测户", "2021年3月1日", "一般户", "因病",
                              "2", "2022", "4,500.00", "王伟", "2021年3月1日"]]  # fmt: skip


def test_the_register_in_chinese_says_what_a_search_is_for(household, clerk):
    client = signed_in(clerk)

    response = client.get("/households/", {"search": "王大明"}, headers={"accept-language": "zh-hans"})

    (error,) = response.context["form"].errors["search"]
    assert "Enter" not in error
    assert re.search(r"户编号|村代码", error)


def test_the_cover_of_the_handbook_in_chinese(household, clerk):
    told = text(content(clerk, f"/households/{household.pk}/"))

    for words in (
        "四川省 阿坝藏族羌族自治州 黑水县 扎窝乡 若多村",
        "家庭情况 户编号 001 户主 王** 行政村 若多村 (Ruoduo Village) 513228212205",
        "状态 监测户，自2021年3月1日起 属性 一般户 致贫原因 因病 · 缺技术 家庭成员 2 帮扶责任人 王伟 (Wang Wei)",
        "突发严重困难户，自2021年3月1日起 生产生活条件 住房 C级：局部危险",
        "有2名成员未登记身份证号。",
        f"2023–{localdate().year - 1}年未登记收入。",
        "姓名已脱敏。 户主（签字或按手印） 帮扶责任人（签字） 日期",
    ):
        assert words in told


def test_the_members_in_chinese_are_masked_in_each_table(household, clerk):
    page = content(clerk, f"/households/{household.pk}/")
    tables = shown(clerk, f"/households/{household.pk}/")

    assert [row[:4] + row[6:7] + row[8:9] for row in values(tables["members"])] == [
        ["王**", "户主", "男", "1961", "长期慢性病", "未登记"],
        ["欧***", "子女", "未登记", "—", "未登记", "县外省内务工，每年9个月"],
    ]
    assert [row[:2] + row[-1:] for row in values(tables["former-members"])] == [
        ["李**", "父母", "2020年12月31日（死亡）"]
    ]
    assert re.findall("大明|小红|阳|老人", page) == []


def test_the_life_of_a_household_in_chinese(household, clerk):
    tables = shown(clerk, f"/households/{household.pk}/")

    assert values(tables["responsible"]) == [["王伟 (Wang Wei)", "2021年4月1日", "至今"]]
    assert tables["status"].head[:4] == ["日期", "原状态", "状态", "决定人"]
    assert tables["status"].head[-5:] == ["民主评议", "村“两委”和驻村工作队核实", "农户认可", "村内公示", "公告退出"]
    assert values(tables["status"]) == [["2020年12月31日", "建档立卡户", "脱贫户", "县政府", *["—"] * 6]]
    assert values(tables["monitoring"])[0][:5] == ["2021年3月1日", "突发严重困难户", "因病", "—", "村委会"]


def test_the_income_sheet_in_chinese(household, clerk):
    table = shown(clerk, f"/households/{household.pk}/")["incomes"]

    titles = ("年度", "人数", "工资性收入（元）", "纯收入（元）", "人均（元）", "贫困线", "与标准比较", "核实")
    assert [tuple(row[title] for title in titles) for row in table.rows] == [
        ("2021", "2", "16,000.00", "16,000.00", "8,000.00", "—", "未录入标准", "待核实"),
        ("2022", "2", "9,000.00", "9,000.00", "4,500.00", "4,000 元", "不低于", "待核实"),
    ]


def test_the_warnings_in_chinese_by_place_and_one_by_one(household, reviewer):
    tables = shown(reviewer, "/households/warnings/")

    assert tables["warnings"].head == ["地区", "收入低于监测线", "收入骤降", "大额支出", "预警"]
    assert values(tables["warnings"]) == [["扎窝乡", "1", "1", "0", "2"]]
    assert tables["monitored"].head == [
        "地区",
        "脱贫不稳定户",
        "边缘易致贫户",
        "突发严重困难户",
        "监测中",
        "风险已消除",
    ]
    assert values(tables["monitored"]) == [["扎窝乡", "0", "0", "1", "1", "0"]]
    assert [row[:3] + row[4:9] for row in values(tables["early-warnings"])] == [
        ["若多村", "001", "收入低于监测线", "2022", "4,500.00", "7,000 元", "—", "—"],
        ["若多村", "001", "收入骤降", "2022", "4,500.00", "—", "8,000.00", "43.8"],
    ]
    assert values(tables["monitored-households"])[0][:7] == [
        "若多村", "001", "突发严重困难户", "因病", "—", "2021年3月1日", "村委会",
    ]  # fmt: skip


def test_the_warnings_in_chinese_tell_a_manager_numbers_alone(household, manager):
    page, tables = content(manager, "/households/warnings/"), shown(manager, "/households/warnings/")

    assert set(tables) == {"warnings", "monitored"}
    assert list(tables["warnings"].total.values()) == ["合计", "1", "1", "0", "2"]
    assert re.findall(r"若多村|4,500|王|/households/\d", text(page)) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_handbook_has_its_sections_in_the_order_of_the_paper(language, household, clerk):
    page = content(clerk, f"/households/{household.pk}/", language)

    assert re.findall(r'<section class="table-block" id="([^"]+)"', page) == SECTIONS
    assert re.findall(r'<h2 id="(\w+)-title"', page)[:3] == ["household", "living", "missing"]
    before, _sheet, after = page.partition('<div class="handbook-sheet">')
    assert ('id="origin"' in before, 'id="incomes"' in before) == (True, False)
    assert after.index('id="incomes"') < after.index('class="note paper-only"') < after.index('class="signatures')


def test_an_empty_handbook_has_every_section_and_says_what_is_not_recorded(ruoduo, clerk):
    bare = HouseholdFactory(village=ruoduo, number="002")
    page = content(clerk, f"/households/{bare.pk}/", "en")

    tables = shown(clerk, f"/households/{bare.pk}/")

    assert (list(tables), [table.rows for table in tables.values()]) == (SECTIONS, [[]] * len(SECTIONS))
    assert "No change of status is recorded: only what the household is today is known." in page
    assert "The household has always been in this village, and was neither divided nor merged." in page


@pytest.mark.parametrize(("language", "day"), [("en", "%Y-%m-%d"), ("zh-hans", "{0.year}年{0.month}月{0.day}日")])
def test_the_paper_tells_the_day_it_is_printed_on(language, day, household, clerk):
    today = localdate()

    told = text(content(clerk, f"/households/{household.pk}/", language))

    printed = day.format(today) if "{" in day else today.strftime(day)
    assert f"{'Printed on ' if language == 'en' else '打印日期：'}{printed}" in told
