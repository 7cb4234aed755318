"""Who may open what: each address of the app against each role, and what may not stand in an answer."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from alleviation.imports.catalogue import BY_SLUG as IMPORTS
from alleviation.reports.catalogue import CATALOGUE
from alleviation.scrutiny.flags.catalogue import BY_SLUG as FLAGS
from tests.factories import LedgerEntryFactory
from tests.house.ground import told
from tests.security.conftest import READERS, ROLES, World, body

# Programs come in by a token; no session opens an address of theirs (tests/api has them with tokens).
PROGRAMS = (401,) * 7
# In the order of ROLES: anonymous, administrator, manager, reviewer, auditor, clerk, stranger.
OPEN = (302, 403, 200, 200, 200, 200, 200)
# Help tells of no record: it is for everybody who is signed in.
HELP = (302, 200, 200, 200, 200, 200, 200)
OWN = (302, 403, 200, 200, 200, 200, 404)
FOREIGN = (302, 403, 200, 404, 200, 404, 200)
NOBODY = (302, 404, 404, 404, 404, 404, 404)
EVERYBODY = (200, 200, 200, 200, 200, 200, 200)
# The admin: its lists, its forms, its records; the manager has nothing there.
DESK = (302, 200, 403, 200, 200, 200, 200)
LIST = (302, 403, 403, 200, 200, 200, 200)
ADD = (302, 403, 403, 403, 403, 200, 200)
RECORD = (302, 404, 403, 200, 200, 200, 200)
OWN_RECORD = (302, 404, 403, 200, 200, 200, 404)
FOREIGN_RECORD = (302, 404, 403, 404, 200, 404, 200)
LEAD_ON = (302, 302, 403, 302, 302, 302, 302)
REFUSED = (302, 403, 403, 403, 403, 403, 403)
REFERENCE_ADD = (302, 200, 403, 403, 403, 403, 403)
ADMINISTRATOR = (302, 200, 403, 404, 404, 404, 404)
AUDITOR = (302, 404, 403, 404, 200, 404, 404)
TRAIL = (302, 403, 403, 403, 200, 403, 403)
# To correct an entry is a clerk's; to hand entries on is nobody's by merely looking.
CORRECT = (302, 404, 403, 403, 403, 200, 404)
FOREIGN_CORRECT = (302, 404, 403, 404, 403, 404, 200)
STEP = (302, 405, 403, 405, 405, 405, 405)
# The page of one record and the files that prove it: what is not for one's eyes is not there.
SHEET = (302, 404, 200, 200, 200, 200, 404)
FOREIGN_SHEET = (302, 404, 200, 404, 200, 404, 200)
HOUSEHOLD_SHEET = (302, 404, 404, 200, 200, 200, 404)
FOREIGN_HOUSEHOLD_SHEET = (302, 404, 404, 404, 200, 404, 200)
# What shows or erases persons, and is for some of those who see households.
REVEAL = (302, 403, 403, 200, 200, 200, 404)
FOREIGN_REVEAL = (302, 403, 403, 404, 200, 404, 200)
ERASE = (302, 403, 403, 200, 403, 403, 403)
FOREIGN_ERASE = (302, 403, 403, 404, 403, 403, 403)
ONLY_POSTED = (302, 405, 405, 405, 405, 405, 405)
# To import is a clerk's, and a run is its own person's; auditors see what came of it, and so do clerks of its area.
IMPORT = (302, 403, 403, 403, 403, 200, 200)
OWN_RUN = (302, 404, 404, 404, 404, 200, 404)
FOREIGN_RUN = (302, 404, 404, 404, 404, 404, 200)
OWN_BATCH = (302, 404, 404, 404, 200, 200, 404)
FOREIGN_BATCH = (302, 404, 404, 404, 200, 404, 200)
IMPORT_PAGES = ("", "recorded.csv", "template.csv", "template.xlsx")
REPORT_ENDS = ("/", ".csv", ".xlsx", ".zip", ".datapackage.json")
API_PAGES = ("incomes/", "incomes.json", "incomes.csv", "incomes.datapackage.json")
# Those of one household a row.
HOUSEHOLD_REPORTS = ("household-register", "incomes", "monitored-households", "early-warnings")

# The picture is there once the page before it has made a secret.
OWN_ACCOUNT = ("password/", "second-factor/", "second-factor/picture.svg", "second-factor/passkey/")

PAGES = {
    "/healthz": EVERYBODY,
    # Without the scraper's token there is no such address.
    "/metrics": (404,) * 7,
    "/sign-in/": (200, 302, 302, 302, 302, 302, 302),
    # Between a password and a session, and on the way to another office, where none is set.
    "/sign-in/second-step/": (302,) * 7,
    **dict.fromkeys(["/sign-in/issuer/", "/sign-in/issuer/back/"], (404,) * 7),
    **dict.fromkeys([f"/account/{page}" for page in ("", *OWN_ACCOUNT, "sessions/end-others/")], HELP),
    **dict.fromkeys(["/account/second-factor/codes/", "/account/second-factor/1/remove/"], (302, *[404] * 6)),
    "/account/sessions/999999999/end/": (302, *[404] * 6),
    **dict.fromkeys(["/account/tokens/", "/account/tokens/new/", "/api/", "/api/openapi.json"], OPEN),
    "/account/tokens/999999999/revoke/": (302, 403, *[404] * 5),
    **{f"/api/v1/{page}": PROGRAMS for page in ("", "openapi.json", "reports/")},
    **{f"/api/v1/reports/{page}": PROGRAMS for page in API_PAGES},
    "/sign-out/": (302, 405, 405, 405, 405, 405, 405),
    "/language/setlang/": (302,) * 7,
    "/": (302, 302, 200, 200, 200, 200, 200),
    "/areas/": (302, 403, 200, 302, 200, 302, 302),
    **dict.fromkeys(["/funding/", "/income/", "/projects/", "/alliances/", "/people/", "/documents/"], OPEN),
    **dict.fromkeys(["/claims/", "/claims/reconciliation/", "/reports/", "/sources/", "/evidence/"], OPEN),
    **dict.fromkeys(["/red-flags/", *(f"/red-flags/{slug}/" for slug in FLAGS)], OPEN),
    **{f"/reports/{report.slug}{end}": OPEN for report in CATALOGUE for end in REPORT_ENDS},
    **{f"/reports/{slug}{end}": LIST for slug in HOUSEHOLD_REPORTS for end in REPORT_ENDS},
    "/reports/all.zip": OPEN,
    "/reports/iati/": OPEN,
    # Nobody is named who publishes.
    "/reports/iati.xml": (302, 403, 404, 404, 404, 404, 404),
    "/households/": LIST,
    **dict.fromkeys(["/papers/", "/papers/year-ledger/2019/"], OPEN),
    "/papers/year-ledger/1800/": (*NOBODY[:1], 403, *NOBODY[2:]),
    "/households/warnings/": OPEN,
    **dict.fromkeys(["/explain/early-warnings/", "/explain/monitored/", "/explain/cleared.csv"], OPEN),
    **dict.fromkeys([*(f"/reports/audit-trail{end}" for end in REPORT_ENDS), "/audit/", "/audit/trail.zip"], TRAIL),
    **dict.fromkeys(["/explain/allocated/", "/explain/allocated.csv", "/explain/pledged/?year=2019"], OPEN),
    **dict.fromkeys(["/explain/no-such-figure/", "/explain/no-such-figure.csv"], (302, *[404] * 6)),
    "/closings/": OPEN,
    "/approvals/": LIST,
    "/approvals/ask/household-register/": ONLY_POSTED,
    "/help/": (302,) * 7,
    **{f"/help/{page}/": HELP for page in ("figures", "clerk", "reviewer", "manager", "auditor", "administrator")},
    "/help/no-such-role/": (302, *[404] * 6),
    "/imports/": (302, 200, 403, 403, 403, 200, 200),
    **{f"/imports/{slug}/{page}": IMPORT for slug in IMPORTS for page in IMPORT_PAGES},
    **{f"/imports/divisions/{page}": REFERENCE_ADD for page in IMPORT_PAGES},
    "/imports/no-such-kind/": (302, 404, 403, 403, 403, 404, 404),
    **dict.fromkeys(["/admin/", "/admin/projects/", "/admin/beneficiaries/", "/admin/jsi18n/"], DESK),
    **dict.fromkeys(["/admin/password_change/", "/admin/password_change/done/"], LEAD_ON),
    "/admin/accounts/": ADMINISTRATOR,
    "/admin/audit/": AUDITOR,
    "/admin/autocomplete/": REFUSED,
    "/admin/login/": (302,) * 7,
    "/admin/logout/": (302, 405, 403, 405, 405, 405, 405),
    "/admin/nothing": (302, 404, 403, 404, 404, 404, 404),
    "/admin/projects/ledgerentry/step/": STEP,
    "/admin/beneficiaries/incomerecord/step/": STEP,
    "/admin/beneficiaries/household/move/": STEP,
}
# Of each table of the admin: its list, its add form.
TABLES = {
    **dict.fromkeys(["project", "ledgerentry", "pledge", "alliance", "household"], (LIST, ADD)),
    **dict.fromkeys(["fundingsource", "organisation", "partybranch", "official", "post", "award"], (LIST, ADD)),
    **dict.fromkeys(["document", "claim"], (LIST, ADD)),
    **dict.fromkeys(["division", "succession", "povertyline"], (DESK, REFERENCE_ADD)),
    "incomerecord": (LIST, REFUSED),
    "user": ((302, 200, 403, 403, 403, 403, 403), REFERENCE_ADD),
    "auditevent": ((302, 403, 403, 403, 200, 403, 403), REFUSED),
}
SCOPED = ("project", "ledgerentry", "pledge", "alliance", "household", "incomerecord")
REFERENCE = ("division", "succession", "povertyline")
NOT_DELETED = {200: 403}
# Names of places and the numbers of claims are public; everything else of another area is not.
PUBLIC_WORDS = {"FOREIGN-village", "FOREIGN-C", "OWN-C"}


def area_pages(area, expected) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pages of one area's records; an address repeats what it was asked, so it is read for no canary."""
    records = area.records
    yield f"/areas/{area.village.code}/", expected
    yield f"/projects/{records['project'].code}/", expected
    yield f"/alliances/{records['alliance'].pk}/", expected
    yield f"/pledges/{records['pledge'].pk}/", expected
    for paper in ("project-ledger", "project-notice"):
        yield f"/papers/{paper}/{records['project'].code}/", expected
    for paper in ("area-ledger", "area-notice"):
        yield f"/papers/{paper}/{area.village.code}/", expected
    yield f"/papers/alliance-record/{records['alliance'].pk}/", expected
    yield f"/red-flags/idle-money/{records['ledgerentry'].voucher}/", expected
    yield f"/claims/{records['claim'].code}/", OPEN
    yield f"/closings/{records['closing'].pk}/", expected
    yield f"/closings/{records['closing'].pk}/funding-ledger.csv", expected
    for page in ("funding", "sources", "income", "projects", "alliances", "reports/funding-ledger", "reports/claims"):
        yield f"/{page}/?area={area.village.code}", expected
    yield f"/reports/funding-ledger.csv?area={area.village.code}", expected


