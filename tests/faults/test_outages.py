"""The outages in the small, on both databases; and that what is looked for is found."""

from collections import Counter

import pytest

from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from projects import actions
from tests.faults.people import Wish
from tests.faults.scene import COMMAND, Scene, build
from tests.faults.test_faults import said
from tests.faults.verdicts import Judge
from tests.faults.visiting import Answer, Browser, Fate, Words
from tests.postgres import server_folder

FEW = {"sqlite": ("a web worker killed", "disk of the database"), "postgresql": ("COMMIT's reply lost", "postmaster")}
WORDS = Words(("The database does not answer",), ("Nothing was saved.",), "It is not known.", "It was sent before.")
PLAIN = "The database does not answer. Try again in a minute."


@pytest.mark.slow
@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(not server_folder(), reason="no PostgreSQL server")),
    ],
)
def test_an_office_comes_through_outages_without_a_person(database):
    faults = [word for one in FEW[database] for word in ("--fault", one)]

    code, lines = said("tests.faults.outages", "--runs", "1", "--database", database, *faults)

    assert code == 0, "\n".join(lines)
    assert lines[-1] == "manage.py verify: everything holds"


# --- what somebody was told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (Answer(), Fate.UNANSWERED),
        (Answer(302, "/admin/projects/ledgerentry/7/change/"), Fate.DONE),
        (Answer(302, "/sign-in/?next=/"), Fate.STRANGER),
        (Answer(403), Fate.STRANGER),
        (Answer(200, text="Enter an amount above zero."), Fate.WRONG),
        (Answer(503, text=f"{PLAIN} Nothing was saved."), Fate.REFUSED),
        (Answer(503, text=f"{PLAIN} It is not known."), Fate.UNKNOWN),
        (Answer(502, text="Bad Gateway"), Fate.UNKNOWN),
    ],
    ids=range(8),
)
def test_an_answer_is_understood(answer, fate):
    assert Browser(1, "", "", "en", WORDS).fate_of(answer) == fate


@pytest.mark.parametrize(
    ("status", "text", "rude"),
    [
        (503, f"{PLAIN} It is not known.", 0),
        (503, PLAIN, 1),
        (500, f"{PLAIN} Nothing was saved.", 1),
        (503, f"{PLAIN} Nothing was saved. psycopg2.OperationalError", 1),
        (200, "Traceback of a journey", 0),
    ],
    ids=["honest", "says nothing of the form", "a fault of ours", "shows its cause", "no failure"],
)
def test_a_failure_that_is_not_told_plainly_is_rude(status, text, rude):
    browser = Browser(1, "", "", "en", WORDS)

    browser._judge("/", Answer(status, text=text))

    assert len(browser.rude) == rude


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([Fate.REFUSED, Fate.STRANGER], Fate.REFUSED),
        ([Fate.UNKNOWN, Fate.REFUSED], Fate.UNKNOWN),
        ([Fate.UNANSWERED], Fate.UNKNOWN),
        ([Fate.UNANSWERED, Fate.DONE], Fate.DONE),
    ],
)
def test_what_is_known_at_last(told, end):
    assert Wish("entry", "t", told=told).end == end


# --- what is there ------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(db) -> Scene:
    return build()


@pytest.fixture
def judge(scene) -> Judge:
    judge = Judge()
    judge.judge([])
    return judge


def drafted(scene: Scene, tag: str) -> None:
    actions.draft_entry(scene.entry(tag, 4), by=scene.clerks[0])


def imported(scene: Scene, tag: str, number: int) -> None:
    with trail.together():
        batch = trail.open_batch(kind=ImportBatch.Kind.FILE, title=f"{tag}.csv", by=COMMAND)
        entries = scene.imported(tag, number)
        for row, entry in enumerate(entries):
            entry.document_number = f"{tag}-{row}"
        trail.write_many(entries, by=COMMAND, batch=batch)


def wrong(judge: Judge, wish: Wish) -> Counter[str]:
    verdict = vars(judge.judge([wish]))
    return +Counter({name: verdict[name] for name in ("lost", "half", "doubled", "lied", "gaps", "unbound")})


@pytest.mark.parametrize(
    ("times", "told", "expected"),
    [
        (1, [Fate.DONE], {}),
        (0, [Fate.DONE], {"lost": 1}),
        (2, [Fate.UNKNOWN, Fate.DONE], {"doubled": 1}),
        (0, [Fate.REFUSED], {}),
        (1, [Fate.REFUSED], {"lied": 1}),
        (0, [Fate.UNKNOWN], {}),
        (1, [Fate.UNANSWERED], {}),
        (2, [Fate.UNKNOWN], {"doubled": 1}),
    ],
)
def test_a_form_is_held_against_what_was_told_of_it(times, told, expected, scene, judge):
    for _time in range(times):
        drafted(scene, "r1w1n1")

    assert wrong(judge, Wish("entry", "r1w1n1", told=told)) == expected


@pytest.mark.parametrize(
    ("rows", "told", "expected"),
    [
        ([3], [Fate.DONE], {}),
        ([2], [Fate.UNKNOWN], {"half": 1}),
        ([3, 3], [Fate.UNKNOWN, Fate.DONE], {"doubled": 1}),
        ([], [Fate.UNKNOWN], {}),
        ([3], [Fate.REFUSED], {"lied": 1}),
    ],
)
def test_a_file_is_there_whole_and_once_or_not_at_all(rows, told, expected, scene, judge):
    for number in rows:
        imported(scene, "r1w1n1", number)

    assert wrong(judge, Wish("import", "r1w1n1", size=3, told=told)) == expected


def test_a_posting_that_was_confirmed_and_is_a_draft_is_lost(scene, judge):
    drafted(scene, "r1w1n1")

    assert wrong(judge, Wish("posting", "r1w1n1", told=[Fate.DONE])) == {"lost": 1}


def test_a_paper_that_was_confirmed_and_lies_nowhere_is_lost(judge):
    assert wrong(judge, Wish("evidence", "r1w1n1", told=[Fate.DONE])) == {"lost": 1}
