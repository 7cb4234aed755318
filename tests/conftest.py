"""The people and places that tests speak of."""

import gc
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management.base import BaseCommand
from django.core.management.commands import flush
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test import client as test_client
from django.test.utils import override_settings
from django.utils import translation

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.accounts.sessions import SessionStore
from alleviation.audit import triggers
from alleviation.common import guard
from alleviation.common.query import Query
from alleviation.evidence import content, opening
from alleviation.scrutiny import remembered
from projects.models import Division
from tests import outward
from tests.browser.chromium import ARGUMENTS, CHROMIUM, MISSING
from tests.cells import follower
from tests.factories import UserFactory, new_places
from tests.logged import GATHERER

NO_BROWSER = "nothing is tried in a browser"
PARTS_OF_PAGES = ("django/forms/", "includes/", "admin/includes/", "admin/edit_inline/", "admin/widgets/")


@pytest.fixture(autouse=True, scope="session")
def _settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set once and not for each of thousands of tests; one that needs another sets it for itself."""
    made = tmp_path_factory.mktemp
    # The list of all tables beside each page of the admin is the same everywhere; its own tests open it.
    admin.site.enable_nav_sidebar = False
    with override_settings(
        # Nothing that a test hands in lands among the files of whoever runs it.
        EVIDENCE_ROOT=made("evidence-files"),
        IMPORT_ROOT=made("import-files"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        AXES_ENABLED=False,
        # Each request is told in a line, for the search of tests/logged.py.
        ACCESS_LOG=True,
        # Else each browser of a test begins by reading every static file.
        WHITENOISE_AUTOREFRESH=True,
        # The counties of these tests are small enough to add up by hand; tests of what is withheld set a limit.
        SMALLEST_CELL=1,
    ):
        yield


def pytest_configure() -> None:
    """Hardly anything that collecting makes is garbage, and looking for it took a third of the time."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that is `sampled` the first cases stay, and the others are slow."""
    seen: Counter[tuple[Any, str]] = Counter()
    for item in items:
        if isinstance(item, pytest.Function) and (mark := item.get_closest_marker("sampled")):
            seen[item.path, item.originalname] += 1
            if seen[item.path, item.originalname] > mark.args[0]:
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The distribution's Chromium instead of one that Playwright would fetch."""
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The browser of a worker. Without one its tests are skipped: the README's command brings none."""
    if MISSING:
        pytest.skip(f"{MISSING}: {NO_BROWSER}")
    with pytest.MonkeyPatch.context() as patch:
        # From here on its loop runs in this thread, where Django else asks the database nothing.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield request.getfixturevalue("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tried in a browser is said aloud."""
    reasons = [str(one.longrepr[2]) for one in terminalreporter.stats.get("skipped", ())]
    if untried := [reason for reason in reasons if NO_BROWSER in reason]:
        terminalreporter.section("NOT TRIED IN A BROWSER", red=True, bold=True)
        terminalreporter.line(f"{len(untried)} tests. {untried[0]}", red=True)


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_tables() -> None:
    """Between tests that commit, every table is emptied; the database, which refuses that, looks away meanwhile."""
    empty = TransactionTestCase._fixture_teardown

    def emptied(self) -> None:
        triggers.remove(connection)
        empty(self)
        triggers.install(connection)

    TransactionTestCase._fixture_teardown = emptied
    # Within the command, which is under guard like any other.
    flush.Command.handle = guard.writing()(flush.Command.handle)


