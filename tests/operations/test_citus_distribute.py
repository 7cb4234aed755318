"""What is said and planned before there is a Citus; a real one is in test_citus_cluster.py."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.db.models.sql import UpdateQuery

from alleviation.common.citus.base import DatabaseWrapper
from alleviation.common.databases import database
from alleviation.operations.citus.rights import left_to_the_write_path, revoking
from beneficiaries.models import Household, Person

NO_DATABASE = {"NAME": "office", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "TIME_ZONE": None}


@pytest.fixture
def coordinator():
    """The engine without a server behind it: it spells, and asks nothing."""
    given = database("citus://app@coordinator/office")
    return DatabaseWrapper({**NO_DATABASE, **given, "TIME_ZONE": None}, alias="default")


def compiled_update(coordinator, **values):
    """The statement by which Django saves one person whole, as the engine spells it."""
    query = Person.objects.filter(pk=7).query.chain(klass=UpdateQuery)
    fields = {name: Person._meta.get_field(name) for name in values}
    query.add_update_fields([(fields[name], None, value) for name, value in values.items()])
    spelling = query.get_compiler(connection=coordinator)
    spelling._stay_with_whole()
    return spelling.as_sql()


def test_the_address_chooses_the_engine():
    assert database("citus://app@coordinator/office")["ENGINE"] == "alleviation.common.citus"
    assert database("postgresql://app@one/office")["ENGINE"] == "django.db.backends.postgresql"


def test_one_connection_asks_machine_after_machine(coordinator):
    options = coordinator.get_connection_params()["options"].split(" -c ")

    assert options[-1] == "citus.multi_shard_modify_mode=sequential"


def test_keys_are_checked_at_once(coordinator):
    assert coordinator.ops.deferrable_sql() == ""


def test_a_record_saved_whole_names_its_household_and_does_not_set_it(coordinator):
    sql, values = compiled_update(coordinator, household=3, name="another")

    assert sql == (
        'UPDATE "beneficiaries_person" SET "name" = %s WHERE ("beneficiaries_person"."id" = %s '
        'AND "beneficiaries_person"."household_id" = %s)'
    )
    assert values == ("another", 7, 3)


def test_a_change_of_one_field_is_spelt_as_ever(coordinator):
    sql, values = compiled_update(coordinator, name="another")

    assert sql == 'UPDATE "beneficiaries_person" SET "name" = %s WHERE "beneficiaries_person"."id" = %s'
    assert values == ("another", 7)


def test_many_households_are_grouped_by_all_that_is_asked(coordinator):
    counted = Household.objects.order_by().values("pk", "number").annotate(people=Count("persons"))

    sql, _values = counted.query.get_compiler(connection=coordinator).as_sql()

    assert sql.endswith("GROUP BY 1, 2")


def test_rights_stand_for_rules_that_refuse_always():
    assert list(revoking("office")) == [
        'REVOKE DELETE, TRUNCATE ON "beneficiaries_enrolment" FROM "office"',
        'REVOKE DELETE, TRUNCATE, UPDATE ON "beneficiaries_householdlink" FROM "office"',
        'REVOKE DELETE, TRUNCATE, UPDATE ON "beneficiaries_householdmove" FROM "office"',
        'REVOKE DELETE, TRUNCATE ON "beneficiaries_incomerecord" FROM "office"',
        'REVOKE TRUNCATE ON "beneficiaries_person" FROM "office"',
        'REVOKE DELETE, TRUNCATE, UPDATE ON "beneficiaries_statuschange" FROM "office"',
        'REVOKE TRUNCATE ON "projects_division" FROM "office"',
    ]


def test_what_no_right_stands_for_is_named():
    assert left_to_the_write_path() == [
        "place_keeps_its_code",
        "income_is_corrected_by_another",
        "income_of_closed_year",
        "enrolment_of_closed_year",
        "enrolment_moved_from_closed_year",
        "erased_person_stays_erased",
        "erased_person_is_not_written_anew",
        "person_belongs_to_one_household",
    ]


@pytest.mark.django_db
def test_without_citus_the_way_there_is_told():
    if connection.settings_dict["ENGINE"] == "alleviation.common.citus":
        pytest.skip("this database has Citus")

    with pytest.raises(CommandError, match="CREATE EXTENSION citus"):
        call_command("distribute")
