"""What a report is, for a program that has not read it yet: its columns, what it may be asked by, where it is."""

from typing import Any

from django import forms
from django.urls import reverse

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right, Scope
from alleviation.api.cells import is_whole
from alleviation.common.csv_out import FileColumn, file_columns
from alleviation.common.reports import Report
from alleviation.common.tables import Kind
from alleviation.reports.catalogue import CATALOGUE
from alleviation.reports.packages import TYPES
from alleviation.scrutiny.bulk_downloads import is_of_households
from beneficiaries.filters import IncomeQueryForm

ENDINGS = ("json", "csv", "datapackage")
# Of the columns of days the ones that hold a moment.
MOMENTS = {("audit-trail", "at")}


def is_covered(report: Report, user: User, scopes: list[str]) -> bool:
    """Whether a token of these scopes takes this report, and its owner may read it."""
    right = Right(report.permission)
    return Scope.of(right).value in scopes and user.may(right)


def reports_for(user: User, scopes: list[str]) -> list[Report]:
    """The reports that a token takes."""
    return [one for one in CATALOGUE if is_covered(one, user, scopes)]


def told(report: Report) -> dict[str, Any]:
    """A report in a list."""
    return {
        "slug": report.slug,
        "title": str(report.title),
        "description": str(report.description),
        "scope": Scope.of(Right(report.permission)).value,
        "parameters": list(report.filters),
        "each_row_is_a_household": is_of_households(report),
        "description_url": reverse("api-1:report", args=[report.slug]),
        **{f"{one}_url": reverse(f"api-1:{one}", args=[report.slug]) for one in ENDINGS},
    }


def told_in_full(report: Report, user: User) -> dict[str, Any]:
    """A report with its columns, and the values that its parameters take."""
    return told(report) | {
        "fields": fields_of(report),
        "missingValues": [""],
        "added": list(report.added),
        "parameters": parameters_of(report, user),
    }


def fields_of(report: Report) -> list[dict[str, str]]:
    """The columns in the words of Table Schema; `json` is what a value is there, where it is not null."""
    return [_field(report, one) for one in file_columns(report.columns)]


def _field(report: Report, column: FileColumn) -> dict[str, str]:
    is_moment = (report.slug, column.key) in MOMENTS
    day = "datetime" if is_moment else "date"
    told = {
        "name": column.title,
        "key": column.key,
        "type": day if column.kind is Kind.DATE else TYPES.get(column.kind, "string"),
        "json": "integer" if is_whole(column.kind, column.unit) else "string",
    }
    return {**told, "unit": column.unit} if column.unit else told


def parameters_of(report: Report, user: User) -> list[dict[str, Any]]:
    """What the report may be asked by: the fields of its page's filter, with the values that a list of them takes."""
    form = IncomeQueryForm(None, user=user, fields=report.filters)
    return [_parameter(name, field) for name, field in form.fields.items()]


def _parameter(name: str, field: forms.Field) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "title": str(field.label)}
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return told | {"values": {value: str(words) for value, words in choices if value}}
    return told | {"form": FORMS[name]}


# What is no choice from a list, as OpenAPI spells it.
FORMS = {
    "year": {"type": "integer"},
    "area": {"type": "string", "pattern": "^[0-9]{12}$"},
    "project": {"type": "string"},
    "source_code": {"type": "string"},
    "as_of": {"type": "string", "format": "date"},
}
