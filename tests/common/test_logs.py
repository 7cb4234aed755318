"""A log line names nobody, ends where it ends, and can be found again by the number of its request."""

import json
import logging
import sys

import pytest
from django.test import Client

from alleviation.audit.models import AuditEvent
from alleviation.common import request_numbers
from alleviation.common.logs import ImpersonalFormatter, JsonFormatter
from alleviation.common.scrubbing import scrubbed
from tests.conftest import signed_in

PERSON = "110101199003078515"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"number {PERSON} is taken", "number [left out] is taken"),
        ("11010119900307851X", "[left out]"),
        ("１１０１０１１９９００３０７８５１５", "[left out]"),
        ("110101 19900307 8515", "[left out]"),
        ("110101900307851", "[left out]"),
        ("6222021234567890123", "[left out]"),
        ("6222 0212 3456 7890 123", "[left out]"),
        ("call 13812345678 or +86 138-1234-5678", "call [left out] or [left out]"),
        ("head_name='张 三' refused", "head_name=[left out] refused"),
        ("{'username': 'clerk', \"password\": \"x y\"}", "{'username': [left out], \"password\": [left out]}"),
        ("姓名：张三, 户主: 李四", "姓名：[left out], 户主: [left out]"),
        ("password=abc&next=/", "password=[left out]&next=/"),
        ("Key (id_number)=(110101) already exists.", "Key (id_number)= [left out]"),
        ("DETAIL: Failing row contains (7, 张三,\n null).", "DETAIL: Failing row contains [left out]"),
        ("Authorization: Bearer-abc", "Authorization: [left out]"),
        (f"Authorization: Bearer alv_{'x' * 43}", "Authorization: [left out] [left out]"),
        (f"GET /?a=alv_{'-' * 43}", "GET /?a=[left out]"),
        ("village 513228212205 in 2019", "village 513228212205 in 2019"),
        ("file 9f8e7d6c5b4a39281706f5e4d3c2b1a0 is missing", "file 9f8e7d6c5b4a39281706f5e4d3c2b1a0 is missing"),
        ("2026-11-23T05:40:14.123 paid 12345678.90", "2026-11-23T05:40:14.123 paid 12345678.90"),
        ("a\r\nERROR forged", "a\\u000d\\u000aERROR forged"),
        ("\x1b[2J\x9b\x00\u2028\u202e\ud800", "\\u001b[2J\\u009b\\u0000\\u2028\\u202e\\ud800"),
    ],
)
def test_a_line_is_without_persons_secrets_and_ends(text, expected):
    assert scrubbed(text) == expected


def line_of(formatter: logging.Formatter, message: str, *args: object, **extra: object) -> str:
    record = logging.LogRecord(
        "alleviation.test", logging.ERROR, __file__, 1, message, args, extra.pop("failure", None)
    )
    record.__dict__.update(extra)
    return formatter.format(record)


def failure():
    try:
        raise ValueError(f"the row of {PERSON}")
    except ValueError:
        return sys.exc_info()


def test_a_line_of_json_says_when_where_what_and_in_which_request():
    request_numbers._number.set("a" * 32)

    line = line_of(
        JsonFormatter(), "Row %s: %s\n", 7, PERSON, fields={"status": 500, "route": "x\ny"}, failure=failure()
    )

    told = json.loads(line)
    assert ("\n" in line, line.isascii()) == (False, True)
    assert told.pop("at").endswith("+00:00")
    assert told.pop("failure")[-1] == "builtins.ValueError"
    assert told == {
        "level": "ERROR",
        "logger": "alleviation.test",
        "request": "a" * 32,
        "message": "Row 7: [left out]\\u000a",
        "status": 500,
        "route": "x\\u000ay",
    }
    assert PERSON not in line


def test_a_line_of_text_says_the_same():
    request_numbers._number.set("")

    line = line_of(ImpersonalFormatter(), "Row %s", PERSON, fields={"status": 500}, failure=failure())

    first, *rest = line.splitlines()
    assert first.partition(" ")[2] == "ERROR alleviation.test [-] Row [left out] status=500"
    assert rest[-1] == "builtins.ValueError"


class Unspeakable:
    def __str__(self):
        raise RuntimeError(PERSON)


