"""How an amount of money is typed: in yuan or 万元, and told back in words beneath."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alleviation.common.amount_words import amount_told
from alleviation.common.words import WIDE

# The name of the box that says 万元, after that of its amount.
WAN = "-wan"


class InTenThousands(str):
    """A number as it was typed that counts 万元."""

    __slots__ = ()


class AmountInput(forms.TextInput):
    """A field for yuan with a box that makes it 万元, and the amount in words beneath (static/js/entry.js).

    Without a script the words are those of the amount that the page came with.
    """

    def __init__(self, attrs: Any = None, *, has_switch: bool = True) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "vAmount", **(attrs or {})})
        self.has_switch = has_switch

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was typed, marked where it counts 万元."""
        typed = super().value_from_datadict(data, files, name)
        return InTenThousands(typed) if typed and self.has_switch and data.get(name + WAN) else typed

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        switch = self._switch(name, attrs, is_on=isinstance(value, InTenThousands)) if self.has_switch else ""
        typed = super().render(name, value, attrs, renderer)
        return format_html('<span class="amount">{}{}<output>{}</output></span>', typed, switch, _told(value))

    def _switch(self, name: str, attrs: Any, *, is_on: bool) -> SafeString:
        box = forms.CheckboxInput().render(name + WAN, is_on, {"id": f"{(attrs or {}).get('id', name)}{WAN}"})
        return format_html('<label class="amount-unit">{} {}</label>', box, _("in 万元"))


def _told(value: Any) -> str:
    """The amount in words; nothing for what is none, which the form's errors tell."""
    try:
        amount = Decimal(str(value or ""))
        return amount_told(WIDE.scaleb(amount, 4) if isinstance(value, InTenThousands) else amount)
    except (ValueError, ArithmeticError):
        return ""
