"""Opens packed files so that a bomb is refused long before it fills the disk."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from asterism.kernel.words import N_
from asterism.warehouse.intake.files import SourceFile
from asterism.warehouse.intake.limits import (
    GREATEST_RATIO,
    HARMLESS,
    MOST_MEMBERS,
    MOST_UNPACKED,
)
from asterism.warehouse.intake.refusal import refuse

_ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar")
_PACKED = (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError)


class Measured(io.RawIOBase):
    """A stream that refuses to yield more than a packed file may unpack to."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, label: str, packed_bytes: int) -> None:
        self._stream = stream
        self._label = label
        self._left = min(MOST_UNPACKED, max(HARMLESS, packed_bytes * GREATEST_RATIO))

    def readable(self) -> bool:
        """Say that the stream can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read, counting."""
        try:
            chunk = self._stream.read(size)
        except _PACKED as error:
            raise refuse(
                self._label, N_("the packed file is damaged: {detail}"), detail=str(error)
            ) from error
        self._left -= len(chunk)
        if self._left < 0:
            message = N_("the file unpacks to far more than its size: it looks like a bomb.")
            raise refuse(self._label, message)
        return chunk


@contextmanager
def open_members(file: SourceFile) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Yield what a file holds: itself, what a `.gz` unpacks to, or the members of a `.zip`."""
    with file.path.open("rb") as raw:
        if file.path.suffix == ".gz":
            with gzip.open(raw) as unpacked:
                yield iter([(file.label, _measured(unpacked, file.label, file.bytes))])
        elif file.path.suffix == ".zip":
            yield _members(file, raw)
        else:
            yield iter([(file.label, raw)])


def _measured(stream: IO[bytes] | gzip.GzipFile, label: str, packed_bytes: int) -> IO[bytes]:
    return Measured(stream, label, packed_bytes)  # type: ignore[return-value]


def _members(file: SourceFile, raw: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        archive = zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        message = N_("the packed file is damaged: {detail}")
        raise refuse(file.label, message, detail=str(error)) from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        _check_members(file, members)
        for member in members:
            label = f"{file.label}/{member.filename}"
            with archive.open(member) as stream:
                yield label, _measured(stream, label, max(member.compress_size, 1))


def _check_members(file: SourceFile, members: list[zipfile.ZipInfo]) -> None:
    if not members or len(members) > MOST_MEMBERS:
        message = N_("the archive has {count} files; 1 to {limit} are read.")
        raise refuse(file.label, message, count=len(members), limit=MOST_MEMBERS)
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or "\0" in member.filename:
            message = N_("the archive names a file outside itself: {name}.")
            raise refuse(file.label, message, name=member.filename)
        if path.suffix.lower() in _ARCHIVES:
            message = N_("archives inside archives are not read: {name}.")
            raise refuse(file.label, message, name=member.filename)
        if member.flag_bits & 1:
            raise refuse(file.label, N_("the archive is encrypted: unpack it first."))


def is_packed(path: Path) -> bool:
    """Tell whether a file's name says that it is packed."""
    return path.suffix in {".gz", ".zip"}
