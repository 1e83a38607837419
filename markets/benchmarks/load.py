"""A load generator: keep-alive connections in one thread over raw sockets, so that it costs less than any server it asks."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CONNECTIONS = 8
BROWSER = "Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
_END = b"\r\n\r\n"


@dataclass
class Target:
    """Addresses asked in turn. `conditional`: with the entity tag last seen there, as a browser does."""

    paths: Sequence[str]
    conditional: bool = False
    asked: int = 0
    tags: dict[str, bytes] = field(default_factory=dict)

    def next(self) -> tuple[str, bytes]:
        """The next address and the whole request for it."""
        path = self.paths[self.asked % len(self.paths)]
        self.asked += 1
        tag = self.tags.get(path)
        condition = b"If-None-Match: " + tag + b"\r\n" if self.conditional and tag else b""
        return path, f"GET {path} HTTP/1.1\r\n{BROWSER}".encode() + condition + b"\r\n"


@dataclass
class Tally:
    """What came back: answers by status, bytes, and over how many seconds."""

    seconds: float
    statuses: dict[int, int]
    size: int

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds


@dataclass
class _Talk:
    """One connection and the answer that is being read from it."""

    socket: socket.socket
    path: str = ""
    read: bytearray = field(default_factory=bytearray)

    def ask(self, target: Target) -> None:
        self.path, request = target.next()
        self.read.clear()
        self.socket.sendall(request)

    def answered(self) -> tuple[int, bytes | None] | None:
        """(status, entity tag) when the whole answer has arrived."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError(f"the server hung up at {self.path}")
        self.read += data
        end = self.read.find(_END)
        if end < 0:
            return None
        head = bytes(self.read[:end])
        status = int(head[9:12])
        length = 0 if status in (204, 304) else int(_header(head, b"content-length") or -1)
        if length < 0:
            raise ConnectionError(f"{self.path} answered {status} without a length")
        return (status, _header(head, b"etag")) if len(self.read) >= end + len(_END) + length else None


def _header(head: bytes, name: bytes) -> bytes | None:
    at = head.lower().find(b"\r\n" + name + b":")
    if at < 0:
        return None
    return head[at + len(name) + 3 :].partition(b"\r\n")[0].strip()


def drive(port: int, target: Target, seconds: float) -> Tally:
    """Ask as fast as the server answers, one question at a time on each connection, for that long."""
    with selectors.DefaultSelector() as ready:
        talks = [_Talk(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(CONNECTIONS)]
        statuses: dict[int, int] = {}
        size, began = 0, time.perf_counter()
        for talk in talks:
            talk.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(talk.socket, selectors.EVENT_READ, talk)
            talk.ask(target)
        while (taken := time.perf_counter() - began) < seconds:
            for key, _ in ready.select(timeout=1):
                if found := key.data.answered():
                    status, tag = found
                    statuses[status] = statuses.get(status, 0) + 1
                    size += len(key.data.read)
                    if tag:
                        target.tags[key.data.path] = tag
                    key.data.ask(target)
        for talk in talks:
            talk.socket.close()
    return Tally(taken, statuses, size)
