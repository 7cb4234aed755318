"""The table of sizes is a law, and the measuring is right."""

from functools import cache
from pathlib import Path

import pytest

from tests.house.ground import ROOT, files, told
from tests.house.measures import (
    Measures,
    Module,
    at_share,
    code_lines,
    cycles,
    is_annotated,
    measure,
    median,
    worst,
)

MEDIAN_FUNCTION, LONG_FUNCTION, LONGEST_FUNCTION = 8, 35, 60
# A figure that opens declares its columns, words and sums in one place of some hundred lines; two halves say less.
MEDIAN_FILE, LONGEST_FILE = (40, 95), 400
ANNOTATED = 98
# A figure's sentence, columns and source are declared once; a test would only say them again. Benchmarks, which check
# what they measure, are counted as code.
TEST_SHARE = (0.94, 2.0)


@cache
def house() -> Measures:
    return measure(files(suffix=".py"), ROOT)


# --- the house ----------------------------------------------------------------------------------------------------


def test_functions_are_short():
    lengths = house().function_lengths

    assert median(lengths.values()) <= MEDIAN_FUNCTION
    assert at_share(lengths.values(), 0.95) <= LONG_FUNCTION, told(worst(lengths, LONG_FUNCTION))
    assert worst(lengths, LONGEST_FUNCTION) == [], told(worst(lengths, LONGEST_FUNCTION))


def test_files_are_neither_long_nor_splinters():
    lengths = house().file_lengths

    assert MEDIAN_FILE[0] <= median(lengths.values()) <= MEDIAN_FILE[1]
    assert worst(lengths, LONGEST_FILE) == [], told(worst(lengths, LONGEST_FILE))


def test_functions_are_annotated():
    assert house().annotated_share >= ANNOTATED, told(house().unannotated)


@pytest.mark.slow
def test_imports_run_in_no_circle():
    apart = cycles(house().app_imports) + cycles(house().imports)

    assert apart == [], told(" <-> ".join(group) for group in apart)


def test_views_and_admin_do_not_sum():
    assert house().sums_while_showing == [], told(house().sums_while_showing)


@pytest.mark.slow
def test_tests_outweigh_code_but_do_not_bury_it():
    low, high = TEST_SHARE

    assert low <= house().test_share <= high


# --- the measuring ------------------------------------------------------------------------------------------------

SAMPLE = '''"""A docstring of
two lines."""

import os  # a comment beside code

# a comment alone
TEXT = """not a
docstring"""


def outer(a: int, *rest: str) -> None:
    """Says."""

    def inner(b):
        return b

    print(inner(a), os, TEXT)
'''


@pytest.mark.parametrize(
    ("source", "expected"), [("", True), ('"""Says."""\n# and', True), ('"""Says."""\nx = 1', False), ("x = 1", False)]
)
def test_a_file_of_words_alone_is_empty(source, expected):
    assert Module("m", source).is_empty is expected


def functions_of(source: str) -> dict[str, int]:
    return {name.split()[1]: length for name, length in Measures([Module("m", source)]).function_lengths.items()}


def test_code_lines_leave_out_comments_docstrings_and_blanks():
    # import, TEXT (2), def outer, def inner, return, print
    assert code_lines(SAMPLE) == 7


def test_function_length_counts_docstring_and_nested_but_no_decorator():
    assert functions_of("@decorated\n" + SAMPLE.partition("\n\n\n")[2]) == {"outer": 7, "inner": 2}


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("def f() -> None: ...", True),
        ("def f(self, a: int, /, *b: str, c: int = 1, **d: str) -> None: ...", True),
        ("def f(a: int): ...", False),
        ("def f(a) -> int: ...", False),
        ("def f(*a) -> int: ...", False),
        ("def f(*, a) -> int: ...", False),
        ("def f(a: int, cls) -> int: ...", False),
    ],
)
def test_annotated_asks_for_every_parameter_and_the_return(signature, expected):
    (function,) = Module("m", signature).functions

    assert is_annotated(function) is expected


def test_annotated_share_names_who_is_bare():
    found = Measures([Module("m", "def bare(a): ...\ndef good() -> None: ...")])

    assert (found.annotated_share, found.unannotated) == (50.0, ["m:1 bare"])


def test_percentile_and_median_of_nothing_are_nought():
    assert (at_share([], 0.95), median([])) == (0, 0)


def test_percentile_takes_the_value_at_its_place():
    assert (at_share(range(101), 0.95), median([1, 2, 9])) == (95, 2)


def test_worst_names_the_longest_first():
    assert worst({"a": 3, "b": 9, "c": 5}, 4) == ["9 lines: b", "5 lines: c"]


def test_cycles_finds_each_knot_and_nothing_else():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"f"}, "f": {"e"}, "g": {"a"}}

    assert cycles(graph) == [("a", "b", "c"), ("e", "f")]


def test_imports_deferred_into_functions_tie_a_knot():
    modules = [
        Module("one.models", "from two import models", app="one"),
        Module("two", "", is_package=True, app="two"),
        Module("two.models", "def late():\n    from one.models import Thing", app="two"),
    ]

    found = Measures(modules)

    assert cycles(found.app_imports) == [("one", "two")]


def test_imports_for_types_alone_tie_none():
    modules = [
        Module("a", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\nelse:\n    b = None"),
        Module("b", "import a"),
    ]

    assert Measures(modules).imports == {"a": set(), "b": {"a"}}


def test_relative_imports_are_resolved():
    modules = [
        Module("app", "", is_package=True),
        Module("app.models", "from .money import Entry\nfrom . import choices", is_package=True),
        Module("app.models.money", "from ..choices import Kind"),
        Module("app.models.choices", ""),
        Module("app.choices", ""),
    ]

    found = Measures(modules).imports

    assert found["app.models"] == {"app.models.money", "app.models.choices"}
    assert found["app.models.money"] == {"app.choices"}


def test_sums_are_found_in_views_and_admin_only():
    source = "rows = Thing.objects.annotate(n=1)\ntotal = rows.aggregate(t=2)"
    modules = [Module(name, source) for name in ("app.views.money", "app.admin", "app.rollups")]

    assert Measures(modules).sums_while_showing == [
        "app.views.money:1",
        "app.views.money:2",
        "app.admin:1",
        "app.admin:2",
    ]


def test_measure_tells_code_tests_and_migrations_apart(tmp_path: Path):
    for name in ("app/apps.py", "app/models/money.py", "app/migrations/0001_a.py", "tests/test_a.py", "manage.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")

    found = measure(sorted(tmp_path.rglob("*.py")), tmp_path)

    assert {m.name: m.app for m in found.code} == {"app.apps": "app", "app.models.money": "app", "manage": "manage"}
    assert [m.name for m in found.tests] == ["tests.test_a"]
    assert found.test_share == pytest.approx(1 / 3)
