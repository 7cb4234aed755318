"""Hostile words in every text field, on every page and in every file."""

import csv
import io
import re
from collections.abc import Callable
from itertools import cycle

import pytest

from alleviation.reports.catalogue import CATALOGUE
from projects.models import Document
from tests.security.conftest import World, body, build_area, build_claims, build_public

SCRIPT = "<script>x</script>\"'><img src=x onerror=y>&lt;b&gt;{{ 7 }}</title></svg>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
PAGES = ("/", "/funding/", "/income/", "/projects/", "/alliances/", "/people/", "/documents/", "/claims/", "/areas/")
# Where markup of a page's own begins with what the payload has, only the payload's own attribute tells.
UNESCAPED = re.compile(r"<script>x|<img src=x|onerror=y>|</title></svg>")
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def build(words: Callable[[], str], ruoduo) -> World:
    """A world in which every text says these words; what has to differ ends in its name."""

    def name(what: str) -> str:
        return words() + what if what in {"household", "voucher", "source"} else words()

    public = build_public(name)
    own = build_area("OWN", ruoduo, public, name)
    build_claims(own, public, name)
    return World(own, own, public, None)


def pages_of(world: World) -> list[str]:
    own, public = world.own.records, world.public
    records = [
        f"/areas/{world.own.village.code}/",
        *(own[name].get_absolute_url() for name in ("project", "alliance", "claim")),
        *(public[name].get_absolute_url() for name in ("official", "document")),
        f"/organisations/{public['organisation'].pk}/",
    ]
    return [*PAGES, *records, *(f"/reports/{report.slug}/" for report in CATALOGUE)]


def admin_pages(world: World) -> list[str]:
    records = {**world.own.records, **world.public}
    kept = [one for name, one in records.items() if name not in {"person", "income", "enrolment"}]
    lists = {f"/admin/{one._meta.app_label}/{one._meta.model_name}/": one.pk for one in kept}
    return [a for base, pk in lists.items() for a in (base, f"{base}{pk}/change/", f"{base}{pk}/history/")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "addresses", "language"),
    [("manager", pages_of, "en"), ("manager", pages_of, "zh-hans"), ("clerk", admin_pages, "en")],
)
def test_no_page_runs_what_somebody_typed(who, addresses, language, client_of, ruoduo):
    world = build(lambda: SCRIPT, ruoduo)
    client = client_of(who)
    client.cookies["django_language"] = language

    said = {address: body(client.get(address)) for address in addresses(world)}

    assert {address: found for address, text in said.items() if (found := UNESCAPED.findall(text))} == {}
    assert sum("&lt;script&gt;x" in text for text in said.values()) >= len(said) // 2


def test_a_popup_hands_back_escaped_words(client_of, ruoduo):
    fields = {"name": SCRIPT, "kind": "enterprise", "_popup": "1"}

    response = client_of("clerk").post("/admin/projects/organisation/add/?_popup=1", fields)

    assert response.status_code == 200
    assert UNESCAPED.findall(body(response)) == []
    assert "data-popup-response" in body(response)


def files_of(client, world: World) -> dict[str, list[list[str]]]:
    """Every CSV there is: the reports, and each table of each page."""
    addresses = [f"/reports/{report.slug}.csv" for report in CATALOGUE]
    for address in pages_of(world):
        addresses += [address + url for url in set(re.findall(r'href="(\?csv=[\w-]+)"', body(client.get(address))))]
    return {address: list(csv.reader(io.StringIO(body(client.get(address))))) for address in addresses}


@pytest.mark.slow
def test_no_file_holds_a_formula(client_of, ruoduo):
    starts = cycle(("=", "+", "-", "@", "\t=", " =", "＝", "\u200b@"))
    world = build(lambda: next(starts) + FORMULA[1:], ruoduo)

    files = files_of(client_of("manager"), world)

    cells = [cell for rows in files.values() for row in rows for cell in row]
    offenders = [cell for cell in cells if cell.strip(" \u200b\ufeff").startswith(STARTS) and not is_number(cell)]
    assert offenders == []
    assert {cell[1] for cell in cells if cell.startswith("'")} == {*"=+-@\t ＝\u200b"}
    assert len(files) > 30


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) is not None


def test_a_text_with_markup_is_shown_as_it_is_written(client_of, ruoduo):
    world = build(lambda: SCRIPT, ruoduo)
    document: Document = world.public["document"]

    said = body(client_of("manager").get(document.get_absolute_url()))

    assert "&lt;b&gt;" not in said.replace("&amp;lt;b&amp;gt;", "")
    assert "{{ 7 }}" in said