def sheets(area, expected, of_household) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pages of one area's records with what proves them, and the files themselves."""
    for name in ("ledgerentry", "pledge", "milestone", "income", "enrolment"):
        record, status = area.records[name], of_household if name in ("income", "enrolment") else expected
        address = f"{record._meta.label_lower}/{record.pk}/"
        yield f"/records/{address}", status
        yield f"/evidence/attach/{address}", ONLY_POSTED
    yield f"/evidence/{area.records['evidence'].pk}/", expected
    yield f"/evidence/{area.records['income evidence'].pk}/", of_household
    yield f"/evidence/withdraw/{area.records['evidence'].pk}/", ONLY_POSTED


def person_pages(area, reveal, erase) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pages that show a household's persons in full, or erase one."""
    household, person = area.records["household"], area.records["person"]
    yield f"/households/{household.pk}/reveal/", reveal
    yield f"/households/{household.pk}/persons/{person.pk}/erase/", erase
    # What is printed of households is for those who see them: as their pages.
    yield f"/papers/household-handbook/{household.pk}/", reveal
    yield f"/papers/register-notice/{area.village.code}/", reveal
    yield f"/approvals/{area.records['download'].pk}/", reveal


def explanations(area, expected) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Figures of one area's money, asked by its place, its project, its voucher and its promise."""
    code, records = area.village.code, area.records
    entry, pledge = records["ledgerentry"], records["pledge"]
    for asked in (f"area={code}", f"at={code}", f"inside={code}", f"project={records['project'].code}"):
        yield f"/explain/allocated/?{asked}", expected
    yield f"/explain/allocated.csv?at={code}", expected
    yield f"/explain/entry/?of={entry.voucher}", expected
    yield f"/explain/entry.csv?of={entry.voucher}", expected
    yield f"/explain/pledge/?of={pledge.pk}", expected
    yield f"/explain/pledged.csv?of={pledge.pk}", expected


