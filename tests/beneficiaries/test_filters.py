"""What stands in an address about households becomes a question, or an error."""

import pytest

from alleviation.accounts.models import User
from beneficiaries.filters import INCOME_FIELDS, IncomeQueryForm


def form(user: User, **given: str) -> IncomeQueryForm:
    return IncomeQueryForm(given, user=user, fields=INCOME_FIELDS)


def test_fields_of_households_fill_the_question(manager: User) -> None:
    query = form(manager, household_status="exited", category="none", cause="illness", boundaries="recorded").query()

    assert query is not None
    assert (query.household_status, query.category, query.cause, query.boundaries) == (
        "exited",
        "none",
        "illness",
        "recorded",
    )


def test_what_is_not_asked_is_everything_on_the_boundaries_of_today(manager: User) -> None:
    query = form(manager).query()

    assert query is not None
    assert (query.household_status, query.category, query.cause, query.boundaries, query.asked()) == (
        "",
        "",
        "",
        "",
        {},
    )


@pytest.mark.parametrize("name", ["household_status", "category", "cause", "boundaries"])
def test_value_that_is_none_of_the_list_asks_for_nothing(manager: User, name: str) -> None:
    asked = form(manager, **{name: "rich"})

    assert asked.query() is None
    assert list(asked.errors) == [name]


def test_field_that_a_page_does_not_name_is_not_read(manager: User) -> None:
    query = IncomeQueryForm({"category": "general"}, user=manager, fields=("year", "area")).query()

    assert query is not None
    assert query.category == ""


def test_fields_stand_in_the_order_in_which_a_reader_narrows(manager: User) -> None:
    assert tuple(form(manager).fields) == INCOME_FIELDS