@pytest.mark.parametrize(("message", "args"), [("%s", (Unspeakable(),)), ("%d", ("x",)), ("%s %s", (1,))])
def test_a_message_that_cannot_be_put_together_says_no_more_than_that(message, args):
    line = line_of(ImpersonalFormatter(), message, *args)

    assert line.endswith("(a message that cannot be put together: str)")


def test_no_line_is_endless():
    assert len(line_of(ImpersonalFormatter(), "%s", "x" * 1_000_000)) < 5000


def test_a_page_that_fails_is_told_by_its_name_and_not_by_its_address(manager, monkeypatch, caplog):
    def fails(*_args, **_kwargs):
        raise ValueError(PERSON)

    monkeypatch.setattr("alleviation.reports.views.render", fails)
    client = signed_in(manager)
    client.raise_request_exception = False
    client.get("/reports/awards/?name=张三")

    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    first, *_rest, last = ImpersonalFormatter().format(record).splitlines()
    assert first.endswith("] Internal Server Error (reports:detail)")
    assert last == "builtins.ValueError"


def test_an_address_that_is_no_ascii_is_not_told_either(rf):
    request = rf.get("/people/张三/\u202e/")
    spelt = request.path.encode("unicode_escape").decode("ascii")
    record = logging.LogRecord("django.security.csrf", 30, "", 1, "Forbidden (%s): %s", ("no token", spelt), None)
    record.request = request

    assert ImpersonalFormatter().format(record).endswith("] Forbidden (no token)")


# --- one line for each request ------------------------------------------------------------------------------------


@pytest.fixture
def heard(settings, caplog):
    """The lines of the access log."""
    settings.ACCESS_LOG = True
    caplog.set_level(logging.INFO, "alleviation.access")
    return lambda: [one.fields | {"ms": 0} for one in caplog.records if one.name == "alleviation.access"]


def test_a_request_leaves_one_line_with_its_route_and_nothing_that_was_typed(heard, manager):
    client = signed_in(manager)

    client.get("/funding/?name=张三")
    client.get("/households/77/")
    Client().get("/nowhere/张三/")
    Client().generic("张\r\nX", "/healthz")

    about = [(one["method"], one["route"], one["status"], one["user"]) for one in heard()]
    assert about == [
        ("GET", "dashboards:funding", 200, manager.pk),
        ("GET", "dashboards:household", 403, manager.pk),
        ("GET", "-", 404, None),
        ("?", "healthz", 405, None),
    ]
    assert {tuple(one) for one in heard()} == {("method", "route", "status", "ms", "user")}


def test_an_address_is_in_it_where_that_is_asked_for(heard, settings, db):
    settings.LOG_ADDRESSES = True

    Client().get("/healthz", REMOTE_ADDR="192.0.2.7")

    assert [one["address"] for one in heard()] == ["192.0.2.7"]


def test_without_the_setting_there_is_none(settings, caplog, db):
    settings.ACCESS_LOG = False

    Client().get("/healthz")

    assert [one for one in caplog.records if one.name == "alleviation.access"] == []


TOLD = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("told", "behind", "expected"),
    [
        (TOLD, True, TOLD),
        ("01234567-89ab-cdef-0123-456789abcdef", True, TOLD),
        (TOLD, False, None),
        ("short", True, None),
        (f"{TOLD}\r\nX: y", True, None),
        ("张" * 20, True, None),
        ("x" * 33, True, None),
    ],
)
def test_the_number_of_a_request_is_the_proxy_s_where_it_is_sound(told, behind, expected, settings, db):
    settings.BEHIND_PROXY = behind

    given = Client().get("/healthz", HTTP_X_REQUEST_ID=told)["X-Request-ID"]

    assert (given if expected else given != told, len(given)) == (expected or True, 32)


def test_an_event_has_the_number_that_its_answer_and_its_page_of_failure_have(manager, monkeypatch):
    response = signed_in(manager).get("/reports/awards.csv")
    refused = signed_in(manager).get("/?q=%00")

    assert AuditEvent.objects.latest("id").request == response["X-Request-ID"]
    assert refused["X-Request-ID"] in refused.content.decode()
