"""Budgets and blocks of all machines in one Redis or Valkey: one value for each exchange, swapped when nobody else changed it.

A script compares what was read with what stands there and writes the new text, in one step of the server; whoever lost
reads again. So the arithmetic is the one of `exchanges.limits` and stands nowhere else. The server's clock counts.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Sequence
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from exchanges.ledger import Reading
from exchanges.state.kept import Clock, Kept, OutOfOrder, Step, T, account, boot, entered

PATIENCE_S = 2.0  # somebody always wins a round; who has lost for so long gives up
PAUSE_S = 0.004  # at most, between two rounds

_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class RedisLimits(Kept):
    """`name` keeps two installations on one server apart. `first(exchange)` says whether nobody ever asked it, or this memory was lost."""

    def __init__(
        self, url: str, name: str, *, clock: Clock = time.monotonic, machine: str | None = None,
        first: Callable[[str], bool] = lambda exchange: False, pause: Callable[[float], None] = time.sleep, patience_s: float = PATIENCE_S,
    ) -> None:
        self._name, self._clock, self._first, self._pause, self._patience_s = name, clock, first, pause, patience_s
        self._machine = (boot() or socket.gethostname()) if machine is None else machine
        # One retry: a connection that was cut while nobody used it. A swap done twice charges twice, never less.
        self._server = redis.Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1), decode_responses=True)
        self._swap = self._server.register_script(_SWAP)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._server.close()

    def change(self, keys: Sequence[str], step: Step[T]) -> T:
        """See `Kept`."""
        key, ends = f"{self._name}:limits:{account(keys)}", time.monotonic() + self._patience_s
        try:
            while time.monotonic() < ends:
                text, reading = self._read(key)
                new, result = entered(text, reading, keys, step, not text and self._first(account(keys)))
                if not new or self._swap(keys=[key], args=[text, new]):
                    return result
                self._pause(random.uniform(0, PAUSE_S))  # noqa: S311 - spreads rounds, guards nothing
        except RedisError as error:  # its text names hosts, and what is raised here stands on public pages
            raise OutOfOrder(f"Redis does not answer ({type(error).__name__})") from error
        raise OutOfOrder("Redis is asked by too many at once")

    def _read(self, key: str) -> tuple[str, Reading]:
        sent = self._clock()
        with self._server.pipeline(transaction=True) as both:
            both.time()
            both.get(key)
            (seconds, micros), text = cast("tuple[tuple[int, int], str | None]", tuple(both.execute()))
        return text or "", Reading(seconds + micros / 1e6, self._machine, sent, self._clock())
