"""The last few results of a function of what is stored, kept while that stays the same. One lock each: made once, not by every thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")
_all: list[Latest] = []


class Latest:
    """Up to `size` results by key; the oldest goes first."""

    def __init__(self, size: int) -> None:
        self._size, self._kept, self._lock = size, {}, threading.Lock()  # type: ignore[var-annotated]
        _all.append(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, or what `make` makes of it now."""
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= self._size:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = make()
            return self._kept[key]

    def forget(self) -> None:
        """Drop what is kept."""
        with self._lock:
            self._kept.clear()


def forget() -> None:
    """Drop what every one of them keeps."""
    for latest in _all:
        latest.forget()
