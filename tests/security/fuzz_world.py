"""The world that is asked: a database of its own with two areas, somebody of each role, and what each may not see."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import translation

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit.models import AuditEvent
from alleviation.common import guard
from alleviation.intake import running
from alleviation.reports.checks import CHECKS
from alleviation.scrutiny import remembered
from beneficiaries.actions import cells as incomes
from beneficiaries.imports.incomes import IncomeImport
from projects.actions import cells as money
from projects.choices import Measure
from tests import factories
from tests.api.programs import token_of
from tests.browser.making import NoMigrations
from tests.conftest import signed_in
from tests.factories import UserFactory, new_places
from tests.security.conftest import World, build_world, named_by

STATES = ("draft", "submitted", "returned", "posted")
ROLES = ("anonymous", "administrator", "manager", "reviewer", "auditor", "clerk", "stranger")
PEOPLE = {
    "clerk": ("clerk-of-zhawo", Role.CLERK, "513228212"),
    "stranger": ("clerk-of-hezhou", Role.CLERK, "451102"),
    "reviewer": ("reviewer-of-heishui", Role.REVIEWER, "513228"),
    "manager": ("manager", Role.MANAGER, ""),
    "auditor": ("auditor", Role.AUDITOR, ""),
    "administrator": ("administrator", Role.ADMINISTRATOR, ""),
}
OF_HOUSEHOLD = (
    factories.StatusChangeFactory,
    factories.ResponsibilityFactory,
    factories.SupportMeasureFactory,
    factories.VisitFactory,
    factories.MonitoringFactory,
    factories.LargeExpenseFactory,
)
# What nobody of a role may read, wherever it may stand.
CANARIES = {
    "anonymous": r"(?:OWN|FOREIGN|PUBLIC)-[a-z]\w+|907X|76,?543",
    "administrator": r"(?:OWN|FOREIGN)-(?!village)[a-z]\w+|907X|76,?543",
    "manager": r"(?:OWN|FOREIGN)-(?:person|household)|907X",
    "reviewer": r"FOREIGN-[a-z]\w+",
    "auditor": r"(?:OWN|FOREIGN)-person",
    "clerk": r"FOREIGN-[a-z]\w+",
    "stranger": r"OWN-[a-z]\w+",
}
PUBLIC_WORDS = {"FOREIGN-village"}


class Inhabited:
    """The world with its people, and what a request may be told by: cookies, tokens, canaries, earlier faults."""

    def __init__(self, world: World, people: dict[str, User]) -> None:
        self.world, self.people = world, people
        name = settings.SESSION_COOKIE_NAME
        self.sessions = {role: signed_in(user).cookies[name].value for role, user in people.items()}
        self.tokens = {role: token_of(user)[1] for role, user in people.items()}
        self.hidden = {role: re.compile(pattern) for role, pattern in CANARIES.items()}
        self.secrets = [settings.SECRET_KEY, settings.TRAIL_KEY, *settings.PERSONAL_KEYS]
        # Rows that a test has written leave no event, which is told; what a request adds to it is what counts.
        self.known_faults = set(faults())
        self.last_event = AuditEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def faults() -> Iterator[str]:
    """All that `verify` finds, in one language, whichever the request before was answered in."""
    with translation.override("en"):
        for check in CHECKS:
            yield from [f"{check.title}: {fault}" for fault in check.faults()]


@contextmanager
def of_tests(folder: Path) -> Iterator[None]:
    """Settings by which nothing lands among anybody's files, and one request does not lean on another."""
    kept, remembered.ROOM = remembered.ROOM, 0
    made = {name: folder / name for name in ("evidence", "imports")}
    for path in made.values():
        path.mkdir(exist_ok=True)
    try:
        with override_settings(
            EVIDENCE_ROOT=made["evidence"],
            IMPORT_ROOT=made["imports"],
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            WHITENOISE_AUTOREFRESH=True,
            ALLOWED_HOSTS=["localhost", "testserver"],
            SMALLEST_CELL=1,
        ):
            yield
    finally:
        remembered.ROOM = kept


@contextmanager
def inhabited(folder: Path, name: str) -> Iterator[Inhabited]:
    """A database of this name, made new and thrown away; DATABASE_URL says on which server."""
    settings.MIGRATION_MODULES = NoMigrations()
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["NAME"] = name
    before = connection.settings_dict["NAME"]
    with ExitStack() as stack:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        stack.callback(lambda: connection.creation.destroy_test_db(before, verbosity=0))
        stack.enter_context(of_tests(folder))
        with guard.writing():
            made = build()
        yield made


def build() -> Inhabited:
    """Places, people, the world of the other tests, and one row of each kind that it lacks."""
    new_places(
        ("51", "四川省", "Sichuan Province"),
        ("5132", "阿坝藏族羌族自治州", "Aba Prefecture"),
        ("513228", "黑水县", "Heishui County"),
        ("513228212", "扎窝乡", "Zhawo Countryside"),
    )
    xili = new_places(("513228212200", "西里村民委员会", "Xili Village"))
    ruoduo = new_places(("513228212205", "若多村民委员会", "Ruoduo Village"))
    new_places(("45", "广西壮族自治区", ""), ("4511", "贺州市", "Hezhou City"), ("451102", "八步区", ""))
    people = {
        who: UserFactory(username=name, role=role, area=area, is_staff=True)
        for who, (name, role, area) in PEOPLE.items()
    }
    world = build_world(ruoduo, xili, people["clerk"], people["stranger"])
    furnish(world, people)
    add_up()
    return Inhabited(world, people)


def furnish(world: World, people: dict[str, User]) -> None:
    """What more forms work on: entries and incomes in each state, what is told of a household, files on their way."""
    for area, clerk in ((world.own, people["clerk"]), (world.foreign, people["stranger"])):
        name, records = named_by(area.mark), area.records
        given = {"division": area.village, "project": records["project"], "source": world.public["fundingsource"]}
        for state in STATES:
            factories.LedgerEntryFactory(state=state, note=name("state"), **given)
        for made in OF_HOUSEHOLD:
            official = {"official": world.public["official"]} if hasattr(made._meta.model, "official") else {}
            made(household=records["household"], **official)
        factories.WaiverFactory(area=area.village.code, reason=name("waiver"))
        factories.ClaimFactory(
            code=f"{area.mark}-C2", document=world.public["document"], project=records["project"],
            measure=Measure.PEOPLE,
            start=0, end=7, qualifier="exact", unit="person", low=12, high=12,
        )  # fmt: skip
        wait_for_yes(area, clerk)


def wait_for_yes(area: Any, clerk: User) -> None:
    """A file of incomes in which nothing is wrong waits for its person."""
    kind = IncomeImport()
    header = ",".join(column.name for column in kind.columns)
    household = area.records["household"]
    row = f"{area.village.code},{household.number},FURTHER,,4,2020,1000,0,0,0,0"
    run = running.hand_in(kind, [f"{header}\n{row}\n".encode()], name=f"{area.mark}-ready.csv", by=clerk)
    running.check(run, kind)
    area.records["ready"] = run


def add_up() -> None:
    """The cells over what was written past the actions."""
    money.rebuild()
    incomes.rebuild()


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written in here is not kept; what waits for the commit is done all the same."""
    with transaction.atomic():
        try:
            yield
            waiting, connection.run_on_commit = connection.run_on_commit, []
            for _savepoints, done, *_robust in waiting:
                done()
        finally:
            connection.run_on_commit = []
            transaction.set_rollback(True)
