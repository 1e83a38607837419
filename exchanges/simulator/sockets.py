"""One HTTP/1.1 connection by hand: reading requests, sending replies whole, and sending them wrong on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from exchanges.simulator.faults import Spec
from exchanges.simulator.writers import Reply

MEGABYTE = 1 << 20
PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class Request:
    """One request as it came: `target` as it was sent, `path` decoded, header names in lower case."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Wire:
    """A client's connection. Every way of answering returns whether the connection may serve another request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.served = 0

    async def request(self) -> Request | None:
        """The next request, or None when the client is gone or does not speak HTTP."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            method, target, _version = lines[0].split(" ", 2)
            headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:] if line)}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            return None
        address = urlsplit(target)
        return Request(method, target, unquote(address.path), dict(parse_qsl(address.query, keep_blank_values=True)), headers, body)

    async def send(self, reply: Reply, request: Request, packed: bytes | None = None) -> bool:
        """A whole, honest reply: gzip when the client takes it, kept alive unless it asks to close."""
        content, extra = reply.body, {}
        if len(content) > 1_000 and "gzip" in request.headers.get("accept-encoding", ""):
            content, extra = packed or gzip.compress(content, 1), {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        keep = request.headers.get("connection", "").lower() != "close"
        await self.raw(head(reply, extra | {"Content-Length": str(len(content)), "Connection": "keep-alive" if keep else "close"}) + content)
        return keep

    async def raw(self, data: bytes) -> None:
        """Bytes as they are; waits while the client is slow."""
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self, seconds: float | None = None) -> bool:
        """Wait until the client has closed, or so long; whether it has."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(self.reader.read(1), seconds)
        return self.reader.at_eof() or self.writer.is_closing()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def head(reply: Reply, extra: dict[str, str]) -> bytes:
    """Status line and headers."""
    phrase = PHRASES.get(reply.status, "Unknown")
    content_type = reply.content_type if "charset" in reply.content_type else f"{reply.content_type};charset=utf-8"
    headers = {"Date": formatdate(usegmt=True), "Content-Type": content_type} | reply.headers | extra
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


# --- Faults of the connection: each answers `reply` wrongly; returns whether the connection lives on ---------------
async def refused(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """The connection is reset before any answer (one listener serves all: its port cannot be closed for one exchange)."""
    wire.reset()
    return False


async def hang(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """Silence, until the client gives up (or for `for_s` seconds)."""
    await wire.gone(spec.get("for_s"))
    return False


async def drip(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """Headers at once, then one byte every `every_s` (0.4) seconds."""
    await wire.raw(head(reply, {"Content-Length": str(len(reply.body))}))
    for position in range(len(reply.body)):
        await wire.raw(reply.body[position : position + 1])
        if await wire.gone(float(spec.get("every_s", 0.4))):
            return False
    return True


async def reset(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """RST after `bytes` of the body (half of it)."""
    await wire.raw(head(reply, {"Content-Length": str(len(reply.body))}) + reply.body[: int(spec.get("bytes", len(reply.body) // 2))])
    await asyncio.sleep(0.05)  # let the bytes leave: an RST discards what still waits
    wire.reset()
    return False


async def truncated(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """Half a body under a longer Content-Length; with `chunked`, chunks without an end."""
    half = reply.body[: len(reply.body) // 2]
    if spec.get("chunked"):
        await wire.raw(head(reply, {"Transfer-Encoding": "chunked"}) + _chunk(half))
    else:
        await wire.raw(head(reply, {"Content-Length": str(len(reply.body))}) + half)
    return False


async def cut(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """Half a body without any length, ended by closing: the transport calls it a success."""
    await wire.raw(head(reply, {"Connection": "close"}) + reply.body[: len(reply.body) // 2])
    return False


async def gzip_bomb(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """`megabytes` (300) of blanks, a thousandth of that on the wire; made as far as the client reads."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blank = b" " * MEGABYTE
    return await _stream(wire, reply, {"Content-Encoding": "gzip"}, (packer.compress(blank) for _ in range(int(spec.get("megabytes", 300)))), packer.flush)


async def giant(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """A body of `megabytes` (200) with an honest length; with `endless`, chunks for ever."""
    blank = b" " * 65_536
    if spec.get("endless"):
        return await _stream(wire, reply, {}, iter(lambda: blank, b""), lambda: b"")
    count = int(spec.get("megabytes", 200)) * 16
    await wire.raw(head(reply, {"Content-Length": str(count * len(blank))}))
    for _ in range(count):
        await wire.raw(blank)
    return False


async def broken_gzip(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """gzip with damaged bytes; with `plain`, a plain body that calls itself gzip."""
    packed = gzip.compress(reply.body, 1)
    content = reply.body if spec.get("plain") else packed[:20] + bytes(64) + packed[84:]
    await wire.raw(head(reply, {"Content-Encoding": "gzip", "Content-Length": str(len(content))}) + content)
    return True


async def idle_close(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """A connection answers once; whoever uses it again finds it closed."""
    if wire.served:
        wire.reset()
        return False
    return await wire.send(reply, request)


async def huge_headers(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """A header block of `kilobytes` (200)."""
    filler = {f"X-Filler-{n}": "x" * 1_000 for n in range(int(spec.get("kilobytes", 200)))}
    await wire.raw(head(reply, filler | {"Content-Length": str(len(reply.body))}) + reply.body)
    return False


async def bad_status_line(wire: Wire, reply: Reply, request: Request, spec: Spec) -> bool:
    """A first line that is not HTTP."""
    await wire.raw(b"HELLO this is not HTTP\r\n\r\n" + reply.body[:100])
    return False


async def _stream(wire: Wire, reply: Reply, extra: dict[str, str], parts: Iterable[bytes], end: Callable[[], bytes]) -> bool:
    await wire.raw(head(reply, extra | {"Transfer-Encoding": "chunked"}))
    for part in parts:
        if wire.reader.at_eof() or wire.writer.is_closing():
            return False
        await wire.raw(_chunk(part))
        await asyncio.sleep(0)  # a bomb is a lot of work: let the others have their turn
    await wire.raw(_chunk(end()) + b"0\r\n\r\n")
    return False


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


SOCKET_FAULTS: dict[str, Callable[[Wire, Reply, Request, Spec], Awaitable[bool]]] = {
    f.__name__: f for f in (refused, hang, drip, reset, truncated, cut, gzip_bomb, giant, broken_gzip, idle_close, huge_headers, bad_status_line)
}
