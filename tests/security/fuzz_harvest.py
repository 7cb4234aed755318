"""What there is to ask: every pattern of the resolver with keys that are met, and the forms that roles are shown."""

import random
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django import forms
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from projects.filters import QueryForm
from tests.security.fuzz_pages import Form, links_of, read
from tests.security.fuzz_sending import FORM, MULTIPART, TOKEN, Answer, Asked, multipart
from tests.security.fuzz_values import NAMES
from tests.security.fuzz_world import Inhabited

Get = Callable[[Asked], Answer]
STARTS = (
    "/",
    "/admin/",
    "/imports/",
    "/households/",
    "/closings/",
    "/audit/",
    "/sign-in/",
    "/reports/",
    "/red-flags/",
)
# Of so many pages of each pattern the forms and links are read.
EACH = 1
SLUGS = (
    *("OWN-P", "FOREIGN-P", "OWN-C", "CROSSING", "OWN-voucher", "FOREIGN-voucher", "513228212205", "451102100200"),
    *(
        "projects.ledgerentry",
        "beneficiaries.incomerecord",
        "projects.pledge",
        "clerk",
        "figures",
        "incomes",
        "ledger",
        "annual-funding",
        "claims",
        "household-register",
        "audit-trail",
    ),
)
LEAVING = re.compile(r"sign-out|logout|setlang")


@dataclass
class Harvest:
    """Routes, the addresses met of each, queries that pages have asked, forms by role, the names of queries."""

    routes: list[str]
    met: dict[str, list[str]] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    forms: dict[str, list[Form]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def harvest(place: Inhabited, get: Get, *, each: int = EACH) -> Harvest:
    """Walk through the pages of every role."""
    found = Harvest(sorted(set(routes(get_resolver()))))
    queries = set[str]()
    for role in ("anonymous", *place.people):
        if role == "stranger":
            # Sends what the clerk was shown: every record in it is a foreign one.
            continue
        met = {asked.address: None for asked in walked(role, found, get, queries, each)}
        for address in met:
            path = urlsplit(address).path
            found.met.setdefault(route_of(path), []).append(path)
    found.forms["stranger"] = found.forms["clerk"]
    found.met = {route: list(dict.fromkeys(paths)) for route, paths in found.met.items()}
    found.queries = sorted(queries)
    found.names = sorted({*NAMES, *names_of_filters(), *(one.partition("=")[0] for one in found.queries)})
    return found


def walked(role: str, found: Harvest, get: Get, queries: set[str], each: int) -> Iterator[Asked]:
    """Follow the links, so many of each pattern, and keep the forms, one of each shape."""
    shapes: dict[object, Form] = {}
    seen: dict[str, int] = {}
    samples = (sample(route, random.Random(route)) for route in found.routes)
    coming = deque([*STARTS, *samples])
    known = set(coming)
    while coming:
        address = coming.popleft()
        path, _, query = address.partition("?")
        route = route_of(path)
        seen[route] = seen.get(route, 0) + 1
        if not route or LEAVING.search(path) or seen[route] > each:
            continue
        asked = Asked(role, "GET", path, query)
        answer = get(asked)
        yield asked
        queries.update(part for part in query.split("&") if part)
        shown, links = on_page(address, answer)
        fresh = [one for one in shown if one.shape not in shapes]
        shapes.update({one.shape: one for one in fresh})
        for form in fresh:
            if form.method == "POST" and not LEAVING.search(form.action):
                # The page that asks whether it is meant, or shows what was wrong.
                asking, _links = on_page(form.action, get(untouched(role, form)))
                shapes.update({one.shape: one for one in asking if one.shape not in shapes})
        coming.extend(link for link in links if link not in known)
        known.update(links)
    found.forms[role] = list(shapes.values())


def on_page(address: str, answer: Answer) -> tuple[list[Form], list[str]]:
    """The forms and links of a page; none of what is no page."""
    if answer.status != 200 or not answer.content.lstrip().startswith(b"<"):
        return [], []
    reader = read(address, answer.content)
    return reader.forms, list(links_of(reader))


def untouched(role: str, form: Form) -> Asked:
    """A form as it is sent by whoever only presses its button."""
    sent = [(one.name.encode(), None, one.value.encode()) for one in form.fields if one.value is not None]
    return packed(
        role,
        form,
        [(name, None, TOKEN.encode() if name == b"csrfmiddlewaretoken" else value) for name, _, value in sent],
    )


def packed(role: str, form: Form, parts: list[tuple[bytes, str | None, bytes]], **more: object) -> Asked:
    """A form with these parts as its request."""
    from tests.security.fuzz_values import quoted

    path, _, query = form.action.partition("?")
    plain = "&".join(f"{quoted(name)}={quoted(value)}" for name, file, value in parts if file is None)
    if form.method == "GET":
        return Asked(role, "GET", path, plain, **more)  # type: ignore[arg-type]
    if form.is_multipart or any(file is not None for _name, file, _value in parts):
        return Asked(role, "POST", path, query, body=multipart(parts), content_type=MULTIPART, **more)  # type: ignore[arg-type]
    return Asked(role, "POST", path, query, body=plain.encode(), content_type=FORM, **more)  # type: ignore[arg-type]


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern of the app, spelt as `resolve()` spells it."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).removeprefix("^" if before else "")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


def route_of(path: str) -> str:
    """The pattern that an address is of; "" where it is of none."""
    try:
        return resolve(unquote(path, errors="replace")).route
    except (Resolver404, ValueError):
        return ""


def sample(route: str, chance: random.Random) -> str:
    """An address of a pattern, its keys drawn from small numbers and from what things are called here."""

    def drawn(match: re.Match[str]) -> str:
        if (match[1] or "str") == "int":
            return str(chance.randint(1, 5))
        return "00000000-0000-0000-0000-000000000001" if match[1] == "uuid" else chance.choice((*SLUGS, "1", "2", "3"))

    plain = re.sub(r"<(?:(\w+):)?\w+>", drawn, route.replace("(?P<", "(?P:"))
    grouped = re.sub(
        r"\(\?P:\w+>([^)]*)\)", lambda m: chance.choice(m[1].split("|")) if m[1][0].isalpha() else "x", plain
    )
    return "/" + re.sub(r"[\^$]|\\Z", "", grouped).replace("//", "/").lstrip("/")


def names_of_filters() -> Iterable[str]:
    """What the filters of all pages are asked by."""
    kinds = [QueryForm]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        yield from (name for name, one in kind.base_fields.items() if isinstance(one, forms.Field))
