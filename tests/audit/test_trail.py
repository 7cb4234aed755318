"""The trail: each write leaves one event, in the same transaction, without what must not be told."""

import json
import re
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.chain import sealed
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.trail import allot_ids, record_download, remove, write, write_many
from alleviation.audit.values import is_sealed, values_of
from beneficiaries.models import Person
from projects.choices import SourceLevel
from projects.models import Document, FundingSource, LedgerEntry
from tests.factories import (
    DocumentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    PersonFactory,
    UserFactory,
)


def a_source(code: str = "county") -> FundingSource:
    return FundingSource(code=code, name="County budget", level=SourceLevel.COUNTY)


def an_entry(ruoduo, number: str, amount: str = "1.00") -> LedgerEntry:
    return LedgerEntry(
        document_number=number,
        kind="allocation",
        year=2019,
        booked_on=date(2019, 6, 30),
        amount=Decimal(amount),
        source=FundingSourceFactory(),
        division=ruoduo,
        drafted_by="somebody",
        drafted_at=timezone.now(),
    )


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("pk"))


@pytest.fixture
def batch(db) -> ImportBatch:
    return ImportBatch.objects.create(kind=ImportBatch.Kind.FILE, title="a file", created_by="someone")


def test_a_new_record_leaves_one_event_with_all_its_values(clerk):
    source = a_source()

    write(source, by=clerk)

    (event,) = events()
    assert (event.actor, event.verb, event.subject_type) == ("clerk-of-zhawo", Verb.CREATED, "projects.fundingsource")
    assert (event.subject_id, event.subject, event.before, event.batch) == (source.pk, "County budget", {}, None)
    assert event.after == {
        "id": source.pk,
        "code": "county",
        "name": "County budget",
        "name_zh": "",
        "level": "county",
        "is_made_up": False,
    }


def test_a_change_tells_only_what_changed(db):
    source = a_source()
    write(source, by="manage.py test")

    source.name = "County finance bureau"
    write(source, by="manage.py test")

    event = events()[-1]
    assert (event.verb, event.before, event.after) == (
        Verb.CHANGED,
        {"name": "County budget"},
        {"name": "County finance bureau"},
    )


def test_a_save_that_changes_nothing_leaves_no_event(db):
    source = a_source()
    write(source, by="manage.py test")

    write(FundingSource.objects.get(pk=source.pk), by="manage.py test")

    assert [event.verb for event in events()] == [Verb.CREATED]


def test_the_values_before_are_those_of_the_database_and_not_of_the_object(db):
    source = a_source()
    write(source, by="manage.py test")
    FundingSource.objects.filter(pk=source.pk).update(name="Changed meanwhile")

    source.name = "Changed here"
    write(source, by="manage.py test")

    assert events()[-1].before == {"name": "Changed meanwhile"}


def test_money_stands_in_the_trail_with_two_decimals(ruoduo):
    write(an_entry(ruoduo, "V-1", "1000.10"), by="manage.py test")

    after = events()[-1].after
    assert (after["amount"], after["booked_on"], after["year"]) == ("1000.10", "2019-06-30", 2019)


def test_a_record_that_is_not_valid_leaves_neither_row_nor_event(db):
    with pytest.raises(ValidationError) as refused:
        write(FundingSource(code="", name="", level="nonsense"), by="manage.py test")

    assert sorted(refused.value.error_dict) == ["code", "level", "name"]
    assert (FundingSource.objects.count(), events()) == (0, [])


def test_where_the_event_fails_the_record_is_not_kept(db, monkeypatch):
    monkeypatch.setattr(trail, "_append", lambda events: (_ for _ in ()).throw(RuntimeError("no disk")))

    with pytest.raises(RuntimeError):
        write(a_source(), by="manage.py test")

    assert FundingSource.objects.count() == 0


def test_where_the_transaction_around_it_fails_neither_is_kept(db):
    def fails_late() -> None:
        with transaction.atomic():
            write(a_source(), by="manage.py test")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_late()

    assert (FundingSource.objects.count(), events()) == (0, [])


def test_a_persons_name_is_never_in_the_trail(ruoduo):
    person = Person(household=HouseholdFactory(village=ruoduo), name="张三丰", relation="head", birth_year=1961)
    person.id_tail = "123X"
    write(person, by="manage.py test")
    person.name, person.birth_year = "李四光", 1962
    person.relation = "other"
    write(person, by="manage.py test")

    told = json.dumps([[e.subject, e.before, e.after] for e in events()], ensure_ascii=False)

    assert [event.verb for event in events()] == [Verb.CREATED, Verb.CHANGED]
    # A digest may hold these digits by chance, among others.
    words = re.findall(r"\w+", told)
    assert [word for word in ("张三丰", "李四光", "1961", "1962", "123X") if word in words] == []
    assert events()[-1].after["relation"] == "other"


