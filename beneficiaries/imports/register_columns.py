"""Columns that name a household, in every file that is about one."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.common.reading import ImportColumn, cells

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
