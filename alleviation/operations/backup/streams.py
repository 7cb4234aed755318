"""Bytes on their way between the database and the disk: packed, encrypted, counted; never all of them in memory.

This module needs Python and pyrage alone, so that a segment of the write-ahead log is archived without Django.
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pyrage
from pyrage import x25519

BLOCK = 256 * 1024
# The window of zlib that makes gzip's own form, so that gunzip opens it.
GZIP = 31


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int = ..., /) -> bytes: ...


class Writable(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object: ...


class WrongKey(Exception):
    """No key that was given opens it."""


class Damaged(Exception):
    """It is not what was written: changed, or cut off."""


class Source:
    """Reads from something and counts; keeps the error that it broke off with, which encryption swallows."""

    def __init__(self, source: Readable) -> None:
        self.source, self.size = source, 0
        self.failure: BaseException | None = None

    def read(self, size: int = BLOCK) -> bytes:
        try:
            found = self.source.read(size)
        except BaseException as error:
            self.failure = error
            raise
        self.size += len(found)
        return found


class Sink:
    """Writes to something, counts and hashes; keeps the error that it broke off with."""

    def __init__(self, target: Writable) -> None:
        self.target, self.size, self.hash = target, 0, sha256()
        self.failure: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self.target.write(data)
        except BaseException as error:
            self.failure = error
            raise
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Asked for by who encrypts; what is written is brought to the disk at the end."""


class Made:
    """What a generator makes, as something to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks, self.kept = iter(chunks), bytearray()

    def read(self, size: int = BLOCK) -> bytes:
        while len(self.kept) < size and (chunk := next(self.chunks, None)) is not None:
            self.kept += chunk
        found = bytes(self.kept[:size])
        del self.kept[:size]
        return found


class Unpacking:
    """Takes what was packed and writes it unpacked."""

    def __init__(self, target: Writable) -> None:
        self.target, self.unpacker = target, zlib.decompressobj(GZIP)

    def write(self, data: bytes) -> int:
        try:
            self.target.write(self.unpacker.decompress(data))
        except zlib.error as error:
            raise Damaged from error
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def finish(self) -> None:
        """Raises Damaged where the end is missing."""
        if not self.unpacker.eof or self.unpacker.unused_data:
            raise Damaged


def packed(source: Readable) -> Iterator[bytes]:
    """What is read, in the form of gzip."""
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    while chunk := source.read(BLOCK):
        yield packer.compress(chunk)
    yield packer.flush()


def write_sealed(source: Readable, target: Sink, recipients: Sequence[x25519.Recipient]) -> None:
    """Encrypt what is read to these recipients; without any, copy it. Raises what reading or writing raised."""
    if not recipients:
        while chunk := source.read(BLOCK):
            target.write(chunk)
        return
    reading = Source(source)
    try:
        pyrage.encrypt_io(reading, target, list(recipients))
    except (pyrage.EncryptError, OSError):
        raise_first(reading.failure, target.failure)
        raise


def read_sealed(source: Readable, target: Writable, identities: Sequence[x25519.Identity]) -> None:
    """Decrypt what is read. Raises WrongKey, Damaged, or what reading or writing raised."""
    reading, writing = Source(source), Sink(target)
    try:
        pyrage.decrypt_io(reading, writing, list(identities))
    except pyrage.DecryptError as error:
        raise_first(reading.failure, writing.failure)
        raise (WrongKey if "matching keys" in str(error) else Damaged) from error
    except OSError as error:
        raise_first(reading.failure, writing.failure)
        raise Damaged from error


def open_packed(path: Path, target: Writable, identities: Sequence[x25519.Identity], *, is_sealed: bool) -> None:
    """Write what a packed file holds. Raises WrongKey or Damaged."""
    unpacking = Unpacking(target)
    with path.open("rb") as source:
        open_sealed(source, unpacking, identities, is_sealed=is_sealed)
    unpacking.finish()


def open_sealed(source: Readable, target: Writable, identities: Sequence[x25519.Identity], *, is_sealed: bool) -> None:
    """Write what is read, decrypted where it is encrypted. Raises as read_sealed does."""
    if is_sealed:
        read_sealed(source, target, identities)
        return
    while chunk := source.read(BLOCK):
        target.write(chunk)


def raise_first(*failures: BaseException | None) -> None:
    """Raise the first that there is."""
    for failure in failures:
        if failure is not None:
            raise failure


def write_file(path: Path, source: Readable, recipients: Sequence[x25519.Recipient]) -> Sink:
    """Have a new file with what is read, encrypted, on the disk and readable by its owner alone.

    It has another name until it is whole. What failed leaves nothing.
    """
    incoming = path.with_name(f".incoming-{os.getpid()}-{path.name[:64]}")
    handle = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            sink = Sink(file)
            write_sealed(source, sink, recipients)
            file.flush()
            os.fsync(file.fileno())
        incoming.replace(path)
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise
    bring_to_disk(path.parent)
    return sink


def bring_to_disk(folder: Path) -> None:
    """The name of a file is written when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_of(path: Path) -> tuple[int, str]:
    """The size and SHA-256 of a file as it lies there."""
    found, size = sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(BLOCK):
            found.update(chunk)
            size += len(chunk)
    return size, found.hexdigest()