def import_pages(area, of_run, of_batch) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pages of a file that somebody handed in, and of what it brought."""
    run, batch = area.records["run"], area.records["batch"]
    yield f"/imports/runs/{run.pk}/", of_run
    yield f"/imports/runs/{run.pk}/progress.json", of_run
    yield f"/imports/runs/{run.pk}/errors.csv", of_run
    yield f"/imports/runs/{run.pk}/confirm/", ONLY_POSTED
    yield f"/imports/runs/{run.pk}/cancel/", ONLY_POSTED
    yield f"/imports/batches/{batch.pk}/", of_batch
    yield f"/imports/batches/{batch.pk}/undo/", ONLY_POSTED


def record_pages(model, pk, expected) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pages of one record in the admin: to read is one thing, to delete is nobody's."""
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{pk}/"
    yield address, LEAD_ON
    yield f"{address}change/", expected
    yield f"{address}history/", expected
    yield f"{address}delete/", tuple(NOT_DELETED.get(status, status) for status in expected)


def admin_pages(world: World, administrator) -> Iterator[tuple[str, tuple[int, ...]]]:
    for model in admin.site._registry:
        name = model._meta.model_name
        address = f"/admin/{model._meta.app_label}/{name}/"
        yield address, TABLES[name][0]
        yield f"{address}add/", TABLES[name][1]
        if name in SCOPED:
            yield from record_pages(model, world.own.records[name].pk, OWN_RECORD)
            yield from record_pages(model, world.foreign.records[name].pk, FOREIGN_RECORD)
        elif name == "claim":
            yield from record_pages(model, world.own.records[name].pk, RECORD)
            yield from list(record_pages(model, world.foreign.records[name].pk, RECORD))[1:3]
        elif name not in ("user", "auditevent"):
            expected = DESK if name in REFERENCE else RECORD
            pages = list(record_pages(model, world.public[name].pk, expected))
            # All tables are made of one class: what is the same for everybody is asked of each table once.
            yield from pages if name in ("official", "succession") else pages[1:2]
    for area, expected in ((world.own, CORRECT), (world.foreign, FOREIGN_CORRECT)):
        yield f"/admin/projects/ledgerentry/{area.records['ledgerentry'].pk}/correct/", expected
        yield f"/admin/beneficiaries/household/{area.records['household'].pk}/step/move/", expected
    yield from record_pages(type(administrator), administrator.pk, ADMINISTRATOR)
    yield f"/account/people/{administrator.pk}/", REFERENCE_ADD
    yield f"/account/people/{administrator.pk}/end-sessions/", ONLY_POSTED
    yield f"/account/people/{administrator.pk}/tokens/1/revoke/", ONLY_POSTED
    yield from record_pages(type(world.event), world.event.pk, AUDITOR)
    for crossing in ("crossing", "crossing pledge"):
        record = world.own.records[crossing]
        yield from record_pages(type(record), record.pk, OWN_RECORD)


