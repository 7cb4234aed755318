"""What tests of the admin share: filling a page's form as a person would, and reading what it says back."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")


def page(model: str, what: str = "changelist", *args: object) -> str:
    """The address of an admin page, as page("projects_project", "add")."""
    return reverse(f"admin:{model}_{what}", args=args)


def typed(response: Any) -> dict[str, Any]:
    """The fields of a form page as a browser would send them back untouched."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if field.field.widget.input_type == "checkbox" if hasattr(field.field.widget, "input_type") else False:
                data.update({field.html_name: "on"} if value else {})
            elif value is not None and not callable(value):
                data[field.html_name] = field.field.prepare_value(value)
    return data


def submit(client: Client, address: str, **fields: Any) -> Any:
    """Open a form page, type these fields, and send it; dates and numbers as people type them."""
    opened = client.get(address)
    data = typed(opened) | fields
    return client.post(address, {name: "" if value is None else value for name, value in data.items()})


def errors(response: Any) -> dict[str, list[str]]:
    """What a refused page says, field by field, inlines included by their prefixed names."""
    form = response.context["adminform"].form
    found = {name: [str(e) for e in messages] for name, messages in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        for row in inline.formset.forms:
            found |= {f"{row.prefix}-{name}": [str(e) for e in messages] for name, messages in row.errors.items()}
    return found


def shown(response: Any) -> str:
    """The words of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def listed(client: Client, model: str, query: str = "") -> list[str]:
    """The rows of a list page, as the text of their records."""
    response = client.get(page(model) + query)
    return [str(record) for record in response.context["cl"].result_list]


def said(response: Any) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in response.context["messages"]]


def press(client: Client, entry: Any, step: str, **fields: Any) -> Any:
    """Open an entry's page and press one of its buttons."""
    token = client.get(page("projects_ledgerentry", "change", entry.pk)).context["token"]
    return client.post(page("projects_ledgerentry", "step"), {"step": step, "entry": token, **fields}, follow=True)


def choose(client: Client, action: str, *entries: Any) -> Any:
    """Choose entries in the list and an action: the page that asks."""
    chosen = [entry.pk for entry in entries]
    data = {"action": action, "_selected_action": chosen, "index": "0"}
    return client.post(page("projects_ledgerentry") + "?state=all", data)


def confirm(client: Client, asked: Any, **fields: Any) -> Any:
    """Say yes to what a page asks, for the entries that it has ticked."""
    context = asked.context
    ticked = [row.token for row in context["rows"] if not row.refusal]
    data = {"step": context["step"].slug, "entry": ticked, "confirmed": "1", **fields}
    return client.post(page("projects_ledgerentry", "step"), data, follow=True)


def refused(response: Any) -> dict[int, str]:
    """The entries that a page names as refused, each with its reason."""
    return {row.entry.pk: row.refusal for row in response.context["rows"] if row.refusal}
