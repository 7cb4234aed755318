"""The days of a project that its red flags ask about, as the admin takes them."""

from datetime import date

import pytest

from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import found_by
from projects.models import Project
from tests.admin_pages import page, shown, submit
from tests.conftest import signed_in
from tests.factories import ProjectFactory


@pytest.fixture
def project(ruoduo):
    return ProjectFactory(code="P", status="under_way", division=ruoduo, started_on=date(2019, 1, 1))


def save(user, project, **days):
    return submit(signed_in(user), page("projects_project", "change", project.pk), **days)


def test_the_days_are_kept_and_the_flags_see_them(project, clerk, everything):
    days = {"due_on": "2099-12-31", "publicised_from": "2019-03-01", "publicised_until": "2019-03-10"}

    response = save(clerk, project, **days)

    assert response.status_code == 302
    stored = Project.objects.get()
    assert (stored.due_on, stored.publicised_from, stored.publicised_until) == (
        date(2099, 12, 31),
        date(2019, 3, 1),
        date(2019, 3, 10),
    )
    assert [found_by(BY_SLUG[slug], everything) for slug in ("without-publicity", "past-due")] == [[], []]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"due_on": "2018-12-31"}, "A project cannot be due before it starts."),
        (
            {"publicised_from": "2019-03-10", "publicised_until": "2019-03-01"},
            "Publicity has a first and a last day, in this order.",
        ),
        ({"publicised_until": "2019-03-10"}, "Publicity has a first and a last day, in this order."),
        ({"publicised_from": "2099-03-10"}, "This day is still to come."),
    ],
)
def test_days_that_cannot_be_are_refused(days, message, project, clerk):
    response = save(clerk, project, **days)

    assert message in shown(response)
    assert Project.objects.get().publicised_from is None
