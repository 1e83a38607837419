"""What has to be true before anything serves: which market, free ports, a database, an account, schedules, files."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections

from exchanges.adapter import Adapter
from exchanges.adapters import ADAPTERS
from exchanges.errors import ExchangeError
from exchanges.models import Exchange
from exchanges.transport import Transport
from markets import schedules
from markets.stamp import WrongMarket
from pebble import health

PROBE_S = 3.0
AGAIN_S = 1.0

Say = Callable[[str], None]


def free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server of ours could listen there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def simulator_port() -> int:
    """The port after ours when it is free, else any."""
    wanted = settings.PORT + 1
    if free(wanted):
        return wanted
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def reachable_market() -> tuple[str, str]:
    """live or simulated, and why: live as soon as one exchange that is switched on tells the time within 3 s."""
    transport = Transport(upstream=settings.UPSTREAM, proxy=settings.PROXY)
    asked = [a for a in _switched_on() if a.time]
    pool = ThreadPoolExecutor(max(1, len(asked)))
    with suppress(TimeoutError):
        for answer in as_completed([pool.submit(_answers, a, transport) for a in asked], timeout=PROBE_S + 0.5):
            if answer.result():
                pool.shutdown(wait=False, cancel_futures=True)
                return "live", f"{answer.result()} answers"
    pool.shutdown(wait=False, cancel_futures=True)
    return "simulated", f"none of {len(asked)} exchanges answered within {PROBE_S:.0f} s"


def _answers(adapter: Adapter, transport: Transport) -> str:
    """The exchange's name when it told the time, else nothing."""
    [part] = adapter.time.parts if adapter.time else []
    try:
        reply = transport.get(part.request, adapter.hosts, whole_s=PROBE_S)
        adapter.check(reply.status, reply.headers, reply.body)
        return adapter.name if part.parse(reply.body, reply.headers, {}).rows else ""
    except ExchangeError:
        return ""


def _switched_on() -> list[Adapter]:
    """What an operator left on, if there is a database already; else everything that is known."""
    engine = settings.DATABASES["default"]
    if not engine["ENGINE"].endswith("sqlite3") or Path(engine["NAME"]).exists():  # looking would make an empty file
        with suppress(DatabaseError, WrongMarket):
            return [ADAPTERS[s] for s in Exchange.objects.filter(Exchange.asked(), slug__in=ADAPTERS).values_list("slug", flat=True)]
    return list(ADAPTERS.values())


def await_migrations(say: Say) -> None:
    """Until whoever prepares the installation has done so, and the database answers."""
    told = ""
    while why := health.unprepared():
        if why != told:
            say(f"waiting for the database: {why}")
            told = why
        time.sleep(AGAIN_S)
        close_old_connections()


def prepare(say: Say, *, unseen: bool = False) -> None:
    """Bring database, cache, rows, schedules, account and static files up to date. Safe to repeat. `unseen`: no password is said."""
    say("migrating the database")
    call_command("migrate", verbosity=0, interactive=False)  # its signal makes rows and schedules for new adapters, too
    call_command("createcachetable", verbosity=0)
    account = StringIO()
    call_command("setup_operator", stdout=account, unseen=unseen)
    say(account.getvalue().strip())
    say("collecting static files")
    call_command("collectstatic", verbosity=0, interactive=False)
    for slug in Exchange.objects.filter(Exchange.asked(), slug__in=ADAPTERS).values_list("slug", flat=True):
        schedules.start_now(slug)
