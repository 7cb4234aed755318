"""Settings, read from the environment and refused with a reason where they make no sense.

Without any environment the app runs on SQLite, on loopback, with DEBUG off and a secret of its own.
docs/operate.md lists every variable.
"""

import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.password_settings import password_validators
from alleviation.common.daily_logs import daily_file
from alleviation.common.databases import database
from alleviation.common.logs import FORMATTERS
from alleviation.common.production import refuse_weak_production, strong_token
from alleviation.common.release import release_of
from alleviation.common.replica.settings import add_replica
from alleviation.common.reporting_org import reporting_org

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY_FILE = BASE_DIR / ".secret-key"
TRAIL_KEY_FILE = BASE_DIR / ".trail-key"
PERSONAL_KEY_FILE = BASE_DIR / ".personal-key"
DATABASE_FILE = BASE_DIR / "alleviation.sqlite3"
# What they bring back has keys of its own: a new one would hide that those are missing.
WITHOUT_NEW_KEYS = ("restore", "backup_drill")

env = environ.Env()


def own_secret(path: Path) -> str:
    """The secret kept in a git-ignored file, made at its first use and readable by its owner alone.

    "" where there is none, and the command that runs may not make one.
    """
    if not path.exists():
        if sys.argv[1:2] and sys.argv[1] in WITHOUT_NEW_KEYS:
            return ""
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def hidden_folder(name: str, path: Path, served: list[Path]) -> Path:
    """The folder of the files that are given out through a right alone, as this setting names it.

    Raises ImproperlyConfigured where it lies within a folder that is served to everybody.
    """
    for folder in served:
        if path.resolve().is_relative_to(folder.resolve()):
            raise ImproperlyConfigured(f"{name} lies in {folder}, which is served to everybody. Choose another.")
    return path


def above_zero(name: str, value: int) -> int:
    """A number that makes sense as a limit. Raises ImproperlyConfigured for any other."""
    if value <= 0:
        raise ImproperlyConfigured(f"{name} must be above 0, not {value}")
    return value


def one_of(name: str, value: str, choices: Iterable[str]) -> str:
    """A value among those there are. Raises ImproperlyConfigured for any other."""
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value}")
    return value


DEBUG = env.bool("DEBUG", default=False)
# Django runs without one nowhere: a command that makes none has one for as long as it runs.
SECRET_KEY = env.str("SECRET_KEY", default="") or own_secret(SECRET_KEY_FILE) or secrets.token_urlsafe(64)
# Binds the events of the trail. Whoever may write to the database should not know it.
TRAIL_KEY = env.str("TRAIL_KEY", default="") or own_secret(TRAIL_KEY_FILE)
# Encrypt the numbers that name a person, the newest first; apart from SECRET_KEY, and from whoever has the database.
# A blank beside a comma is no part of a key: with it, nothing that the key encrypted would open.
PERSONAL_KEYS = [key for one in env.list("PERSONAL_KEYS", default=[]) if (key := one.strip())] or [
    key for key in (own_secret(PERSONAL_KEY_FILE),) if key
]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATABASES = {"default": database(env.str("DATABASE_URL", default=f"sqlite:///{DATABASE_FILE}"))}

# Anchors of the trail are mailed (export_anchor --mail); without a mail server they are printed.
EMAIL_URL = env.str("EMAIL_URL", default="consolemail://")
vars().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="alleviation@localhost")

INSTALLED_APPS = [
    "alleviation.common",
    "alleviation.accounts",
    "alleviation.audit",
    "alleviation.entrance",
    "alleviation.evidence",
    "alleviation.intake",
    "projects",
    "beneficiaries",
    "alleviation.scrutiny",
    "alleviation.reports",
    "alleviation.imports",
    "alleviation.dashboards",
    "alleviation.api",
    "alleviation.operations",
    "alleviation.example",
    "alleviation.audit.admin_config.RecordsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    # Of it the rows and the arithmetic of second factors alone; no page of it has an address (docs/decisions/0020).
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    # From the outside inwards: each failure is an answer by the time it comes to those before it.
    "alleviation.common.headers.strict_headers",
    "alleviation.operations.metrics.middleware.measure_requests",
    "alleviation.common.access_log.tell_requests",
    "alleviation.api.problems.tell_programs",
    "alleviation.common.failing.tell_trouble",
    "alleviation.common.bodies.refuse_vast_bodies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alleviation.common.middleware.pack_pages",
    "alleviation.common.middleware.refuse_null_characters",
    "alleviation.accounts.addresses.address_behind_proxy",
    "alleviation.audit.requests.remember_origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alleviation.api.bearing.by_token",
    "alleviation.accounts.sign_in.SignInFirst",
    "alleviation.accounts.asking.remember_asker",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "alleviation.entrance.gate.first_things_first",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "alleviation.urls"
WSGI_APPLICATION = "alleviation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alleviation.dashboards.context.house",
                "alleviation.dashboards.context.filter_kept",
                "alleviation.dashboards.papers.links.papers",
                "alleviation.dashboards.help.context.help_of_page",
                "alleviation.imports.context.imports",
            ],
        },
    }
]

