"""The addresses as OpenAPI 3.1: of each report that a token takes its own, with its parameters and its rows."""

import json
from copy import deepcopy
from typing import Any

from ninja import NinjaAPI

from alleviation.accounts.models import User
from alleviation.api.described import fields_of, parameters_of
from alleviation.api.problems import CONTENT_TYPE, KINDS
from alleviation.common.reports import Report
from alleviation.reports.packages import DESCRIPTION

ANY_REPORT = "{slug}"
PACKAGES = "https://specs.frictionlessdata.io/data-package/"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail", "request"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "request": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    }
}


def document(api: NinjaAPI, user: User, reports: list[Report]) -> dict[str, Any]:
    """The description of all addresses, in the language of now."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    paths: dict[str, Any] = {}
    for path, methods in found["paths"].items():
        # HEAD says of each what GET does, without the rows.
        asked = methods["get"] | {"responses": methods["get"]["responses"] | _problems()}
        if ANY_REPORT in path and path.endswith((".json", ".csv")):
            paths |= {
                path.replace(ANY_REPORT, one.slug): {"get": _of_report(asked, path, one, user)} for one in reports
            }
        else:
            paths[path] = {"get": asked}
    found["paths"], found["components"]["schemas"] = paths, SCHEMAS | _rows_of(reports)
    return found


def _of_report(asked: dict[str, Any], path: str, report: Report, user: User) -> dict[str, Any]:
    """The operation of one report."""
    form = path.partition(".")[2]
    mine = deepcopy(asked) | {
        "operationId": f"{report.slug}-{form.partition('.')[0]}",
        "summary": f"{report.title} ({form if form == DESCRIPTION else form.upper()})",
        "description": str(report.description),
        "parameters": [_parameter(one) for one in parameters_of(report, user)],
    }
    contents: dict[str, dict[str, Any]] = {
        "csv": {"text/csv": {"schema": {"type": "string"}}},
        "json": {"application/json": {"schema": {"$ref": f"#/components/schemas/{report.slug}"}}},
        DESCRIPTION: {"application/json": {"schema": {"type": "object", "externalDocs": {"url": PACKAGES}}}},
    }
    mine["responses"]["200"] = {"description": str(report.title), "content": contents[form]}
    mine["responses"]["304"] = {"description": "Not Modified"}
    return mine


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    values = told.get("values")
    schema = {"type": "string", "enum": list(values)} if values else told["form"]
    words = "; ".join(f"{value}: {title}" for value, title in values.items()) if values else ""
    described = f"{told['title']}. {words}".strip()
    return {"in": "query", "name": told["name"], "required": False, "schema": schema, "description": described}


def _problems() -> dict[str, Any]:
    """What is answered where nothing is given out."""
    content = {"content": {CONTENT_TYPE: {"schema": PROBLEM}}}
    found: dict[str, Any] = {}
    for one in KINDS:
        if one.status not in (405, 413):
            found.setdefault(str(one.status), {"description": str(one.title)} | content)
    return found


def _rows_of(reports: list[Report]) -> dict[str, Any]:
    """What the JSON of each report is, under its name."""
    return {one.slug: _whole(one) for one in reports}


def _whole(report: Report) -> dict[str, Any]:
    words = ("report", "title", "description", "user", "language", "created", "as_of")
    return {
        "type": "object",
        "title": str(report.title),
        "properties": {
            **{name: {"type": "string"} for name in words},
            **{name: {"type": "object"} for name in ("filter", "chain", "control_totals")},
            "fields": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": _row(report)},
            "row_count": {"type": "integer"},
            "total_row": {"type": ["object", "null"]},
        },
    }


def _row(report: Report) -> dict[str, Any]:
    """A row: a value that is not known is null."""
    properties: dict[str, Any] = {}
    for one in fields_of(report):
        words = one["name"] if one["type"] not in ("date", "datetime", "number") else f"{one['name']} [{one['type']}]"
        properties[one["key"]] = {"type": [one["json"], "null"], "description": words}
    return {"type": "object", "required": list(properties), "properties": properties}
