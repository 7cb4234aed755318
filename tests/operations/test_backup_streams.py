"""What is written comes back, by our own hands and by the tool age; what was changed or is another's does not."""

import gzip
import shutil
import stat
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pyrage import x25519

from alleviation.operations.backup.archiving import Refused, fetch, keep, kept_as
from alleviation.operations.backup.archiving import main as archive
from alleviation.operations.backup.faults import BackupFault
from alleviation.operations.backup.keys import fingerprint, identities_in, make_pair, sealing_for
from alleviation.operations.backup.segments import name_of, number_of, place_of
from alleviation.operations.backup.streams import (
    Damaged,
    Made,
    Sink,
    WrongKey,
    hash_of,
    open_packed,
    packed,
    write_file,
    write_sealed,
)
from tests.house.ground import ROOT

CONTENT = b"".join(b"%d\n" % number for number in range(50_000))
SIZE = 16 * 1024 * 1024
ARCHIVE_WAL = ROOT / "deploy" / "archive-wal"
WITH_AGE = pytest.mark.skipif(not shutil.which("age"), reason="the tool age is not installed here")


@pytest.fixture
def key(tmp_path):
    """A private key's file."""
    make_pair(tmp_path / "key.txt")
    return tmp_path / "key.txt"


def sealed(path, key):
    """The content in a file, encrypted to a key."""
    write_file(path, Made(packed(BytesIO(CONTENT))), [one.to_public() for one in identities_in(key)])
    return path


def opened(path, *identities):
    found = BytesIO()
    open_packed(path, found, identities, is_sealed=True)
    return found.getvalue()


def test_what_was_written_comes_back_and_is_its_owners_alone(tmp_path, key):
    path = sealed(tmp_path / "part.gz.age", key)

    assert opened(path, *identities_in(key)) == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert CONTENT[:100] not in path.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["key.txt", "part.gz.age"]


@WITH_AGE
def test_the_tool_age_opens_it_too(tmp_path, key):
    path = sealed(tmp_path / "part.gz.age", key)

    done = subprocess.run(["age", "-d", "-i", key, path], capture_output=True, check=True)

    assert gzip.decompress(done.stdout) == CONTENT


def test_another_key_opens_nothing(tmp_path, key):
    path = sealed(tmp_path / "part.gz.age", key)

    with pytest.raises(WrongKey):
        opened(path, x25519.Identity.generate())


@pytest.mark.parametrize(
    "harm",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:],
        lambda whole: whole + b"\0",
        lambda whole: b"",
    ],
    ids=["a byte short", "half", "a byte flipped", "a byte more", "nothing"],
)
def test_what_was_harmed_is_told(harm, tmp_path, key):
    path = sealed(tmp_path / "part.gz.age", key)
    path.write_bytes(harm(path.read_bytes()))

    with pytest.raises(Damaged):
        opened(path, *identities_in(key))


class Failing:
    """A disk that gives up in the middle."""

    def read(self, size=-1):
        raise OSError(5, "Input/output error")


def test_what_broke_off_leaves_nothing_and_tells_why(tmp_path):
    with pytest.raises(OSError, match="Input/output error"):
        write_file(tmp_path / "part", Failing(), [x25519.Identity.generate().to_public()])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("recipients", [[], [x25519.Identity.generate().to_public()]], ids=["plain", "encrypted"])
def test_a_full_disk_is_told_as_that(recipients):
    with open("/dev/full", "wb", buffering=0) as disk, pytest.raises(OSError, match="No space left on device"):
        write_sealed(BytesIO(CONTENT), Sink(disk), recipients)


# --- keys ---------------------------------------------------------------------------------------------------------


