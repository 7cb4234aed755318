"""Every page has its entry in the menu."""

import re

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, reverse

from alleviation.dashboards.menu import part_of
from alleviation.dashboards.papers.forms import BY_SLUG as FORMS
from alleviation.dashboards.records.sheet_facts import FACTS
from alleviation.dashboards.urls import urlpatterns
from alleviation.scrutiny.catalogue import CATALOGUE
from tests.house.ground import ROOT

KEYS = {"code": "513228000000", "key": "k", "kind": "projects.ledgerentry", "pk": 1, "person": 2, "role": "manager"}
KEYS |= {"slug": "idle-money", "year": 2018}


def entries() -> set[str]:
    """Where the entries of the menu lead."""
    menu = (ROOT / "templates/includes/navigation.html").read_text(encoding="utf-8")
    return {reverse(name) for name in re.findall(r"{% url '([\w:-]+)' as", menu)}


def lit(address: str) -> str:
    return part_of(RequestFactory().get(address))


def address_of(pattern: URLPattern) -> str:
    return reverse(f"dashboards:{pattern.name}", kwargs={name: KEYS[name] for name in pattern.pattern.converters})


PAGES = [one for one in urlpatterns if not str(one.name).startswith("explain")]


@pytest.mark.parametrize("pattern", PAGES, ids=lambda one: one.name)
def test_each_page_lights_an_entry_of_the_menu(pattern: URLPattern) -> None:
    address = address_of(pattern)

    assert lit(address) in entries()


@pytest.mark.parametrize("slug", [figure.slug for figure in CATALOGUE])
def test_the_explanation_of_each_figure_lights_an_entry_of_the_menu(slug: str) -> None:
    assert lit(f"/explain/{slug}/") in entries()


def test_each_paper_and_each_record_behind_a_figure_lights_an_entry_of_the_menu() -> None:
    addresses = [f"/papers/{slug}/1/" for slug in FORMS] + [f"/records/{one._meta.label_lower}/1/" for one in FACTS]

    assert [address for address in addresses if lit(address) not in entries()] == []


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/organisations/2/", "/people/"),
        ("/awards/1/", "/people/"),
        ("/branches/1/", "/alliances/"),
        ("/explain/per-capita-income/", "/income/"),
        ("/explain/no-such-figure/", "/explain/"),
    ],
)
def test_what_has_no_entry_of_its_own_lights_the_one_it_comes_from(address: str, part: str) -> None:
    assert lit(address) == part
