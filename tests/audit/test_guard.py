"""Nobody writes to an audited table by accident: every statement outside the trail's own is refused."""

import pytest
from django.db import connection, transaction

from alleviation.common import guard
from alleviation.common.guard import WrittenAround, audited_models, audited_tables, written_tables
from projects import actions
from projects.choices import SourceLevel
from projects.models import Division, FundingSource
from tests.factories import FundingSourceFactory
from tests.house.ground import own_models

# Tables whose writes need no event, and why.
FREE = {
    "accounts.Session": "who came in and went is told; that a page was opened is not",
    "accounts.Tally": "how often something was tried, until it is over",
    "projects.Division": "lists of places come by the hundred thousand; one event tells of the list",
    "projects.Succession": "comes with those lists",
    "projects.VoucherSeries": "a counter; the vouchers themselves are told",
    "beneficiaries.PersonNumber": "holds nothing but digests and numbers, told with the person",
    "beneficiaries.VillageYear": "sums, made anew from their rows at any time",
    "beneficiaries.CountyYear": "sums, made anew from their rows at any time",
    "beneficiaries.MergedYear": "sums, made anew from their rows at any time",
    "projects.CountyMoney": "sums, made anew from their rows at any time",
    "projects.CountyProjectMoney": "sums, made anew from their rows at any time",
    "projects.PlaceMoney": "sums, made anew from their rows at any time",
    "intake.ImportRun": "how far a file has come; what it brought is told with its batch",
    "audit.AuditEvent": "the trail itself",
    "audit.TrailHead": "the trail itself",
}


@pytest.fixture
def source(db) -> FundingSource:
    return FundingSourceFactory()


WAYS = {
    "save": lambda source: source.save(),
    "create": lambda source: FundingSource.objects.create(code="new", name="New", level=SourceLevel.COUNTY),
    "update": lambda source: FundingSource.objects.update(name="Other"),
    "bulk_create": lambda source: FundingSource.objects.bulk_create(
        [FundingSource(code="n", name="N", level="county")]
    ),
    "bulk_update": lambda source: FundingSource.objects.bulk_update([source], ["name"]),
    "get_or_create": lambda source: FundingSource.objects.get_or_create(code="new", defaults={"name": "New"}),
    "delete": lambda source: source.delete(),
    "delete many": lambda source: FundingSource.objects.all().delete(),
    "raw cursor": lambda source: connection.cursor().execute("UPDATE projects_fundingsource SET name = 'Other'"),
    "many by raw cursor": lambda source: connection.cursor().executemany(
        "DELETE FROM projects_fundingsource WHERE code = %s", [("county",)]
    ),
    "the trail": lambda source: connection.cursor().execute("DELETE FROM audit_auditevent"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_write_around_the_actions_is_refused(way, source):
    with guard.enforced(), pytest.raises(WrittenAround), transaction.atomic():
        WAYS[way](source)

    assert list(FundingSource.objects.values_list("code", "name")) == [("county", "County budget")]


def test_an_action_writes_and_what_needs_no_event_is_free(db):
    with guard.enforced():
        actions.enter(FundingSource(code="new", name="New", level=SourceLevel.COUNTY), by="manage.py test")
        Division.objects.create(code="51" + "0" * 10, level=1, vintage=2019, name="四川省")

    assert (FundingSource.objects.count(), Division.objects.count()) == (1, 1)


def test_reading_is_free(source):
    with guard.enforced():
        assert FundingSource.objects.select_for_update().get() == source


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('INSERT INTO "a" VALUES (1)', {"a"}),
        ("insert or replace into a values (1)", {"a"}),
        ("REPLACE INTO a VALUES (1)", {"a"}),
        ('UPDATE "a" SET b = 1', {"a"}),
        ("UPDATE OR IGNORE A SET b = 1", {"a"}),
        ('UPDATE ONLY "public"."a" SET b = 1', {"a"}),
        ("UPDATE [a] SET b = 1", {"a"}),
        ("DELETE FROM `a`", {"a"}),
        ("  \n /* a note */ DELETE FROM a -- another", {"a"}),
        ("-- a note\nDELETE FROM a", {"a"}),
        ("WITH x AS (DELETE FROM a RETURNING 1) INSERT INTO b SELECT 1", {"a", "b"}),
        ("EXPLAIN ANALYZE UPDATE a SET b = 1", {"a"}),
        ("DO $$ BEGIN UPDATE a SET b = 1; END $$", {"a"}),
        ("PREPARE p AS DELETE FROM a", {"a"}),
        ("COPY a FROM STDIN", {"a"}),
        ("SELECT 1; UPDATE a SET b = 1", {"a"}),
        ("SELECT * FROM a FOR UPDATE", set()),
        ("SAVEPOINT a", set()),
    ],
)
def test_the_tables_that_a_statement_writes_to(sql, tables):
    assert written_tables(sql) == tables


def test_truncating_names_them_all():
    assert {"a", "b"} <= written_tables("TRUNCATE TABLE a, b CASCADE")


def test_every_table_of_the_house_is_audited_or_says_why_not():
    audited = {model._meta.label for model in audited_models()}

    assert {model._meta.label for model in own_models()} - audited == set(FREE)
    assert {"audit_auditevent", "audit_trailhead"} <= audited_tables()
