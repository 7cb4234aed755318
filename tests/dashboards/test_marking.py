"""A passage marked in a real browser is the passage of the document, whatever stands in its way."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from alleviation.accounts.models import User
from projects.models import Claim, Document
from tests.browser.visiting import BEGUN
from tests.conftest import signed_in
from tests.factories import ClaimFactory, DocumentFactory

pytestmark = pytest.mark.slow

# Two UTF-16 units for one character, two characters for one end of line, what HTML escapes, and a form feed.
TEXT = "第一行 😀\r\n\r\nThe 𠮷野 road was\r\nopened & <b>used</b>.\n\tIn 2019 😀 it\rserves 40 households.\f\nEnd\r\n"
# Nested, overlapping, sharing a span; one begins between CR and LF.
SPANS = [(0, 3), (6, 7), (10, 23), (14, 17), (15, 30), (15, 30), (44, 47), (90, 93)]
# Selects stretches from everywhere to everywhere, and hands back what the form would send for each.
EVERYWHERE = """() => {
  const runs = Array.from(document.querySelectorAll("[data-at]"), (one) => (
    { at: Number(one.dataset.at), length: Number(one.dataset.length), node: one.firstChild }));
  // No selection ends between the two units of one character.
  const places = runs.flatMap(({ node }) => Array.from({ length: node.data.length + 1 }, (_, at) => [node, at]))
    .filter(([node, at]) => !/[\\udc00-\\udfff]/.test(node.data[at] ?? ""));
  const found = [];
  places.forEach((from, i) => places.slice(i).forEach((to) => {
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    const span = spanOf(piecesOf(range, runs));
    if (span) found.push([span.start, span.end, span.words]);
  }));
  return found;
}"""
# Where a mouse finds the first and the last letter of some words, over however many marks they go.
ENDS = """(words) => {
  const nodes = Array.from(document.querySelectorAll("[data-at]"), (one) => one.firstChild);
  const first = nodes.map((one) => one.data).join("").indexOf(words);
  document.getElementById("document-text").scrollIntoView({ block: "center", behavior: "instant" });
  return [first, first + words.length - 1].map((place, isLast) => {
    const node = nodes.find((one) => (place < one.data.length ? true : ((place -= one.data.length), false)));
    const range = document.createRange();
    range.setStart(node, place);
    range.setEnd(node, place + 1);
    const box = range.getBoundingClientRect();
    return [isLast ? box.right - 1 : box.left + 1, box.top + box.height / 2];
  });
}"""

# What is marked is told a moment after the mouse has stopped.
MARKED = "(words) => document.getElementById('marked-words').textContent === words"


@pytest.fixture
def document(transactional_db: None) -> Document:
    document = DocumentFactory(text=TEXT)
    for start, end in SPANS:
        ClaimFactory(document=document, start=start, end=end)
    return document


@pytest.fixture
def opened(live_server: Any, document: Document, county_clerk: User, chromium: Any) -> Iterator[Any]:
    """The document's page in the distribution's Chromium, before a clerk."""
    session = signed_in(county_clerk).cookies[settings.SESSION_COOKIE_NAME].value
    page = chromium.new_page()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url + document.get_absolute_url())
    yield page
    page.context.close()


def without_line_ends(text: str) -> str:
    return re.sub("[\r\n]", "", text)


def test_every_stretch_of_the_page_is_that_of_the_document(opened: Any) -> None:
    found = opened.evaluate(EVERYWHERE)

    wrong = [
        (start, end, words)
        for start, end, words in found
        if without_line_ends(TEXT[start:end]) != without_line_ends(words) or TEXT[start:end].strip() != TEXT[start:end]
    ]
    assert len(found) > 1000
    assert wrong == []
    # From the first character to the last, however many marks are between.
    assert max(end - start for start, end, _words in found) == len(TEXT.strip())


@pytest.mark.parametrize("words", ["In 2019 😀 it", "The 𠮷野 road was\nopened &", "households"])
def test_mouse_makes_a_claim_of_a_passage(opened: Any, document: Document, words: str) -> None:
    (left, top), (right, bottom) = opened.evaluate(ENDS, words)

    opened.mouse.move(left, top)
    opened.mouse.down()
    opened.mouse.move(right, bottom, steps=5)
    opened.mouse.up()
    opened.wait_for_function(MARKED, arg=words)
    with opened.expect_navigation():
        opened.get_by_role("button", name="Make a claim of this passage").click()
    opened.evaluate(BEGUN)
    opened.fill("#id_subject", "The road")
    opened.fill("#id_attribute", "is there")
    opened.select_option("#id_measure", "Q")
    opened.click("input[name=_save]")
    opened.wait_for_url("**/admin/projects/claim/")

    made = Claim.objects.get(subject="The road")
    assert (made.document, made.quote) == (document, words.replace("\n", "\r\n"))
