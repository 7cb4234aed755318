"""The app as gunicorn serves it: what its log says, what it tells of itself, and a database that is gone."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection, IncompleteRead

import pytest

from alleviation.example.starting import HOST, server_command
from tests.browser.serving import free_port, wait_until_answers
from tests.faults.databases import postgresql
from tests.house.ground import ROOT
from tests.postgres import server_folder

NUMBER = "0123456789abcdef0123456789abcdef"


@contextmanager
def served(folder, database="", app="alleviation.wsgi"):
    """A server over a database, of SQLite that is made as it is asked; what it logs is in a file."""
    port = free_port()
    settings = {
        "DATABASE_URL": database or f"sqlite:///{folder}/office/database.sqlite3",
        **dict.fromkeys(("ACCESS_LOG", "BEHIND_PROXY"), "true"),
        "LOG_FORMAT": "json",
        "DJANGO_SETTINGS_MODULE": "alleviation.settings",
        "PATH": os.environ["PATH"],
    }
    (folder / "office").mkdir()
    with (folder / "log").open("w") as log:
        command = [app if word == "alleviation.wsgi" else word for word in server_command(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
        try:
            wait_until_answers(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def asked(port: int, path: str, **headers: str):
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection((HOST, port), 30) as peer:
        peer.sendall(request)
        return peer.recv(4000)


@pytest.mark.slow
def test_a_server_tells_nothing_of_itself_and_logs_in_lines_of_json(tmp_path):
    with served(tmp_path) as port:
        well = asked(port, "/healthz", **{"X-Request-ID": NUMBER})
        asked(port, "/nowhere/?name=%E5%BC%A0%E4%B8%89%0d%0aX&id=110101199003078515")
        unread = raw(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n")
        both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /"
        smuggled = raw(port, b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\n" + both)

    assert (well.status, well.headers["Server"], well.headers["X-Request-ID"]) == (200, "alleviation", NUMBER)
    assert smuggled.startswith(b"HTTP/1.1 400 ")
    assert (unread.startswith(b"HTTP/1.1 400 "), b"unicorn" in unread) == (True, False)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    told = [line for line in lines if line["logger"] == "alleviation.access" and line["request"] == NUMBER]
    assert [(line["route"], line["status"]) for line in told] == [("healthz", 200)]
    assert "110101199003078515" not in (tmp_path / "log").read_text()
    assert "张" not in "".join(map(str, lines))


@pytest.mark.slow
def test_a_file_that_breaks_off_is_no_whole_file_to_who_fetches_it(tmp_path):
    with served(tmp_path, app="tests.security.breaking") as port:
        connection = HTTPConnection(HOST, port, timeout=30)
        connection.request("GET", "/file")
        response = connection.getresponse()
        with pytest.raises(IncompleteRead) as caught:
            response.read()
        connection.close()

    log = (tmp_path / "log").read_text()
    assert (response.status, b"".join(caught.value.args[:1])[:7]) == (200, b"a row\r\n")
    assert ("BrokenOff" in log, "110101199003078515" in log) == (True, False)


@pytest.mark.slow
@pytest.mark.long
def test_a_database_that_stops_is_told_and_one_that_comes_back_is_used_again(tmp_path):
    if server_folder() is None:
        pytest.skip("there is no PostgreSQL server here")
    with postgresql() as database, served(tmp_path, database.url) as port:
        before = asked(port, "/healthz")
        database.stop()
        health, page = asked(port, "/healthz"), asked(port, "/funding/", Cookie="sessionid=" + "a" * 32)
        database.start()
        after = asked(port, "/healthz")

    assert [one.status for one in (before, health, page, after)] == [200, 503, 503, 200]
    assert page.headers["Retry-After"] == "30"


def test_the_command_of_the_server_takes_its_file_of_settings():
    assert server_command(1)[:1] == [sys.executable]
    assert str(ROOT / "gunicorn.conf.py") in server_command(1)
