"""Columns of files that are about households: those that name one, in every file, and the facts of a register."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.common.reading import ImportColumn, cells
from beneficiaries.choices import (
    Cause,
    Health,
    HouseholdCategory,
    HousingGrade,
    InSchool,
    LabourAbility,
    Relation,
    RoadAccess,
    Schooling,
    Sex,
    WaterSupply,
)

MOST_SQUARE_METRES = 2000
VILLAGE = ImportColumn(
    "village_code",
    _("Village code"),
    cells.village_code,
    _("The 12 digits of the village's division code."),
    "513228212201",
    ("村代码", "行政村代码", "行政区划代码", "村编码"),
)
HOUSEHOLD = ImportColumn(
    "household_no",
    _("Household number"),
    partial(cells.code, sample="0012"),
    _("As on the register of the village, zeros before it included. Format the column as text."),
    "0012",
    ("户编号", "户号", "农户编号"),
)
YEAR = ImportColumn(
    "year", pgettext_lazy("import", "Year"), cells.year, _("A year of four digits."), "2019", ("年度", "年份", "年")
)


def _chosen(name: str, title: Any, choices: Any, *aliases: str, required: bool = False) -> ImportColumn:
    """A column of a choice; where the file does not have it, or nothing stands there, it is not recorded."""
    return ImportColumn(
        name,
        title,
        partial(cells.choice, choices=choices),
        _("One of the words of the choice, in either language."),
        str(next(code for code in choices.values if code)),
        aliases,
        is_required=required,
        may_be_blank=not required,
        blank="",
    )


# The facts of a household, which each of its rows repeats, and those of a member, by the names of their columns.
OF_HOUSEHOLD = (
    _chosen("category", _("Category"), HouseholdCategory, "贫困户属性", "户属性"),
    _chosen("main_cause", _("Main cause of poverty"), Cause, "主要致贫原因"),
    _chosen("second_cause", _("Another cause"), Cause, "其他致贫原因"),
    _chosen("housing", _("House"), HousingGrade, "住房等级"),
    ImportColumn(
        "housing_area",
        _("Floor area"),
        lambda value: cells.integer(value, 0, MOST_SQUARE_METRES),
        _("In whole square metres."),
        "80",
        ("住房面积",),
        is_required=False,
        may_be_blank=True,
    ),
    _chosen("water", _("Drinking water"), WaterSupply, "饮水安全"),
    _chosen("road", _("Road"), RoadAccess, "入户路"),
)
OF_PERSON = (
    _chosen("relation", _("Relation to the head"), Relation, "与户主关系", required=True),
    _chosen("sex", _("Sex"), Sex, "性别"),
    _chosen("schooling", _("Schooling"), Schooling, "文化程度"),
    _chosen("in_school", _("In school"), InSchool, "在校生状况"),
    _chosen("health", _("Health"), Health, "健康状况"),
    _chosen("labour", _("Labour ability"), LabourAbility, "劳动技能", "劳动能力"),
)


def stated(columns: tuple[ImportColumn, ...], values: dict[str, Any]) -> list[str]:
    """The columns of which a row says something: an empty cell takes nothing away."""
    return [column.name for column in columns if values[column.name] not in ("", None)]