@pytest.fixture
def matrix(world: World, administrator) -> dict[str, tuple[int, ...]]:
    """Address → the status each role gets."""
    return rows_of(world, administrator)


def rows_of(world: World, administrator) -> dict[str, tuple[int, ...]]:
    """Address → the status that GET gives each role, in the order of ROLES."""
    public = world.public
    return {
        **PAGES,
        **dict(area_pages(world.own, OWN)),
        **dict(area_pages(world.foreign, FOREIGN)),
        **dict(explanations(world.own, OWN)),
        **dict(explanations(world.foreign, FOREIGN)),
        **dict(sheets(world.own, SHEET, HOUSEHOLD_SHEET)),
        **dict(sheets(world.foreign, FOREIGN_SHEET, FOREIGN_HOUSEHOLD_SHEET)),
        **dict(import_pages(world.own, OWN_RUN, OWN_BATCH)),
        **dict(import_pages(world.foreign, FOREIGN_RUN, FOREIGN_BATCH)),
        **dict(person_pages(world.own, REVEAL, ERASE)),
        **dict(person_pages(world.foreign, FOREIGN_REVEAL, FOREIGN_ERASE)),
        "/households/find/": (302, 403, 403, 200, 200, 200, 200),
        f"/households/{world.own.records['household'].pk}/": (302, 403, 403, 200, 200, 200, 404),
        f"/households/{world.foreign.records['household'].pk}/": (302, 403, 403, 404, 200, 404, 200),
        **dict(admin_pages(world, administrator)),
        f"/people/{public['official'].pk}/": OPEN,
        f"/organisations/{public['organisation'].pk}/": OPEN,
        f"/documents/{public['document'].pk}/": OPEN,
        f"/documents/{public['document'].pk}/original": OPEN,
        f"/documents/{public['document'].pk}/passage/": (302, 405, 405, 405, 405, 405, 405),
        f"/sources/{public['fundingsource'].code}/": OPEN,
        f"/awards/{public['award'].pk}/": OPEN,
        f"/branches/{public['partybranch'].pk}/": OPEN,
        f"/pledges/{world.own.records['crossing pledge'].pk}/": OWN,
        "/areas/999999999999/": (*NOBODY[:1], 403, *NOBODY[2:]),
        "/people/99999/": (*NOBODY[:1], 403, *NOBODY[2:]),
        "/reports/no-such-report/": NOBODY,
        "/nowhere/": (404,) * 7,
    }


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern of the app, spelt as `resolve()` spells it."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).removeprefix("^" if before else "")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


