"""The request of a number: drawn from a seed, so that it can be made again by itself."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.security import fuzz_values as values
from tests.security.fuzz_harvest import Harvest, packed, sample
from tests.security.fuzz_pages import Field, Form
from tests.security.fuzz_sending import FORM, MULTIPART, TOKEN, Asked, multipart
from tests.security.fuzz_world import ROLES

METHODS = (
    "GET",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "X-1",
)
# How many of a hundred requests are of each kind.
KINDS: tuple[tuple[int, str], ...] = ((20, "address"), (30, "query"), (38, "form"), (6, "header"), (6, "body"))
PACKED = b"Content-Transfer-Encoding: base64"
Part = tuple[bytes, str | None, bytes]


class Maker:
    """Makes the requests of a seed."""

    def __init__(self, seed: int, found: Harvest, roles: tuple[str, ...] = ROLES) -> None:
        self.seed, self.found, self.roles = seed, found, roles
        # Those of the household's people and their money are where most can go wrong.
        self.forms = {role: found.forms.get(role, []) for role in roles}

    def asked(self, number: int) -> Asked:
        """The request of this number."""
        chance = random.Random(f"{self.seed}/{number}")
        kind = chance.choices([name for _weight, name in KINDS], [weight for weight, _name in KINDS])[0]
        role = chance.choice(self.roles)
        made: dict[str, Callable[[str, int, random.Random], Asked]] = {
            "address": self._address,
            "query": self._query,
            "form": self._form,
            "header": self._header,
            "body": self._body,
        }
        asked = made[kind](role, number, chance)
        return self._with_header(asked, chance) if kind != "header" and chance.random() < 0.04 else asked

    def _address(self, role: str, number: int, chance: random.Random) -> Asked:
        """A pattern, each in its turn, with a method and keys that are real, foreign, missing or spoiled."""
        route = self.found.routes[number % len(self.found.routes)]
        path = self._path(route, chance)
        if chance.random() < 0.6:
            path = spoiled(path, chance)
        query = chance.choice(self.found.queries) if chance.random() < 0.2 and self.found.queries else ""
        return Asked(role, chance.choice(METHODS), path, query, has_token=chance.random() < 0.9)

    def _path(self, route: str, chance: random.Random) -> str:
        met = self.found.met.get(route)
        return chance.choice(met) if met and chance.random() < 0.8 else sample(route, chance)

    def _query(self, role: str, number: int, chance: random.Random) -> Asked:
        """A page asked by names that it knows or does not, once or again and again, with values that spoil."""
        path = self._path(chance.choice(self.found.routes), chance)
        parts = [self._asked_by(chance) for _time in range(chance.choice((1, 1, 1, 2, 2, 3, 5)))]
        if self.found.queries:
            parts += chance.sample(self.found.queries, min(chance.choice((0, 0, 1, 2)), len(self.found.queries)))
        if path.startswith("/admin/") and chance.random() < 0.5:
            parts.append(chance.choice(values.LOOKUPS))
        if chance.random() < 0.05:
            parts.append(
                chance.choice(("%", "%%=%", "=", "&&&", "%u0041=1", "a" * 5000, ";", "%ED=%A0", "a=1;b=2", "?" * 50))
            )
        if chance.random() < 0.01:
            parts = [f"a{n}=1" for n in range(2000)]
        chance.shuffle(parts)
        return Asked(role, chance.choices(("GET", "HEAD", "POST"), (90, 5, 5))[0], path, "&".join(parts))

    def _asked_by(self, chance: random.Random) -> str:
        name = (
            chance.choice(self.found.names) if chance.random() < 0.93 else values.quoted(values.value("text", chance))
        )
        kind = next((kind for word, kind in KIND_OF_NAME if word in name), chance.choice(list(values.BY_KIND)))
        return f"{name}={values.quoted(values.value(kind, chance))}"

    def _form(self, role: str, number: int, chance: random.Random) -> Asked:
        """A form as its page gave it, with one or two of its fields changed."""
        shown = [one for one in (role, *self.roles) if self.forms.get(one)]
        if not shown:
            return self._query(role, number, chance)
        role = role if self.forms.get(role) else chance.choice(shown)
        form = chance.choice(self.forms[role])
        changed = (
            {chance.randrange(len(form.fields)) for _time in range(chance.choice((1, 1, 2, 3)))}
            if form.fields
            else set()
        )
        parts: list[Part] = []
        for place, one in enumerate(form.fields):
            parts += (
                spoiled_field(one, chance) if place in changed and one.kind != "csrf" else sent_as_it_is(one, chance)
            )
        if chance.random() < 0.05:
            parts = strange_parts(parts, chance)
        asked = packed(role, form, parts)
        return replace(asked, path=spoiled(asked.path, chance)) if chance.random() < 0.03 else asked

    def _header(self, role: str, number: int, chance: random.Random) -> Asked:
        path = self._path(chance.choice(self.found.routes), chance)
        asked = self._with_header(Asked(role, chance.choice(METHODS[:4]), path), chance)
        return self._with_header(asked, chance) if chance.random() < 0.3 else asked

    def _with_header(self, asked: Asked, chance: random.Random) -> Asked:
        name, value = chance.choice(values.HEADERS)
        sent = value.encode(errors="surrogatepass").decode("latin-1")
        return replace(asked, headers=(*asked.headers, (name, sent)))

    def _body(self, role: str, number: int, chance: random.Random) -> Asked:
        """A body that is no form of ours: broken multipart, JSON, too many fields, or no token."""
        forms = [one for one in self.forms.get(role) or [] if one.method == "POST"]
        form = chance.choice(forms) if forms else Form("/", "/sign-in/", "POST")
        parts = [part for one in form.fields for part in sent_as_it_is(one, chance)]
        content_type, body = chance.choice(BODIES)(parts, chance)
        path, _, query = form.action.partition("?")
        return Asked(
            role,
            chance.choice(("POST", "POST", "PUT", "PATCH")),
            path,
            query,
            (),
            body,
            content_type,
            chance.random() < 0.8,
        )


KIND_OF_NAME = (
    ("year", "year"), ("as_of", "date"), ("_on", "date"), ("page", "number"), ("area", "key"), ("of", "key"),
    ("csv", "select"),
    ("svg", "select"), ("next", "address"), ("kind", "select"), ("amount", "number"), ("__id", "key"),
    ("first", "year"),
)  # fmt: skip


def spoiled(path: str, chance: random.Random) -> str:
    """A path with one of its parts made another, or parts more or fewer."""
    parts = path.strip("/").split("/")
    end = "/" if path.endswith("/") else ""
    place = chance.randrange(len(parts))
    part = chance.choice(values.PARTS)
    way = chance.random()
    if way < 0.75:
        keys = [n for n, one in enumerate(parts) if re.search(r"\d|-P|-C|\.", one)]
        parts[chance.choice(keys) if keys and chance.random() < 0.8 else place] = part
    elif way < 0.85:
        parts.insert(place, part)
    elif way < 0.95:
        parts[place] += part
    else:
        del parts[place]
    return "/" + "/".join(parts) + ("" if chance.random() < 0.1 else end)


def sent_as_it_is(one: Field, chance: random.Random) -> list[Part]:
    """A field as a browser sends it. The token is ours, since cookie and form only have to agree."""
    if one.kind == "csrf":
        return [(one.name.encode(), None, TOKEN.encode())]
    return [] if one.value is None else [(one.name.encode(), None, one.value.encode())]


def spoiled_field(one: Field, chance: random.Random) -> list[Part]:
    """A field with something else in it, sent twice, or not at all."""
    name, way = one.name.encode(), chance.random()
    if way < 0.06:
        return []
    if one.kind == "file" and way < 0.9:
        file, content = chance.choice(values.SENT_FILES)
        return [(name, file, content)]
    if one.options and way < 0.35:
        return [(name, None, chance.choice(one.options).encode())]
    if way < 0.41 and one.kind != "file":
        return [(name, "a.csv", b"x")]
    part: Part = (name, None, values.value(one.kind if one.kind in values.BY_KIND else "text", chance))
    return [part, *sent_as_it_is(one, chance)] if way > 0.95 else [part]


def strange_parts(parts: list[Part], chance: random.Random) -> list[Part]:
    """Fields doubled, lost, added by the thousand, or with names that are none."""
    ways: tuple[Callable[[], list[Part]], ...] = (
        lambda: [*parts, *parts],
        lambda: [one for one in parts if chance.random() < 0.5],
        lambda: [*parts, *((b"x%d" % n, None, b"1") for n in range(1200))],
        lambda: [*parts, *((b"f%d" % n, "a.txt", b"1") for n in range(150))],
        lambda: [
            *parts,
            *((name, None, b"posted") for name in (b"state", b"voucher", b"id", b"is_superuser", b"role", b"area")),
        ],
        lambda: [*parts, (values.value("text", chance)[:200], None, b"x")],
        lambda: [(name.replace(b"-0-", b"-1-"), file, value) for name, file, value in parts],
        lambda: [*parts, (b"_saveasnew", None, b"1"), (b"_popup", None, b"1"), (b"_to_field", None, b"password")],
        lambda: [
            *parts,
            (b"action", None, b"delete_selected"),
            (b"_selected_action", None, b"1"),
            (b"index", None, b"x"),
        ],
    )
    return chance.choice(ways)()


def _query_of(parts: list[Part]) -> bytes:
    return "&".join(f"{values.quoted(name)}={values.quoted(value)}" for name, _file, value in parts).encode()


def _cut_at(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return (
        content[:at]
        + chance.choice((b"", b"\x00", b"\xff", b"\r\n\r\n", b"--", values.BROKEN[0]))
        + content[at + chance.choice((0, 1, 40)) :]
    )


BODIES: tuple[Callable[[list[Part], random.Random], tuple[str, bytes]], ...] = (
    lambda parts, chance: (MULTIPART, _cut_at(multipart(parts), chance)),
    lambda parts, chance: (MULTIPART.replace("fuzzer", "other"), multipart(parts)),
    lambda parts, chance: (MULTIPART, multipart(parts).replace(b"\r\n", b"\n")),
    lambda parts, chance: (MULTIPART, multipart(parts).replace(b"form-data", b"form-data; filename*=utf-9''%ff", 1)),
    lambda parts, chance: (MULTIPART, multipart(parts).replace(b"\r\n\r\n", b"\r\n" + PACKED + b"\r\n\r\n")),
    lambda parts, chance: (MULTIPART, _query_of(parts)),
    lambda parts, chance: (FORM, multipart(parts)),
    lambda parts, chance: (FORM, _cut_at(_query_of(parts), chance)),
    lambda parts, chance: (FORM, b"&".join(b"a%d=%d" % (n, n) for n in range(1500))),
    lambda parts, chance: (FORM, _query_of(parts) + b"&" + b"x" * 6_000_000),
    lambda parts, chance: (FORM, _query_of([part for part in parts if part[0] != b"csrfmiddlewaretoken"])),
    lambda parts,
    chance: (FORM + "; charset=" + chance.choice(("utf-16", "x", "idna", "base64", "hex", "rot13")), _query_of(parts)),
    lambda parts, chance: ("application/json", b'{"a": [' * 2000),
    lambda parts, chance: ("application/json", b'{"csrfmiddlewaretoken": "' + TOKEN.encode() + b'"}'),
    lambda parts, chance: ("", b"\x00" * 100),
    lambda parts, chance: ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
)  # fmt: skip
