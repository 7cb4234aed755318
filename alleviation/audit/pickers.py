"""Records chosen by typing how they begin: in a list that narrows or, without a script, as plain text."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Model, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alleviation.audit.forms import NUMBER

# Where the text stands that was typed without a script, after the name of its field.
TYPED = "-typed"
# So many are looked at to find the one that is meant, and so many are named where several may be.
LOOKED_AT, NAMED = 20, 5
# A code of a division is known by its leading digits too: 513228 is 513228000000.
CODE_LENGTH = 12


class Typed(str):
    """What somebody typed in place of choosing: a code or name, or how one begins."""

    __slots__ = ()


class RecordPicker(AutocompleteSelect):
    """An autocomplete with a plain text field beside it for whoever has no script.

    It shows a refused form again, whatever was sent in place of a record's number.
    """

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if NUMBER.fullmatch(str(one))], attr)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        typed, chosen = (value, None) if isinstance(value, Typed) else ("", value)
        told = _("Or type the code, or how the name begins")
        plain = (
            '{}<noscript><input type="text" class="vTextField" name="{}" value="{}" aria-label="{}" placeholder="{}">'
            "</noscript>"
        )
        return format_html(plain, super().render(name, chosen, attrs, renderer), name + TYPED, typed, told, told)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was typed counts more than what still stood in the list."""
        typed = str(data.get(name + TYPED, "")).strip()
        return Typed(typed) if typed else super().value_from_datadict(data, files, name)


class RecordField(forms.ModelChoiceField):
    """A record by its number, or by what was typed of it; `sought` narrows the records to those that a text finds."""

    sought: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None

    def to_python(self, value: Any) -> Any:
        """The record. Raises ValidationError where no record, or more than one, is meant."""
        return self._found(value) if isinstance(value, Typed) and self.sought else super().to_python(value)

    def _found(self, text: str) -> Model:
        rows: Any = self.queryset
        # PostgreSQL takes none in a text, not even to look for it.
        ProhibitNullCharactersValidator()(text)
        found: list[Any] = list(self.sought(rows, text)[: LOOKED_AT + 1])  # type: ignore[misc]
        meant = [one for one in found if is_meant(one, text)] or found
        if not meant:
            raise ValidationError(_("Nothing that you may choose begins so."), code="nothing_begins")
        # Places stand in the list of each year under the same code, the latest first.
        if len(meant) > 1 and len({getattr(one, "code", one.pk) for one in meant}) > 1:
            named = "; ".join(map(self.label_from_instance, meant[:NAMED]))
            told = _("Several begin so: %(named)s … Type more of it, or the code.") % {"named": named}
            raise ValidationError(told, code="several_begin")
        return meant[0]


def is_meant(record: Any, text: str) -> bool:
    """Whether a text is the whole code or a whole name of a record, in either language."""
    names = ("code", "name", "name_zh", "name_en", "title", "title_zh", "local_name")
    whole = {str(getattr(record, name, "")).casefold() for name in names} - {""}
    return text.casefold() in whole or (text.isdigit() and text.ljust(CODE_LENGTH, "0") in whole)


class RecordsFound(AutocompleteJsonView):
    """What an autocomplete finds, each record as its page tells it in a list to choose from."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": self.model_admin.picked(obj)}  # type: ignore[attr-defined]
