"""HTTP to exchanges: one GET with a real total deadline, size caps and an address guard; and one POST to an address that somebody named.

The only file that knows httpx.

Synchronous, because a worker does one poll at a time. The deadline is kept below the HTTP library, in the network
stream: there every wait, however short, is clamped to what is left of the whole call.
"""

from __future__ import annotations

import math
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from exchanges.adapter import Request
from exchanges.errors import ExchangeError, Garbled, Refused, Unreachable
from exchanges.guard import check_host, check_webhook, is_address, is_indoors, is_loopback, is_named, is_public
from exchanges.inflate import MIB, Body

CAP = 16 * MIB  # of a decoded body
HIGHEST_CAP = 48 * MIB
HEADERS = 64 * 1024
ADDRESSES = 4  # of one host that are tried

_HEADERS = {"user-agent": "pebble", "accept": "application/json", "accept-encoding": "gzip, deflate"}


@dataclass(frozen=True)
class Deadlines:
    """Seconds: until connected (DNS and TLS included), then until the first byte; the whole call, of a bulk list, of a cycle.

    A bulk list ends before prices are due again: one that took the whole ten seconds would cost the next turn as well, and three
    failures would be seen after a minute instead of 40 s.
    """

    connect: float = 2.0
    first_byte: float = 4.0
    whole: float = 6.0
    bulk: float = 9.0
    cycle: float = 12.0


@dataclass(frozen=True)
class Reply:
    """A whole answer. `body` is decoded; `wire` counts its bytes as they came; `ms` is the whole call by the monotonic clock."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes
    requested_at: datetime
    received_at: datetime
    ms: int
    wire: int


# --- One call's clock -----------------------------------------------------------------------------------------------
class _Call:
    """What is left of the deadlines of the call this thread is making, and how far the answer has come."""

    def __init__(self, deadlines: Deadlines, whole_s: float) -> None:
        now = time.monotonic()
        self._first_byte = deadlines.first_byte
        self.ends = now + whole_s
        self.connect_by = now + deadlines.connect
        self.first_by = math.inf
        self.in_headers = True
        self.got = 0
        self.ended = False

    def sent(self) -> None:
        """Something was asked: from here the first byte is awaited."""
        self.first_by, self.got, self.ended = time.monotonic() + self._first_byte, 0, False

    def left(self, by: float, outcome: str) -> float:
        """Seconds that may still be waited, at most until `by`. Raises the time-out when there are none."""
        left = min(by, self.ends) - time.monotonic()
        if left <= 0:
            raise self.over(outcome)
        return left

    def over(self, outcome: str) -> Unreachable:
        """The time-out, named after the deadline that ran out. (A wait may end some milliseconds early.)"""
        whole = time.monotonic() >= self.ends - 0.01
        return Unreachable("out of time: the whole call" if whole else "out of time", "deadline" if whole else outcome)


_thread = threading.local()


def _call() -> _Call:
    found: _Call = _thread.call
    return found


# --- The network ----------------------------------------------------------------------------------------------------
class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends with the call. The time-outs the HTTP library passes are for one step only."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        call = _call()
        if call.in_headers:
            max_bytes = min(max_bytes, HEADERS - call.got)
            if max_bytes <= 0:
                raise Garbled(f"more than {HEADERS} bytes of headers", "too_large")
        by, outcome = (math.inf, "deadline") if call.got else (call.first_by, "first_byte_timeout")
        try:
            data = self._inner.read(max_bytes, call.left(by, outcome))
        except httpcore.ReadTimeout:
            raise call.over(outcome) from None
        call.got += len(data)
        call.ended = not data
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            call = _call()
            try:
                self._inner.write(buffer, call.left(math.inf, "deadline"))
            except httpcore.WriteTimeout:
                raise call.over("deadline") from None
            finally:
                call.sent()  # also when it failed: the library then looks for an early answer

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        call = _call()
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, call.left(call.connect_by, "connect_timeout")))
        except httpcore.ConnectTimeout:
            raise call.over("connect_timeout") from None
        except httpcore.ConnectError as error:
            broke_off = isinstance(error.__cause__, ssl.SSLEOFError) or not isinstance(error.__cause__, ssl.SSLError)
            raise Unreachable(f"TLS: {error}", "reset" if broke_off else "tls") from None

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the very address it checked, so that a name cannot change its mind in between."""

    def __init__(self, permitted: Callable[[str], bool]) -> None:
        self._permitted = permitted

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        call, failure = _call(), Unreachable("no address", "dns")
        addresses = _resolve(host, port, call)
        if refused := [address for address in addresses if not self._permitted(address)]:
            raise Refused(f"{host} leads to {refused[0]}, which may not be reached", "address_blocked")
        for tried, address in enumerate(addresses):
            share = call.left(call.connect_by, "connect_timeout") / (len(addresses) - tried)
            try:
                return _Stream(httpcore.SyncBackend().connect_tcp(address, port, share, local_address, socket_options))
            except httpcore.ConnectTimeout:
                failure = call.over("connect_timeout")
            except httpcore.ConnectError as error:
                failure = Unreachable(str(error), "refused")
        raise failure


