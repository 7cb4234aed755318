from decimal import Decimal

import pytest
from django import forms
from django.apps.registry import Apps
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Case, CheckConstraint, Count, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st

from alleviation.common.fields import EXACT, FixedPointField, YuanField

own_apps = Apps()


class Amount(models.Model):
    """A table of these tests alone, in a registry of its own, so that no law about models meets it."""

    year = models.IntegerField()
    paid = YuanField()
    back = YuanField(null=True, blank=True)
    capacity = FixedPointField(places=4, default=0)

    class Meta:
        apps = own_apps
        app_label = "amounts"
        constraints = [CheckConstraint(condition=~Q(paid=0) & Q(paid__gt="-500.00"), name="paid_in_bounds")]

    def __str__(self):
        return f"{self.year}"


@pytest.fixture
def amounts(db):
    editor = connection.schema_editor()
    editor.deferred_sql = []
    sql, parameters = editor.table_sql(Amount)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
    return Amount._default_manager


YUAN = YuanField(name="paid")
CAPACITY = FixedPointField(name="capacity", places=4)


def refusal(call, *arguments):
    with pytest.raises(ValidationError) as caught:
        call(*arguments)
    return getattr(caught.value, "code", None)


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1234.5", "1234.50"),
        ("-0.01", "-0.01"),
        ("-0", "0.00"),
        ("+7", "7.00"),
        (5, "5.00"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("5.0000"), "5.00"),
    ],
)
def test_to_python_has_exactly_its_places(value, text):
    number = YUAN.to_python(value)

    assert str(number) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.1, "float"),
        (1.0, "float"),
        (Decimal("NaN"), "invalid"),
        (Decimal("-Infinity"), "invalid"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("1e3", "invalid"),
        ("1_000", "invalid"),
        ("1,000", "invalid"),
        ("１２", "invalid"),
        ("١٢", "invalid"),
        (" 5", "invalid"),
        ("5\n", "invalid"),
        ("", "invalid"),
        (True, "invalid"),
        ([], "invalid"),
        ("0.001", "max_decimal_places"),
        ("1.000", "max_decimal_places"),
        (Decimal("0.001"), "max_decimal_places"),
        (Decimal("1E-999999"), "max_decimal_places"),
        (Decimal("0." + "0" * 70 + "1"), "max_decimal_places"),
        ("92233720368547758.08", "out_of_range"),
        (10**22, "out_of_range"),
        (Decimal("1E+999999"), "out_of_range"),
        ("9" * 5000, "out_of_range"),
    ],
)
def test_a_value_that_is_no_exact_amount_is_refused_everywhere(value, code):
    assert refusal(YUAN.to_python, value) == code
    assert refusal(YUAN.get_prep_value, value) == code


def test_none_stays_none():
    assert YUAN.to_python(None) is None
    assert YUAN.get_prep_value(None) is None
    assert YUAN.from_db_value(None, None, connection) is None


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(0, 18))
def test_fixed_point_round_trip(units, places):
    field = FixedPointField(places=places)

    number = field.from_db_value(units, None, connection)

    assert field.get_prep_value(number) == units
    assert field.get_prep_value(f"{number:f}") == units
    assert number == EXACT.scaleb(Decimal(units), -places)
    assert number.as_tuple().exponent == -places


@given(st.integers(-(10**12), 10**12))
def test_the_numeric_sum_of_postgresql_reads_as_the_integer_sum_of_sqlite(units):
    assert YUAN.from_db_value(Decimal(units), None, connection) == YUAN.from_db_value(units, None, connection)


@pytest.mark.parametrize("average", [12.0, 12.5, Decimal("12.5")])
def test_a_fraction_of_a_unit_from_the_database_is_refused(average):
    with pytest.raises(TypeError):
        YUAN.from_db_value(average, None, connection)


@pytest.mark.parametrize("places", [-1, 19])
def test_places_that_64_bits_cannot_hold_are_refused(places):
    with pytest.raises(ValueError, match="places"):
        FixedPointField(places=places)


@pytest.mark.parametrize(("value", "code"), [("10000000000", "max_value"), ("-10000000000", "min_value")])
def test_yuan_beyond_ten_billion_is_refused_by_a_validator(value, code):
    with pytest.raises(ValidationError) as caught:
        YUAN.clean(value, None)

    assert [error.code for error in caught.value.error_list] == [code]


def test_yuan_up_to_its_bound_is_taken():
    assert YUAN.clean("9999999999.99", None) == Decimal("9999999999.99")


