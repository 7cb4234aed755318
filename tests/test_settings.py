"""Settings: safe without any environment, and nonsense refused with a reason."""

import runpy
import stat

import pytest
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from alleviation.settings import PERSONAL_KEY_FILE, TRAIL_KEY_FILE, database, own_secret
from tests.house.ground import ROOT


def test_a_secret_is_made_once_and_kept(tmp_path):
    path = tmp_path / "secret"

    first, second = own_secret(path), own_secret(path)

    assert first == second == path.read_text()
    assert len(first) >= 64


def test_a_secret_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "secret"

    own_secret(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_houses_have_two_secrets(tmp_path):
    assert own_secret(tmp_path / "one") != own_secret(tmp_path / "two")


def test_a_secret_that_is_there_is_taken(tmp_path):
    path = tmp_path / "secret"
    path.write_text("kept\n")

    assert own_secret(path) == "kept"


def test_the_key_of_the_trail_is_kept_beside_the_database_and_not_with_the_code():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert TRAIL_KEY_FILE == ROOT / ".trail-key"
    assert {".trail-key", ".secret-key"} <= set(ignored)
    assert len(settings.TRAIL_KEY) >= 32
    assert settings.TRAIL_KEY != settings.SECRET_KEY


def test_the_keys_of_personal_numbers_are_apart_from_the_others_and_not_with_the_code():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert PERSONAL_KEY_FILE == ROOT / ".personal-key"
    assert ".personal-key" in ignored
    assert len({settings.SECRET_KEY, settings.TRAIL_KEY, *settings.PERSONAL_KEYS}) == 3
    assert [len(key) >= 32 for key in settings.PERSONAL_KEYS] == [True]


def started(monkeypatch, **environment: str) -> dict[str, object]:
    """The settings as they are read with this environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "alleviation" / "settings.py"))


def test_the_key_of_the_trail_is_taken_from_the_environment(monkeypatch):
    assert started(monkeypatch, TRAIL_KEY="a-key-of-the-office")["TRAIL_KEY"] == "a-key-of-the-office"


@pytest.mark.parametrize("written", ["new,old", " new, old ", "new,old,"])
def test_the_keys_of_personal_numbers_come_from_the_environment_the_newest_first(monkeypatch, written):
    assert started(monkeypatch, PERSONAL_KEYS=written)["PERSONAL_KEYS"] == ["new", "old"]


def test_what_limits_the_sight_of_persons_is_told_by_the_environment(monkeypatch):
    monkeypatch.delenv("REVEALS_PER_HOUR", raising=False)
    monkeypatch.delenv("SMALLEST_CELL", raising=False)
    without = started(monkeypatch)
    found = started(monkeypatch, REVEALS_PER_HOUR="3", SMALLEST_CELL="11")

    assert (without["REVEALS_PER_HOUR"], without["SMALLEST_CELL"]) == (30, 5)
    assert (found["REVEALS_PER_HOUR"], found["SMALLEST_CELL"]) == (3, 11)


@pytest.mark.parametrize("name", ["REVEALS_PER_HOUR", "SMALLEST_CELL"])
def test_a_limit_that_is_none_is_refused(name, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=f"{name} must be above 0, not 0"):
        started(monkeypatch, **{name: "0"})


def test_mail_goes_where_the_environment_says_and_else_to_the_console(monkeypatch):
    monkeypatch.delenv("EMAIL_URL", raising=False)
    without = started(monkeypatch)
    found = started(monkeypatch, EMAIL_URL="smtp+tls://office:p%40ss@mail.example:587", MAIL_FROM="office@example.org")

    assert without["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert [found[f"EMAIL_{name}"] for name in ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS")] == [
        "mail.example",
        587,
        "office",
        "p@ss",
        True,
    ]
    assert found["DEFAULT_FROM_EMAIL"] == "office@example.org"


def test_files_lie_beside_the_database_or_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.delenv("EVIDENCE_ROOT", raising=False)
    monkeypatch.delenv("EVIDENCE_LARGEST", raising=False)
    without = started(monkeypatch)
    found = started(monkeypatch, EVIDENCE_ROOT=str(tmp_path), EVIDENCE_LARGEST="1000")

    assert (without["EVIDENCE_ROOT"], without["EVIDENCE_LARGEST"]) == (ROOT / "evidence-files", 20 * 1024 * 1024)
    assert (found["EVIDENCE_ROOT"], found["EVIDENCE_LARGEST"]) == (tmp_path, 1000)
    assert "evidence-files/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EVIDENCE_ROOT", str(ROOT / "static" / "files"), "which is served to everybody"),
        ("EVIDENCE_ROOT", str(ROOT / "docs" / ".." / "staticfiles"), "which is served to everybody"),
        ("EVIDENCE_LARGEST", "0", "EVIDENCE_LARGEST must be above 0, not 0"),
    ],
)
def test_files_that_all_could_read_or_none_could_hand_in_are_refused(name, value, words, monkeypatch):
    with pytest.raises(ImproperlyConfigured, match=words):
        started(monkeypatch, **{name: value})


def test_sqlite_writes_one_at_a_time_and_keeps_foreign_keys():
    config = database("sqlite:////tmp/x.sqlite3")

    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", "/tmp/x.sqlite3")
    assert config["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
        ),
    }


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_understood(scheme):
    config = database(f"{scheme}://clerk:secret@db.example:5433/office")

    assert {key: config[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "office",
        "USER": "clerk",
        "PASSWORD": "secret",
        "HOST": "db.example",
        "PORT": 5433,
        "CONN_MAX_AGE": 60,
    }
    assert config["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["mysql://u:p@h/n", "oracle://u:p@h/n", "mssql://u:p@h/n"])
def test_another_database_is_refused_with_what_there_is(url):
    with pytest.raises(ImproperlyConfigured, match="must start with sqlite://, postgresql:// or citus://"):
        database(url)


def test_without_an_environment_the_house_is_closed():
    middleware = map(import_string, settings.MIDDLEWARE)
    classes = [one for one in middleware if isinstance(one, type)]

    assert settings.AUTH_USER_MODEL == "accounts.User"
    assert settings.ALLOWED_HOSTS[:3] == ["localhost", "127.0.0.1", "[::1]"]
    assert "*" not in settings.ALLOWED_HOSTS
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.X_FRAME_OPTIONS) == (True, "DENY")
    assert any(issubclass(one, LoginRequiredMiddleware) for one in classes)


def test_an_office_behind_one_address_is_not_locked_out_by_one_of_them():
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]]


def test_years_are_not_written_with_a_thousands_separator():
    assert getattr(settings, "USE_THOUSAND_SEPARATOR", False) is False


def test_the_two_languages_of_the_house():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "zh-hans"]
