"""Spoils the hostile files at random and reads them: python -m tests.imports.variants --rounds 100000 --seed 1

Prints how many came to which outcome, and exits with 1 where anything was raised that is no refusal, or a file took
longer than it may. The same seed spoils the same bytes in the same way.
"""

import argparse
import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

LONGEST_SECONDS = 5.0
# Bombs, which are refused the same however they are spoiled, and take a second each.
LARGEST = 100_000
# What is dangerous somewhere: to a decoder, a CSV reader, a spreadsheet, a database or a page.
NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x81\x30\x81\x30", b"\xfe\xff",
    b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"'", b"=1+1", b"@", b"-", b"NaN", b"1e999", b"\x1a",
    b"9" * 5000, b"," * 300, "万".encode(), "０".encode(), "\u202e".encode(), "\u3000".encode(), "合计".encode(),
    "张三".encode("gb18030"), "張".encode("big5"), b"<script>", b"&#xD800;", b"&#0;", b"_x0000_", b"_xD800_", b"]]>",
    b"<!DOCTYPE a []>", b"<f>1</f>", b"<c/>", b"</row>", b'r="A0"', b'r="XFD1048577"', b't="s"', b't="e"', b't="d"',
    b'<mergeCell ref="A2:B3"/>', b"2018-02-30", b"1E+17", b"-1", b"1048577",
)  # fmt: skip


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four things done to them."""
    for _time in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(WAYS)(content, chance)
    return content


def _replaced(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _inserted(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(NASTY) + content[at:]


def _overwritten(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    nasty = chance.choice(NASTY)
    return content[:at] + nasty + content[at + len(nasty) :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.choice((1, 2, 7, 100)) :]


def _ended(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeated(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    piece = content[at : at + chance.choice((1, 20, 200))]
    return content[:at] + piece * chance.choice((2, 3, 20)) + content[at:]


def _swapped(content: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(content) + 1) for _end in range(2))
    return content[second:] + content[first:second] + content[:first]


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _replaced, _replaced, _inserted, _inserted, _overwritten, _overwritten, _cut, _ended, _repeated, _swapped,
)  # fmt: skip


def variant(content: bytes, chance: random.Random) -> bytes:
    """A spoiled file; of a packed one, more often a member than the packing."""
    if not content.startswith(b"PK") or chance.random() < 0.3:
        return spoiled(content, chance)
    try:
        return _packed_anew(content, chance)
    except (zipfile.BadZipFile, EOFError, UserWarning):
        return spoiled(content, chance)


def _packed_anew(content: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = list(dict.fromkeys(old.namelist()))
        sheets = [name for name in names if "sheet" in name.casefold() or "strings" in name.casefold()]
        chosen = chance.choice(sheets if sheets and chance.random() < 0.7 else names)
        for name in names:
            member = old.read(name)
            new.writestr(name, spoiled(member, chance) if name == chosen else member)
    return made.getvalue()


def run(rounds: int, seed: int, tell: Callable[[str], None] = print) -> tuple[Counter[str], list[str]]:
    """Outcomes by name, and what was wrong in which round."""
    from tests.imports.cases import CASES, FOLDER, outcome_of, workbooks_read_here

    chance = random.Random(seed)
    originals = [(case["file"], (FOLDER / case["file"]).read_bytes()) for case in CASES.values()]
    originals = [(name, content) for name, content in originals if len(content) < LARGEST]
    outcomes: Counter[str] = Counter()
    wrong = []
    with workbooks_read_here(), tempfile.TemporaryDirectory(prefix="variants-") as folder:
        for number in range(rounds):
            name, content = chance.choice(originals)
            path = Path(folder) / f"variant{Path(name).suffix}"
            path.write_bytes(variant(content, chance))
            begun = time.monotonic()
            try:
                outcome = outcome_of(path)
                outcomes[outcome.word if outcome.code is None else f"{outcome.word} {outcome.code}"] += 1
            except Exception:
                wrong.append(f"round {number}, {name}: {traceback.format_exc(limit=-3)}")
            if (seconds := time.monotonic() - begun) > LONGEST_SECONDS:
                wrong.append(f"round {number}, {name}: {seconds:.1f} seconds")
            if number % 10_000 == 9_999:
                tell(f"{number + 1:,} of {rounds:,}, {len(wrong)} wrong")
    return outcomes, wrong


def main(arguments: list[str]) -> int:
    """Read the arguments, run, and print. The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.imports.variants", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    outcomes, wrong = run(asked.rounds, asked.seed)
    for name, times in outcomes.most_common():
        print(f"{times:>8,}  {name}")
    print(f"{asked.rounds:,} rounds, seed {asked.seed}: {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