def test_that_an_untold_field_changed_is_told_without_its_values(ruoduo):
    person = Person(household=HouseholdFactory(village=ruoduo), name="张三丰", relation="head")
    write(person, by="manage.py test")

    person.name = "李四光"
    write(person, by="manage.py test")

    event = events()[-1]
    assert (event.verb, list(event.before), list(event.after)) == (Verb.CHANGED, ["name"], ["name"])
    assert is_sealed(event.before["name"])
    assert is_sealed(event.after["name"])
    assert event.before != event.after


def test_a_persons_values_are_told_by_number(ruoduo):
    person = PersonFactory(household__village=ruoduo)

    seal = sealed("测试", of=f"beneficiaries.person.name {person.pk}")
    assert values_of(person) == {
        "id": person.pk,
        "household_id": person.household_id,
        "key": person.key,
        "name": {"sealed": seal},
        "relation": "head",
        **dict.fromkeys(("sex", "schooling", "in_school", "health", "labour", "migrant_work"), ""),
        **dict.fromkeys(("birth_year", "born_on", "migrant_months", "joined_on", "left_on", "erased_at"), None),
        **dict.fromkeys(("joined_as", "left_as", "id_tail", "account_tail"), ""),
    }


def test_a_password_is_never_in_the_trail(db):
    user = UserFactory.build(username="new", role=Role.MANAGER)
    user.set_password("the secret word")

    write(user, by="manage.py test")

    after = events()[-1].after
    assert (is_sealed(after["password"]), after["username"]) == (True, "new")
    assert user.password not in json.dumps(after)


def test_a_documents_text_is_not_copied(db):
    known = {"sha256": sha256(b"the whole text").hexdigest(), "length": 14}
    write(Document(title="A text", text="the whole text", **known), by="manage.py test")

    assert "the whole text" not in json.dumps(events()[-1].after)


def test_a_long_text_is_kept_by_its_length(ruoduo):
    document = DocumentFactory.build(title="A text", date_note="x" * 1001)

    digest = sha256(b"x" * 1001).hexdigest()
    assert values_of(document)["date_note"] == f"(1001 characters, SHA-256 {digest})"


def test_removing_leaves_what_was(db):
    source = FundingSourceFactory()
    number = source.pk

    remove(source, by="manage.py test")

    event = events()[-1]
    assert (event.verb, event.subject_id, event.before["code"], event.after) == (Verb.REMOVED, number, "county", {})
    assert FundingSource.objects.count() == 0


def test_a_download_is_an_event_with_its_filter(auditor):
    record_download(what="funding-ledger", by=auditor, details={"years": "2019-2019"})

    (event,) = events()
    assert (event.actor, event.verb, event.subject_type) == ("auditor", Verb.DOWNLOADED, "report")
    assert (event.subject, event.subject_id, event.after) == ("funding-ledger", None, {"years": "2019-2019"})
    assert str(event) == "auditor downloaded report"


def test_many_at_once_leave_one_event_each(ruoduo, batch):
    entries = [an_entry(ruoduo, f"V-{number}") for number in range(3)]

    write_many(entries, by="manage.py test", batch=batch)

    assert list(LedgerEntry.objects.order_by("pk").values_list("pk", "document_number")) == [
        (entry.pk, entry.document_number) for entry in entries
    ]
    assert [(event.subject_id, event.after["document_number"], event.batch) for event in events()] == [
        (entry.pk, entry.document_number, batch) for entry in entries
    ]


def test_many_at_once_are_all_or_none(ruoduo, batch):
    entries = [an_entry(ruoduo, "V-1"), an_entry(ruoduo, "V-2", "0.00"), an_entry(ruoduo, "V-1")]

    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        write_many(entries, by="manage.py test", batch=batch)

    assert (LedgerEntry.objects.count(), events()) == (0, [])


def test_many_of_nothing_write_nothing(batch):
    write_many([], by="manage.py test", batch=batch)

    assert events() == []


def test_ids_are_allotted_in_order_and_never_twice(ruoduo, batch):
    write_many([an_entry(ruoduo, "V-1"), an_entry(ruoduo, "V-2")], by="manage.py test", batch=batch)
    last = LedgerEntry.objects.order_by("-pk")[0]
    first_of_all = last.pk
    LedgerEntry.objects.all().delete()

    with transaction.atomic():
        allotted = allot_ids(LedgerEntry, 3)

    assert allotted == [allotted[0], allotted[0] + 1, allotted[0] + 2]
    assert allotted[0] > first_of_all


def test_a_record_written_after_many_gets_an_id_of_its_own(ruoduo, batch):
    write_many([an_entry(ruoduo, "V-1"), an_entry(ruoduo, "V-2")], by="manage.py test", batch=batch)
    entry = an_entry(ruoduo, "V-3")

    write(entry, by="manage.py test")

    assert LedgerEntry.objects.count() == 3
    assert entry.pk == max(LedgerEntry.objects.values_list("pk", flat=True))


def test_an_event_names_its_actor_in_words(clerk):
    assert (trail.name_of(clerk), trail.name_of("manage.py start")) == ("clerk-of-zhawo", "manage.py start")
