"""A record's checks are asked together, and told apart where one is broken."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alleviation.common.constraints import validate
from projects.models import Division
from tests.factories import IncomeRecordFactory, LargeExpenseFactory, PledgeFactory

pytestmark = pytest.mark.django_db


def told(check, record) -> dict[str, list[str]]:
    """What a check says is wrong with a record, by field."""
    try:
        check(record)
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": Decimal("-1.00"), "high": Decimal("-2.00")},
        {"low": Decimal("2.00"), "high": Decimal("1.00")},
        {"basis": "never", "high": Decimal("1.00")},
        {"first_year": 2020, "last_year": 2019},
    ],
    ids=["two checks", "one check", "a field and a check", "years"],
)
def test_the_errors_are_those_of_a_full_clean(ruoduo: Division, wrong):
    pledge = PledgeFactory(division=ruoduo)
    for name, value in wrong.items():
        setattr(pledge, name, value)

    errors = told(lambda record: record.full_clean(), pledge)

    assert errors != {}
    assert told(validate, pledge) == errors


def test_a_second_record_where_one_may_be_is_refused(ruoduo: Division):
    income = IncomeRecordFactory(household__village=ruoduo)
    income.pk = None

    errors = told(lambda record: record.full_clean(), income)

    assert errors != {}
    assert told(validate, income) == errors


def test_all_checks_of_a_sound_record_cost_one_question(ruoduo: Division):
    expense = LargeExpenseFactory(household__village=ruoduo, spent_on=date(2022, 6, 1))

    with CaptureQueriesContext(connection) as queries:
        validate(expense)

    assert len([query for query in queries if "_check" in query["sql"]]) == 1
