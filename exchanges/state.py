"""Who remembers budgets and blocks: `Limits`, shared by every process of the machine in one small SQLite file, or in memory.

The file stands apart from the database, so that asking for a token never waits behind a bulk write. When it cannot be
read or written nothing may be asked: a limiter that forgets is worse than a late price.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from exchanges import limits
from exchanges.limits import Charge, Grant, Penalty, Rate, State

__all__ = ["Charge", "Grant", "Limits", "MemoryLimits", "Rate", "SqliteLimits"]

T = TypeVar("T")
Step = Callable[[dict[str, State], float], tuple[Mapping[str, State], T]]  # (states, now) -> (changed states, result)

BROKEN_WAIT_S = 5.0  # how soon asking again makes sense when the memory itself is out of order


class Limits(Protocol):
    """The budgets and blocks of all exchanges. Keys are chosen by the client; the exchange's slug is its operator budget's key."""

    def acquire(self, charges: Sequence[Charge], interactive: bool = False) -> Grant:
        """Take every charge or none. Never raises: a memory out of order refuses."""

    def observe(self, key: str, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None) -> None:
        """Lower a bucket to what the exchange says is used or left."""

    def block(self, key: str, seconds: float) -> None:
        """Let nothing leave under this key for so long, in any process."""

    def strike(self, key: str, penalty: Penalty, asked_s: float | None = None) -> float:
        """The exchange said no: block by the rules of `limits.penalty_s`, and return for how many seconds."""

    def blocked(self, key: str) -> float | None:
        """Seconds until a block ends; None when there is none."""

    def penalty(self, key: str) -> str | None:
        """Why it is blocked (throttled, banned, blocked); None when it is not."""

    def meters(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        """About how many units of each key were taken in its last window."""


class _Kept(ABC):
    """Everything but the keeping: each call is one step over the states of some keys."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._clock, self._wall = clock, wall

    @abstractmethod
    def _change(self, keys: Iterable[str], step: Step[T], broken: Callable[[str], T]) -> T:
        """Run the step alone among all processes and keep what it changed; `broken(why)` when that is impossible."""

    def acquire(self, charges: Sequence[Charge], interactive: bool = False) -> Grant:
        return self._change(
            [charge.key for charge in charges],
            lambda states, now: limits.take_all(states, now, charges, interactive),
            lambda why: Grant(False, BROKEN_WAIT_S, detail=why),
        )

    def observe(self, key: str, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None) -> None:
        self._one(key, lambda state, now: limits.observe(state, now, rate, used=used, left=left, resets_in_s=resets_in_s))

    def block(self, key: str, seconds: float) -> None:
        self._one(key, lambda state, now: limits.block(state, now, self._wall(), seconds))

    def strike(self, key: str, penalty: Penalty, asked_s: float | None = None) -> float:
        struck = self._one(key, lambda state, now: limits.strike(state, now, self._wall(), penalty, asked_s))
        return limits.blocked_s(struck, self._clock()) if struck else limits.penalty_s(penalty, asked_s, 0)

    def blocked(self, key: str) -> float | None:
        state = self._one(key)
        return (limits.blocked_s(state, self._clock()) or None) if state else None

    def penalty(self, key: str) -> str | None:
        state = self._one(key)
        return state.penalty if state and limits.blocked_s(state, self._clock()) else None

    def meters(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        def read(states: dict[str, State], now: float) -> tuple[Mapping[str, State], dict[str, float]]:
            return {}, {key: limits.used(states[key], now, rate) if key in states else 0.0 for key, rate in rates.items()}

        return self._change(rates, read, lambda why: {})

    def _one(self, key: str, change: Callable[[State, float], State] | None = None) -> State | None:
        """The state of one key, changed or only read; None when the memory is out of order."""

        def step(states: dict[str, State], now: float) -> tuple[Mapping[str, State], State | None]:
            before = states.get(key, State())
            after = change(before, now) if change else before
            return ({key: after} if after != before else {}), after

        return self._change([key], step, lambda why: None)


class MemoryLimits(_Kept):
    """One process only: for tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        super().__init__(clock, wall)
        self._states: dict[str, State] = {}
        self._lock = threading.Lock()

    def _change(self, keys: Iterable[str], step: Step[T], broken: Callable[[str], T]) -> T:
        with self._lock:
            changed, result = step({key: self._states[key] for key in keys if key in self._states}, self._clock())
            self._states.update(changed)
            return result


def _boot() -> str:
    """Which boot this is: the monotonic clock of another one says nothing here."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""  # not Linux: a clock that went backwards tells


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


class SqliteLimits(_Kept):
    """Shared by all processes of the machine through one small file, made on first use."""

    def __init__(
        self, path: str | Path, *, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time, boot: str | None = None
    ) -> None:
        super().__init__(clock, wall)
        self._path, self._boot = Path(path), _boot() if boot is None else boot
        self._handles: dict[int, _Handle] = {}

    def close(self) -> None:
        """Close this process's connection; the next call opens a new one."""
        if handle := self._handles.pop(os.getpid(), None):
            handle.file.close()

    def _change(self, keys: Iterable[str], step: Step[T], broken: Callable[[str], T]) -> T:
        try:
            with self._transaction() as file:
                now = self._clock()
                changed, result = step(self._load(file, keys, now), now)
                self._write(file, changed)
                return result
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:  # the last two: a row that holds no state
            return broken(f"the limits file {self._path.name} cannot be used ({error}); nothing is asked. It may be deleted: a new one is made")

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
