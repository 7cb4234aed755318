"""Somebody's browser: cookies, forms, and what is made of the answers."""

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from benchmarks.load_browser import value_of

HOST = "127.0.0.1"
SIGN_IN = "/sign-in/"
# What no page may show, whatever failed.
TRACES = ("Traceback", 'File "', "psycopg2", "sqlite3", "OperationalError", "django.db", "/site-packages/")
Fields = dict[str, str]


class Fate(StrEnum):
    """What somebody was told of a form that they sent."""

    DONE = "done"
    REFUSED = "refused"  # nothing of it was saved
    UNKNOWN = "unknown"  # it is not known whether it was saved
    UNANSWERED = "unanswered"  # no answer came, which is no better
    WRONG = "wrong"  # the form was looked at, and shown again
    STRANGER = "stranger"  # sign in first


@dataclass(frozen=True)
class Words:
    """What pages of failure say, in the language of a reader."""

    headings: tuple[str, ...]
    nothing: tuple[str, ...]
    not_known: str
    sent_before: str


@dataclass(frozen=True)
class Answer:
    """A page; without a status where none came."""

    status: int = 0
    location: str = ""
    text: str = ""

    @property
    def is_stranger(self) -> bool:
        # A form from before the session ended is none of this one (403).
        return self.location.startswith(SIGN_IN) or self.status == 403

    def hidden(self, name: str) -> str:
        """The value of a hidden field; empty where the page has none."""
        return value_of(name, self.text)


@dataclass
class Browser:
    """One person at the app."""

    port: int
    name: str
    password: str
    language: str
    words: Words
    patience: float = 180.0
    cookies: dict[str, str] = field(default_factory=dict)
    # Pages that were no honest page of failure, and how many honest ones there were.
    rude: list[str] = field(default_factory=list)
    told: int = 0
    # Whether a form is under way, and how many were answered.
    is_sending: bool = False
    sent: int = 0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Fields, file: tuple[str, str, bytes] | None = None) -> Answer:
        """Send a form; `file` is a field, a name and bytes."""
        fields = {**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        edge = secrets.token_hex(16)
        kind = f"multipart/form-data; boundary={edge}" if file else FORM
        body = packed(fields, file, edge) if file else urlencode(fields).encode()
        self.is_sending = True
        try:
            return self._ask("POST", path, body, {"Content-Type": kind})
        finally:
            self.is_sending = False
            self.sent += 1

    def sign_in(self) -> bool:
        self.cookies.clear()
        self.get(SIGN_IN)
        sent = {"username": self.name, "password": self.password, "next": "/admin/"}
        return self.post(SIGN_IN, sent).status == 302

    def fate_of(self, answer: Answer) -> Fate:
        """What the answer to a form says of it."""
        if answer.status == 0:
            return Fate.UNANSWERED
        if answer.is_stranger:
            return Fate.STRANGER
        if answer.status == 302:
            return Fate.DONE
        if answer.status < 500:
            return Fate.WRONG
        return Fate.REFUSED if any(words in answer.text for words in self.words.nothing) else Fate.UNKNOWN

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=self.patience)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        about = {"Cookie": cookies, "Accept-Language": self.language, "Accept": "text/html", "Connection": "close"}
        try:
            connection.request(method, path, body, {**about, **headers})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, HTTPException):
            return Answer()
        finally:
            connection.close()
        for header in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        answer = Answer(response.status, response.headers.get("Location", ""), unescape(text))
        self._judge(path, answer)
        return answer

    def _judge(self, path: str, answer: Answer) -> None:
        """A failure is told in plain words of the reader's language, and shows nothing of its cause."""
        if answer.status < 500:
            return
        words = (*self.words.nothing, self.words.not_known)
        is_plain = any(heading in answer.text for heading in self.words.headings)
        is_honest = any(one in answer.text for one in words)
        is_bare = any(trace in answer.text for trace in TRACES)
        if answer.status == 503 and is_plain and is_honest and not is_bare:
            self.told += 1
        else:
            self.rude.append(f"{answer.status} {path}: {' '.join(re.sub('<[^>]*>', ' ', answer.text).split())[:200]}")


FORM = "application/x-www-form-urlencoded"


def packed(fields: Fields, file: tuple[str, str, bytes], edge: str) -> bytes:
    """A form with a file as browsers send it."""
    parts: list[Any] = []
    for name, value in fields.items():
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    named = f'name="{file[0]}"; filename="{file[1]}"'
    parts.append(f"--{edge}\r\nContent-Disposition: form-data; {named}\r\n".encode())
    parts.append(b"Content-Type: application/octet-stream\r\n\r\n" + file[2] + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode()
