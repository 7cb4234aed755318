"""docs/security.md answers each requirement of OWASP ASVS 5.0, levels 1 and 2, and names tests that are there."""

import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from tests.house.ground import told

ROOT = Path(settings.BASE_DIR)
# The numbers of the requirements of levels 1 and 2, section by section.
REQUIRED = {
    "1.1": "1-2",
    "1.2": "1-9",
    "1.3": "1-11",
    "1.4": "1-3",
    "1.5": "1-2",
    "2.1": "1-3",
    "2.2": "1-3",
    "2.3": "1-4",
    "2.4": "1",
    "3.2": "1-2",
    "3.3": "1-4",
    "3.4": "1-6",
    "3.5": "1-5",
    "3.7": "1-2",
    "4.1": "1-3",
    "4.2": "1",
    "4.3": "1-2",
    "4.4": "1-4",
    "5.1": "1",
    "5.2": "1-3",
    "5.3": "1-2",
    "5.4": "1-3",
    "6.1": "1-3",
    "6.2": "1-12",
    "6.3": "1-4",
    "6.4": "1-4",
    "6.5": "1-5",
    "6.6": "1-3",
    "6.8": "1-4",
    "7.1": "1-3",
    "7.2": "1-4",
    "7.3": "1-2",
    "7.4": "1-5",
    "7.5": "1-2",
    "7.6": "1-2",
    "8.1": "1-2",
    "8.2": "1-3",
    "8.3": "1",
    "8.4": "1",
    "9.1": "1-3",
    "9.2": "1-4",
    "10.1": "1-2",
    "10.2": "1-2",
    "10.3": "1-4",
    "10.4": "1-11",
    "10.5": "1-5",
    "10.6": "1-2",
    "10.7": "1-3",
    "11.1": "1-2",
    "11.2": "1-3",
    "11.3": "1-3",
    "11.4": "1-4",
    "11.5": "1",
    "11.6": "1",
    "12.1": "1-3",
    "12.2": "1-2",
    "12.3": "1-4",
    "13.1": "1",
    "13.2": "1-5",
    "13.3": "1-2",
    "13.4": "1-5",
    "14.1": "1-2",
    "14.2": "1-4",
    "14.3": "1-3",
    "15.1": "1-3",
    "15.2": "1-3",
    "15.3": "1-7",
    "16.1": "1",
    "16.2": "1-5",
    "16.3": "1-4",
    "16.4": "1-3",
    "16.5": "1-3",
    "17.1": "1",
    "17.2": "1-4",
    "17.3": "1-2",
}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE)
TEST = re.compile(r"`?(tests/[\w/]+\.py)(?:::(\w+))?")
ANSWERS = {"met", "not applicable", "open"}


def rows() -> list[tuple[str, str, str]]:
    """(requirement, answer, where it is seen) of each line of the table."""
    return ROW.findall((ROOT / "docs/security.md").read_text(encoding="utf-8"))


def required() -> list[str]:
    """The number of each requirement."""
    numbers = []
    for section, spans in REQUIRED.items():
        for span in spans.split():
            first, _, last = span.partition("-")
            numbers += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return numbers


def test_each_requirement_is_answered_once():
    assert Counter(number for number, _answer, _where in rows()) == Counter(required())
    assert {answer for _number, answer, _where in rows()} == ANSWERS


def test_what_is_met_says_where_and_what_is_not_says_why():
    assert [number for number, _answer, where in rows() if len(where.strip()) < 4] == []


def test_each_test_that_is_named_is_there():
    lacking = []
    for number, _answer, where in rows():
        for path, name in TEST.findall(where):
            file = ROOT / path
            if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
                lacking.append(f"{number}: {path} {name}")

    assert lacking == [], told(lacking)


def test_answers_are_counted_as_the_page_says():
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    counted = Counter(answer for _number, answer, _where in rows())

    assert f"{counted['met']} met, {counted['not applicable']} not applicable, {counted['open']} open." in page
