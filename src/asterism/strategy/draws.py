"""Stable draws for many customers at once: kernel.hashing.draw, computed for whole arrays.

MD5 (RFC 1321) is written out over NumPy arrays because one call per customer would cost more than
everything else in a decision. It spreads customers, it protects nothing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.kernel.hashing import draw

Draws = NDArray[np.uint32]

#: Length of a message that fits one block: 64 bytes less the 0x80 mark and the 8 of the length.
_ONE_BLOCK = 55
#: Customers per round, so that the state stays in the processor's cache.
_CHUNK = 1 << 13
_SHIFTS = np.repeat(
    np.array([[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]], np.uint32),
    4,
    axis=0,
).ravel()
_SINES = np.floor(np.abs(np.sin(np.arange(1, 65, dtype=np.float64))) * 2.0**32).astype(np.uint32)
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)


class Ids:
    """Customers' ids as bytes, ready to be drawn from any number of times."""

    def __init__(self, ids: Sequence[str] | NDArray[np.object_]) -> None:
        self._texts = np.asarray(ids, dtype=object)
        encoded = np.array([text.encode() for text in self._texts], dtype="S")
        width = max(encoded.dtype.itemsize, 1)
        self._bytes = encoded.astype(f"S{width}").view(np.uint8).reshape(-1, width)
        self._lengths = np.char.str_len(encoded).astype(np.int64)

    def __len__(self) -> int:
        return len(self._texts)

    def draws(self, salt: str, places: NDArray[np.int64] | None = None) -> Draws:
        """Return the draw of every customer, or of those at `places`, as 32-bit numbers.

        The numbers are `kernel.hashing.draw` read as hexadecimal: the order is the same.
        """
        if places is None:
            places = np.arange(len(self), dtype=np.int64)
        prefix = np.frombuffer(f"{salt}:".encode(), np.uint8)
        if len(prefix) + self._bytes.shape[1] > _ONE_BLOCK:
            return np.array([int(draw(salt, text), 16) for text in self._texts[places]], np.uint32)
        out = np.empty(len(places), np.uint32)
        for start in range(0, len(places), _CHUNK):
            chunk = places[start : start + _CHUNK]
            out[start : start + _CHUNK] = self._chunk(prefix, chunk)
        return out

    def _chunk(self, prefix: NDArray[np.uint8], places: NDArray[np.int64]) -> Draws:
        block = np.zeros((len(places), 64), np.uint8)
        ends = len(prefix) + self._lengths[places]
        block[:, : len(prefix)] = prefix
        block[:, len(prefix) : len(prefix) + self._bytes.shape[1]] = self._bytes[places]
        block[np.arange(len(places)), ends] = 0x80
        block[:, 56:64] = (ends * 8).astype("<u8").view(np.uint8).reshape(-1, 8)
        return _first_word(np.ascontiguousarray(block.view("<u4").T))


def threshold(share: float) -> int:
    """Return the number below which a share of all draws fall; 2³² for everyone."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    return int(share * 2**32)


def in_share(draws: Draws, share: float) -> NDArray[np.bool_]:
    """Tell who falls into the share, exactly as `kernel.hashing.in_share` does."""
    return draws.astype(np.uint64) < np.uint64(threshold(share))


def _first_word(words: NDArray[np.uint32]) -> Draws:
    """Return the first four bytes of the MD5 of one block each, big-endian; words are 16 × n."""
    a, b, c, d = (np.full(words.shape[1], start, np.uint32) for start in _START)
    for step in range(64):
        mixed, place = _round(step, b, c, d)
        mixed += a
        mixed += words[place]
        mixed += _SINES[step]
        turned = mixed << _SHIFTS[step]
        turned |= mixed >> (np.uint32(32) - _SHIFTS[step])
        turned += b
        a, d, c, b = d, c, b, turned
    return (a + np.uint32(_START[0])).byteswap()


def _round(step: int, b: Draws, c: Draws, d: Draws) -> tuple[Draws, int]:
    """Return RFC 1321's auxiliary function of a step, and which word it takes."""
    if step < 16:  # noqa: PLR2004 - four rounds of sixteen steps
        return d ^ (b & (c ^ d)), step
    if step < 32:  # noqa: PLR2004
        return c ^ (d & (b ^ c)), (5 * step + 1) % 16
    if step < 48:  # noqa: PLR2004
        return b ^ c ^ d, (3 * step + 5) % 16
    return c ^ (b | ~d), (7 * step) % 16
