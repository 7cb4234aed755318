"""The columns of a file of incomes."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.common.reading import ImportColumn, RawCell, cells, limits
from beneficiaries.imports.known import head_name, id_number
from beneficiaries.imports.register_columns import HOUSEHOLD, VILLAGE

COMPONENTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")


def _size(value: RawCell) -> int:
    return cells.integer(value, 1, limits().max_household_size)


COLUMNS = (
    VILLAGE,
    HOUSEHOLD,
    ImportColumn(
        "head_name",
        _("Head of the household"),
        head_name,
        _(
            "The name of the head. Of a household that is registered it is held against the register, and may be "
            "masked as in our own files (王**) or left empty; of a new one it is registered."
        ),
        "王小明",
        ("户主姓名", "户主"),
        may_be_blank=True,
    ),
    ImportColumn(
        "id_number",
        _("Identity number of the head"),
        id_number,
        _("18 digits, as text. Of a registered household its last four are enough (****1234), or nothing."),
        "",
        ("身份证号", "身份证号码", "户主身份证号", "证件号码"),
        may_be_blank=True,
    ),
    ImportColumn(
        "size",
        _("Persons counted"),
        _size,
        _("How many members are counted in the year."),
        "4",
        ("家庭人口", "人口数", "人口", "计算人口"),
    ),
    ImportColumn(
        "year",
        pgettext_lazy("import", "Year"),
        cells.year,
        _("The year of the incomes."),
        "2019",
        ("年度", "年份", "年"),
    ),
    *(
        ImportColumn(
            name,
            title,
            partial(cells.money, may_be_negative=name == "business_income"),
            help_text,
            example,
            aliases,
        )
        for name, title, help_text, example, aliases in (
            (
                "wage_income",
                _("Wage income"),
                _("In yuan for the year; 0 where there is none."),
                "12000.00",
                ("工资性收入",),
            ),
            (
                "business_income",
                _("Business income"),
                _("In yuan for the year; with a minus where the business made a loss."),
                "3500.50",
                ("经营性收入", "生产经营性收入", "家庭经营收入"),
            ),
            ("property_income", _("Property income"), _("In yuan for the year."), "0.00", ("财产性收入",)),
            ("transfer_income", _("Transfer income"), _("In yuan for the year."), "1800.00", ("转移性收入",)),
            (
                "expenses",
                _("Production and business expenses"),
                _("In yuan for the year; they are subtracted."),
                "900.00",
                ("支出", "生产经营支出", "生产经营性支出", "家庭支出"),
            ),
        )
    ),
)
