"""Settings: safe without any environment, and nonsense refused with a reason."""

import stat

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from alleviation.settings import database, own_secret


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


def test_sqlite_writes_one_at_a_time_and_keeps_foreign_keys():
    config = database("sqlite:////tmp/x.sqlite3")

    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", "/tmp/x.sqlite3")
    assert config["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
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
    with pytest.raises(ImproperlyConfigured, match="must start with sqlite:// or postgresql://"):
        database(url)


def test_without_an_environment_the_house_is_closed():
    assert settings.AUTH_USER_MODEL == "accounts.User"
    assert settings.ALLOWED_HOSTS[:3] == ["localhost", "127.0.0.1", "[::1]"]
    assert "*" not in settings.ALLOWED_HOSTS
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.X_FRAME_OPTIONS) == (True, "DENY")
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE


def test_an_office_behind_one_address_is_not_locked_out_by_one_of_them():
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]]


def test_years_are_not_written_with_a_thousands_separator():
    assert getattr(settings, "USE_THOUSAND_SEPARATOR", False) is False


def test_the_two_languages_of_the_house():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "zh-hans"]
