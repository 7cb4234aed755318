"""What a filter asks goes along from page to page, and a page says what of it is not asked there."""

import re

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import KEPT
from projects.filters import KEPT_LABELS, QueryForm
from projects.models import Division
from tests.conftest import signed_in


def links(user: User, path: str) -> dict[str, str]:
    """The links of the navigation, by page."""
    content = signed_in(user).get(path).content.decode()
    navigation = content[content.index('<nav class="site-nav') : content.index("</nav>")]
    return dict(re.findall(r'href="(/\w*/?)(\?[^"]*)?"', navigation))


def test_links_to_other_pages_take_the_filter_along(manager: User) -> None:
    found = links(manager, "/funding/?year=2018&kind=road&csv_of=x&measure=income")

    assert (found["/"], found["/projects/"], found["/closings/"]) == (("?year=2018&amp;kind=road",) * 2 + ("",))


def test_links_from_a_place_ask_about_that_place(manager: User, ruoduo: Division) -> None:
    assert links(manager, f"/areas/{ruoduo.code}/?year=2018")["/income/"] == f"?year=2018&amp;area={ruoduo.code}"


def test_what_a_page_does_not_ask_is_kept_and_said(manager: User) -> None:
    content = signed_in(manager).get("/alliances/?year=2018&kind=road&junk=1").content.decode()

    assert '<input type="hidden" name="year" value="2018"><input type="hidden" name="kind" value="road">' in content
    assert "Kept for other pages, but not asked here: Year, Kind of project." in content


def test_a_page_that_asks_it_all_says_nothing(manager: User) -> None:
    form = QueryForm({"year": "2018"}, user=manager, fields=("year",))

    assert (form.kept_aside, form.labels_aside) == ({}, "")


@pytest.mark.parametrize("value", ['"><script>', "2018&year=2019"])
def test_what_is_kept_is_escaped(manager: User, value: str) -> None:
    content = signed_in(manager).get("/alliances/", {"year": value}).content.decode()

    assert f'value="{value}"' not in content
    assert "<script>" not in content.replace("<script src", "")


def test_each_kept_name_has_words() -> None:
    assert tuple(KEPT_LABELS) == KEPT
