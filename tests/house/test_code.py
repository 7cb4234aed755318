"""The code keeps the laws that its text shows, and each law can be broken."""

from pathlib import Path

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tests.house.code_laws import (
    LAWS,
    each_index_names_its_reader,
    names_of,
    names_of_the_floor_above,
    no_admin_list_is_slow_or_editable,
    no_average_is_left_to_the_database,
    no_figure_is_a_float,
    nothing_asks_the_clock_at_import,
    nothing_happens_by_signal,
)
from tests.house.ground import label, own_code, own_models, told


def sources(*rooms: str) -> dict[str, str]:
    """The code of some rooms, or of the whole house."""
    named = {label(path): path.read_text(encoding="utf-8") for path in own_code()}
    return {name: source for name, source in named.items() if not rooms or Path(name).parts[0] in rooms}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.slow
def test_code_keeps_the_law(law):
    offenders = law(sources())

    assert offenders == [], told(offenders)


@pytest.mark.slow
def test_domain_uses_no_signals():
    offenders = nothing_happens_by_signal(sources("projects", "beneficiaries"))

    assert offenders == [], told(offenders)


@pytest.mark.slow
def test_projects_know_nothing_of_beneficiaries():
    names = names_of(m for m in own_models() if m._meta.app_label == "beneficiaries")

    offenders = names_of_the_floor_above(sources("projects"), names | {"beneficiaries"})

    assert names >= {"Household", "Person", "Enrolment", "IncomeRecord", "households", "persons"}
    assert offenders == [], told(offenders)


GOOD = '''"""A rate of 0.5 and models.Index in words only."""
from decimal import Decimal

rate = Decimal("0.5")


def is_exact(value, on=None):
    return not isinstance(value, float) and (on or today())


class Meta:
    indexes = [
        # the page of an area reads its rows by year
        models.Index(fields=["area", "year"], name="by_area"),
        models.Index(fields=["year"], name="by_year"),  # the report of a year
    ]
'''


@pytest.mark.parametrize("law", [*LAWS, nothing_happens_by_signal], ids=lambda law: law.__name__)
def test_good_code_passes(law):
    assert law({"good.py": GOOD}) == []


@pytest.mark.parametrize(
    ("law", "source", "offenders"),
    [
        (no_figure_is_a_float, "a = 1\nb = 0.5 * float('2')", ["bad.py:2 0.5", "bad.py:2 float('2')"]),
        (no_average_is_left_to_the_database, "rows.aggregate(models.Avg('fen'))", ["bad.py:1"]),
        (
            nothing_asks_the_clock_at_import,
            "START = timezone.now()\ndef f(on=date.today()): return now()\ng = lambda: now()",
            ["bad.py:1 now()", "bad.py:2 today()"],
        ),
        (
            each_index_names_its_reader,
            "a = 1  # far above\n\nmodels.Index(fields=['a'])\nIntegerField(db_index=True)",
            ["bad.py:3", "bad.py:4"],
        ),
        (
            no_admin_list_is_slow_or_editable,
            "class A:\n    list_editable = ['a']\n    date_hierarchy: str = 'b'",
            ["bad.py:2 list_editable", "bad.py:3 date_hierarchy"],
        ),
        (nothing_happens_by_signal, "@receiver(post_save)\ndef f(): ...", ["bad.py:1"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_code_is_named(law, source, offenders):
    assert sorted(law({"bad.py": source})) == offenders


def test_every_law_has_a_bad_sample():
    (marks,) = (m for m in test_bad_code_is_named.pytestmark if m.name == "parametrize")

    assert [law for law, _source, _offenders in marks.args[1]] == [*LAWS, nothing_happens_by_signal]


def test_names_are_one_and_many_and_reverse():
    with isolate_apps("beneficiaries", "projects"):

        class Place(models.Model):
            """A sample of the floor below."""

            class Meta:
                app_label = "projects"

            def __str__(self) -> str:
                return ""

        class IncomeRecord(models.Model):
            """A sample."""

            place = models.ForeignKey(Place, models.PROTECT, related_name="incomes")
            earlier = models.ForeignKey("self", models.PROTECT, related_name="corrections")

            class Meta:
                app_label = "beneficiaries"

            def __str__(self) -> str:
                return ""

    assert names_of([IncomeRecord]) == {
        "IncomeRecord",
        "income_record",
        "income_records",
        "incomerecord",
        "incomerecord_set",
        "incomes",
    }


@pytest.mark.parametrize(
    "line",
    [
        "from beneficiaries.models import Household",
        "import beneficiaries",
        "rows = division.households.all()",
        "rows = Division.objects.filter(households__year=2020)",
        "rows = Division.objects.order_by('-x', 'households__year')",
        "def f(households): ...",
        "class Household: ...",
        "households = 1",
    ],
)
def test_names_of_the_floor_above_are_found(line):
    names = {"Household", "households", "beneficiaries"}

    assert names_of_the_floor_above({"bad.py": line}, names) != []


@pytest.mark.parametrize(
    "line",
    ["HOUSEHOLD = 'household', _('households')", "unit = Unit.HOUSEHOLD", "'''households'''  # households"],
)
def test_units_and_words_are_not_names(line):
    assert names_of_the_floor_above({"good.py": line}, {"Household", "household", "households"}) == []
