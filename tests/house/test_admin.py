"""The admin's pages keep the laws of size, and each law can be broken."""

import pytest
from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter

from beneficiaries.models import Enrolment, Household, IncomeRecord
from tests.house.admin_laws import (
    LAWS,
    filters_ask_the_table_nothing,
    grows,
    lists_are_counted_up_to_a_limit,
    no_page_asks_for_the_days_of_a_table,
    no_select_box_holds_a_long_table,
    order_is_that_of_an_index,
    parts_are_not_without_end,
    searches_say_themselves_what_they_find,
)
from tests.house.ground import told


def pages() -> list[admin.ModelAdmin]:
    """Every page of records."""
    return list(admin.site._registry.values())


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_pages_keep_the_law(law):
    offenders = law(pages())

    assert offenders == [], told(offenders)


def test_there_are_growing_pages_to_judge():
    growing = {page.model.__name__ for page in pages() if grows(page.model)}

    assert growing >= {"Household", "IncomeRecord", "LedgerEntry", "AuditEvent"}


class Parts(admin.TabularInline):
    """Parts without end, of which each is chosen in a box."""

    model = Enrolment


class Stock(admin.ModelAdmin):
    """What Django makes of a table if one lets it."""

    date_hierarchy = "status_since"
    list_filter = ("village", ("number", AllValuesFieldListFilter), "village__level", "status")
    search_fields = ("number",)
    inlines = (Parts,)


@pytest.mark.parametrize(
    ("law", "count"),
    [
        (no_page_asks_for_the_days_of_a_table, 1),
        (filters_ask_the_table_nothing, 3),
        (searches_say_themselves_what_they_find, 1),
        (order_is_that_of_an_index, 1),
        (lists_are_counted_up_to_a_limit, 1),
        # The village of the household; the project of the part, which is of this household.
        (no_select_box_holds_a_long_table, 2),
        (parts_are_not_without_end, 1),
    ],
)
def test_bad_pages_are_named(law, count):
    assert len(law([Stock(Household, admin.AdminSite())])) == count


def test_every_law_has_a_bad_sample():
    (marks,) = (mark for mark in test_bad_pages_are_named.pytestmark if mark.name == "parametrize")

    assert [law for law, _count in marks.args[1]] == list(LAWS)


def test_a_row_of_a_household_grows_with_them():
    assert grows(IncomeRecord)
