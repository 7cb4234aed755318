"""Last year's rows of a household as the beginning of this year's."""

from decimal import Decimal

import pytest

from beneficiaries.models import Enrolment, IncomeRecord
from tests.admin_pages import page, submit
from tests.conftest import signed_in
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory

CHANGE = "beneficiaries_household"


@pytest.fixture
def household(ruoduo):
    return HouseholdFactory(village=ruoduo)


def new_row(response, prefix: str) -> dict:
    """What the new row of a part begins with, as a browser would show it."""
    (formset,) = (one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == prefix)
    return {field.name: field.value() for field in formset.extra_forms[0] if field.value() not in (None, "")}


def test_income_begins_with_the_persons_of_last_year_and_no_amount(county_clerk, household):
    income = IncomeRecordFactory(household=household, year=2023, persons=3, wage_income=Decimal("9000"))
    client, address = signed_in(county_clerk), page(CHANGE, "change", household.pk)

    opened = client.get(address, {"income": income.pk})

    row = new_row(opened, "incomes")
    assert {name: row[name] for name in ("year", "persons")} == {"year": 2024, "persons": 3}
    assert not [name for name in row if "income" in name and name != "income_year"]
    assert "expenses" not in row
    assert f'href="?income={income.pk}#incomes-group"' in client.get(address).content.decode()


@pytest.mark.slow
def test_income_row_that_nobody_filled_in_is_not_saved(county_clerk, household):
    income = IncomeRecordFactory(household=household, year=2023)

    submit(signed_in(county_clerk), f"{page(CHANGE, 'change', household.pk)}?income={income.pk}")

    assert list(IncomeRecord.objects.all()) == [income]


@pytest.mark.slow
def test_enrolment_is_saved_like_last_years_without_a_key_more(county_clerk, household):
    last = EnrolmentFactory(household=household, year=2023, role="dividend", amount=Decimal("300.00"))

    submit(signed_in(county_clerk), f"{page(CHANGE, 'change', household.pk)}?enrolment={last.pk}")

    facts = ("project_id", "role", "year", "amount", "person_key")
    assert list(Enrolment.objects.exclude(pk=last.pk).values_list(*facts)) == [
        (last.project_id, "dividend", 2024, Decimal("300.00"), None)
    ]


@pytest.mark.slow
def test_rows_of_another_household_are_not_copied(county_clerk, household, erniunai):
    other = EnrolmentFactory(household=HouseholdFactory(village=erniunai))
    client = signed_in(county_clerk)

    for number in (other.pk, "x", "9" * 18):
        opened = client.get(page(CHANGE, "change", household.pk), {"enrolment": number})
        parts = [one.formset for one in opened.context["inline_admin_formsets"]]
        assert sum(len(formset.extra_forms) for formset in parts) == 0