# A copy that PostgreSQL keeps by streaming: figures and files are read from it (docs/replica.md). Empty: none.
REPLICA_URL = env.str("REPLICA_URL", default="")
# Where it is further behind than this, pages are read from the primary.
REPLICA_LATEST_SECONDS = above_zero("REPLICA_LATEST_SECONDS", env.int("REPLICA_LATEST_SECONDS", default=10))
if REPLICA_URL:
    add_replica(REPLICA_URL, vars())

# --- people -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "alleviation.accounts.backends.LoopbackExampleBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboards:overview"
LOGOUT_REDIRECT_URL = "login"

# By address alone, one forgetful colleague would lock out a whole office behind one router.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Who came in stands in the trail, without addresses and browsers in full.
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "alleviation.accounts.limits.hidden_name"
AXES_LOCKOUT_CALLABLE = "alleviation.entrance.sign_in.wait"

# --- languages, time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["alleviation.common.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")

# --- files ------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Each file with a packed copy beside it, once they are collected.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# As `collectstatic` packed them, or straight from the source folders, where one edits them.
STATIC_COLLECTED = env.bool("STATIC_COLLECTED", default=False)
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
# What a form may send beside its files; the admin's longest has some hundred fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Files that prove a record, and the originals of documents: outside of what any web server serves.
SERVED = [STATIC_ROOT, *STATICFILES_DIRS]
EVIDENCE_ROOT = hidden_folder(
    "EVIDENCE_ROOT", Path(env.str("EVIDENCE_ROOT", default=str(BASE_DIR / "evidence-files"))), SERVED
)
EVIDENCE_LARGEST = above_zero("EVIDENCE_LARGEST", env.int("EVIDENCE_LARGEST", default=20 * 1024 * 1024))
# A command that looks for viruses in what it reads; empty: nobody looks.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
# Of a file that is imported: its bytes, and its rows.
IMPORT_MAX_BYTES = above_zero("IMPORT_MAX_BYTES", env.int("IMPORT_MAX_BYTES", default=10 * 1024 * 1024))
IMPORT_MAX_ROWS = above_zero("IMPORT_MAX_ROWS", env.int("IMPORT_MAX_ROWS", default=20_000))
# Public keys of age that backups are encrypted to; the role that makes them where the app's may not (docs/backup.md).
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
BACKUP_DATABASE_URL = env.str("BACKUP_DATABASE_URL", default="")
# Where backups lie, the archived log of PostgreSQL (empty: `wal` among them), and its own files on this machine.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", default="")
WAL_FOLDER = env.str("WAL_FOLDER", default="")
DATABASE_FOLDER = env.str("DATABASE_FOLDER", default="")
# Files on their way in: only while they are imported, and no longer than IMPORT_DAYS.
IMPORT_ROOT = hidden_folder(
    "IMPORT_ROOT", Path(env.str("IMPORT_ROOT", default=str(BASE_DIR / "import-files"))), SERVED
)
IMPORT_DAYS = above_zero("IMPORT_DAYS", env.int("IMPORT_DAYS", default=7))

# How long one question of a page, and one file that is taken away, may keep the database busy: seconds.
STATEMENT_SECONDS = above_zero("STATEMENT_SECONDS", env.int("STATEMENT_SECONDS", default=60))
DOWNLOAD_SECONDS = above_zero("DOWNLOAD_SECONDS", env.int("DOWNLOAD_SECONDS", default=3600))

# A GeoJSON file of the areas' boundaries, for maps instead of tiles; the project ships none.
BOUNDARIES_FILE = env.str("BOUNDARIES_FILE", default="")

# --- security ---------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
# What an office runs, as against `start` on one's own machine: stricter by default, and refused with weak settings.
PRODUCTION = env.bool("PRODUCTION", default=HTTPS)
if PRODUCTION:
    refuse_weak_production(os.environ, debug=DEBUG, hosts=ALLOWED_HOSTS)
SECURE_SSL_REDIRECT = HTTPS
# A machine asks it from beside us; one that is led elsewhere would not notice that it had spoken in the open.
# Nor would a program, whose token went along: it is refused.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|metrics)$", r"^api/v1/"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
# A cookie that is called so comes from this very host over HTTPS: no neighbour's page can set it.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
# Our scripts read none of them.
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# What is told after a form may name a record: it stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "alleviation.common.failing.form_refused"