def _resolve(host: str, port: int, call: _Call) -> list[str]:
    """Addresses of a name, IPv4 first (a broken IPv6 route only costs time). A thread, because the system's look-up knows no time-out.

    What is an address already needs no look-up, and no thread that a busy machine may start too late.
    """
    if is_address(host):
        return [host]
    answer: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=look_up, daemon=True, name="dns").start()
    try:
        found = answer.get(timeout=call.left(call.connect_by, "dns"))
    except queue.Empty:
        raise Unreachable(f"no answer from DNS for {host}", "dns") from None
    if isinstance(found, Exception):
        raise Unreachable(f"{host}: {found}", "dns")
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))[:ADDRESSES]


@cache
def tls() -> ssl.SSLContext:
    """The one TLS configuration: certificates are always verified, and the environment has no say."""
    return httpx.create_ssl_context(trust_env=False)


# --- The transport --------------------------------------------------------------------------------------------------
class Transport:
    """Asks exchanges. One per process is enough; safe for threads, and after a fork the child makes its own connections.

    `upstream` ("http://127.0.0.1:8001") sends every request there instead, the exchange's host as first path segment.
    `proxy` ("http://user:password@host:port") is the only way to a proxy. Raises ValueError for an unfit one of these.
    """

    def __init__(self, *, upstream: str = "", proxy: str = "", deadlines: Deadlines | None = None) -> None:
        self.deadlines = deadlines or Deadlines()
        self._upstream = _checked_upstream(upstream) if upstream else None
        self._proxy = httpx.Proxy(proxy) if proxy else None
        if self._proxy and self._proxy.url.scheme not in ("http", "https"):
            raise ValueError("the proxy must be http:// or https://")
        self._clients: dict[int, httpx.Client] = {}

    def get(self, request: Request, hosts: Collection[str], *, whole_s: float | None = None, cap: int = CAP) -> Reply:
        """Send one GET and read its whole answer, whatever its status but a redirect. Raises an ExchangeError.

        `hosts` are the names that may be asked; `whole_s` the total deadline; `cap` the largest decoded body in bytes.
        """
        check_host(request.host, hosts)
        return self._whole(lambda: self._send(request), self.deadlines.whole if whole_s is None else whole_s, cap)

    def _whole(self, send: Callable[[], httpx.Response], whole_s: float, cap: int) -> Reply:
        """One call from its first byte to its last, within its deadline."""
        call = _thread.call = _Call(self.deadlines, whole_s)
        requested_at, start = datetime.now(UTC), time.monotonic()
        try:
            with closing(send()) as response:
                call.in_headers = False
                body = self._read(response, min(cap, HIGHEST_CAP))
        except httpx.HTTPError as error:
            raise _broken(call, error) from None
        ms = round((time.monotonic() - start) * 1000)
        return Reply(response.status_code, dict(response.headers), bytes(body.data), requested_at, datetime.now(UTC), ms, body.wire)

    def forget(self, host: str) -> None:
        """Close this process's idle connections to a host: it wants to hear nothing from us."""
        url = self._url(Request(host, "/"))
        for connection in self._pool().connections:
            if connection.is_idle() and connection.can_handle_request(httpcore.Origin(url.raw_scheme, url.raw_host, url.port or 443)):
                connection.close()

    def close(self) -> None:
        """Close all connections of this process."""
        if client := self._clients.pop(os.getpid(), None):
            client.close()

    def _send(self, request: Request) -> httpx.Response:
        client = self._client()
        try:
            ready = client.build_request("GET", self._url(request), headers=dict(request.headers))
        except (httpx.InvalidURL, UnicodeError) as error:  # a page's cursor may be any text
            raise Refused(f"no address can be made of the request: {error}") from None
        return client.send(ready, stream=True)

    def _read(self, response: httpx.Response, cap: int) -> Body:
        if 300 <= response.status_code < 400:
            raise Refused(f"HTTP {response.status_code} to {response.headers.get('location', '')[:120]!a}", "redirect_blocked")
        try:
            body = Body(response.headers.get("content-encoding", ""), cap)
        except Garbled:
            if response.status_code < 400:
                raise
            return Body("", cap)
        try:
            for raw in response.iter_raw():
                body.feed(raw)
            body.end()
        except (ExchangeError, httpx.HTTPError):
            if response.status_code < 400:  # a refusal stays one, however its text arrives
                raise
        return body

    def _url(self, request: Request) -> httpx.URL:
        if not request.path.startswith("/"):
            raise Refused(f"{request.path[:80]!a} is no path", "address_blocked")
        # The target is sent letter for letter as `Request.target` spells it: a signature covers that text.
        if self._upstream:
            return self._upstream.copy_with(raw_path=f"/{request.host}{request.target}".encode("ascii"))
        return httpx.URL(scheme="https", host=request.host).copy_with(raw_path=request.target.encode("ascii"))

    def _client(self) -> httpx.Client:
        if found := self._clients.get(os.getpid()):
            return found
        return self._clients.setdefault(os.getpid(), self._make())

    def _make(self) -> httpx.Client:
        # httpx has no public way to give its pool a network backend, hence the private attribute (httpx 0.28; a test pins it).
        transport = httpx.HTTPTransport(verify=tls(), trust_env=False)
        transport._pool = self._make_pool()
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # none are kept: every request is the first
        return httpx.Client(transport=transport, trust_env=False, follow_redirects=False, headers=_HEADERS, cookies=cookies)

    def _make_pool(self) -> httpcore.ConnectionPool:
        size: dict[str, Any] = {"max_connections": 20, "max_keepalive_connections": 20, "keepalive_expiry": 30.0}
        if self._upstream:
            return httpcore.ConnectionPool(network_backend=_Backend(is_loopback), **size)
        if self._proxy:  # the operator named it, and it is often inside the house; it resolves the exchange's name
            return httpcore.HTTPProxy(str(self._proxy.url), self._proxy.raw_auth, ssl_context=tls(), network_backend=_Backend(lambda address: True), **size)
        return httpcore.ConnectionPool(ssl_context=tls(), network_backend=_Backend(is_public), **size)

    def _pool(self) -> httpcore.ConnectionPool:
        pool: httpcore.ConnectionPool = self._client()._transport._pool  # type: ignore[attr-defined]
        return pool


