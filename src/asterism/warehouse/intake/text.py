"""Turns any text file into clean UTF-8: decoded, unpacked, one kind of line break, no NUL."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from asterism.kernel.errors import InvalidInputError
from asterism.kernel.words import N_
from asterism.warehouse.intake.limits import LONGEST_LINE, UNDECODABLE_SHARE
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.mapping.source import ENCODINGS

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
#: Encodings that can refuse a text; latin-1 reads anything.
_GUESSES = tuple(name for name in ENCODINGS if name not in {"latin-1", "utf-8-sig", "gbk"})


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text file made clean."""

    path: Path
    #: Whether U+FFFD stands for what could not be decoded, or for NUL.
    has_undecodable: bool


def clean(stream: IO[bytes], label: str, encoding: str, path: Path) -> CleanText:
    """Write the clean text to `path`; refuse an empty file, or one in another encoding."""
    decoder = codecs.getincrementaldecoder(_codec(encoding))(errors="replace")
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    sample = stream.read(_SAMPLE)
    characters = damaged = 0
    with path.open("w", encoding="utf-8", newline="") as target:
        for chunk in _chunks(sample, stream):
            try:
                piece = lines.decode(chunk, final=not chunk)
            except UnicodeError as error:  # UTF-16 that does not say its byte order
                raise _other_encoding(label, encoding, sample) from error
            characters += len(piece)
            damaged += piece.count(_REPLACEMENT) + piece.count("\0")
            if damaged > UNDECODABLE_SHARE * characters + 1:
                raise _other_encoding(label, encoding, sample)
            target.write(piece.replace("\0", _REPLACEMENT))
    if not characters:
        raise refuse(label, N_("the file is empty."))
    return CleanText(path, damaged > 0)


def first_lines(text: CleanText, count: int) -> list[str]:
    """Return the first lines, each no longer than a line may be."""
    with text.path.open(encoding="utf-8", newline="\n") as file:
        return [file.readline(LONGEST_LINE) for _ in range(count)]


def _chunks(sample: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the sample, the rest, and an empty chunk at the end."""
    yield sample
    while chunk := stream.read(_CHUNK):
        yield chunk
    yield b""


def _codec(encoding: str) -> str:
    """Return Python's codec: without a byte order mark; gb18030 reads all that gbk writes."""
    return {"utf-8": "utf-8-sig", "gbk": "gb18030"}.get(encoding, encoding)


def _other_encoding(label: str, encoding: str, sample: bytes) -> InvalidInputError:
    fitting = [name for name in _GUESSES if name != encoding and _decodes(sample, name)]
    hint = N_("Its beginning reads as {guess}.") if fitting else ""
    message = N_("the file is not written in {encoding}.")
    return refuse(label, message, hint, encoding=encoding, guess=" / ".join(fitting[:2]))


def _decodes(sample: bytes, encoding: str) -> bool:
    """Tell whether the sample, cut anywhere, is text in the encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeError:
        return False
    return bool(text) and all(character.isprintable() or character.isspace() for character in text)