def test_deconstruct_says_what_a_migration_needs():
    assert CAPACITY.deconstruct() == ("capacity", "alleviation.common.fields.FixedPointField", [], {"places": 4})
    assert CAPACITY.clone().places == 4
    _, path, _, options = YUAN.deconstruct()
    assert (path, sorted(options)) == ("alleviation.common.fields.YuanField", ["help_text"])
    assert YUAN.clone().places == 2


# --- forms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"), [("12.30", "12.30"), ("  -5 ", "-5"), ("9999999999.99", "9999999999.99")]
)
def test_form_takes_plain_numbers(typed, number):
    assert YUAN.formfield().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1e3", "NaN", "Infinity", "１２", "١٢", "1_0", "1,000.00", "0x10", ".5", "5."])
def test_form_refuses_what_is_no_plain_number(typed):
    with pytest.raises(ValidationError) as caught:
        YUAN.formfield().clean(typed)

    assert caught.value.messages == [
        "Enter a plain number such as 1234.56: digits 0 to 9, a point, a minus sign; no separators, no exponent."
    ]


def test_form_refuses_a_third_decimal_rather_than_rounding():
    with pytest.raises(ValidationError, match="no more than 2 decimal places"):
        YUAN.formfield().clean("0.001")


def test_form_refuses_what_the_database_cannot_hold():
    largest = CAPACITY.formfield().clean("922337203685477.5807")

    assert largest == Decimal("922337203685477.5807")
    with pytest.raises(ValidationError, match="less than or equal to"):
        CAPACITY.formfield().clean("922337203685477.5808")


def test_empty_form_field_is_none_where_it_may_be():
    assert YuanField(blank=True, null=True).formfield().clean("  ") is None


def test_admin_form_steps_in_fen():
    admin = ModelAdmin(Amount, AdminSite())

    field = admin.formfield_for_dbfield(Amount._meta.get_field("paid"), request=HttpRequest())

    assert isinstance(field, forms.DecimalField)
    assert field.widget.attrs["step"] == "0.01"
    assert str(field.help_text) == "In yuan, at most two decimals."


def test_model_form_reads_validates_and_sees_no_change_in_spelling():
    form_class = forms.modelform_factory(Amount, fields=["year", "paid", "back"])

    form = form_class({"year": "2018", "paid": "5", "back": ""}, initial={"year": 2018, "paid": Decimal("5.00")})

    assert form.changed_data == []
    assert form_class({"year": "2018", "paid": "1e3"}).errors.keys() == {"paid"}


# --- the database -----------------------------------------------------------------------------------------------


def test_rows_come_back_exact(amounts):
    amounts.create(year=2018, paid="0.10", capacity="30.0001")
    amounts.create(year=2018, paid=Decimal("-12.34"), back=7)

    rows = list(amounts.order_by("id").values_list("paid", "back", "capacity"))

    assert [[str(value) for value in row] for row in rows] == [
        ["0.10", "None", "30.0001"],
        ["-12.34", "7.00", "0.0000"],
    ]


def test_sum_of_a_thousand_dimes_is_a_hundred(amounts):
    amounts.bulk_create(Amount(year=2018, paid=Decimal("0.10"), capacity=Decimal("0.0001")) for _ in range(1000))

    sums = amounts.aggregate(total=Sum("paid"), capacities=Sum("capacity"), largest=Max("paid"))

    assert {key: str(value) for key, value in sums.items()} == {
        "total": "100.00",
        "capacities": "0.1000",
        "largest": "0.10",
    }


def test_coalesced_sum_of_nothing_is_zero_yuan(amounts):
    sums = amounts.aggregate(yuan=Coalesce(Sum("paid"), 0), power=Coalesce(Sum("capacity"), 0), bare=Sum("paid"))

    assert {key: str(value) for key, value in sums.items()} == {"yuan": "0.00", "power": "0.0000", "bare": "None"}


def test_filters_compare_in_yuan(amounts):
    amounts.bulk_create(Amount(year=number, paid=f"{number}.00") for number in (1, 2, 3))

    def years(**lookup):
        return list(amounts.filter(**lookup).order_by("year").values_list("year", flat=True))

    assert years(paid="2") == [2]
    assert years(paid__gt=Decimal("1.99")) == [2, 3]
    assert years(paid__gte=2) == [2, 3]
    assert years(paid__lt="2.00") == [1]
    assert years(paid__lte=2) == [1, 2]
    assert years(paid__range=("1.50", "2.50")) == [2]
    assert years(paid__in=["1", Decimal(3)]) == [1, 3]


