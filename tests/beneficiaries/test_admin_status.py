"""Whether an income has been received, as the page of its household takes it."""

from decimal import Decimal

import pytest

from beneficiaries.models import IncomeRecord
from tests.admin_pages import page, shown, submit, typed
from tests.conftest import signed_in
from tests.factories import NO_OTHER_INCOME, HouseholdFactory, IncomeRecordFactory


@pytest.fixture
def income(ruoduo):
    """What a household of Ruoduo received in 2019."""
    amounts = {**NO_OTHER_INCOME, "wage_income": Decimal("9000.00")}
    return IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2019, **amounts)


def address(income):
    return page("beneficiaries_household", "change", income.household_id)


def save(user, income, **facts):
    return submit(signed_in(user), address(income), **facts)


@pytest.mark.slow
def test_an_income_that_is_only_expected_is_a_correction_with_its_reason(income, clerk):
    response = save(clerk, income, **{"incomes-0-status": "expected", "incomes-0-reason": "The wages are late"})

    assert response.status_code == 302
    assert list(IncomeRecord.objects.order_by("id").values_list("status", "reason")) == [
        ("received", ""),
        ("expected", "The wages are late"),
    ]
    assert IncomeRecord.objects.standing().get().status == "expected"


@pytest.mark.slow
def test_another_status_without_a_reason_is_refused(income, clerk):
    response = save(clerk, income, **{"incomes-0-status": "expected"})

    assert "Say why the recorded income is corrected." in shown(response)
    assert IncomeRecord.objects.get().status == "received"


@pytest.mark.slow
def test_a_status_that_is_none_is_refused(income, clerk):
    response = save(clerk, income, **{"incomes-0-status": "maybe", "incomes-0-reason": "x"})

    assert "Select a valid choice. maybe is not one of the available choices." in shown(response)
    assert IncomeRecord.objects.get().status == "received"


@pytest.mark.slow
def test_an_income_of_which_nobody_says_it_keeps_its_status(income, clerk):
    client = signed_in(clerk)
    rows = {name: value for name, value in typed(client.get(address(income))).items() if name != "incomes-0-status"}

    client.post(address(income), rows)

    assert IncomeRecord.objects.get().status == "received"
