"""Small loopback servers that misbehave exactly as told, below HTTP: a handler has the raw socket."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator


class Connection:
    """One accepted connection."""

    def __init__(self, server: Server, sock: socket.socket, number: int) -> None:
        self.server, self.sock, self.number = server, sock, number

    def request(self) -> bytes:
        """The next request's head; b"" when the client hung up."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.sock.recv(1)
            if not byte:
                return b""
            head += byte
        self.server.requests.append(head)
        return head

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Handler = Callable[[Connection], None]


class Server:
    """Runs a handler in a thread for each connection until closed. `stop` is set then: handlers wait on it, not on a clock."""

    def __init__(self, handler: Handler, wrap: Callable[[socket.socket], socket.socket] = lambda sock: sock) -> None:
        self._handler, self._wrap = handler, wrap
        self.requests: list[bytes] = []
        self.connections = 0
        self.stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.upstream = f"http://127.0.0.1:{self.port}"
        self._socks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        sock.settimeout(10)
        with contextlib.suppress(OSError), contextlib.closing(self._wrap(sock)) as wrapped:
            self._socks.append(wrapped)
            self._handler(Connection(self, wrapped, number))

    def close(self) -> None:
        self.stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)


@contextlib.contextmanager
def serving(handler: Handler, wrap: Callable[[socket.socket], socket.socket] = lambda sock: sock) -> Iterator[Server]:
    server = Server(handler, wrap)
    try:
        yield server
    finally:
        server.close()


def http(body: bytes = b"[]", status: str = "200 OK", *headers: str) -> bytes:
    """A well-formed reply with its length."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


def answering(*replies: bytes) -> Handler:
    """Answer request after request, over all connections, with these; the last one again and again."""
    given = iter(range(10**9))

    def handler(connection: Connection) -> None:
        while connection.request():
            connection.send(replies[min(next(given), len(replies) - 1)])

    return handler


def saying(data: bytes, *, then: Callable[[Connection], None] = lambda connection: None) -> Handler:
    """After one request send these bytes, do `then`, and hang up."""

    def handler(connection: Connection) -> None:
        connection.request()
        connection.send(data)
        then(connection)

    return handler


def silent(connection: Connection) -> None:
    """Accept and say nothing until the server is closed."""
    connection.server.stop.wait(20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]
