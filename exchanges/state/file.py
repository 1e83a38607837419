"""Budgets and blocks of all processes of one machine, in one small SQLite file.

The file stands apart from the database, so that asking for a token never waits behind a bulk write. When it cannot be
read or written nothing may be asked: a limiter that forgets is worse than a late price.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from exchanges import limits
from exchanges.limits import State
from exchanges.state.kept import Clock, Kept, OutOfOrder, Step, T, boot

_CREATE = "CREATE TABLE IF NOT EXISTS limits (key TEXT PRIMARY KEY, boot TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID"
_READ = "SELECT boot, state FROM limits WHERE key = ?"
_WRITE = "INSERT OR REPLACE INTO limits VALUES (?, ?, ?)"


class _Handle:
    """One process's connection. Only the process that opened it uses it: a fork must not even close its parent's."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.Lock()
        self.file = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        self.file.execute("PRAGMA synchronous=NORMAL")
        self.ready = False

    def prepare(self) -> None:
        """WAL and the table, once. Several processes may come here at the same moment: whoever is late finds it done."""
        if not self.ready:
            self.file.execute("PRAGMA journal_mode=WAL")
            self.file.execute(_CREATE)
            self.ready = True


class SqliteLimits(Kept):
    """Shared by all processes of the machine through one small file, made on first use."""

    def __init__(
        self, path: str | Path, *, clock: Clock = time.monotonic, wall: Clock = time.time, booted: str | None = None
    ) -> None:
        self._clock, self._wall = clock, wall
        self._path, self._boot = Path(path), boot() if booted is None else booted
        self._handles: dict[int, _Handle] = {}

    def close(self) -> None:
        """Close this process's connection; the next call opens a new one."""
        if handle := self._handles.pop(os.getpid(), None):
            handle.file.close()

    def change(self, keys: Sequence[str], step: Step[T]) -> T:
        """See `Kept`."""
        try:
            with self._transaction() as file:
                now = self._clock()
                changed, result = step(self._load(file, keys, now), now, self._wall())
                self._write(file, changed)
                return result
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:  # the last two: a row that holds no state
            raise OutOfOrder(
                f"the limits file {self._path.name} cannot be used ({error}); nothing is asked. It may be deleted: a new one is made"
            ) from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        handle = self._handle()
        try:
            with handle.lock:
                handle.prepare()
                handle.file.execute("BEGIN IMMEDIATE")
                try:
                    yield handle.file
                    handle.file.execute("COMMIT")
                finally:
                    if handle.file.in_transaction:
                        handle.file.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()  # opened anew next time: the file may have been replaced
            raise

    def _handle(self) -> _Handle:
        if found := self._handles.get(os.getpid()):
            return found
        made = _Handle(self._path)
        kept = self._handles.setdefault(os.getpid(), made)
        if kept is not made:  # another thread was quicker
            made.file.close()
        return kept

    def _load(self, file: sqlite3.Connection, keys: Iterable[str], now: float) -> dict[str, State]:
        found = {key: file.execute(_READ, (key,)).fetchone() for key in keys}
        states = {key: State(**json.loads(row[1])) for key, row in found.items() if row}
        earlier = {key: state for key, state in states.items() if found[key][0] != self._boot or state.at > now + 60}
        carried = {key: limits.rebooted(state, now, self._wall()) for key, state in earlier.items()}
        self._write(file, carried)  # also when nothing is taken: time must begin to count
        return states | carried

    def _write(self, file: sqlite3.Connection, states: Mapping[str, State]) -> None:
        file.executemany(_WRITE, [(key, self._boot, json.dumps(vars(state))) for key, state in states.items()])
