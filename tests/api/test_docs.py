"""The examples of docs/api.md, sent as they stand there."""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from alleviation.accounts.rights import Scope
from alleviation.api.problems import KINDS
from tests.api.programs import said, token_of
from tests.golden import golden_money

PAGE = (Path(settings.BASE_DIR) / "docs/api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^curl (.*?) +# (\d{3})$", PAGE, re.MULTILINE)


def sent(example: str, token: str):
    """The answer to a line of curl."""
    words = iter(shlex.split(example.replace("$TOKEN", token).replace("$SITE", "")))
    method, headers, address = "get", {}, ""
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(words).lower()
        elif word == "--head":
            method = "head"
        else:
            address = word
    return getattr(Client(), method)(address, headers=headers)


@pytest.mark.parametrize(("example", "status"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_answered_as_the_page_says(example, status, manager, heishui, ruoduo, erniunai):
    golden_money(heishui, ruoduo, erniunai)

    response = sent(example, token_of(manager, scopes="figures")[1])

    assert (response.status_code, bool(said(response))) == (int(status), "--head" not in example)


def test_the_page_has_examples_and_names_each_scope_and_status():
    rows = set(re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE))

    assert len(EXAMPLES) == 14
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("| scope |")[2][:900], re.MULTILINE)) == set(Scope.values)
    assert {int(one) for row in rows for one in row.split(", ")} == {one.status for one in KINDS}
