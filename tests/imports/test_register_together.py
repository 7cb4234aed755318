"""A register that comes by file, held against the same one that is entered action by action."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from alleviation.common.query import Query
from alleviation.intake.kinds import Moved
from alleviation.intake.rows import RowKind
from beneficiaries.actions import end_household, erase_person, numbers_of, register_household, register_person
from beneficiaries.actions.numbers import NUMBER_LOCK, NUMBERS_LOCK
from beneficiaries.imports import planned
from beneficiaries.imports.households import HouseholdImport
from beneficiaries.models import Household, Person, PersonNumber
from beneficiaries.rollups import on_register_each
from beneficiaries.rules import PERSON_LOCK
from tests.beneficiaries.numbers import id_number
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, UserFactory, place
from tests.imports.files import csv_of
from tests.imports.sheets import checked, sheet_of, written

two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
KIND = HouseholdImport()
HERE, THERE, ABROAD = "110101001001", "110101001002", "220202002002"
OWN = ("id", "key", "household_id")


class OneByOne(HouseholdImport, abstract=True):
    """The same kind, of which every row is entered by the actions of the pages."""

    planned = RowKind.planned


SLOW = OneByOne()


@pytest.fixture
def importer(db: None) -> User:
    for code in (HERE, THERE, ABROAD):
        place(code, f"村{code[-3:]}")
    return UserFactory(username="importer", role=Role.CLERK, area="110101")


def row(household: str, name: str, serial: int | None = None, **facts: str) -> dict[str, str]:
    number = "" if serial is None else id_number(serial)
    told = {"village_code": HERE, "household_no": household, "name": name, "id_number": number, "relation": "child"}
    return {**told, **facts}


REGISTER = [
    row("0001", "张三", 1, relation="head", category="general", main_cause="illness", housing_area="80"),
    row("0001", "张四", 2, category="general", main_cause="illness", second_cause="land", health="healthy"),
    row("0002", "李一", None, relation="head", schooling="primary", sex="female"),
    row("0001", "王五", 3, village_code=THERE, relation="head", water="safe", road="paved", in_school="not"),
    row("0001", "王六", None, village_code=THERE, labour="ordinary"),
    row("0003", "欧阳七", 4, relation="head"),
]


def everything(by: User) -> dict[str, Any]:
    """What all tables of the floor hold, by what people know of it, and what is added up from them."""
    homes = {one.pk: (one.village.code, one.number) for one in Household.objects.select_related("village")}
    persons = list(Person.objects.order_by("household__village__code", "household__number", "name"))
    return {
        "rows": {
            model._meta.label: model._base_manager.count()
            for model in apps.get_app_config("beneficiaries").get_models()
        },
        "households": [_plain(one) for one in Household.objects.order_by("village__code", "number")],
        "persons": [(homes[one.household_id], _plain(one), numbers_of(one)) for one in persons],
        "numbers": sorted(homes[number] for number in PersonNumber.objects.values_list("household_number", flat=True)),
        "sums": on_register_each([Query(user=by, prefixes=(area,)) for area in ("110101", HERE, THERE)]),
    }


def _plain(record: Any) -> dict[str, Any]:
    return {
        one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields if one.attname not in OWN
    }


@contextmanager
def undone() -> Iterator[None]:
    """What is entered in here leaves nothing behind."""
    mark = transaction.savepoint()
    yield
    transaction.savepoint_rollback(mark)


def told(kind: HouseholdImport, path: Path, by: User) -> list[tuple[object, ...]]:
    """Everything that a preview says is wrong, word for word."""
    with sheet_of(kind, path, by) as sheet:
        kind.check(sheet)
        return [(one.row, one.column, one.value, one.code, one.message) for one in sheet.ordered_faults()]


def events(batch: ImportBatch) -> list[tuple[str, str, bool]]:
    """(verb, kind, of one record) of what a batch wrote, without its own."""
    own = AuditEvent.objects.filter(batch=batch).order_by("id")
    return [(one.verb, one.subject_type.split(".")[1], one.subject_id is not None) for one in own]


def is_as_the_trail_says() -> bool:
    faults = [*batches_that_are_not_what_came(), *table_faults(Household), *table_faults(Person)]
    assert faults == []
    return True


def test_a_file_leaves_what_the_actions_leave(importer, tmp_path):
    path = csv_of(KIND, tmp_path, *REGISTER)
    with undone():
        slow = written(SLOW, path, importer)
        one_by_one, number = everything(importer), len(events(slow))

    findings, faults = checked(KIND, path, importer)
    batch = written(KIND, path, importer, findings.fingerprint)

    assert (faults, findings.new, number) == ([], 6, 11)
    assert everything(importer) == one_by_one
    assert events(batch) == [("created", "household", False), ("created", "person", False)]
    assert is_as_the_trail_says()


def test_the_trail_of_a_register_is_small(importer, tmp_path):
    rows = [row(f"{number:04}", "张三", number, relation="head", category="general") for number in range(60)]

    batch = written(KIND, csv_of(KIND, tmp_path, *rows), importer)

    sizes = [len(json.dumps(one, default=str)) for one in AuditEvent.objects.filter(batch=batch).values()]
    assert (len(sizes), sum(sizes) // 60 < 100) == (2, True)


@pytest.mark.parametrize(
    "rows",
    [
        [row("1", "张三", 1), row("1", "张四", 1), row("2", "张五", 1)],
        [row("1", "张三", 1, village_code=ABROAD), row("1", "张四", 2, village_code="110101001009")],
        [row("1", "张三", 1, main_cause="land", second_cause="land"), row("1", "张四", 2)],
        [row("1", "张三", 1, second_cause="land"), row("1", "张四", 2, main_cause="illness")],
        [row("1", "张*", 1), row("2", "张三", 2, id_number="****0022")],
        [row("1", "张三", 1, sex="male"), row("1", "张四", 1, sex="female"), row("1", "张五", 2, sex="female")],
        [row("known", "张三", 7), row("known", "老人", 8), row("known", "老*", None, health="healthy")],
        [row("known", "老大", 9), row("2", "张三", 9), row("ended", "张四", 10), row("ended", "某人", None)],
        [row("1", "张三", 101), row("1", "张四", 102)],
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_the_actions(importer, tmp_path, monkeypatch, rows):
    # What one row brings is there when the next is tried, however slow the machine is.
    monkeypatch.setattr("alleviation.intake.rows.LONGEST_HOLD", 60_000)
    known, ended = (HouseholdFactory(village__code=HERE, number=name) for name in ("known", "ended"))
    abroad = HouseholdFactory(village__code=ABROAD, number="9")
    for household, name, serial in ((known, "老人", 100), (known, "老大", None), (abroad, "外人", 102)):
        person = Person(household=household, name=name, relation="other")
        register_person(person, by="a test", id_number=id_number(serial) if serial else "")
    register_person(Person(household=known, name="老二", relation="other"), by="a test", id_number=id_number(101))
    end_household(ended, on=timezone.localdate(), how="died_out", by="a test")
    path = csv_of(KIND, tmp_path, *rows)

    found = told(KIND, path, importer)

    assert found == told(SLOW, path, importer)
    with pytest.raises(AssertionError):
        written(KIND, path, importer)
    assert Person.objects.count() == 4


def test_new_members_of_a_known_household_come_together_and_a_change_has_its_own_event(importer, tmp_path):
    first = [row("1", "张三", 1, category="general"), row("2", "李四", 2, category="general")]
    written(KIND, csv_of(KIND, tmp_path, *first), importer)
    second = [first[0], row("1", "张五", 3), {**first[1], "health": "disabled"}, row("3", "王六", 4)]

    findings, faults = checked(KIND, csv_of(KIND, tmp_path, *second), importer)
    batch = written(KIND, csv_of(KIND, tmp_path, *second), importer, findings.fingerprint)

    assert (faults, findings.new, findings.changed, findings.same) == ([], 2, 1, 1)
    assert events(batch) == [
        ("created", "household", False),
        ("created", "person", False),
        ("changed", "person", True),
    ]
    assert is_as_the_trail_says()


def test_the_preview_holds_as_long_as_nobody_changes_who_is_named(importer, tmp_path):
    path = csv_of(KIND, tmp_path, *REGISTER)
    written(KIND, path, importer)
    again, _faults = checked(KIND, path, importer)
    person = Person.objects.get(name="张三")
    person.health = "chronic"
    register_person(person, by="a hand")

    with pytest.raises(Moved):
        written(KIND, path, importer, again.fingerprint)


def test_somebody_who_was_faster_sends_the_file_back(importer, tmp_path, monkeypatch):
    path = csv_of(KIND, tmp_path, *REGISTER)

    def meanwhile(*args: Any, **words: Any) -> Any:
        known = known_of(*args, **words)
        household = Household(village=known.places[HERE], number="0001")
        register_household(household, by="a hand")
        return known

    known_of = planned.known_of
    monkeypatch.setattr(planned, "known_of", meanwhile)

    with pytest.raises(Moved), transaction.atomic():
        written(KIND, path, importer)


def test_a_file_is_taken_back_with_an_event_for_each_record(importer, tmp_path):
    batch = written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=importer)

    number = KIND.undo(batch, reversal, by=importer, reason="The wrong file.")

    assert number == 10
    assert (Household.objects.count(), Person.objects.count(), PersonNumber.objects.count()) == (0, 0, 0)
    assert AuditEvent.objects.filter(batch=reversal, verb="removed").count() == 10
    assert is_as_the_trail_says()
    written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)
    assert is_as_the_trail_says()


def test_a_file_is_not_taken_back_once_somebody_changed_a_record(importer, tmp_path):
    batch = written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)
    person = Person.objects.get(name="张四")
    person.health = "chronic"
    register_person(person, by="a hand")
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=importer)

    with pytest.raises(ValidationError) as refused:
        KIND.undo(batch, reversal, by=importer, reason="The wrong file.")

    assert refused.value.messages == [f"person {person.pk} was changed since. Correct it by hand."]
    assert Person.objects.count() == 6


def test_a_file_is_not_taken_back_once_something_rests_on_it(importer, tmp_path):
    batch = written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)
    household = Household.objects.get(number="0003")
    IncomeRecordFactory(household=household)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=importer)

    with pytest.raises(ValidationError) as refused, transaction.atomic():
        KIND.undo(batch, reversal, by=importer, reason="The wrong file.")

    assert refused.value.messages == [f"Something rests on household {household.pk} by now. Correct it by hand."]
    assert (Household.objects.count(), PersonNumber.objects.count()) == (4, 4)


def test_an_erased_person_of_a_file_leaves_its_digest_as_it_was(importer, tmp_path):
    written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)

    erase_person(Person.objects.get(name="张三"), reason="asked for by the person", by="forget_persons")

    assert is_as_the_trail_says()
    assert "张三" not in json.dumps(list(AuditEvent.objects.values_list("before", "after")), ensure_ascii=False)


def test_the_history_of_a_household_names_the_file_that_brought_it_and_its_members(importer, tmp_path):
    batch = written(KIND, csv_of(KIND, tmp_path, *REGISTER), importer)
    person = Person.objects.get(name="张三")
    person.health = "chronic"
    register_person(person, by="a hand")

    page = signed_in(importer).get(f"/admin/beneficiaries/household/{person.household_id}/history/")

    told = [(event.verb, event.actor, next(iter(changes)).after) for event, changes in page.context["events"]]
    assert told == [
        ("changed", "a hand", "(not told)"),
        ("created", "importer", f"6 records, with “{batch}”"),
        ("created", "importer", f"4 records, with “{batch}”"),
    ]
    assert person.name not in page.text


def test_a_register_of_any_size_asks_a_bounded_number_of_questions(importer, tmp_path, django_assert_max_num_queries):
    def register(number: int) -> Path:
        rows = [row(f"{one:04}", "张三", one, relation="head") for one in range(number)]
        return csv_of(KIND, tmp_path, *rows)

    path = register(200)
    # Places, households, members, numbers (two digests each, 500 at a time), and the sums of nothing.
    with django_assert_max_num_queries(10):
        checked(KIND, path, importer)
    # These, the ids, three inserts, what was written read again, and the chain.
    with django_assert_max_num_queries(60):
        written(KIND, path, importer)


@two_connections
def test_a_file_holds_no_lock_for_each_of_its_persons(importer, tmp_path):
    rows = [row(f"{one:04}", "张三", one, relation="head") for one in range(50)]

    with trail.together():
        written(KIND, csv_of(KIND, tmp_path, *rows), importer)

        assert {PERSON_LOCK, NUMBER_LOCK, NUMBERS_LOCK} & set(_held()) == {NUMBERS_LOCK}


@two_connections
def test_whoever_adds_a_member_by_hand_still_holds_the_person(importer, tmp_path):
    with trail.together():
        written(KIND, csv_of(KIND, tmp_path, REGISTER[0]), importer)
        register_person(Person(household=Household.objects.get(), name="李四", relation="child"), by="a hand")

        assert _held().count(PERSON_LOCK) == 1


def _held() -> list[int]:
    """The kinds of what this transaction holds by a lock of its own making."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT classid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return [kind for (kind,) in cursor.fetchall()]


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_number_is_one_persons_though_files_and_hands_bring_it_at_once(tmp_path):
    for code in (HERE, THERE):
        place(code)
    importer = UserFactory(username="importer", role=Role.CLERK, area="110101")
    homes = [HouseholdFactory(village__code=HERE, number=f"by hand {one}") for one in range(3)]
    paths = []
    for one in range(3):
        (tmp_path / str(one)).mkdir()
        paths.append(csv_of(KIND, tmp_path / str(one), row(f"by file {one}", "张三", 1)))

    def by_hand(one: int) -> None:
        register_person(Person(household=homes[one], name="张三", relation="head"), by="a", id_number=id_number(1))

    acts = [*(partial(by_hand, one) for one in range(3)), *(partial(written, KIND, path, importer) for path in paths)]
    found = _at_once(acts)

    assert sorted(found) == ["", *["refused"] * 5]
    assert Person.objects.count() == PersonNumber.objects.count() == 1
    assert list(table_faults(Person)) == []


@two_connections
@pytest.mark.django_db(transaction=True)
def test_of_files_with_the_same_household_one_is_written(tmp_path):
    place(HERE)
    importer = UserFactory(username="importer", role=Role.CLERK, area="110101")
    path = csv_of(KIND, tmp_path, *(one for one in REGISTER if one["village_code"] == HERE))

    found = _at_once([partial(written, KIND, path, importer)] * 4)

    # Whoever waited finds them, and has nothing left to write.
    assert (found, Household.objects.count(), Person.objects.count()) == ([""] * 4, 3, 4)
    assert AuditEvent.objects.filter(subject_type="beneficiaries.person").count() == 1


def _at_once(acts: list[Callable[[], object]]) -> list[str]:
    """What each of several threads comes to, all begun at the same moment: "" or refused."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        barrier.wait(timeout=20)
        try:
            act()
        except (ValidationError, AssertionError, Moved):
            return "refused"
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
