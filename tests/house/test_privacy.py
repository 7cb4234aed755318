"""Personal data keep their laws, and each law can be broken."""

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from alleviation.common import guard
from beneficiaries.models import Person
from beneficiaries.privacy import SEALED, Privacy
from beneficiaries.rules import ERASED
from tests.house.ground import ROOT, files, label, own_code, told
from tests.house.privacy_laws import (
    ALLOWED,
    MODEL_LAWS,
    PERSONAL,
    each_field_is_classed_once,
    no_record_says_who_it_is_of,
    no_template_reads_what_identifies,
    nothing_that_identifies_is_read_unmasked,
    planted,
    what_is_personal_is_sealed_in_the_trail,
)


def found() -> list[type[models.Model]]:
    """The models of the floor where households and persons live."""
    return list(apps.get_app_config("beneficiaries").get_models())


@pytest.mark.parametrize("law", MODEL_LAWS, ids=lambda law: law.__name__)
def test_households_and_persons_keep_the_law(law):
    offenders = law(found())

    assert offenders == [], told(offenders)


def test_no_code_and_no_template_reads_what_identifies_a_person():
    code = {label(path): path.read_text(encoding="utf-8") for path in own_code()}
    pages = {label(path): path.read_text(encoding="utf-8") for path in files("templates", suffix=".html")}

    offenders = nothing_that_identifies_is_read_unmasked(code) + no_template_reads_what_identifies(pages)

    assert offenders == [], told(offenders)


def test_each_exemption_is_of_a_file_and_has_a_reason():
    assert [name for name, why in ALLOWED.items() if not (ROOT / name).is_file() or len(why.split()) < 3] == []


def test_there_are_models_to_judge_and_all_are_audited_but_key_tables_and_sums():
    keys = {model for model in found() if getattr(model, "is_key_table", False)}

    assert {model.__name__ for model in keys} == {"PersonNumber"}
    # Kept sums are written where they are added up alone.
    kept = {model for model in found() if model._meta.db_table in guard.audited_tables()} - set(guard.audited_models())
    assert {model.__name__ for model in kept} == {"VillageYear", "CountyYear", "MergedYear"}
    assert set(found()) - keys - kept <= set(guard.audited_models())
    assert set(SEALED) == set(PERSONAL)


def test_what_erasing_takes_away_is_what_identifies_and_the_database_knows_it():
    identifying = set(Person.privacy[Privacy.IDENTIFYING])

    assert identifying <= set(Person.ERASED)
    assert [name for name in Person.ERASED if f"{{row}}.{name} " not in ERASED] == []
    assert set(Person.ERASED) <= identifying | set(Person.privacy[Privacy.SENSITIVE])


@pytest.fixture
def samples():
    """A model without fault, and one with every fault."""
    with isolate_apps("beneficiaries"):

        class Good(models.Model):
            privacy = {Privacy.OPEN: ("id",), Privacy.SENSITIVE: ("note",), Privacy.IDENTIFYING: ("born_on",)}
            untold_fields = ("note", "born_on")
            note = models.TextField()
            born_on = models.DateField()

            class Meta:
                app_label = "beneficiaries"

            def __str__(self) -> str:
                return f"#{self.pk}"

        class Bad(models.Model):
            privacy = {Privacy.OPEN: ("id", "note", "gone"), Privacy.SENSITIVE: ("note",)}
            untold_fields = ("born_on",)
            note = models.TextField()
            born_on = models.DateField()

            class Meta:
                app_label = "beneficiaries"

            def __str__(self) -> str:
                return f"{self.pk} {self.note}"

        yield Good, Bad


@pytest.mark.parametrize(
    ("law", "offenders"),
    [
        (
            each_field_is_classed_once,
            [
                "beneficiaries.Bad.born_on",
                "beneficiaries.Bad.gone: no column",
                "beneficiaries.Bad.note: classed twice",
            ],
        ),
        (what_is_personal_is_sealed_in_the_trail, ["beneficiaries.Bad.note"]),
        (no_record_says_who_it_is_of, ["beneficiaries.Bad.note"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_models_are_named(law, offenders, samples):
    good, bad = samples

    assert (law([good]), law([bad])) == ([], offenders)


def test_a_record_is_planted_with_words_for_each_personal_column():
    _record, canaries = planted(Person)

    assert set(canaries) == {*Person.privacy[Privacy.SENSITIVE], *Person.privacy[Privacy.IDENTIFYING]}
    assert len(set(canaries.values())) == len(canaries)


IMPORT = "from beneficiaries.models import Person, PersonNumber\n"


@pytest.mark.parametrize(
    "source",
    [
        "x = one.born_on",
        "x = f'{one.id_tail}'",
        "row = {'tail': one.account_tail}",
        "x = person.name",
        "x = book.head.name",
        "x = the_member.name.upper()",
        "rows = people.values_list('pk', 'id_tail')",
        "rows = households.values('persons__name')",
        "rows = people.filter('born_on')",
        IMPORT + "x = one.name",
        IMPORT + "x = row.sealed",
        IMPORT + "rows = people.values_list(*columns, 'name')",
        IMPORT + "rows = people.annotate(x=F('name'))",
    ],
)
def test_code_that_reads_what_identifies_is_named(source):
    assert len(nothing_that_identifies_is_read_unmasked({"a.py": source})) == 1


@pytest.mark.parametrize(
    "source",
    [
        "x = masked_number(one.id_tail)",
        "x = privacy.masked_name(person.name)",
        "x = person.masked_name",
        "n = sum(not one.id_tail for one in people)",
        "x = HIDDEN if person.born_on else ''",
        "x = project.name",
        "column = Column('born_on', _('Day of birth'))",
        "value = {'sealed': digest}",
        "x = box.sealed",
        "person.name = ''",
        IMPORT + "columns = [field.name for field in Person._meta.concrete_fields]",
        "rows = places.values_list('name')",
    ],
)
def test_code_that_masks_it_or_speaks_of_something_else_passes(source):
    assert nothing_that_identifies_is_read_unmasked({"a.py": source}) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("{{ person.name }}", 1),
        ("{{ row.member.name|upper }}", 1),
        ("{{ one.born_on|date }}", 1),
        ("{{ one.id_tail }}{{ one.account_tail }}", 2),
        ("{{ person.masked_name }}{{ project.name }}", 0),
    ],
)
def test_templates_are_judged(source, count):
    assert len(no_template_reads_what_identifies({"a.html": source})) == count
