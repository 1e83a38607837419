"""A mail server and a webhook's receiver on loopback: real sockets, which keep what they took and refuse as they are told."""

from __future__ import annotations

import contextlib
import email
import email.policy
import http.server
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage


class Mailbox(socketserver.ThreadingTCPServer):
    """SMTP, as little of it as is needed. `refuse` maps a verb to the reply given instead of 250."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.port: int = self.server_address[1]


class _Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 toy")
        while verb := self.rfile.readline().decode().strip().partition(" ")[0].upper():
            if verb in self.server.refuse:
                self._say(self.server.refuse[verb])
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
                self._say("250 taken")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.mails.append(email.message_from_bytes(b"".join(lines).replace(b"\r\n", b"\n"), policy=email.policy.default))


class Receiver(http.server.ThreadingHTTPServer):
    """Takes POSTs: `posts` are (lower-case headers, body). `status` is what it answers, `more` further headers of the answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status, self.said, self.more = 200, b"ok", {}
        self.hold = threading.Event()
        self.hold.set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook?room=7"


class _Hook(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.hold.wait(10)
        with contextlib.suppress(OSError):
            self.send_response(self.server.status)
            for name, value in {"Content-Length": str(len(self.server.said)), **self.server.more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.server.said)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    """The server in a thread, until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