@pytest.fixture(autouse=True, scope="session")
def _nothing_is_remembered() -> Iterator[None]:
    """What a test enters past the app leaves no event by which a remembered number would be known to be old."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "ROOM", 0)
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_are_opened_here() -> Iterator[None]:
    """A process for each of hundreds of files takes its time; tests/evidence/test_apart.py has it started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "asked_apart", lambda _script, sent, **_rest: {"refused": opening.refusal_of(sent)})
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_socket_leads_out() -> Iterator[None]:
    """Nothing that is tested asks anything of another machine."""
    with pytest.MonkeyPatch.context() as patch:
        outward.close(patch.setattr)
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_app_is_under_guard() -> Iterator[None]:
    """What the app does, in a request or a command, is under guard as always."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", guard.enforced()(Client.request))
        patch.setattr(BaseCommand, "execute", guard.enforced()(BaseCommand.execute))
        yield


@pytest.fixture(autouse=True, scope="session")
def _contexts_of_pages_alone() -> Iterator[None]:
    """A test may ask what a page was given, never what each of its parts and fields was: they are hundreds a page."""
    stored = test_client.store_rendered_templates

    def of_pages(store: Any, signal: Any, sender: Any, template: Any, context: Any, **rest: Any) -> None:
        if not str(template.name).startswith(PARTS_OF_PAGES):
            stored(store, signal, sender, template, context, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_client, "store_rendered_templates", of_pages)
        yield


@pytest.fixture(autouse=True, scope="session")
def _all_that_is_logged_is_looked_through() -> Iterator[None]:
    """Whatever level a line has: what is quiet today may be told tomorrow."""
    logging.getLogger().addHandler(GATHERER)
    yield
    logging.getLogger().removeHandler(GATHERER)


@pytest.fixture(autouse=True)
def _no_line_names_a_person() -> Iterator[None]:
    """What a test made the app log holds no canary (tests/logged.py)."""
    GATHERER.found.clear()
    yield
    assert GATHERER.found == [], "the log names somebody"


@pytest.fixture(autouse=True)
def _each_test() -> Iterator[None]:
    """A test writes rows as it likes, they are in the cells that the app reads, and it starts in English.

    One fixture, since there are thousands of tests. A request leaves its language behind in the thread.
    """
    follower.stale.clear()
    with guard.writing(), connection.execute_wrapper(follower), translation.override("en"):
        yield


@pytest.fixture
def clerk(db: None) -> User:
    """Enters records of Zhawo Countryside."""
    return UserFactory(username="clerk-of-zhawo", role=Role.CLERK, area="513228212")


@pytest.fixture
def county_clerk(db: None) -> User:
    """Enters records of all Heishui County."""
    return UserFactory(username="clerk-of-heishui", role=Role.CLERK, area="513228")


@pytest.fixture
def reviewer(db: None) -> User:
    """Checks the records of Heishui County."""
    return UserFactory(username="reviewer-of-heishui", role=Role.REVIEWER, area="513228")


@pytest.fixture
def manager(db: None) -> User:
    """Reads the dashboards of every area."""
    return UserFactory(username="manager", role=Role.MANAGER)


@pytest.fixture
def auditor(db: None) -> User:
    """Reads and takes away everything."""
    return UserFactory(username="auditor", role=Role.AUDITOR)


@pytest.fixture
def administrator(db: None) -> User:
    """Manages accounts and reference data, and sees no business data."""
    return UserFactory(username="administrator", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)


@pytest.fixture
def stranger(db: None) -> User:
    """A clerk of another county, in Hezhou City."""
    return UserFactory(username="clerk-of-hezhou", role=Role.CLERK, area="451102")


@pytest.fixture
def heishui(db: None) -> Division:
    """Heishui County with its province and prefecture, as the list of 2019 has it."""
    return new_places(
        ("51", "四川省", "Sichuan Province"),
        ("5132", "阿坝藏族羌族自治州", "Aba Prefecture"),
        ("513228", "黑水县", "Heishui County"),
    )


@pytest.fixture
def zhawo(heishui: Division) -> Division:
    """Zhawo Countryside."""
    return new_places(("513228212", "扎窝乡", "Zhawo Countryside"))


@pytest.fixture
def ruoduo(zhawo: Division) -> Division:
    """Ruoduo Village, in Zhawo Countryside."""
    return new_places(("513228212205", "若多村民委员会", "Ruoduo Village"))


@pytest.fixture
def xili(zhawo: Division) -> Division:
    """Xili Village, in Zhawo Countryside."""
    return new_places(("513228212200", "西里村民委员会", "Xili Village"))


@pytest.fixture
def erniunai(heishui: Division) -> Division:
    """Erniunai Village, in Qinglang Countryside: the same county, another countryside."""
    return new_places(
        ("513228213", "晴朗乡", "Qinglang Countryside"), ("513228213201", "二牛奶村民委员会", "Erniunai Village")
    )


@pytest.fixture
def hezhou(db: None) -> Division:
    """A district of Hezhou City: another province."""
    return new_places(("45", "广西壮族自治区", ""), ("4511", "贺州市", "Hezhou City"), ("451102", "八步区", ""))


@pytest.fixture
def everything(manager: User) -> Query:
    """The question without a filter, asked by the manager."""
    return Query(user=manager)


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in. That they came in, an event of its own, was before the test."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "alleviation.accounts.backends.LoopbackExampleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
