"""What is sent is of a size and number that a form takes, and a file's name is but a name."""

from io import BytesIO

import pytest
from django.conf import settings

from alleviation.common import bodies
from alleviation.intake.models import ImportRun
from tests.conftest import signed_in
from tests.security.carried import lacking
from tests.security.conftest import body

ADDRESS = "/imports/incomes/"


class Named(BytesIO):
    """A file of this name."""

    def __init__(self, name: str, content: bytes = b"village_code,household_no\n") -> None:
        super().__init__(content)
        self.name = name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\x\\incomes.csv", "incomes.csv"),
        ("incomes\u202evsc.exe.csv", "incomesvsc.exe.csv"),
        ("in\u200bco\x7fmes.csv", "incomes.csv"),
        ("<script>.csv", "<script>.csv"),
    ],
)
def test_a_name_is_kept_without_a_path_and_without_what_cannot_be_seen(name, kept, county_clerk):
    client = signed_in(county_clerk)

    response = client.post(ADDRESS, {"file": Named(name)}, follow=True)

    assert [run.file_name for run in ImportRun.objects.all()] == [kept]
    assert "<script>.csv" not in body(response)


def test_more_fields_than_any_form_has_are_refused(county_clerk):
    fields = {f"field-{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

    response = signed_in(county_clerk).post(ADDRESS, fields)

    assert (response.status_code, lacking(response)) == (400, [])
    assert "more fields or files than any form here takes. Nothing was saved." in body(response)


def test_more_files_than_any_form_has_are_refused(county_clerk):
    sent = {f"file-{number}": Named("a.csv") for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)}

    response = signed_in(county_clerk).post(ADDRESS, sent)

    assert (response.status_code, lacking(response)) == (400, [])
    assert ImportRun.objects.count() == 0


def test_more_words_than_any_form_has_are_refused(county_clerk):
    response = signed_in(county_clerk).post(ADDRESS, {"note": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})

    assert (response.status_code, lacking(response)) == (413, [])
    assert "larger than any form here takes. Nothing was saved." in body(response)


def test_a_body_is_refused_by_the_length_that_it_says(county_clerk, monkeypatch):
    monkeypatch.setattr(bodies, "largest", lambda: 100)

    response = signed_in(county_clerk).post(ADDRESS, {"file": Named("a.csv", b"x" * 200)})

    assert (response.status_code, lacking(response)) == (413, [])
    assert ImportRun.objects.count() == 0
