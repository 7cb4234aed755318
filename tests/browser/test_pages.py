"""Every page of the example, as each role reads it: WCAG 2.2 AA, still, light, and nobody else is asked."""

import pytest

from tests.browser.pages import faults_of
from tests.browser.tours import BEHIND_FORMS, NO_PAGES, TOURS, pages, tables
from tests.browser.visiting import Reception, Way
from tests.browser.walking import walk
from tests.house.ground import told

# What each role opens first; the tours below look at every page.
FIRST = {
    "": ("/sign-in/",),
    "clerk": ("/", "/admin/projects/ledgerentry/add/"),
    "manager": ("/", "/income/", "/areas/513228000000/", "/explain/allocated/?year=2018", "/help/manager/"),
    "auditor": ("/reports/annual-funding/", "/households/"),
}


@pytest.mark.slow
@pytest.mark.parametrize("who", FIRST)
def test_nothing_keeps_anybody_out_of_first_pages(reception: Reception, who: str) -> None:
    with reception.visit(Way(who, "zh" if who == "clerk" else "en")) as visit:
        answers = [(visit.open(address), address, list(faults_of(visit))) for address in FIRST[who]]

    assert answers == [(200, address, []) for address in FIRST[who]]


@pytest.mark.long
@pytest.mark.parametrize("who", TOURS)
def test_nothing_keeps_anybody_out_of_a_page(reception: Reception, who: str) -> None:
    tour = TOURS[who]

    with reception.visit(Way(who, tour.language)) as visit:
        done = walk(visit, starts=tour.starts, look=faults_of, within=tour.within)

    assert done.faults == [], told(done.faults)
    lists = {f"_{table}_changelist" for table in tour.tables}
    assert {name for name in tour.sees if name not in done.found} == set()
    assert {name for name in lists if not any(page.endswith(name) for page in done.found)} == set()


@pytest.mark.long
@pytest.mark.parametrize("who", [who for who in TOURS if who])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_keeps_anybody_out_of_any_page_in_either_language(
    reception: Reception, who: str, language: str
) -> None:
    with reception.visit(Way(who, language)) as visit:
        done = walk(visit, starts=["/", *TOURS[who].starts], look=faults_of, each=5)

    assert done.faults == [], told(done.faults)


def test_every_page_is_on_somebodys_tour() -> None:
    seen = frozenset().union(BEHIND_FORMS, *(tour.sees for tour in TOURS.values()))

    assert seen == pages()
    assert frozenset().union(*(tour.tables for tour in TOURS.values())) == tables()
    assert all(NO_PAGES.values())
