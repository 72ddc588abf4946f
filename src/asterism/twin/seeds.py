"""Random numbers: one seed, and an independent stream for every domain of the world.

A stream is named by its domain and keys (block, day), so adding a domain or a day changes no
other, and what is drawn for a customer on a day does not depend on who was touched.
"""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Any NumPy array; shapes and units stand in the docstrings.
Array = NDArray[Any]


def stream(seed: int, domain: str, *keys: int) -> np.random.Generator:
    """Return the generator of `domain` and `keys` (all at least 0) in the world of `seed`.

    >>> int(stream(7, "weather", 3).integers(100)) == int(stream(7, "weather", 3).integers(100))
    True
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(zlib.crc32(domain.encode()), *keys))
    return np.random.Generator(np.random.SFC64(sequence))


def pick(rng: np.random.Generator, weights: Array | tuple[float, ...], size: int) -> Array:
    """Draw `size` indices (int64) with probabilities proportional to `weights`."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(
        np.minimum(
            np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), edges.size - 1
        )
    )


def slots(weights: Array, size: int = 4096) -> Array:
    """Return one row of `size` indices per row of `weights` (rows x choices), for quick drawing.

    A uniform integer below `size` looks up a choice; shares are exact to 1/`size`.
    """
    edges = np.cumsum(weights, axis=1)
    edges = edges / edges[:, -1:] * size
    places = np.arange(size) + 0.5
    return np.stack([np.searchsorted(row, places) for row in edges]).astype(np.uint8)


def rounded(amounts: Array, unit: int) -> Array:
    """Return amounts as int64, rounded down to `unit`."""
    whole: Array = (np.asarray(amounts) // unit).astype(np.int64) * unit
    return whole


def chance(rng: np.random.Generator, share: Array | float, size: int) -> Array:
    """Return `size` flags, true with probability `share` (one or one for each)."""
    lucky: Array = rng.random(size) < share
    return lucky
