"""Each restore begins a timeline of the log: what is written on it is restored along it, or it is told why not."""

import gzip
import os
import re
from hashlib import sha256

import pytest

from alleviation.operations.backup.archiving import ABSENT
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.lending import Lender
from alleviation.operations.backup.recovering import Target, line_for
from alleviation.operations.backup.segments import name_of
from alleviation.operations.backup.timelines import Line, line_of_backup, line_through, missing_segment

SIZE = 16 * 1024 * 1024
# The backup holds the segments 3 and 4, and the beginning of 5.
SERVER = {"segment": SIZE, "timeline": 1, "start": "0/3000028", "end": "0/4000100", "until": "0/5000060"}
EARLY, LATE = 1_700_000_000, 1_800_000_000


@pytest.fixture
def wal(tmp_path):
    """An archive without a key."""
    (tmp_path / "wal").mkdir()
    return tmp_path / "wal"


def keep(wal, name, content=b"", at=EARLY):
    path = wal / f"{name}.{sha256(content).hexdigest()[:32]}.gz"
    path.write_bytes(gzip.compress(content))
    os.utime(path, (at, at))
    return path


def segments(wal, timeline, *numbers, at=EARLY):
    for number in numbers:
        keep(wal, name_of(timeline, number, SIZE), at=at)


def history(wal, timeline, *forks, at=EARLY):
    """As the server writes it: the timelines before it, where each was left, and why."""
    lines = "\n\n".join(f"{before}\t{place}\tno recovery target specified" for before, place in forks)
    return keep(wal, f"{timeline:08X}.history", f"{lines}\n".encode(), at)


@pytest.mark.parametrize(
    ("numbers", "missing"), [([3, 4, 5], ""), ([], ""), ([3, 5], ""), ([6], 5), ([1, 3, 4, 7], 5), ([1, 2], "")]
)
def test_the_first_segment_that_is_missing_before_a_later_one_is_named(numbers, missing, wal):
    segments(wal, 1, *numbers)
    # What stands beside a segment is none.
    keep(wal, f"{name_of(1, 5, SIZE)}.00000028.backup")

    assert missing_segment(SERVER, wal, Line(((1, 0),), 1, SIZE)) == (missing and name_of(1, missing, SIZE))


def test_a_log_goes_on_along_the_newest_timeline_whatever_numbers_are_left_out(wal):
    segments(wal, 1, 3, 4, 5, 6, 7)
    history(wal, 4, (1, "0/6000100"), (2, "0/8000060"))
    segments(wal, 2, 6, 7)
    segments(wal, 4, 8, 9)

    line = line_for(SERVER, Target(wal), wal, [])

    assert line == Line(((1, 0), (2, 6), (4, 8)), 4, SIZE)
    assert [line.at(number) for number in (3, 5, 6, 7, 8, 20)] == [1, 1, 2, 2, 4, 4]


def test_a_segment_of_another_timeline_of_the_same_number_fills_no_gap(wal):
    segments(wal, 1, 3, 4, 5, 6, 7, 8)
    history(wal, 2, (1, "0/6000100"))
    segments(wal, 2, 6, 8)

    with pytest.raises(BackupFault, match=f"lacks the segment {name_of(2, 7, SIZE)}, and has later ones"):
        line_for(SERVER, Target(wal), wal, [])


def test_a_timeline_of_which_nothing_was_archived_is_told(wal):
    segments(wal, 1, 3, 4, 5, 6, 7)
    history(wal, 2, (1, "0/6000100"))

    with pytest.raises(
        BackupFault, match=f"nothing of timeline 2, which begins with the segment {name_of(2, 6, SIZE)}"
    ):
        line_for(SERVER, Target(wal), wal, [])

    assert line_for(SERVER, Target(wal, timeline=1), wal, []) == Line(((1, 0),), 2, SIZE)


def test_a_timeline_whose_history_is_missing_is_told_with_what_helps(wal):
    segments(wal, 1, 3, 4, 5)
    segments(wal, 2, 6, 7)

    for moment in (None, object()):
        with pytest.raises(BackupFault) as told:
            line_for(SERVER, Target(wal, moment), wal, [])

        assert str(told.value).startswith(
            f"The archive {wal} lacks 00000002.history, which says where timeline 2 began"
        )
        assert "Copy the file from pg_wal of the server that was restored last" in str(told.value)
    assert line_through(SERVER, wal, 1, []).timeline == 1


