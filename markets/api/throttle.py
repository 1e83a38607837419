"""How often one address or key may ask the API: counted in one small file that all web processes of a host map into memory.

A database write for every request would cost more than the answer. The table has a fixed size; two addresses that share a
slot take it from each other, which forgives and never blocks. Several hosts count together where REDIS_URL names a server
(`shared_counter.py`), each for itself where it does not or the server is away.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from markets.api import shared_counter
from markets.keys import subject
from markets.method import setting
from markets.models import ApiKey

MINUTE_S, BURST_S = 60, 10
SLOTS = 8192
_SLOT = struct.Struct("<8sIIII")  # who, minute, asked in it, ten seconds, asked in them


def client_address(request: HttpRequest) -> str:
    """Who asks. A forwarded header is believed only as far as PEBBLE_PROXIES says how many proxies wrote it."""
    proxies = settings.REST_FRAMEWORK["NUM_PROXIES"]
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if proxies and hops:
        return hops[-min(proxies, len(hops))]
    return request.META.get("REMOTE_ADDR", "")


def subscriber(address: str) -> str:
    """Whose address it is: one IPv6 subscriber owns a whole /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else address


def _who(address: str) -> bytes:
    """A slot's key."""
    return hashlib.blake2b(subscriber(address).encode(), digest_size=8).digest()


class Counter:
    """The table of one host. Counts by the monotonic clock, which all processes of a host share."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * _SLOT.size)
        self._table = mmap.mmap(self._file, SLOTS * _SLOT.size)
        self._lock = threading.Lock()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:  # flock knows processes, not threads
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def wait(self, address: str, now: float, per_minute: int, per_burst: int) -> int:
        """Seconds until this address may ask again; 0 counts the request and lets it pass. A limit of 0 is none."""
        who = _who(address)
        at = int.from_bytes(who) % SLOTS * _SLOT.size
        minute, ten = int(now // MINUTE_S), int(now // BURST_S)
        with self._alone():
            held, its_minute, asked, its_ten, burst = _SLOT.unpack_from(self._table, at)
            asked = asked if held == who and its_minute == minute else 0
            burst = burst if held == who and its_ten == ten else 0
            if per_minute and asked >= per_minute:
                return int(MINUTE_S - now % MINUTE_S) + 1
            if per_burst and burst >= per_burst:
                return int(BURST_S - now % BURST_S) + 1
            _SLOT.pack_into(self._table, at, who, minute, asked + 1, ten, burst + 1)
        return 0


class Limiter:
    """One thing that is limited, whichever web server is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._counter: Counter | None = None

    def wait(self, who: str, per_minute: int, per_burst: int = 0) -> int:
        """Seconds until `who` (an address or a key's subject) may ask again; 0 counts the request and lets it pass."""
        if not (per_minute or per_burst):
            return 0
        windows = ((per_minute, MINUTE_S), (per_burst, BURST_S))
        shared = shared_counter.wait(f"{self.name}:{_who(who).hex()}", windows)
        if shared is not None:
            return shared
        if self._counter is None:
            self._counter = Counter(settings.DATA_DIR / f"{self.name}-throttle")
        return self._counter.wait(who, time.monotonic(), per_minute, per_burst)


_requests, _questions = Limiter("api"), Limiter("ask")


class Limits(NamedTuple):
    """As the operator set them; 0 is none."""

    per_minute: int
    per_burst: int
    per_key: int


_limits: tuple[float, Limits] = (float("-inf"), Limits(60, 20, 600))


def limits(now: float) -> Limits:
    """The limits; read at most once a second."""
    global _limits  # noqa: PLW0603 - one copy per process, on purpose
    if now - _limits[0] >= 1:
        try:
            row = setting()
            _limits = (now, Limits(row.api_per_minute, row.api_burst_10s, row.api_key_per_minute))
        except DatabaseError:
            _limits = (now, _limits[1])
    return _limits[1]


def current() -> Limits:
    """The limits as they are now."""
    return limits(time.monotonic())


def wait(request: HttpRequest, key: ApiKey | None = None) -> int:
    """Seconds this client has to wait, 0 when it may go on. With a key it is the key that is counted, from wherever it is used."""
    return _wait(_requests, request, key)


def wait_to_ask(request: HttpRequest, key: ApiKey | None = None) -> int:
    """The same for questions in plain words, of pages and API together: as many as other requests of the API, counted by themselves."""
    return _wait(_questions, request, key)


def _wait(limiter: Limiter, request: HttpRequest, key: ApiKey | None) -> int:
    found = current()
    if key is not None:
        return limiter.wait(subject(key), found.per_key)
    return limiter.wait(client_address(request), found.per_minute, found.per_burst)


def forget() -> None:
    """Read the limits anew at the next request (tests)."""
    global _limits  # noqa: PLW0603
    _limits = (float("-inf"), _limits[1])
    shared_counter.forget()
