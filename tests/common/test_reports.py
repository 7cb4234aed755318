"""A report is whole or it is not defined."""

import pytest

from alleviation.common.query import Query
from alleviation.common.reports import DECLARED, Report
from alleviation.common.tables import NOTHING_YET, Column

WHOLE = {
    "slug": "numbers",
    "title": "Numbers",
    "description": "Some numbers.",
    "columns": (Column("n", "n"),),
    "permission": "view_figures",
    "rows": lambda self, query: iter([{"n": 1}, {"n": 2}]),
    "total": lambda self, query: {"n": 3},
}


def test_a_whole_report_is_a_table():
    report = type("Numbers", (Report,), WHOLE)()

    table = report.table(Query(user=None))

    assert (table.slug, table.title, table.note, table.empty) == ("numbers", "Numbers", "Some numbers.", NOTHING_YET)
    assert (list(table.rows), table.total, table.columns) == ([{"n": 1}, {"n": 2}], {"n": 3}, WHOLE["columns"])


def test_the_number_of_rows_is_counted_where_nothing_better_is_known():
    assert type("Numbers", (Report,), WHOLE)().number(Query(user=None)) == 2


def test_a_report_without_filters_answers_to_none():
    assert type("Numbers", (Report,), WHOLE).filters == ()


@pytest.mark.parametrize("name", DECLARED)
def test_a_report_that_lacks_something_is_refused_when_it_is_defined(name):
    half = {key: value for key, value in WHOLE.items() if key != name}

    with pytest.raises(TypeError, match=f"Half lacks {name}"):
        type("Half", (Report,), half)


def test_everything_that_is_lacking_is_named_at_once():
    with pytest.raises(TypeError, match="Half lacks slug, title, description, columns, permission"):
        type("Half", (Report,), {})


@pytest.mark.parametrize("name", ["rows", "total"])
def test_a_report_without_rows_or_total_cannot_be_made(name):
    half = type("Half", (Report,), {key: value for key, value in WHOLE.items() if key != name})

    with pytest.raises(TypeError, match=name):
        half()
