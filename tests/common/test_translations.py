"""The Chinese catalogue where readers meet it: figures, money, years, files, roles and pages, word for word."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.utils import translation

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common import words
from alleviation.common.chart_layout import Series
from alleviation.common.charts import bar_chart
from alleviation.common.csv_out import csv_rows
from alleviation.common.figures import Figure, Qualifier, total
from alleviation.common.tables import Column, Kind, shown
from alleviation.common.years import PLAN_PERIODS
from alleviation.reports.catalogue import BY_SLUG
from alleviation.scrutiny.models import RequestState
from projects.choices import EntryKind
from projects.models import LedgerEntry


@pytest.fixture(autouse=True)
def _chinese(_each_test: None) -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        (Figure.exact("4032000"), "CNY", "403.2 万元"),
        (Figure.over(300000), "CNY", "超过 30 万元"),
        (Figure.at_least("2.5"), "MW", "不少于 2.5 MW"),
        (Figure.under(1000), "CNY", "不足 1,000 元"),
        (Figure.at_most("200000000"), "CNY", "不超过 2 亿元"),
        (Figure.about(46), "student", "约 46 名学生"),
        (Figure.between(20000, 100000), "CNY", "2–10 万元"),
        (Figure.about(100) + Figure.over(20), "household", "约 120 户或以上"),
        (Figure.about(100) + Figure.under(20), "household", "约 120 户或以下"),
        (Figure.over(1) + Figure.under(2), "", "上下限未知"),
        (Figure.most(), "person", "大部分，数量未说明"),
        (Figure.unstated(), "person", "未说明"),
    ],
)
def test_a_figure_keeps_its_qualifier(figure: Figure, unit: str, text: str):
    assert figure.words(unit) == text


def test_a_sum_says_how_many_are_not_stated():
    found = total([Figure.exact("4032000"), Figure.over("300000"), Figure.unstated(), Figure.most()])

    assert found.words("CNY") == "超过 433.2 万元，另有 2 项未说明"


@pytest.mark.parametrize(
    ("value", "text"),
    [("4032000", "403.2 万元"), ("125000000", "1.25 亿元"), ("1234.5", "1,234.50 元"), ("0", "0 元")],
)
def test_money_counts_in_wan_and_yi(value: str, text: str):
    assert words.yuan_short(Decimal(value)) == text


@pytest.mark.parametrize(("value", "caption"), [("4032000", "万元"), ("125000000", "亿元"), ("2640", "元")])
def test_a_chart_counts_in_wan_and_yi(value: str, caption: str):
    svg = bar_chart("资金", "", [Series("下达", [Decimal(value)])], ["2016"], "CNY")

    assert re.findall(r'class="chart-unit"[^>]*>([^<]*)<', svg) == [caption]


def test_plans_are_named_with_their_years():
    assert [plan.name for plan in PLAN_PERIODS] == [
        "“十二五”规划（2011-2015）",
        "“十三五”规划（2016-2020）",
        "“十四五”规划（2021-2025）",
        "“十五五”规划（2026-2030）",
    ]


def test_a_day_is_written_in_full():
    assert shown(date(2018, 11, 23), Column("day", "日期", Kind.DATE)) == "2018年11月23日"


def test_the_headers_of_a_file_are_in_chinese():
    ledger = BY_SLUG["funding-ledger"]

    (header,) = csv_rows(ledger.columns, [], None)

    assert header == [
        *("凭证号", "日期", "年度", "类别", "项目编号", "项目", "资金来源", "行政区划代码", "地点"),
        *("下达（元）", "拨付（元）", "支出（元）", "退回（元）", "说明", "对应下达凭证号", "上级拨入凭证号"),
        *("所冲销凭证号", "所替代凭证号", "备注", "虚构"),
    ]


def test_roles_have_names():
    assert [role.label for role in Role] == ["录入员", "审核员", "主管", "审计员", "系统管理员"]


def test_the_kinds_of_entries_are_the_four_words_of_the_ledger():
    assert [kind.label for kind in EntryKind] == ["下达", "拨付", "支出", "退回"]
    assert str(LedgerEntry._meta.verbose_name_plural) == "资金台账"


def test_qualifiers_have_names():
    assert [one.label for one in Qualifier] == [
        *("确数", "超过", "不少于", "不足", "不超过", "约", "区间", "大部分", "未说明"),
    ]


def test_the_sections_of_the_admin_are_in_chinese(county_clerk: User):
    request = RequestFactory().get("/admin/")
    request.user = county_clerk

    found = [section["name"] for section in admin.site.get_app_list(request)]

    assert found == [
        *("项目", "资金", "支部联建、单位与人员", "佐证材料与公开表述", "行政区划", "帮扶对象"),
    ]


def test_the_sign_in_page_holds_no_english(client: Client, db: None):
    page = client.get("/sign-in/", headers={"accept-language": "zh-hans"}).content.decode()

    visible = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert re.findall(r"<h1>(.*?)</h1>", page) == ["登录"]
    assert re.findall(r"[A-Za-z]+", visible) == ["English"]  # the way to the other language


@pytest.mark.parametrize(
    ("basis", "text"),
    [
        ("per person per year", "约 2,640 元/人·年"),
        ("per year", "约 2,640 元/年"),
        ("per household", "约 2,640 元/户"),
        ("cumulative", "约 2,640 元（累计）"),
        ("once", "约 2,640 元（一次性）"),
    ],
)
def test_a_figure_tells_its_basis(basis: str, text: str) -> None:
    assert Figure.about(2640).words("CNY", basis) == text


def test_a_case_is_open_and_its_explanation_accepted_or_not() -> None:
    assert [str(state.label) for state in RequestState] == ["待认可", "已认可", "不予认可"]
