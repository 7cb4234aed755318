"""Templates and stylesheets keep the laws, and each law can be broken."""

import pytest

from tests.house.ground import files, label, told
from tests.house.page_laws import (
    LAWS,
    no_script_or_style_is_inline,
    no_template_computes_or_queries,
    nothing_comes_from_elsewhere,
    nothing_is_left_unescaped,
)


def pages() -> dict[str, str]:
    """Every template and stylesheet of the app."""
    found = [path for suffix in (".html", ".css", ".svg", ".txt") for path in files(suffix=suffix)]
    shown = [path for path in found if {"templates", "static"} & set(path.parts)]
    return {label(path): path.read_text(encoding="utf-8") for path in shown}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_pages_keep_the_law(law):
    offenders = law(pages())

    assert offenders == [], told(offenders)


def test_there_are_pages_to_judge():
    assert any(name.endswith(".html") for name in pages())


GOOD = """<!-- <style> --> {# |safe #} {% comment "why" %}<p style="x">{% endcomment %}
<link rel="stylesheet" href="{% static 'css/house.css' %}"><script src="/static/a.js" defer></script>
<a href="https://example.org/source">{{ claim.source }}</a> <p class="style" data-only="one">{{ total|yuan }}</p>
<p>{% translate "on = off" %}</p> <svg xmlns="http://www.w3.org/2000/svg"></svg>
"""


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_good_pages_pass(law):
    assert law({"good.html": GOOD}) == []


@pytest.mark.parametrize(
    ("law", "source", "count"),
    [
        (no_script_or_style_is_inline, '<p\n style="a">', 1),
        (no_script_or_style_is_inline, '<p {% if a %}class="b"{% endif %} onclick="c()">', 1),
        (no_script_or_style_is_inline, '<p hx-on:click="c()">', 1),
        (no_script_or_style_is_inline, "<style>a{}</style><script>b()</script>", 2),
        (nothing_comes_from_elsewhere, '<img src="https://cdn.example/a.png">', 1),
        (nothing_comes_from_elsewhere, '<script src="//cdn.example/a.js"></script>', 1),
        (nothing_comes_from_elsewhere, '<link rel="stylesheet" href="http://cdn.example/a.css">', 1),
        (nothing_comes_from_elsewhere, "a { background: url('https://cdn.example/a.png') }", 1),
        (nothing_is_left_unescaped, "{{ a|safe }}{% autoescape off %}", 2),
        (no_template_computes_or_queries, "{{ a|add:b }}{% widthratio a b c %}{% for x in y.all %}", 3),
    ],
)
def test_bad_pages_are_named(law, source, count):
    assert len(law({"bad.html": source})) == count


def test_an_offender_is_named_with_its_line():
    assert nothing_is_left_unescaped({"bad.html": "\n<!-- \n -->\n{{ a|safe }}"}) == ["bad.html:4 |safe"]


def test_every_law_has_a_bad_sample():
    (marks,) = (m for m in test_bad_pages_are_named.pytestmark if m.name == "parametrize")

    assert {law for law, _source, _count in marks.args[1]} == set(LAWS)
