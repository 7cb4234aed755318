"""What is asked of a figure."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR


def test_without_a_filter_everything_is_asked():
    query = Query(user=None)

    assert (query.first_year, query.last_year, query.prefixes) == (FIRST_YEAR, LAST_YEAR, None)
    assert query.year is None


@pytest.mark.parametrize(("first", "last", "year"), [(2019, 2019, 2019), (2016, 2020, None)])
def test_one_year_is_a_year_and_a_span_is_none(first, last, year):
    assert Query(user=None, first_year=first, last_year=last).year == year


def test_the_same_question_for_other_years_keeps_the_rest():
    query = Query(user="someone", area_code="513228000000", prefixes=("513228",), project_kind="road", measure="F")

    assert query.of_years(2016, 2020) == Query(
        user="someone",
        first_year=2016,
        last_year=2020,
        area_code="513228000000",
        prefixes=("513228",),
        project_kind="road",
        measure="F",
    )


def test_the_words_for_the_trail_name_the_filter_and_no_one():
    query = Query(user="someone", first_year=2016, last_year=2020, area_code="513228000000", source_level="county")

    assert query.words() == {
        "years": "2016-2020",
        "area": "513228000000",
        "kind": "",
        "source": "county",
        "project": "",
        "as_of": "",
    }


def test_a_past_moment_is_told_by_its_day_in_the_office_and_ends_what_has_no_end():
    query = Query(user="someone", as_of=datetime(2023, 12, 31, 16, 0, tzinfo=UTC))

    assert (query.as_of_words, query.present_year) == ("2024-01-01", 2024)
    assert query.words()["as_of"] == "2024-01-01"


def test_what_was_read_from_the_trail_is_kept_for_the_question_and_its_variants():
    query = Query(user="someone")
    query.memory["read"] = 1

    assert query.of_years(2019, 2019).memory == {"read": 1}
    assert Query(user="someone").memory == {}


def test_a_question_of_somebody_who_is_not_saved_can_be_kept():
    nobody, other = trusted_reader("a command"), trusted_reader("a command")
    read = {Query(user=nobody, area_code="513228"): 1}

    assert read[Query(user=nobody, area_code="513228")] == 1
    assert Query(user=other, area_code="513228") not in read


def test_a_question_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Query(user=None).first_year = 2016
