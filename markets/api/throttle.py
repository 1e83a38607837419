"""How often one address may ask the API: counted in one small file that all web processes of a host map into memory.

A database or cache write for every request would cost more than the answer. The table has a fixed size; two addresses
that share a slot take it from each other, which forgives and never blocks. Several hosts count each for itself.
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

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from markets.method import setting

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


_counter: Counter | None = None
_questions: Counter | None = None
_limits: tuple[float, tuple[int, int]] = (float("-inf"), (60, 20))


def limits(now: float) -> tuple[int, int]:
    """(requests a minute, requests in ten seconds) as the operator set them; read at most once a second."""
    global _limits  # noqa: PLW0603 - one copy per process, on purpose
    if now - _limits[0] >= 1:
        try:
            row = setting()
            _limits = (now, (row.api_per_minute, row.api_burst_10s))
        except DatabaseError:
            _limits = (now, _limits[1])
    return _limits[1]


def current() -> tuple[int, int]:
    """The limits as they are now."""
    return limits(time.monotonic())


def wait(request: HttpRequest) -> int:
    """Seconds this client has to wait, 0 when it may go on."""
    global _counter  # noqa: PLW0603
    now = time.monotonic()
    per_minute, per_burst = limits(now)
    if not (per_minute or per_burst):
        return 0
    if _counter is None:
        _counter = Counter(settings.DATA_DIR / "api-throttle")
    return _counter.wait(client_address(request), now, per_minute, per_burst)


def wait_to_ask(request: HttpRequest) -> int:
    """The same for questions in plain words, of pages and API together: as many as other requests of the API, counted by themselves."""
    global _questions  # noqa: PLW0603
    now = time.monotonic()
    per_minute, per_burst = limits(now)
    if _questions is None:
        _questions = Counter(settings.DATA_DIR / "ask-throttle")
    return _questions.wait(client_address(request), now, per_minute, per_burst)


def forget() -> None:
    """Read the limits anew at the next request (tests)."""
    global _limits  # noqa: PLW0603
    _limits = (float("-inf"), _limits[1])