# How soon each role opens every address, and one of each pattern: at every run, in CI, before a release.
EACH_ADDRESS = {"anonymous": (), **dict.fromkeys(("administrator", "manager", "clerk"), pytest.mark.slow)}
EACH_PATTERN = {"clerk": (), **dict.fromkeys(("reviewer", "auditor", "stranger"), pytest.mark.slow)}


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=EACH_ADDRESS.get(role, pytest.mark.long)) for role in ROLES]
)
def test_each_role_opens_what_it_covers_and_reads_nothing_else(role, client_of, matrix):
    assert (offenders := offended(role, client_of(role), matrix)) == [], told(offenders)


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=EACH_PATTERN.get(role, pytest.mark.long)) for role in READERS]
)
def test_a_reader_opens_what_they_cover_of_each_pattern(role, client_of, matrix):
    """One address of each pattern and each status it gives them; another test opens all of them."""
    status = ROLES.index(role)
    few = {
        (of_any_table(resolve(one.partition("?")[0]).route), row[status]): one
        for one, row in matrix.items()
        if row[0] != 404
    }
    brief = {address: matrix[address] for address in few.values()}

    assert (offenders := offended(role, client_of(role), brief)) == [], told(offenders)


def offended(role, client, matrix) -> list[str]:
    """The addresses that answer this role otherwise than they should, or with what is not for its eyes."""
    place, offenders = ROLES.index(role), []
    for address, statuses in matrix.items():
        response = client.get(address)
        said = body(response)
        if response.status_code != statuses[place]:
            offenders.append(f"{address}: {response.status_code} instead of {statuses[place]}")
        offenders += [f"{address}: says {word}" for word in leaks(role, address, said)]
    return offenders


# What nobody of a role may read, wherever it may stand; a pattern of the canaries in conftest.
CANARIES = {
    "anonymous": r"(?:OWN|FOREIGN|PUBLIC)-[\w-]+|907X|76,?543",
    "administrator": r"(?:OWN|FOREIGN)-(?!village)[\w-]+|907X|76,?543",
    "manager": r"(?:OWN|FOREIGN)-(?:person|household)|907X|1961",
    "reviewer": r"FOREIGN-[\w-]+",
    "auditor": r"(?!)",  # everything is theirs to see
    "clerk": r"FOREIGN-[\w-]+",
    "stranger": r"OWN-[\w-]+",
}


def leaks(role: str, address: str, said: str) -> set[str]:
    """The canaries in an answer; what stood in the address was known before."""
    found = set(re.findall(CANARIES[role], said)) - PUBLIC_WORDS
    # Names of persons stand nowhere; the last digits of their numbers on pages of their household, whoever looks.
    hidden = r"(?:OWN|FOREIGN)-person"
    if not re.fullmatch(r"/admin/beneficiaries/household/\d+/change/|/households/\d+/(?:reveal/)?", address):
        hidden += "|907X"
    found |= set(re.findall(hidden, said))
    return {word for word in found if f"/{word}/" not in address and not address.endswith(f"={word}")}


