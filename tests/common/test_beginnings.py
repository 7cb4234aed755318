"""What begins with a few characters, by the bytes of the text, on either database."""

import pytest
from django.db import connection

from alleviation.common.beginnings import next_after
from beneficiaries.models import Household
from tests.factories import HouseholdFactory


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("H77", "H78"),
        ("若", "苦"),
        ("9", ":"),
        # What comes next is no character, and nothing comes after the last there is.
        ("a\ud7ff", "a\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", ""),
        ("", ""),
    ],
)
def test_the_end_is_the_first_text_after_all_that_begin_so(prefix, end):
    assert next_after(prefix) == end


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("H7", ["H7", "H77"]),
        ("H77", ["H77"]),
        ("h7", []),
        ("7", []),
        ("%", ["%1"]),
        ("_", []),
        ("\\", ["\\2"]),
        ("若", ["若1"]),
        ("\U0010ffff", []),
        ("", ["%1", "H7", "H77", "H8", "\\2", "若1"]),
    ],
)
def test_beginnings_alone_are_found(prefix, found, ruoduo):
    for number in ("H7", "H77", "H8", "%1", "\\2", "若1"):
        HouseholdFactory(village=ruoduo, number=number)

    numbers = Household.objects.filter(number__begins=prefix).values_list("number", flat=True)

    assert sorted(numbers) == found


def test_an_index_serves_a_beginning(ruoduo):
    Household.objects.bulk_create(HouseholdFactory.build_batch(1000, village=ruoduo))
    with connection.cursor() as cursor:
        # So many that another index, through all of which one would have to look, is not as good.
        cursor.execute("ANALYZE beneficiaries_household")
        if connection.vendor == "postgresql":
            # Yet so few that reading all of them may be fastest; machines of Citus are told so as well.
            cursor.execute("SET LOCAL citus.propagate_set_commands = local; SET LOCAL enable_seqscan = off")

    plan = Household.objects.filter(number__begins="H7").order_by().values("number").explain()

    assert "household_number" in plan
