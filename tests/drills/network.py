"""The exchanges' network in memory: Pebble's own transport, from the look-up of a name to the last byte, with no socket below it.

It resolves names, connects, speaks TLS and HTTP as always; only what httpcore calls a network is the simulator's server, answered
in simulated time. So a host can vanish from DNS, refuse connections or show a wrong certificate without touching this machine.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote, urlsplit

import httpcore

from exchanges.simulator.server import BY_HOST, Simulator
from exchanges.simulator.sockets import MEGABYTE, Request, Wire
from exchanges.simulator.writers import find
from tests.drills.clock import Clock

LATENCY_S = 0.05
FAULTS = ("refused", "dns", "tls")


class _Pause:
    """What a server awaits: so many seconds, or for ever."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds

    def __await__(self) -> Generator[_Pause, None, None]:
        yield self


class _Wire(Wire):
    """The server's end of a connection."""

    def __init__(self) -> None:
        self.served, self.out, self.broken, self.closed = 0, bytearray(), False, False
        self.reader = self.writer = SimpleNamespace(at_eof=lambda: self.closed, is_closing=lambda: self.closed)  # type: ignore[assignment]

    async def raw(self, data: bytes) -> None:
        self.out += data
        if len(self.out) > MEGABYTE:  # a flood waits for its reader
            await _Pause(0)

    async def gone(self, seconds: float | None = None) -> bool:
        await _Pause(seconds)
        return self.closed

    def reset(self) -> None:
        self.broken = True


class _Stream(httpcore.NetworkStream):
    """The client's end. The server runs while the client reads."""

    def __init__(self, network: Network, host: str) -> None:
        self.network, self.host, self.wire = network, host, _Wire()
        self._asked, self._serving, self._pause, self._over = bytearray(), None, 0.0, False
        self._serving: Coroutine[_Pause, None, bool] | None

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        if self.network.faults.get(BY_HOST[self.host]) == "tls":
            self.network.asked[BY_HOST[self.host]] += 1
            raise httpcore.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError("certificate has expired")
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self.wire.broken:
            raise httpcore.WriteError("broken pipe")
        self._asked += buffer
        if self._asked.endswith(b"\r\n\r\n"):
            request, self._asked, self._pause = _request(self.host, bytes(self._asked)), bytearray(), self.network.latency_s
            self._serving = self.network.served(self.wire, request)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        clock, by = self.network.clock, self.network.clock.elapsed + (timeout or 0.0)
        while not self.wire.out:
            if self.wire.broken:
                raise httpcore.ReadError("connection reset by peer")
            if self._serving is None and self._over:
                return b""
            if self._serving is None or self._pause is None or self._pause > by - clock.elapsed + 1e-9:
                left = max(by - clock.elapsed, 0.0)
                self._pause = None if self._pause is None else self._pause - left
                clock.wait(left)
                raise httpcore.ReadTimeout
            if self._pause:
                clock.wait(self._pause)
            self._step()
        sent = bytes(self.wire.out[:max_bytes])
        del self.wire.out[:max_bytes]
        return sent

    def _step(self) -> None:
        try:
            self._pause = self._serving.send(None).seconds  # type: ignore[union-attr, assignment]
        except StopIteration as ended:
            self._serving, self._pause, self._over = None, 0.0, not ended.value
            self.wire.served += 1

    def close(self) -> None:
        self.wire.closed = True
        if self._serving is not None:
            self._serving.close()
            self._serving = None

    def get_extra_info(self, info: str) -> Any:
        return (self._over or self.wire.broken) if info == "is_readable" else None


class Network:
    """The way to one simulator. `faults` is {exchange: refused, dns or tls}; `asked` counts requests, and tries to make one, by exchange.

    `told` is {exchange: {path: when its last healthy list of prices left the exchange, and of which instant it was}}; `heard` the
    instants of its last lists, healthy or not.
    """

    def __init__(self, clock: Clock, simulator: Simulator, latency_s: float = LATENCY_S) -> None:
        self.clock, self.simulator, self.latency_s = clock, simulator, latency_s
        self.faults = dict[str, str]()
        self.asked: dict[str, int] = defaultdict(int)
        self.told: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
        self.heard: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=12))
        self._open = list[_Stream]()
        self._addresses = {host: f"9.9.{n // 200}.{n % 200 + 1}" for n, host in enumerate(BY_HOST)}

    def strike(self, exchange: str, fault: str) -> None:
        """Take an exchange off the network; open connections break."""
        self.faults[exchange] = fault
        for stream in self._open:
            if BY_HOST[stream.host] == exchange:
                stream.wire.broken = True

    def heal(self, exchange: str) -> None:
        """Back on the network."""
        self.faults.pop(exchange, None)

    @contextmanager
    def up(self) -> Iterator[Network]:
        """Until the block ends there is no other network."""
        with ExitStack() as stack:
            stack.enter_context(patch.object(socket, "getaddrinfo", self._resolved))
            stack.enter_context(patch("exchanges.transport.httpcore.SyncBackend", lambda: SimpleNamespace(connect_tcp=self._connected)))
            stack.enter_context(patch.object(asyncio, "sleep", _asleep))
            yield self

    def _resolved(self, host: str, port: int, **_: object) -> list[Any]:
        if host not in self._addresses or self.faults.get(BY_HOST[host]) == "dns":
            self.asked[BY_HOST.get(host, "")] += 1
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self._addresses[host], port))]

    def _connected(self, address: str, port: int, *_: object) -> _Stream:
        host = next(host for host, own in self._addresses.items() if own == address)
        if self.faults.get(BY_HOST[host]) == "refused":
            self.asked[BY_HOST[host]] += 1
            raise httpcore.ConnectError("connection refused")
        self._open = [stream for stream in self._open if not stream.wire.closed]
        self._open.append(stream := _Stream(self, host))
        return stream

    async def served(self, wire: _Wire, request: Request) -> bool:
        """One request, by the simulator's own hand; healthy lists of prices are written down for the oracle."""
        host, _, rest = request.path.lstrip("/").partition("/")
        slug, path, now = BY_HOST[host], f"/{rest}", self.simulator.scenario.now()
        self.asked[slug] += 1
        stage = self.simulator.scenario.stages[slug]
        alive = await self.simulator._answer(wire, request)
        if stage.recent and stage.recent[-1]["status"] == 200 and find(slug, host, path)[0].source == "tickers":
            self.heard[slug].append(now)
            if not stage.faults:
                self.told[slug][path] = (self.clock.elapsed, now)
        return alive


async def _asleep(seconds: float, result: object = None) -> object:
    await _Pause(seconds)
    return result


def _request(host: str, raw: bytes) -> Request:
    lines = raw.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:] if line)}
    address = urlsplit(f"/{host}{target}")
    return Request(method, f"/{host}{target}", unquote(address.path), dict(parse_qsl(address.query, keep_blank_values=True)), headers, b"")
