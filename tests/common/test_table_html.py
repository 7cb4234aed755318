from decimal import Decimal

import pytest
from django.utils.safestring import SafeString

from alleviation.common import table_html
from alleviation.common.tables import PARTLY, Column, Kind, Table

COLUMNS = (Column("village", "Village"), Column("spent", "Spent", Kind.YUAN, explained="spent"))
MADE_UP = '<span class="badge badge-made-up" title="Part of the made-up example, not a record of the office">'


def lines(row, columns=COLUMNS, **kept):
    return list(Table("t", "T", columns, [row], **kept).body())


def test_row_is_its_name_and_its_cells_with_their_ways():
    row = {"village": "Ruoduo", "_url": "/a/?x=1&y=2", "_aside": "若多", "spent": Decimal(1200), "_made_up": True}

    (line,) = lines(row, asked={})

    assert table_html.row(line) == (
        '<tr><th scope="row" class="is-text"><a href="/a/?x=1&amp;y=2">Ruoduo</a>'
        f' <span class="other-name" lang="zh-Hans">若多</span> {MADE_UP}made up</span></th>'
        '<td class="is-yuan number"><a class="opens" href="/explain/spent/">1,200.00</a></td></tr>'
    )


def test_row_that_begins_with_a_number_has_no_name():
    (line,) = lines({"spent": Decimal(1), "_struck": True}, COLUMNS[1:])

    assert table_html.row(line) == '<tr class="struck"><td class="is-yuan number">1.00</td></tr>'


def test_total_leads_nowhere_by_its_name():
    foot = Table("t", "T", COLUMNS, [], total={"spent": Decimal(1), "_url": "/a/"}).foot()

    assert table_html.foot(foot) == '<tr><th scope="row">Total</th><td class="number">1.00</td></tr>'


@pytest.mark.parametrize(("name", "told"), [("<b>", "&lt;b&gt;"), (SafeString("<b>"), "<b>")], ids=["words", "html"])
def test_words_are_escaped_and_html_is_not(name, told):
    (line,) = lines({"village": name}, COLUMNS[:1])

    assert table_html.row(line) == f'<tr><th scope="row" class="is-text">{told}</th></tr>'


def test_badge_says_whether_all_is_made_up():
    partly = '<span class="badge badge-made-up" title="This sum holds rows of the made-up example'

    assert [table_html.badge(False), table_html.badge(True)] == ["", f"{MADE_UP}made up</span>"]
    assert table_html.badge(PARTLY) == f'{partly} beside records of the office">partly made up</span>'
