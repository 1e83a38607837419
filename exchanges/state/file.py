"""Budgets and blocks of all processes of one machine, in one small SQLite file.

The file stands apart from the database, so that asking for a token never waits behind a bulk write. When it cannot be
read or written nothing may be asked: a limiter that forgets is worse than a late price. For the same reason every block has
a copy elsewhere, from which a file that was deleted is made anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from exchanges import limits
from exchanges.limits import State
from exchanges.state.kept import Clock, Kept, OutOfOrder, Step, T, boot

_MADE = "SELECT 1 FROM sqlite_master WHERE name = 'limits'"
_CREATE = "CREATE TABLE limits (key TEXT PRIMARY KEY, boot TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID"
_READ = "SELECT boot, state FROM limits WHERE key = ?"
_WRITE = "INSERT OR REPLACE INTO limits VALUES (?, ?, ?)"
_LOST = "lost"  # no boot: what comes from a copy is carried over as after a reboot, by the wall clock

_REMEDY = "nothing is asked. Stop Pebble, wait a minute, delete the file: a new one is made, with every ban as the database has it"

Copied = Callable[[Mapping[str, State]], None]
Copies = Callable[[], Mapping[str, State]]


class _Handle:
    """One process's connection. Only the process that opened it uses it: a fork must not even close its parent's."""

    def __init__(self, path: Path, copies: Copies) -> None:
        self.lock = threading.Lock()
        self.file = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        self.file.execute("PRAGMA synchronous=NORMAL")
        self.ready = False
        self._path, self._identity, self._copies = path, _identity(path), copies

    @property
    def gone(self) -> bool:
        """Whether its file was deleted or replaced: it would go on counting where nobody else looks."""
        return _identity(self._path) != self._identity

    def prepare(self) -> None:
        """WAL and the table, once, with the blocks that stand elsewhere. Whoever of several processes is late finds it done."""
        if not self.ready:
            self.file.execute("PRAGMA journal_mode=WAL")
            if not self.file.execute(_MADE).fetchone():
                self._make()
            self.ready = True

    def _make(self) -> None:
        copies = self._copies()
        with self.file:  # rolls back what did not end well
            self.file.execute("BEGIN IMMEDIATE")
            if not self.file.execute(_MADE).fetchone():
                self.file.execute(_CREATE)
                self.file.executemany(_WRITE, [(key, _LOST, json.dumps(vars(state))) for key, state in copies.items()])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _rows(file: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """All that is kept; nothing where it cannot be read, which may be why somebody deleted it."""
    try:
        return file.execute("SELECT key, boot, state FROM limits").fetchall()
    except sqlite3.Error:
        return []


class SqliteLimits(Kept):
    """Shared by all processes of the machine through one small file, made on first use.

    `copied` is given the states whose block has become longer, `copies` returns what it was given; see `exchanges.state.copies`.
    """

    def __init__(
        self, path: str | Path, *, clock: Clock = time.monotonic, wall: Clock = time.time, booted: str | None = None,
        copied: Copied = lambda states: None, copies: Copies = dict,
    ) -> None:
        self._copied, self._copies = copied, copies
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
                before = self._load(file, keys, now)
                changed, result = step(before, now, self._wall())
                self._write(file, changed)
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:  # the last two: a row that holds no state
            raise OutOfOrder(f"the limits file {self._path.name} cannot be used ({error}); {_REMEDY}") from None
        # After the commit: the file is nobody's to hold while the copy is written.
        if longer := {key: state for key, state in changed.items() if state.blocked_until_wall > before.get(key, State()).blocked_until_wall}:
            self._copied(longer)
        return result

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
        found = self._handles.get(os.getpid())
        if found and not found.gone:
            return found
        made = _Handle(self._path, self._copies)
        if found:
            self._take_along(found, made)
        kept = self._handles.setdefault(os.getpid(), made)
        if kept is not made:  # another thread was quicker
            made.file.close()
        return kept

    def _take_along(self, old: _Handle, new: _Handle) -> None:
        """Write down in a new file what this process still knows of one that was deleted: its blocks stand, its tokens are spent."""
        with old.lock, new.lock:
            if self._handles.get(os.getpid()) is not old:  # another thread was quicker
                return
            new.prepare()
            new.file.execute("BEGIN IMMEDIATE")
            for key, booted, text in _rows(old.file):
                there = new.file.execute(_READ, (key,)).fetchone()
                if there is None or json.loads(there[1])["blocked_until_wall"] < json.loads(text)["blocked_until_wall"]:
                    new.file.execute(_WRITE, (key, booted, text))
            new.file.execute("COMMIT")
            del self._handles[os.getpid()]
            old.file.close()

    def _load(self, file: sqlite3.Connection, keys: Iterable[str], now: float) -> dict[str, State]:
        found = {key: file.execute(_READ, (key,)).fetchone() for key in keys}
        states = {key: State(**json.loads(row[1])) for key, row in found.items() if row}
        earlier = {key: state for key, state in states.items() if found[key][0] != self._boot or state.at > now + 60}
        carried = {key: limits.rebooted(state, now, self._wall()) for key, state in earlier.items()}
        self._write(file, carried)  # also when nothing is taken: time must begin to count
        return states | carried

    def _write(self, file: sqlite3.Connection, states: Mapping[str, State]) -> None:
        file.executemany(_WRITE, [(key, self._boot, json.dumps(vars(state))) for key, state in states.items()])
