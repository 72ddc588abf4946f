"""How the loops are compiled: by Numba, without the GIL, kept between runs."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

#: Without reference counts: nothing is allocated in the loops, and counting every array of a market
#: at every call takes three times as long as the work itself.
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": False}

compiled: Callable[[Function], Function] = njit(**_OPTIONS)