def test_a_timeline_that_began_before_the_backup_does_not_hold_it(wal):
    segments(wal, 1, 3, 4, 5)
    history(wal, 3, (1, "0/4000100"))
    segments(wal, 3, 4, 5)

    for told in ({"end": "0/4000101"}, {"timeline": 2}):
        with pytest.raises(BackupFault, match="Timeline 3 of the archive began before this backup was made"):
            line_through(SERVER | told, wal, None, [])

    assert line_through(SERVER, wal, None, []).begins == ((1, 0), (3, 4))


def test_two_servers_that_archived_to_one_folder_are_told_apart_by_people(wal):
    """A restored copy that was started for a look has archived; the office went on with its own."""
    segments(wal, 1, 3, 4, 5, 6, at=EARLY)
    history(wal, 2, (1, "0/6000100"), at=EARLY + 60)
    segments(wal, 2, 6, at=EARLY + 90)
    before = line_through(SERVER, wal, None, [])
    # One that its server could archive late is older than the new timeline.
    segments(wal, 1, 4, at=LATE)
    late = line_through(SERVER, wal, None, [])
    segments(wal, 1, 7, at=LATE)

    with pytest.raises(
        BackupFault, match=re.escape(f"was archived, {name_of(1, 7, SIZE)}. Say with --timeline which")
    ):
        line_through(SERVER, wal, None, [])

    assert (before.timeline, late.timeline) == (2, 2)
    assert [line_through(SERVER, wal, wanted, []).timeline for wanted in (1, 2)] == [1, 2]


def test_a_history_that_is_damaged_is_told(wal):
    segments(wal, 2, 6)
    path = history(wal, 2, (1, "0/6000100"))
    path.write_bytes(path.read_bytes()[:-3])

    with pytest.raises(BackupFault, match=re.escape(f"{path} is damaged or cut off")):
        line_through(SERVER, wal, None, [])


def test_a_server_is_lent_what_lies_on_its_line_and_begins_a_number_that_is_free(wal, tmp_path):
    segments(wal, 1, 5, 6, 7)
    history(wal, 2, (1, "0/6000100"))
    segments(wal, 2, 6, 7)
    segments(wal, 5, 9)
    (tmp_path / "pipes").mkdir()
    along = Lender(tmp_path / "pipes", wal, line_through(SERVER, wal, 2, []), tmp_path, [])
    names = [name_of(1, 5, SIZE), name_of(1, 6, SIZE), name_of(1, 7, SIZE), name_of(2, 6, SIZE), name_of(2, 7, SIZE)]
    histories = [f"{number:08X}.history" for number in range(2, 7)]

    lent = [along._answered(name, tmp_path / "lent") for name in names]
    told = [along._answered(name, tmp_path / name) for name in histories]

    assert lent == [0, 0, ABSENT, 0, 0]
    # 3 and 4 are asked for in turn: the server's own timeline comes behind whatever there is.
    assert told == [0, 0, 0, 0, ABSENT]
    assert (tmp_path / histories[0]).read_text().startswith("1\t0/6000100")
    assert [(tmp_path / name).read_text() for name in histories[1:4]] == ["", "", ""]


def test_without_the_log_a_server_asks_for_the_numbers_that_are_taken_alone(wal, tmp_path):
    segments(wal, 1, 5)
    segments(wal, 3, 5)
    (tmp_path / "pipes").mkdir()
    line = line_of_backup(SERVER, wal)
    alone = Lender(tmp_path / "pipes", None, line, tmp_path, [])

    told = [
        alone._answered(name, tmp_path / name)
        for name in (name_of(1, 5, SIZE), *map("{:08X}.history".format, (1, 2, 3, 4)))
    ]

    assert told == [ABSENT, ABSENT, 0, 0, ABSENT]
    assert line_of_backup(SERVER, tmp_path / "none") == Line(((1, 0),), 1, SIZE)


def test_an_archive_that_cannot_be_read_is_told(wal, monkeypatch):
    def closed(_folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(wal), "iterdir", closed)

    with pytest.raises(BackupFault, match=r"wal cannot be read: Permission denied\. Name one that can with --wal"):
        line_of_backup(SERVER, wal)