def test_a_private_key_is_its_owners_alone_and_never_written_over(tmp_path):
    path = tmp_path / "key.txt"
    public = make_pair(path)
    before = path.read_text()

    with pytest.raises(BackupFault, match="is there already and stays as it is"):
        make_pair(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == before
    assert [str(one.to_public()) for one in identities_in(path)] == [public]


def test_nothing_is_encrypted_to_nobody():
    with pytest.raises(BackupFault, match="BACKUP_RECIPIENTS names no key"):
        sealing_for(["", " "])
    with pytest.raises(BackupFault, match="age1nonsense… is no public key of age"):
        sealing_for(["age1nonsense"])

    assert sealing_for([], is_plain=True).recipients == ()


def test_what_is_no_private_key_is_named(tmp_path):
    (tmp_path / "notes").write_text("# nothing here\n")

    with pytest.raises(BackupFault, match="notes holds no private key of age"):
        identities_in(tmp_path / "notes")
    with pytest.raises(BackupFault, match="none cannot be read: No such file or directory"):
        identities_in(tmp_path / "none")


def test_a_fingerprint_recognises_a_key_and_tells_nothing_of_it():
    assert fingerprint("a key of the office") == fingerprint("a key of the office") == "609a8ef881546ea5"
    assert fingerprint("a key of the office") != fingerprint("a key of the office ")


# --- segments of the log ------------------------------------------------------------------------------------------

NAME = "000000010000000000000007"


def by_python(path, folder, public):
    return archive([str(path), "--to", str(folder), "--recipient", public])


def by_script(path, folder, public):
    return subprocess.run([ARCHIVE_WAL, path, folder, public], check=False, capture_output=True).returncode


@pytest.mark.parametrize("way", [by_python, pytest.param(by_script, marks=WITH_AGE)])
def test_a_segment_is_archived_once_and_another_of_its_name_never(way, tmp_path, key):
    public, folder, segment = str(identities_in(key)[0].to_public()), tmp_path / "wal", tmp_path / NAME
    segment.write_bytes(CONTENT)
    first, again = way(segment, folder, public), way(segment, folder, public)
    (kept,) = folder.iterdir()
    before = kept.read_bytes()
    segment.write_bytes(CONTENT[::-1])

    other = way(segment, folder, public)

    assert (first, again, other) == (0, 0, 1)
    assert list(folder.iterdir()) == [kept]
    assert kept.read_bytes() == before
    # Of the folder's group too: whoever restores is not the server's user.
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert fetch(NAME, tmp_path / "back", folder, identities_in(key))
    assert hash_of(tmp_path / "back") == (len(CONTENT), hash_of(tmp_path / "back")[1])
    assert (tmp_path / "back").read_bytes() == CONTENT


@pytest.mark.parametrize("way", [by_python, pytest.param(by_script, marks=WITH_AGE)])
def test_a_segment_that_cannot_be_kept_is_told(way, tmp_path, key):
    public = str(identities_in(key)[0].to_public())
    (tmp_path / NAME).write_bytes(CONTENT)

    assert way(tmp_path / "none", tmp_path / "wal", public) != 0
    assert way(tmp_path / NAME, tmp_path / "wal", "age1nonsense") != 0
    assert kept_as(tmp_path / "wal", NAME) == []


def test_a_segment_that_is_missing_is_none_and_one_that_is_broken_is_told(tmp_path, key):
    (tmp_path / NAME).write_bytes(CONTENT)
    keep(tmp_path / NAME, tmp_path / "wal", [identities_in(key)[0].to_public()])
    (kept,) = (tmp_path / "wal").iterdir()

    with pytest.raises(Refused, match="does not open with this private key"):
        fetch(NAME, tmp_path / "back", tmp_path / "wal", [x25519.Identity.generate()])
    kept.write_bytes(kept.read_bytes()[:-20])
    with pytest.raises(Refused, match="is damaged or cut off"):
        fetch(NAME, tmp_path / "back", tmp_path / "wal", identities_in(key))

    assert not fetch(f"{NAME}.00000028.backup", tmp_path / "back", tmp_path / "wal", identities_in(key))
    assert not (tmp_path / "back").exists()


def test_segments_are_named_as_the_server_names_them():
    assert place_of("1/23000060") == 0x123000060
    assert name_of(2, place_of("1/23000060") // SIZE, SIZE) == "000000020000000100000023"
    assert number_of("000000020000000100000023", SIZE) == place_of("1/23000060") // SIZE
