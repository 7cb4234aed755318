"""The app asks nothing of another machine: every test runs with the ways out closed, and no code could take one."""

import ast
import smtplib
import socket
import urllib.request

import pytest

from tests.house.ground import files, label, told
from tests.outward import LedOut, is_here

# Modules that ask other machines, and those of ours that may: for what, and by which setting.
ASKING = {
    *("aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket"),
    *("telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc", "django.core.mail"),
}
ALLOWED = {
    ("alleviation/example/starting.py", "socket"): "looks whether the port of `start` is free on this machine",
    (
        "alleviation/operations/healthy.py",
        "socket",
    ): "asks the app of this very machine, at a path: no address can be given",
    ("alleviation/common/unheard.py", "socket"): "looks at the line of a connection that the driver has opened",
    ("alleviation/common/replica/deadlines.py", "socket"): "ends the line of a connection that the driver has opened",
    ("alleviation/reports/management/commands/export_anchor.py", "django.core.mail"): "--mail: EMAIL_URL",
    ("alleviation/entrance/oidc.py", "urllib.request"): "signs people in elsewhere: OIDC_ISSUER",
}


@pytest.mark.parametrize(
    "address", ["192.0.2.1", "2001:db8::1", "example.org", "10.0.0.1", "169.254.169.254", b"example.org"]
)
def test_a_way_out_is_closed(address):
    family = socket.AF_INET6 if ":" in str(address) else socket.AF_INET

    with socket.socket(family) as way, pytest.raises(LedOut):
        way.connect((address, 80))
    with pytest.raises(LedOut):
        socket.getaddrinfo(address, 80)


def test_what_is_built_on_sockets_is_closed_with_them():
    with pytest.raises(LedOut):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)
    with pytest.raises(LedOut):
        smtplib.SMTP("192.0.2.1", timeout=1)


def test_this_machine_is_no_way_out():
    assert [host for host in ("localhost", "127.0.0.1", "::1", "", None, "127.3.2.1") if not is_here(host)] == []


def imported(source: str) -> set[str]:
    """The modules that a source names in its imports, however deep."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def asking(source: str) -> set[str]:
    """Those among them that ask other machines."""
    named = imported(source)
    return {name for name in ASKING if any(one == name or one.startswith(f"{name}.") for one in named)}


def test_no_code_of_ours_could_ask_but_where_a_setting_says_so():
    sources = {label(path): path.read_text(encoding="utf-8") for path in files(suffix=".py")}
    ours = {
        name: text
        for name, text in sources.items()
        if name.startswith(("alleviation/", "projects/", "beneficiaries/"))
    }

    offenders = [f"{name}: {one}" for name, text in ours.items() for one in asking(text) if (name, one) not in ALLOWED]

    assert (len(ours) > 300, offenders) == (True, []), told(offenders)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import requests", {"requests"}),
        ("def f():\n    from urllib import request", {"urllib.request"}),
        ("import http.client as c", {"http.client"}),
        ("from urllib.parse import quote\nimport http", set()),
    ],
)
def test_an_import_is_seen_wherever_it_stands(source, expected):
    assert asking(source) == expected
