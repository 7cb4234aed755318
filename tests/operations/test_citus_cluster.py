"""A real Citus of three machines: the example's tables are spread, hold the same, and keep what they kept."""

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import citus
from tests.postgres import server_folder

pytestmark = [pytest.mark.slow, pytest.mark.long]
PROGRAMS = server_folder()
MISSING = PROGRAMS is None or not citus.has_citus(PROGRAMS)
APP = "app_of_the_office"
# A household and its rows, written and refused as everywhere.
WRITES = """
from django.db import IntegrityError, transaction
from alleviation.common.guard import writing
from beneficiaries.models import *
from projects.models import *

def refused(write):
    try:
        with transaction.atomic(), writing():
            write()
    except IntegrityError as error:
        return str(error).partition("\\n")[0]
    return "taken"

homes = list(Household.objects.order_by("pk")[:2])
village = homes[0].village
with writing():
    made = Household.objects.bulk_create([Household(village=village, number=f"new-{n}") for n in range(40)])
    people = Person.objects.bulk_create([Person(household=h, name=h.number, relation="head") for h in made])
print("own:", all(p.name == p.household.number for p in Person.objects.filter(household__in=made)))
print("ids:", [p.pk for p in people] == sorted(p.pk for p in people), None not in [p.pk for p in people])
print("twice:", refused(lambda: Household.objects.create(village=village, number="new-7")))
made[3].number = "new-4"
print("renamed:", refused(made[3].save))
print("stranger:", refused(lambda: Person.objects.create(household_id=10**12, name="x", relation="head")))
people[0].household = made[1]
print("moved:", refused(people[0].save))
people[2].name = "another"
print("saved:", refused(people[2].save), Person.objects.get(pk=people[2].pk).name)
print("locked:", transaction.atomic(lambda: Household.objects.select_for_update().get(pk=made[0].pk).number)())
"""


@pytest.fixture(scope="module")
def spread():
    """The example on a cluster, spread: what each command said."""
    if MISSING:
        pytest.skip("PostgreSQL offers no Citus here: nothing was tried on several machines (docs/citus.md)")
    with citus.cluster(PROGRAMS) as url:
        folder = parse_qs(urlsplit(url).query)["host"][0]
        citus.as_superuser(folder, citus.PORTS[0], "postgres", "CREATE DATABASE office")
        citus.join_machines(folder, "office")
        citus.as_superuser(folder, citus.PORTS[0], "office", f"CREATE ROLE {APP} LOGIN")
        yield Office(url.replace("/postgres?", "/office?"), folder)


class Office:
    """Runs commands of the app against the coordinator."""

    def __init__(self, url, folder):
        self.url, self.folder = url, folder
        for command in ("migrate", "load_reference", "load_example"):
            self.manage(command)
        self.sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {APP}")
        self.planned = self.manage("distribute", "--dry-run")
        self.before = self.sql("SELECT count(*) FROM pg_dist_partition")
        self.done = self.manage("distribute", "--app-role", APP)
        self.again = self.manage("distribute")

    def manage(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def run(self, *words):
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )

    def sql(self, *statements):
        return citus.as_superuser(self.folder, citus.PORTS[0], "office", *statements)


def test_a_plan_is_printed_and_nothing_done(spread):
    assert "SELECT create_distributed_table('\"beneficiaries_person\"', 'household_id'" in spread.planned
    assert spread.before == [(0,)]


def test_tables_hold_the_same_once_they_are_spread(spread):
    assert "-- 16 tables are spread; before and after they hold the same." in spread.done
    assert "beneficiaries_incomerecord: 2700 rows, wage_income" in spread.done
    assert "Every table is where it should be." in spread.again
    assert spread.sql("SELECT count(DISTINCT nodeport) FROM citus_shards WHERE citus_table_type = 'distributed'") == [
        (2,)
    ]


def test_rows_no_longer_lie_hidden_beneath(spread):
    assert spread.sql("SELECT sum(pg_relation_size(CAST(c.oid AS regclass))) FROM pg_class c "
                      "WHERE relname IN ('beneficiaries_person', 'beneficiaries_household')") == [(0,)]  # fmt: skip


def test_everything_is_verified_there(spread):
    assert "Everything holds." in spread.manage("verify")


def test_row_security_is_refused_and_says_what_holds_instead(spread):
    refused = spread.run("row_security", "--on")

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "CommandError: Citus takes no policies that look at other tables: the rules of the app hold alone."
    )


def test_writes_are_kept_and_refused_as_on_one_machine(spread):
    said = dict(line.split(": ", 1) for line in spread.manage("shell", "-v", "0", "-c", WRITES).splitlines())

    assert said["own"] == "True"
    assert said["ids"] == "True True"
    assert (
        said["twice"] == said["renamed"] == 'duplicate key value violates unique constraint "household_village_number"'
    )
    assert "violates foreign key constraint" in said["stranger"]
    assert said["moved"] == "beneficiaries.Person: a row stays with its household"
    assert said["saved"] == "taken another"
    assert said["locked"] == "new-0"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM beneficiaries_incomerecord",
        "UPDATE beneficiaries_statuschange SET decision = 'another'",
        "TRUNCATE beneficiaries_person",
    ],
)
def test_the_role_of_the_app_has_no_right_around_the_rules(spread, statement):
    with pytest.raises(Exception, match="permission denied"):
        spread.sql(f"SET ROLE {APP}", statement)
