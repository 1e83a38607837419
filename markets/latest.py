"""The last few results of a function of what is stored, kept while that stays the same, and made once, not by every thread.

They are kept apart for those who see different exchanges.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from markets import held

T = TypeVar("T")
_all: list[Latest | Shared] = []


class Latest:
    """Up to `size` results by key; the oldest goes first. One lock: whoever asks for another key waits, too."""

    def __init__(self, size: int) -> None:
        self._size, self._kept, self._lock = size, {}, threading.Lock()  # type: ignore[var-annotated]
        _all.append(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, or what `make` makes of it now."""
        key = (held.looker(), key)
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


class Shared:
    """The same for results that take long: only who asks for the same key waits for it. A failure is told to all who wait, and not kept."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: dict[Hashable, Future[Any]] = {}
        _all.append(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, what another thread is making of it, or what `make` makes of it now."""
        key = (held.looker(), key)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                while len(self._kept) >= self._size:
                    self._kept.pop(next(iter(self._kept)))
                mine = self._kept[key] = Future()
        if found is not None:
            return found.result()  # type: ignore[no-any-return]
        return self._made(key, mine, make)  # type: ignore[no-any-return]

    def _made(self, key: Hashable, mine: Future[T], make: Callable[[], T]) -> T:
        try:
            mine.set_result(make())
        except BaseException as error:
            with self._lock:
                self._kept.pop(key, None)
            mine.set_exception(error)
            raise
        return mine.result()

    def forget(self) -> None:
        """Drop what is kept."""
        with self._lock:
            self._kept.clear()


def forget() -> None:
    """Drop what every one of them keeps."""
    for latest in _all:
        latest.forget()