@pytest.mark.parametrize("lookup", ["exact", "gt", "gte", "lt", "lte"])
def test_filters_refuse_floats_and_what_no_column_holds(amounts, lookup):
    def narrow(value):
        return amounts.filter(**{f"paid__{lookup}": value})

    assert refusal(narrow, 1.5) == "float"
    assert refusal(narrow, 10**22) == "out_of_range"


def test_arithmetic_of_two_amounts_is_an_amount(amounts):
    amounts.create(year=2018, paid="10.50", back="0.25")
    both = amounts.annotate(
        left=F("paid") - F("back"), sum=F("paid") + F("back"), twice=2 * F("paid"), minus=-F("back")
    )

    row = both.values_list("left", "sum", "twice", "minus").get()
    sums = amounts.aggregate(net=Coalesce(Sum(F("paid") - F("back")), 0), two=Sum("paid") + Sum("back"))

    assert [str(value) for value in row] == ["10.25", "10.75", "21.00", "-0.25"]
    assert {key: str(value) for key, value in sums.items()} == {"net": "10.25", "two": "10.75"}


@pytest.mark.parametrize(
    "expression",
    [
        F("paid") + Decimal("1.00"),
        F("paid") + 1,
        F("paid") * F("back"),
        F("paid") * Decimal("0.5"),
        F("paid") / 2,
        F("paid") / F("back"),
        F("paid") + F("capacity"),
        F("capacity") + F("capacity"),
    ],
)
def test_arithmetic_that_would_mix_units_needs_an_output_field(amounts, expression):
    with pytest.raises(FieldError):
        list(amounts.annotate(mixed=expression).values_list("mixed"))


def test_constant_in_arithmetic_is_yuan_when_it_says_so(amounts):
    amounts.create(year=2018, paid="10.50")

    row = amounts.annotate(more=F("paid") + Value(Decimal("1.25"), YuanField())).get()

    assert str(row.more) == "11.75"


def test_case_and_subquery_keep_yuan(amounts):
    amounts.create(year=2017, paid="1.00")
    amounts.create(year=2018, paid="2.50")
    of_its_year = amounts.filter(year=OuterRef("year")).values("year").annotate(total=Sum("paid")).values("total")

    case = amounts.aggregate(late=Sum(Case(When(year=2018, then="paid"), default=0)))
    sub = (
        amounts.annotate(total=Coalesce(Subquery(of_its_year), 0))
        .filter(total__gt="2.49")
        .values_list("total", "year")
    )

    assert str(case["late"]) == "2.50"
    assert list(sub) == [(Decimal("2.50"), 2018)]


def test_sum_over_count_is_the_exact_mean(amounts):
    amounts.bulk_create(Amount(year=2018, paid=paid) for paid in ("0.01", "0.02"))

    sums = amounts.aggregate(total=Sum("paid"), rows=Count("id"))

    assert sums["total"] / sums["rows"] == Decimal("0.015")


def test_constraint_speaks_yuan_in_python_and_in_the_database(amounts):
    rule = Amount._meta.constraints[0]

    rule.validate(Amount, Amount(year=2018, paid=Decimal("-499.99")))

    assert refusal(rule.validate, Amount, Amount(year=2018, paid=Decimal("-500.00"))) is None
    assert refusal(rule.validate, Amount, Amount(year=2018, paid=Decimal(0))) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        amounts.create(year=2018, paid="-500.00")


@pytest.mark.parametrize("form", ["json", "xml", "jsonl"])
def test_dump_and_load_give_back_the_same_rows(amounts, form, monkeypatch):
    monkeypatch.setattr("django.core.serializers.python.apps", own_apps)
    monkeypatch.setattr("django.core.serializers.xml_serializer.apps", own_apps)
    monkeypatch.setattr(own_apps, "get_model", lambda *names: Amount)
    amounts.create(id=1, year=2018, paid="1234.50", capacity="0.0001")
    before = list(amounts.values_list())

    text = serializers.serialize(form, amounts.all())
    amounts.all().delete()
    for row in serializers.deserialize(form, text):
        row.save()

    assert "1234.50" in text
    assert list(amounts.values_list()) == before


def test_value_to_string_has_all_places():
    paid = Amount._meta.get_field("paid")

    assert paid.value_to_string(Amount(paid=5)) == "5.00"
