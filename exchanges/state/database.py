"""Budgets and blocks of all machines in one PostgreSQL: a row for each exchange, changed while it is locked.

On a connection of its own, outside every transaction of the caller: a rollback never gives tokens back, and a block is
seen by everybody at once. The database's clock counts (`exchanges.ledger` says how far it is believed).
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from exchanges.ledger import Reading
from exchanges.state.kept import Clock, Kept, OutOfOrder, Step, T, account, boot, entered, silences

# However a process that holds a row dies, hangs or is frozen, the others wait no longer than this.
_SETTINGS = "SET lock_timeout = '2s'; SET statement_timeout = '4s'; SET idle_in_transaction_session_timeout = '4s'"
_LOOK = "SELECT text, extract(epoch FROM clock_timestamp())::float8 FROM exchanges_ledger WHERE exchange = %s"
_READ = f"{_LOOK} FOR UPDATE"
_MAKE = "INSERT INTO exchanges_ledger (exchange, text) VALUES (%s, '') ON CONFLICT DO NOTHING"
_WRITE = "UPDATE exchanges_ledger SET text = %s WHERE exchange = %s"

Connection = psycopg.Connection[Any]


class DatabaseLimits(Kept):
    """`connect` makes a connection of psycopg; each process keeps one."""

    def __init__(self, connect: Callable[[], Connection], *, clock: Clock = time.monotonic, machine: str | None = None) -> None:
        self._connect, self._clock = connect, clock
        self._machine = (boot() or socket.gethostname()) if machine is None else machine
        self._connections: dict[int, Connection] = {}  # by process: a fork must not speak on its parent's
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close this process's connection; the next call opens a new one."""
        if connection := self._connections.pop(os.getpid(), None):
            connection.close()

    def change(self, keys: Sequence[str], step: Step[T]) -> T:
        """See `Kept`."""
        return self._run(lambda connection: self._stepped(connection, keys, step))

    def silence(self, keys: Sequence[str]) -> dict[str, tuple[str, float]]:
        """See `Kept`. Without the lock: nothing is changed."""
        return self._run(lambda connection: self._looked(connection, keys))

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self._lock:
            try:
                connection = self._connection()
                try:
                    return work(connection)
                except psycopg.OperationalError:
                    if not connection.closed:
                        raise
                    self.close()  # a connection that was cut while nobody used it tells so when it is used
                    return work(self._connection())
            except psycopg.Error as error:
                self.close()  # its text names host and user, and what is raised here stands on public pages
                raise OutOfOrder(f"the limits in the database cannot be used ({type(error).__name__}); nothing is asked") from error

    def _stepped(self, connection: Connection, keys: Sequence[str], step: Step[T]) -> T:
        with connection.transaction():
            sent, name = self._clock(), (account(keys),)
            row = connection.execute(_READ, name).fetchone() or self._made(connection, name)
            text, result = entered(*self._read(row, sent), keys, step)
            if text:
                connection.execute(_WRITE, (text, *name))
        return result

    @staticmethod
    def _made(connection: Connection, name: tuple[str]) -> Any:
        connection.execute(_MAKE, name)
        return connection.execute(_READ, name).fetchone()

    def _looked(self, connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, float]]:
        sent = self._clock()
        row = connection.execute(_LOOK, (account(keys),)).fetchone()
        return entered(*self._read(row, sent), keys, silences)[1] if row else {}

    def _read(self, row: Any, sent: float) -> tuple[str, Reading]:
        text, server = row
        return text, Reading(server, self._machine, sent, self._clock())

    def _connection(self) -> Connection:
        if os.getpid() not in self._connections:
            made = self._connect()
            made.autocommit = True
            made.execute(_SETTINGS)
            self._connections[os.getpid()] = made
        return self._connections[os.getpid()]