def test_the_canaries_are_there_to_be_seen(world, client_of):
    manager, auditor, clerk = client_of("manager"), client_of("auditor"), client_of("clerk")
    household = f"/admin/beneficiaries/household/{world.own.records['household'].pk}/change/"

    assert "FOREIGN-project" in body(manager.get("/funding/"))
    assert "FOREIGN-project" in body(manager.get("/reports/funding-ledger.csv"))
    assert "FOREIGN-P FOREIGN-project" in body(auditor.get("/admin/projects/ledgerentry/"))
    assert all(word in body(clerk.get(household)) for word in ("O*********", "907X", "1961", "76543.21"))
    assert leaks("stranger", "/", "OWN-project OWN-C") == {"OWN-project"}
    assert leaks("auditor", "/people/", "OWN-project OWN-person") == {"OWN-person"}


def test_every_pattern_of_the_app_has_its_row(matrix):
    covered = {of_any_table(resolve(a.partition("?")[0]).route) for a in matrix if a != "/nowhere/"}
    listed = {address for address in matrix if address.count("/") == 4}

    assert {of_any_table(route) for route in routes(get_resolver())} - covered == set()
    assert {f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in admin.site._registry} <= listed


def of_any_table(route: str) -> str:
    """The pattern of an admin page without the table's name."""
    return re.sub(r"^admin/[a-z]+/[a-z]+/", "admin/TABLE/", route)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("role", ["manager", "clerk"])
@pytest.mark.slow
def test_pages_for_reading_take_nothing(role, method, client_of, matrix):
    client = client_of(role)
    writing = ("/admin", "/sign", "/language", "/nowhere", "/closings", "/evidence/attach", "/evidence/withdraw")
    writing += ("/imports", "/approvals", "/account")
    # Words to be found in a text, and why persons are shown, are sent, so that they stand in no address.
    sent = ("/passage/", "/households/find/", "/reveal/", "/erase/")
    reading = [one for one in matrix if not one.startswith(writing) and not one.endswith(sent)]

    assert {getattr(client, method)(address).status_code for address in reading} <= {401, 403, 404, 405}


@pytest.mark.slow
def test_an_entry_booked_for_a_foreign_project_keeps_it_unnamed(client_of, world, clerk):
    posted = world.own.records["crossing"]
    crossing = {name: getattr(posted, name) for name in ("division", "project", "source")}
    entry = LedgerEntryFactory(state="draft", **crossing)
    address = f"/admin/projects/ledgerentry/{entry.pk}/change/"
    client = client_of("clerk")
    form = client.get(address).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    response = client.post(address, {**typed, "project": world.own.records["project"].pk, "note": "Looked at"})

    entry.refresh_from_db()
    assert response.status_code == 302
    assert (entry.project, entry.note) == (world.foreign.records["project"], "Looked at")


@pytest.mark.parametrize("model", ["project", "ledgerentry", "alliance", "household", "claim", "official"])
@pytest.mark.slow
def test_a_hand_made_action_deletes_nothing(model, client_of, world):
    record = {**world.public, **world.own.records}[model]
    address = f"/admin/{record._meta.app_label}/{model}/"
    data = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes", "index": "0"}

    statuses = [client_of(role).post(address, data).status_code for role in ("clerk", "auditor", "administrator")]

    assert statuses[2] == 403
    assert max(statuses) < 500
    assert type(record)._default_manager.filter(pk=record.pk).count() == 1


@pytest.mark.slow
def test_a_session_ends_with_the_account_and_follows_the_role(client_of, clerk, world):
    client = client_of("clerk")
    household = f"/admin/beneficiaries/household/{world.own.records['household'].pk}/change/"
    before = client.get(household).status_code
    type(clerk).objects.filter(pk=clerk.pk).update(role="manager")
    as_manager = client.get(household).status_code
    type(clerk).objects.filter(pk=clerk.pk).update(role="clerk", area="451102")
    moved = client.get(household).status_code
    type(clerk).objects.filter(pk=clerk.pk).update(is_active=False)

    assert (before, as_manager, moved, client.get(household).status_code) == (200, 302, 302, 302)
    assert client.get("/funding/")["Location"] == "/sign-in/?next=/funding/"
