"""Canaries: what identifies a person, planted in a household, is read in full nowhere but in the answer to a reveal.

Sensitive words and facts of the household stand on its own pages, for who may see households there, and nowhere else.
"""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.contrib import admin
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client

from alleviation.accounts.models import Session
from alleviation.accounts.sessions import SessionStore
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from alleviation.common.logs import ImpersonalFormatter
from alleviation.reports.catalogue import CATALOGUE
from alleviation.scrutiny.catalogue import BY_SLUG
from beneficiaries.actions import register_person
from beneficiaries.models import Household, Person
from beneficiaries.privacy import Privacy
from tests import factories
from tests.beneficiaries.numbers import card_number, id_number
from tests.house.ground import told
from tests.security.conftest import ROLES, World, body
from tests.security.test_access import matrix, person_pages, sheets

__all__ = ["matrix"]

ID_NUMBER, ACCOUNT = id_number(737, born="19110307"), card_number(73731911)
# The name, the day of birth in any spelling, and the numbers, whole or but for their last digits.
IDENTIFYING = re.compile(
    rf"雀尾巴|{ID_NUMBER[:14]}|{ACCOUNT[:12]}|1911-03-07|1911年0?3月0?7日|19110307"
    r"|March 7, 1911|Mar\. 7, 1911|7 March 1911"
)
# All of them; a traceback prints the line that uses it, and not this one.
FULL = f"雀尾巴 {ID_NUMBER} {ACCOUNT} 1911-03-07"
# Each sensitive text says which it is; the year of birth is of nobody else.
SENSITIVE = re.compile(r"CANARY-\w+-\w+|\b1911\b|seriously ill")
FACTORIES = (
    factories.StatusChangeFactory,
    factories.HouseholdMoveFactory,
    factories.HouseholdLinkFactory,
    factories.SupportMeasureFactory,
    factories.VisitFactory,
    factories.MonitoringFactory,
    factories.LargeExpenseFactory,
)
# The household's own pages, and those of what is recorded of it: for who may see households, in its area.
OWN_PAGES = re.compile(
    r"/(?:admin/beneficiaries/\w+|households|papers/household-handbook|records/beneficiaries\.\w+)/(\d+)/"
)
SEE_OWN = ("reviewer", "auditor", "clerk")


@dataclass
class Planted:
    """The household with the canaries, and the words that stand in its sensitive texts."""

    world: World
    household: Household
    person: Person
    texts: set[str]


@pytest.fixture
def planted(world: World) -> Planted:
    """The own household of the world, with a member of whom everything is known, and a row of each kind."""
    household = world.own.records["household"]
    person = Person(household=household, name="雀尾巴", relation="spouse", health="serious", schooling="primary")
    register_person(person, by="PUBLIC-clerk", id_number=ID_NUMBER, account_number=ACCOUNT)
    texts: set[str] = set()
    for made in FACTORIES:
        given = {"official": world.public["official"]} if made is factories.VisitFactory else {}
        if made is factories.HouseholdMoveFactory:
            given = {"from_village": world.foreign.village, "to_village": household.village}
        record = made.build(household=household, **given)
        words = words_of(type(record))
        for name, text in words.items():
            setattr(record, name, text)
        if made is factories.MonitoringFactory:
            record.cleared_on = record.identified_on
        trail.write(record, by="PUBLIC-clerk")
        texts |= set(words.values())
    return Planted(world, household, person, texts)


def words_of(model: type[models.Model]) -> dict[str, str]:
    """A canary for each sensitive text of a model."""
    fields = [model._meta.get_field(name) for name in model.privacy.get(Privacy.SENSITIVE, ())]
    texts = [one for one in fields if isinstance(one, models.CharField | models.TextField) and not one.choices]
    return {one.name: f"CANARY-{model.__name__}-{one.name}" for one in texts}


