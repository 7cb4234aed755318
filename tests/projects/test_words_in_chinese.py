"""What is recorded in both languages is told in the reader's, and a Chinese name is found wherever it was typed."""

import csv
from pathlib import Path

import pytest
from django.utils.translation import override

from projects.models import Claim, Milestone, Organisation
from tests.factories import ProjectFactory

EXAMPLE = Path(__file__).parents[2] / "alleviation" / "example" / "data" / "claims.csv"


@pytest.mark.parametrize(("language", "told"), [("en", ("C1 The road", "was opened", "Opened")), ("zh-hans", ())])
def test_words_that_are_ours_are_told_in_the_language_of_the_reader(language: str, told: tuple[str, ...]) -> None:
    claim = Claim(code="C1", subject="The road", subject_zh="道路", attribute="was opened", attribute_zh="通车")
    step = Milestone(title="Opened", title_zh="通车")

    with override(language):
        found = (str(claim), claim.local_attribute, str(step))

    assert found == (told or ("C1 道路", "通车", "通车"))


def test_words_without_a_chinese_wording_stay_as_they_are() -> None:
    with override("zh-hans"):
        told = (str(Organisation(name="Hezhou Power Plant")), str(Claim(code="C1", subject="The road")))

    assert told == ("Hezhou Power Plant", "C1 The road")


def test_each_fact_of_the_example_is_worded_in_chinese() -> None:
    with EXAMPLE.open(encoding="utf-8", newline="") as file:
        without = [row["code"] for row in csv.DictReader(file) if not row["attribute_zh"]]

    assert without == []


@pytest.mark.django_db
def test_a_chinese_name_in_the_first_field_is_found_by_its_initials_too() -> None:
    alone, both = ProjectFactory(name="若多村公路"), ProjectFactory(name="Road", name_zh="西里村公路")

    assert (alone.initials, both.initials) == ("rdcgl", "xlcgl")
