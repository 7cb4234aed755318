"""Opens explanations in tests: the page of a figure, and the rows of its file."""

import csv
import io
from typing import Any

from alleviation.accounts.models import User
from tests.conftest import signed_in


def opened(user: User, slug: str, **asked: Any) -> Any:
    """What the page of an explanation was made of."""
    response = signed_in(user).get(f"/explain/{slug}/", asked)
    assert response.status_code == 200
    return response.context


def taken(user: User, slug: str, **asked: Any) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows and the total row of its file."""
    response = signed_in(user).get(f"/explain/{slug}.csv", asked)
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))
    return rows[:-1], rows[-1]


def reasons(context: Any) -> list[tuple[str, int | None]]:
    return [(str(one.reason), one.number) for one in context["left_out"]]