def said_by(response: Any) -> str:
    """All that an answer says, also within a zip, and in its head."""
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    if response.headers.get("Content-Type") != "application/zip":
        return head + body(response)
    content = b"".join(response) if response.streaming else response.content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return head + "".join(packed.read(name).decode() for name in packed.namelist())


def leaks(role: str, address: str, said: str) -> list[str]:
    """The canaries in an answer that this role may not read there."""
    found = set(IDENTIFYING.findall(said))
    if not (role in SEE_OWN and OWN_PAGES.match(address)):
        found |= set(SENSITIVE.findall(chosen_from(address, said)))
    return [f"{role} {address}: says {word}" for word in sorted(found)]


def chosen_from(address: str, said: str) -> str:
    """Without the lists of a form, which hold every state of health there is."""
    return (
        re.sub(r"<option.*?</option>|<label.*?</label>", "", said, flags=re.DOTALL) if "/admin/" in address else said
    )


def opened(client: Client, addresses: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Each address with what it answers, and each file that a page offers."""
    seen: set[str] = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        said = said_by(client.get(address))
        yield address, said
        files = re.findall(r'href="(\?[^"]*csv=[^"]*)"', said)
        waiting += [address.partition("?")[0] + link.replace("&amp;", "&") for link in files]


def everywhere(matrix: dict[str, Any], planted: Planted) -> Iterator[str]:
    """Every address of the app, with real keys, and each figure's explanation and file."""
    area = planted.household.village.code
    yield from matrix
    for end in ("", "reveal/", f"persons/{planted.person.pk}/erase/"):
        yield f"/households/{planted.household.pk}/{end}"
    for slug in BY_SLUG:
        yield from (f"/explain/{slug}/", f"/explain/{slug}.csv?at={area}&year=2019")
    for report in CATALOGUE:
        yield f"/reports/{report.slug}.csv?area={area}"
    for model in admin.site._registry:
        yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/?q=H"
        yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/?name__startswith=1"


@pytest.mark.slow
@pytest.mark.parametrize(
    "role", [one if one == "manager" else pytest.param(one, marks=pytest.mark.long) for one in ROLES]
)
def test_no_canary_is_met_anywhere(role, client_of, matrix, planted):
    client = client_of(role)

    found = {address: leaks(role, address, said) for address, said in opened(client, everywhere(matrix, planted))}

    offenders = [one for some in found.values() for one in some]
    assert len(found) > 300
    assert offenders == [], told(offenders)


@pytest.fixture
def near(planted) -> list[str]:
    """The addresses that tell most of the household."""
    own = planted.world.own
    area, label = own.village.code, "beneficiaries"
    pages = [*dict(person_pages(own, (), ())), *dict(sheets(own, (), ()))]
    slugs = [report.slug for report in CATALOGUE if "household" in report.slug or "income" in report.slug]
    return [
        *(page for page in pages if not page.startswith("/evidence/")),
        *(f"/reports/{slug}.csv" for slug in [*slugs, "audit-trail"]),
        f"/households/{planted.household.pk}/",
        f"/admin/{label}/household/{planted.household.pk}/change/",
        f"/admin/{label}/household/{planted.household.pk}/history/",
        *("/households/", "/households/find/", f"/admin/{label}/household/", "/audit/trail.zip"),
        *(f"/explain/{slug}.csv?at={area}" for slug in ("net-income", "register", "register-persons")),
    ]


@pytest.mark.parametrize("role", [pytest.param("auditor", marks=pytest.mark.slow), "clerk"])
def test_no_canary_is_met_where_it_is_nearest(role, client_of, near):
    client = client_of(role)

    offenders = [one for address in near for one in leaks(role, address, said_by(client.get(address)))]

    assert offenders == [], told(offenders)


def test_each_canary_is_there_to_be_met(client_of, planted):
    client, address = client_of("clerk"), f"/households/{planted.household.pk}/reveal/"

    full = said_by(client.post(address, {"reason": "to hold a canary"}))
    own = said_by(client.get(f"/households/{planted.household.pk}/"))

    assert set(IDENTIFYING.findall(full)) == {"雀尾巴", ID_NUMBER[:14], ACCOUNT[:12], "1911-03-07"}
    assert {"1911", "seriously ill"} <= set(SENSITIVE.findall(own))
    assert len(planted.texts) >= 10
    assert len(planted.texts & set(SENSITIVE.findall(own))) >= 5, own


@pytest.mark.slow
def test_a_search_does_not_tell_whether_a_canary_exists(client_of, planted):
    client = client_of("auditor")

    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found = [
            response.context["cl"].result_count
            for word in (planted.person.name, ID_NUMBER, ID_NUMBER[-4:], ACCOUNT, "1911-03-07", "seriously")
            if (response := client.get(address, {"q": word})).status_code == 200
        ]
        assert set(found) <= {0}, address


# --- failures, logs, mails, files -------------------------------------------------------------------------------


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the house would print, with its loggers at their most talkative; not those that print SQL."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ImpersonalFormatter())
    names = ("", "alleviation", "projects", "beneficiaries", "django.request", "django.security")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def broken(*_args: Any, **_rest: Any) -> None:
    """A failure that quotes what it failed at, as PostgreSQL does."""
    raise RuntimeError(FULL)


def test_no_failure_tells_a_canary(client_of, planted, logged, monkeypatch):
    client, address = client_of("clerk"), f"/households/{planted.household.pk}/reveal/"
    typed = {"reason": f"雀尾巴 {ID_NUMBER}", "number": ID_NUMBER[:-1], "kind": "resident_id"}
    answers = [
        client.get("/?x=%00"),
        client.get("/households/999999/"),
        client.post("/households/find/", typed),
        client.post("/households/find/", {**typed, "kind": "bank_account", "number": ACCOUNT[:-1]}),
        client_of("manager").post(address, typed),
    ]
    monkeypatch.setattr("alleviation.dashboards.households.reveal.actions.reveal", broken)
    answers.append(client.post(address, {"reason": "to see it break"}))

    assert [answer.status_code for answer in answers] == [400, 404, 200, 200, 403, 500]
    assert [IDENTIFYING.findall(said_by(answer)) for answer in answers] == [[]] * 6
    assert "RuntimeError" in logged.getvalue()
    assert IDENTIFYING.findall(logged.getvalue()) + SENSITIVE.findall(logged.getvalue()) == []


@pytest.mark.slow
def test_no_log_mail_session_or_file_tells_a_canary(client_of, planted, logged, tmp_path, near):
    client = client_of("clerk")
    for address in near:
        client.get(address)
    client.post(f"/households/{planted.household.pk}/reveal/", {"reason": "to hold a canary"})
    client.post("/households/find/", {"kind": "resident_id", "number": ID_NUMBER})
    call_command("export_anchor", mail="auditors@example.org", stdout=io.StringIO())
    call_command("export_trail", output=tmp_path / "trail", stdout=io.StringIO())
    # The world was written around the trail, and `verify` says so.
    with suppress(CommandError):
        call_command("verify", stdout=(checked := io.StringIO()))

    sessions = str([SessionStore().decode(one.session_data) for one in Session.objects.all()])
    mails = "".join(f"{one.subject}{one.body}" for one in mail.outbox)
    kept = [*files_in(tmp_path), *files_in(Path(live_settings.EVIDENCE_ROOT))]
    events = str(list(AuditEvent.objects.values()))
    said = [logged.getvalue(), checked.getvalue(), sessions, mails, events, *kept]

    assert (len(mail.outbox), len(kept) >= 4) == (1, True)
    assert [IDENTIFYING.findall(one) + SENSITIVE.findall(one) for one in said] == [[]] * len(said)


def files_in(folder: Path) -> list[str]:
    """What the files of a folder say."""
    return [one.read_bytes().decode(errors="replace") for one in sorted(folder.rglob("*")) if one.is_file()]