class Named(Transport):
    """Posts JSON to the one address that the operator named, and to nowhere else. No redirect is followed and no cookie kept.

    https may lead anywhere but to link-local addresses, where clouds keep secrets; http only to this machine and private networks.
    Raises ValueError for an address that is neither.
    """

    def __init__(self, url: str, *, deadlines: Deadlines | None = None) -> None:
        super().__init__(deadlines=deadlines)
        self._named = httpx.URL(url)
        if self._named.scheme not in ("http", "https") or not self._named.host or self._named.userinfo or self._named.fragment:
            raise ValueError("the address must be https://host/path, or http:// inside the house")

    def post(self, body: bytes, headers: dict[str, str], *, whole_s: float, cap: int = MIB) -> Reply:
        """Send a body and read the whole answer, whatever its status but a redirect. Raises an ExchangeError."""
        ready = self._client().build_request("POST", self._named, content=body, headers={"content-type": "application/json", **headers})
        return self._whole(lambda: self._client().send(ready, stream=True), whole_s, cap)

    def _make_pool(self) -> httpcore.ConnectionPool:
        plain = self._named.scheme == "http"
        return httpcore.ConnectionPool(ssl_context=tls(), network_backend=_Backend(is_indoors if plain else is_named), max_connections=4, keepalive_expiry=30.0)


class Webhook(Named):
    """Posts to an address that anybody may have named, so the guard is that of exchanges: https on port 443 and public addresses only.

    Raises Refused for any other; with `loopback`, which is for tests, http to this machine is let through, too.
    """

    def __init__(self, url: str, *, loopback: bool = False, deadlines: Deadlines | None = None) -> None:
        check_webhook(url, loopback=loopback)
        super().__init__(url, deadlines=deadlines)

    def _make_pool(self) -> httpcore.ConnectionPool:
        plain = self._named.scheme == "http"
        return httpcore.ConnectionPool(ssl_context=tls(), network_backend=_Backend(is_loopback if plain else is_public), max_connections=1)


def _checked_upstream(text: str) -> httpx.URL:
    url = httpx.URL(text)
    try:
        loopback = url.host == "localhost" or is_loopback(url.host)
    except ValueError:
        loopback = False
    if url.scheme != "http" or not loopback or url.userinfo or url.path not in ("", "/") or url.query:
        raise ValueError("the upstream must be http:// and an address of this machine, like http://127.0.0.1:8001")
    return url


def _broken(call: _Call, error: httpx.HTTPError) -> ExchangeError:
    """What went wrong, for the failures that the HTTP library finds itself."""
    if isinstance(error, httpx.RemoteProtocolError):
        if not call.ended:
            return Garbled(f"not HTTP: {error}", "decode")
        return Garbled(str(error), "truncated") if call.got else Unreachable(str(error), "reset")
    return Unreachable(f"{type(error).__name__}: {error}", "refused" if isinstance(error, httpx.ProxyError) else "reset")