# --- sign-in (docs/sign-in.md) ----------------------------------------------------------------------------------
PASSWORD_RULES = env.list("PASSWORD_RULES", default=["length:12" if PRODUCTION else "length:10"])
AUTH_PASSWORD_VALIDATORS = password_validators(PASSWORD_RULES)
# Where another office says who people are (OpenID Connect); nothing is asked of anybody unless it is set.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
# What of its words is compared with what of ours.
OIDC_CLAIM = env.str("OIDC_CLAIM", default="preferred_username")
OIDC_FIELD = env.str("OIDC_FIELD", default="username")
# Where it has asked for a second factor itself, it says one of these words (amr).
OIDC_SECOND_FACTOR = env.list("OIDC_SECOND_FACTOR", default=[])
OIDC_ONLY = env.bool("OIDC_ONLY", default=False)
SESSION_ENGINE = "alleviation.accounts.sessions"
# Whatever is done in it, and after it was last used.
SESSION_COOKIE_AGE = above_zero("SESSION_HOURS", env.int("SESSION_HOURS", default=12)) * 60 * 60
SESSION_IDLE_MINUTES = above_zero("SESSION_IDLE_MINUTES", env.int("SESSION_IDLE_MINUTES", default=60))
# Those of allauth write to our accounts as well, past the trail.
MIGRATION_MODULES = {"account": "alleviation.entrance.unused.migrations"}
MFA_ADAPTER = "alleviation.entrance.adapter.SealedAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_RECOVERY_CODE_DIGITS = 12
# The clocks of phones: half a minute early or late.
MFA_TOTP_TOLERANCE = 1
# Who may do nothing before a second factor is set up: those who decide, who read everything, who make accounts.
SECOND_FACTOR_ROLES = env.list(
    "SECOND_FACTOR_ROLES", default=["reviewer", "auditor", "administrator"] if PRODUCTION else []
)

# Warnings of `check --deploy` that somebody has read and accepts.
SILENCED_SYSTEM_CHECKS = env.list("SILENCED_CHECKS", default=[])

# PostgreSQL itself keeps rows of other areas back too (docs/access.md).
ROW_SECURITY = env.bool("ROW_SECURITY", default=False)
# How often one person may ask for personal data in full within an hour.
REVEALS_PER_HOUR = above_zero("REVEALS_PER_HOUR", env.int("REVEALS_PER_HOUR", default=30))
# A file of more households than this is taken away with somebody else's approval.
BULK_HOUSEHOLDS = above_zero("BULK_HOUSEHOLDS", env.int("BULK_HOUSEHOLDS", default=500))
# How many years after they left the register persons are kept; 0: forget_persons erases nobody.
PERSONAL_YEARS = env.int("PERSONAL_YEARS", default=0)
# Figures for other programs (docs/api.md): whether there are any, how often one token may ask, how long it lasts.
API = env.bool("API", default=True)
API_REQUESTS_PER_MINUTE = above_zero("API_REQUESTS_PER_MINUTE", env.int("API_REQUESTS_PER_MINUTE", default=60))
API_TOKEN_DAYS = above_zero("API_TOKEN_DAYS", env.int("API_TOKEN_DAYS", default=365))
# Of fewer households a sum could tell what one of them lives on: it is withheld from whoever may not see households.
SMALLEST_CELL = above_zero("SMALLEST_CELL", env.int("SMALLEST_CELL", default=5))

# Another release makes other pages of the same figures: what a browser has kept is of one release.
RELEASE = release_of(
    BASE_DIR / name for name in ("alleviation", "projects", "beneficiaries", "templates", "locale", "static")
)

# Where the office is reached, for notices that are put up; empty: a line to fill in by hand.
OFFICE_CONTACT = env.str("OFFICE_CONTACT", default="")

# Who publishes projects and their money in the form of IATI (docs/iati.md); empty: nobody does.
IATI_REPORTING_ORG = reporting_org(env.str("IATI_REPORTING_ORG", default=""))

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- measures (docs/metrics.md) ---------------------------------------------------------------------------------
# Who scrapes them brings it; without one there is no such address, and nothing is counted.
METRICS_TOKEN = strong_token("METRICS_TOKEN", env.str("METRICS_TOKEN", default=""))
METRICS_FOLDER = hidden_folder(
    "METRICS_FOLDER", Path(env.str("METRICS_FOLDER", default=str(BASE_DIR / "metrics-files"))), SERVED
)

# --- logs -------------------------------------------------------------------------------------------------------
# A line for each request is for an office; one's own machine says something only when something is wrong.
ACCESS_LOG = env.bool("ACCESS_LOG", default=PRODUCTION)
LOG_FORMAT = one_of("LOG_FORMAT", env.str("LOG_FORMAT", default="json" if PRODUCTION else "text"), FORMATTERS)
LOG_ADDRESSES = env.bool("LOG_ADDRESSES", default=False)
# A folder with a file for each day beside the console; forget_logs takes away those older than LOG_DAYS.
LOG_FOLDER = env.str("LOG_FOLDER", default="")
LOG_DAYS = above_zero("LOG_DAYS", env.int("LOG_DAYS", default=180))
LOG_HANDLERS = {
    "console": {"class": "logging.StreamHandler", "formatter": "impersonal"},
    **({"days": daily_file(LOG_FOLDER)} if LOG_FOLDER else {}),
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"impersonal": {"()": FORMATTERS[LOG_FORMAT]}},
    "handlers": LOG_HANDLERS,
    "loggers": {
        # What a visitor got wrong (400, 403, 404) is told to the visitor; the console is for what we got wrong.
        "django.request": {"level": "ERROR"},
        "alleviation.access": {"level": "INFO"},
    },
    "root": {"handlers": list(LOG_HANDLERS), "level": "WARNING"},
}
