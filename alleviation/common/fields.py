"""Numbers that are exact on every database: whole units in the table, Decimal in Python, never a float."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import expressions
from django.db.models.expressions import Combinable, Expression
from django.utils.translation import gettext_lazy as _

from alleviation.common.amount_input import AmountInput, InTenThousands

# Arithmetic that raises rather than rounds, whatever the caller's own decimal context is.
EXACT = Context(prec=64, traps=[Inexact, InvalidOperation])

LARGEST_YUAN = Decimal("9999999999.99")
# Both end in one fen: 0.000001 万元.
YUAN_PLACES, WAN_PLACES = 2, 6

# Decimal() itself also reads 1e3, 1_000, NaN, full-width and Arabic-Indic digits.
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
NOT_PLAIN = _(
    "Enter a plain number such as 1234.56: digits 0 to 9, a point, a minus sign; no separators, no exponent."
)


class FixedPointFormField(forms.DecimalField):
    """A decimal typed in plain digits; refuses what Decimal() would read but a person may not have meant."""

    default_error_messages = {"invalid": NOT_PLAIN}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The Decimal that was typed, None for nothing; raises ValidationError "invalid" for anything but a number."""
        if isinstance(value, str):
            value = value.strip()
        if value in self.empty_values:
            return None
        if not PLAIN_NUMBER.fullmatch(str(value)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(str(value))


class YuanFormField(FixedPointFormField):
    """Money typed in yuan or, where that is ticked, in 万元: 12.5 is 125,000.00 then, exactly."""

    widget = AmountInput
    default_error_messages = {
        "too_fine": _(
            "At most %(places)s decimals in 万元: the last is one fen. Type the amount in yuan, and untick 万元."
        ),
    }

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The amount in yuan; raises ValidationError as its base does, or "too_fine" for a part of a fen."""
        number = super().to_python(value)
        if number is None:
            return None
        places = len(str(value).strip().partition(".")[2])
        if not isinstance(value, InTenThousands):
            if places > YUAN_PLACES:
                told = DecimalValidator.messages["max_decimal_places"]
                raise ValidationError(told, code="max_decimal_places", params={"max": YUAN_PLACES})
            return number
        if places > WAN_PLACES:
            raise ValidationError(self.error_messages["too_fine"], code="too_fine", params={"places": WAN_PLACES})
        # What is too large for any amount is refused as it stands.
        is_large = number.adjusted() > LARGEST_YUAN.adjusted()
        return number if is_large else EXACT.quantize(EXACT.scaleb(number, 4), Decimal("0.01"))


class FixedPointField(models.BigIntegerField):
    """A number with `places` decimals, kept as whole units of 10**-places and read as a Decimal.

    It works in filters, Sum, Min, Max, Case, Subquery and Coalesce(Sum(...), 0). Beware of constants in
    expressions: a bare number there is raw (only 0 is safe), so write Value(Decimal("1.50"), YuanField()).
    Avg is a float of raw units, or cut off where an output_field is given: divide a Sum by a Count in Python.
    """

    # For the type checker's Django plugin: what may be set, what is read.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    description = _("Exact decimal with %(places)s places")
    default_error_messages = {
        "invalid": NOT_PLAIN,
        "float": _("A float is not exact: give a Decimal, an int or text."),
        "max_decimal_places": _("At most %(places)s decimals; the number is not rounded for you."),
        "out_of_range": _("This number is too large."),
    }

    def __init__(self, *args: Any, places: int = 4, **kwargs: Any) -> None:
        """Raises ValueError when `places` is not within 0 to 18, which is what 64 bits can hold."""
        if not 0 <= places <= 18:
            raise ValueError("places must be from 0 to 18")
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def _refuse(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"places": self.places})

    def _read(self, value: object) -> Decimal:
        if isinstance(value, float):
            raise self._refuse("float")
        if isinstance(value, Decimal) and value.is_finite():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value):
            if len(value.partition(".")[2]) > self.places:
                raise self._refuse("max_decimal_places")
            return Decimal(value)
        raise self._refuse("invalid")

    def _units(self, number: Decimal) -> int:
        if number.adjusted() > 19:
            raise self._refuse("out_of_range")
        try:
            units = int(EXACT.to_integral_exact(EXACT.scaleb(number, self.places)))
        except Inexact:
            raise self._refuse("max_decimal_places") from None
        if abs(units) > self.MAX_BIGINT:
            raise self._refuse("out_of_range")
        return units

    def _number(self, units: int) -> Decimal:
        return EXACT.scaleb(Decimal(units), -self.places)

    def to_python(self, value: Any) -> Decimal | None:
        """The value as a Decimal with exactly `places` decimals.

        Raises ValidationError: "float", "invalid" (NaN, infinity, exponent, foreign digits), "max_decimal_places"
        (also for trailing zeros in text; a Decimal is refused only if something would be lost), "out_of_range".
        """
        return None if value is None else self._number(self._units(self._read(value)))

    def get_prep_value(self, value: Any) -> int | None:
        """Whole units for the database; raises ValidationError as to_python does."""
        return None if value is None else self._units(self._read(value))

    def from_db_value(
        self, value: Any, expression: Expression | None, connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        """The Decimal of what the database counted; PostgreSQL gives the Sum of a bigint as a numeric.

        Raises TypeError for a fraction of a unit, which only raw SQL or a foreign writer can have left there.
        """
        if value is None:
            return None
        if isinstance(value, float) or int(value) != value:
            raise TypeError("not a whole number of units")
        return self._number(int(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.to_python(self.value_from_object(obj))
        return "" if value is None else f"{value:f}"

    def formfield(self, **kwargs: Any) -> Any:
        largest = self._number(self.MAX_BIGINT)
        defaults = {
            "form_class": FixedPointFormField,
            "decimal_places": self.places,
            "max_digits": 19,
            "min_value": -largest,
            "max_value": largest,
        }
        return super().formfield(**{**defaults, **kwargs})


# An integer field rounds a float in these two lookups before the field can refuse it.
FixedPointField.register_lookup(models.lookups.GreaterThanOrEqual)
FixedPointField.register_lookup(models.lookups.LessThan)


class YuanField(FixedPointField):
    """Money: Decimal yuan in Python, whole fen in the database, within ±9,999,999,999.99."""

    description = _("Yuan")
    default_validators = [MinValueValidator(-LARGEST_YUAN), MaxValueValidator(LARGEST_YUAN)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("In yuan, at most two decimals."))
        super().__init__(*args, **{**kwargs, "places": 2})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("places")
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        limits = {"max_digits": 12, "min_value": -LARGEST_YUAN, "max_value": LARGEST_YUAN}
        return super().formfield(**{"form_class": YuanFormField, **limits, **kwargs})


def _combine(connector: str, *rules: tuple[type, type, type | None]) -> None:
    # Django takes the first rule that fits, and its own would call a sum of fen an integer.
    expressions._connector_combinators[connector][:0] = rules  # type: ignore[attr-defined]


def _teach_arithmetic() -> None:
    """What F("a") + F("b") is: yuan ± yuan and yuan × a whole number are yuan, all else needs an output_field.

    A bare FixedPointField is never inferred, since Django knows the type of a result but not its places.
    """
    refused = ((FixedPointField, object, None), (object, FixedPointField, None))
    for connector in (Combinable.ADD, Combinable.SUB):
        _combine(connector, (YuanField, YuanField, YuanField), *refused)
    scaled = ((YuanField, models.IntegerField, YuanField), (models.IntegerField, YuanField, YuanField))
    _combine(Combinable.MUL, (FixedPointField, FixedPointField, None), *scaled, *refused)
    for connector in (Combinable.DIV, Combinable.MOD, Combinable.POW):
        _combine(connector, *refused)


_teach_arithmetic()
