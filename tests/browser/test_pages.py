"""Every page of the example, as each role reads it: WCAG 2.2 AA, still, light, and nobody else is asked."""

import pytest

from tests.browser.pages import faults_of
from tests.browser.visiting import Reception, Way
from tests.browser.walking import walk
from tests.house.ground import told

EVERYTHING = ("",)
HOUSEHOLDS = ("dashboards:household", "dashboards:person-erase")
# Who looks at which pages, from where, in which language. Between them they see every page (the law is below).
TOURS = {
    "": ("en", ["/sign-in/"], EVERYTHING),
    "manager": ("en", ["/"], EVERYTHING),
    "auditor": ("zh", ["/", "/admin/"], EVERYTHING),
    "clerk": ("zh", ["/admin/", "/imports/", "/households/"], ("admin:", "imports:", *HOUSEHOLDS)),
    "reviewer": ("en", ["/admin/", "/closings/", "/households/"], ("admin:", "closings:", *HOUSEHOLDS)),
    "administrator": ("en", ["/admin/"], EVERYTHING),
}


@pytest.mark.slow
@pytest.mark.parametrize("who", TOURS)
def test_nothing_keeps_anybody_out_of_a_page(reception: Reception, who: str) -> None:
    language, starts, within = TOURS[who]

    with reception.visit(Way(who, language)) as visit:
        done = walk(visit, starts=starts, look=faults_of, within=within)

    assert done.faults == [], told(done.faults)
