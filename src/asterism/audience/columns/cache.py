"""Answers that were found before, up to a number of bytes; the longest unused go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from asterism.audience.mask import Words


class MaskCache:
    """Packed masks by what they answer. Safe to use from many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._masks: OrderedDict[Hashable, Words] = OrderedDict()
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """How many bytes the masks hold at present; never more than the limit."""
        return self._bytes

    def get(self, key: Hashable, compute: Callable[[], Words]) -> Words:
        """Return the mask of `key`, computed if need be; nobody may change it."""
        with self._lock:
            found = self._masks.get(key)
            if found is not None:
                self._masks.move_to_end(key)
                return found
        words = compute()
        words.flags.writeable = False
        with self._lock:
            if key not in self._masks and words.nbytes <= self._limit:
                self._masks[key] = words
                self._bytes += words.nbytes
                while self._bytes > self._limit:
                    _, oldest = self._masks.popitem(last=False)
                    self._bytes -= oldest.nbytes
        return words
