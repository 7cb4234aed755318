"""Forgets old backups: whole ones, never the newest, and what no backup that is left needs."""

import heapq
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from alleviation.operations.backup.evidence import has_sound_list, listed_in
from alleviation.operations.backup.manifest import now
from alleviation.operations.backup.segments import SEGMENT, number_of, place_of
from alleviation.operations.backup.store import MAKING, Kept, Store


def forget_old(store: Store, *, keep: int | None, days: int | None, made: Kept | None = None) -> Iterator[str]:
    """Delete what is neither among the newest so many nor of the last so many days; say what went.

    Backups that are damaged are neither counted nor deleted: somebody should look at them first. Nor is the one that
    was just made; and nothing is where a clock was wrong, since nobody knows which are the newest.
    """
    with store.locked():
        kept = store.kept()
        if any(one.is_ahead for one in kept):
            return
        old = {one.folder for one in too_old(kept, keep=keep, days=days) if made is None or one.folder != made.folder}
        for one in kept:
            if one.folder in old:
                forget(one)
                yield _("Forgotten: %(folder)s") % {"folder": one.folder}
        if old:
            left = [one for one in kept if one.folder not in old]
            yield from forget_files(store, left)
            yield from forget_log(store.wal, left)


def too_old(kept: list[Kept], *, keep: int | None, days: int | None) -> list[Kept]:
    """Those that nothing asks to keep; the newest is always kept."""
    newest = {one.folder for one in kept[-max(keep or 1, 1) :]}
    since = now() - timedelta(days=days) if days else None
    return [one for one in kept if one.folder not in newest and not (since and one.manifest.at >= since)]


def forget(one: Kept) -> None:
    """Delete a backup; from its first step on it is half a backup."""
    half = one.folder.with_name(MAKING + one.folder.name)
    one.folder.rename(half)
    shutil.rmtree(half)


def forget_files(store: Store, left: list[Kept]) -> Iterator[str]:
    """Delete files of evidence that no backup names, damaged ones and those of others that are there included."""
    if len(store.finished()) != len(left) or not all(map(has_sound_list, left)):
        yield _("No file of evidence was deleted: there are backups that are not whole, which may need them.")
        return
    gone = 0
    for root in sorted(one for one in store.evidence.glob("*") if one.is_dir()):
        lists = [listed_in(one.folder) for one in left if one.manifest.evidence["mark"] == root.name]
        gone += _forget_unnamed(root, iter(heapq.merge(*([line.digest for line in lines] for lines in lists))))
    if gone:
        yield _("Files of evidence that no backup needs any more: %(count)s deleted.") % {"count": gone}


def _forget_unnamed(root: Path, named: Iterator[str]) -> int:
    """Walks both in the order of the SHA-256."""
    gone, name = 0, next(named, None)
    for folder in sorted(root.iterdir()):
        for path in sorted(folder.iterdir()):
            digest = path.name[:64]
            while name is not None and name < digest:
                name = next(named, None)
            if name != digest:
                path.unlink()
                gone += 1
    return gone


def forget_log(folder: Path, left: list[Kept]) -> Iterator[str]:
    """Delete segments of the log that lie before the start of every backup that is left.

    The places of two servers have nothing to do with each other, and a segment's name does not say whose it is.
    """
    servers = [one.manifest.server for one in left if one.manifest.server]
    if not servers or not folder.is_dir():
        return
    if len({server["system"] for server in servers}) > 1:
        words = _("%(folder)s: no segment was deleted, since the backups that are left are of different servers.")
        yield words % {"folder": folder}
        return
    size = servers[0]["segment"]
    first = min(place_of(server["start"]) // size for server in servers)
    try:
        paths = [one for one in folder.iterdir() if SEGMENT.match(one.name)]
        old = [path for path in paths if number_of(path.name, size) < first]
        for path in old:
            path.unlink()
    except PermissionError:
        yield _("%(folder)s is another user's: the segments before the oldest backup stay.") % {"folder": folder}
        return
    if old:
        yield _("Segments of the log from before the oldest backup: %(count)s deleted.") % {"count": len(old)}
