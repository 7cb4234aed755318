"""The packed file that a workbook is: its members, unpacked with an eye on every byte.

Nothing that the packed file says of itself is believed: sizes are counted while unpacking.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

CHUNK = 1 << 16
STORED, DEFLATED = 0, 8
ENCRYPTED = 0x1
# A few kilobytes of zeros may well shrink to nothing.
SMALL = 1 << 17
LOCAL_HEADER = 30
MACROS = ("vbaproject", "vbadata", "macrosheets/", "activex/")


class Refusal(Exception):
    """The workbook is not taken, for a reason that the caller has words for."""

    def __init__(self, reason: str, **words: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


class Container:
    """The members of a packed file, each in one piece and under one name. Raises Refusal for any other."""

    def __init__(self, file: BinaryIO, limits: dict[str, int]) -> None:
        self.file = file
        self.limits = limits
        self.unpacked = 0
        try:
            members = ZipFile(file).infolist()
        except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Refusal("damaged") from error
        self._refuse_members(members)
        self.members = {member.filename: member for member in members if not member.is_dir()}

    def _refuse_members(self, members: list[ZipInfo]) -> None:
        if len(members) > self.limits["max_zip_members"]:
            raise Refusal("many_members", most=self.limits["max_zip_members"])
        names = [member.filename for member in members]
        # Spreadsheets do not tell names apart by case; a scanner and a reader may.
        if len({name.casefold() for name in names}) < len(names):
            raise Refusal("member_twice")
        for member in members:
            _refuse_member(member)
        _refuse_overlaps(members)
        if sum(member.file_size for member in members) > self.limits["max_unzipped_bytes"]:
            raise Refusal("bomb")

    def chunks(self, name: str) -> Iterator[bytes]:
        """What a member unpacks to, piece by piece. Raises Refusal as soon as it is too much."""
        member = self.members[name]
        size, check = 0, 0
        for chunk in self._inflated(member):
            size += len(chunk)
            self.unpacked += len(chunk)
            self._refuse_bomb(size, member.compress_size)
            check = zlib.crc32(chunk, check)
            yield chunk
        if size != member.file_size or check != member.CRC:
            raise Refusal("damaged")

    def _refuse_bomb(self, size: int, packed: int) -> None:
        is_dense = size > SMALL and size > packed * self.limits["max_zip_ratio"]
        if is_dense or self.unpacked > self.limits["max_unzipped_bytes"]:
            raise Refusal("bomb")

    def _inflated(self, member: ZipInfo) -> Iterator[bytes]:
        packed = self._packed(member)
        if member.compress_type == STORED:
            yield from packed
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for piece in packed:
                yield inflater.decompress(piece, CHUNK)
                while inflater.unconsumed_tail:
                    yield inflater.decompress(inflater.unconsumed_tail, CHUNK)
            yield inflater.flush()
        except zlib.error as error:
            raise Refusal("damaged") from error

    def _packed(self, member: ZipInfo) -> Iterator[bytes]:
        """The bytes of a member as they stand in the file, behind its own header, which must call it the same."""
        self.file.seek(member.header_offset)
        header = self.file.read(LOCAL_HEADER)
        if len(header) < LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise Refusal("damaged")
        name_length, extra_length = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        name = self.file.read(name_length)
        if name.decode("utf-8" if member.flag_bits & 0x800 else "cp437", "replace") != member.orig_filename:
            raise Refusal("member_name")
        place, end = member.header_offset + LOCAL_HEADER + name_length + extra_length, member.compress_size
        while end > 0:
            self.file.seek(place)
            piece = self.file.read(min(CHUNK, end))
            if not piece:
                raise Refusal("damaged")
            place, end = place + len(piece), end - len(piece)
            yield piece


def _refuse_member(member: ZipInfo) -> None:
    name = member.orig_filename
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in name or any(char < " " for char in name):
        raise Refusal("member_name")
    if any(word in name.casefold() for word in MACROS):
        raise Refusal("macro")
    if member.flag_bits & ENCRYPTED:
        raise Refusal("encrypted")
    if member.compress_type not in (STORED, DEFLATED):
        raise Refusal("packing")


def _refuse_overlaps(members: list[ZipInfo]) -> None:
    """Raises Refusal where the bytes of one member are another's as well: a small file could unpack to anything."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise Refusal("bomb")
        end = member.header_offset + LOCAL_HEADER + member.compress_size
