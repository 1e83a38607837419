"""What has to be true before anything serves: which market, free ports, a database, an account, schedules, files."""

from __future__ import annotations

import socket
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange
from markets import schedules

Say = Callable[[str], None]


def free(port: int) -> bool:
    """Whether a server of ours could listen there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
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


def prepare(say: Say) -> None:
    """Bring database, cache, rows, schedules, account and static files up to date. Safe to repeat."""
    say("migrating the database")
    call_command("migrate", verbosity=0, interactive=False)  # its signal makes rows and schedules for new adapters, too
    call_command("createcachetable", verbosity=0)
    call_command("setup_operator")
    say("collecting static files")
    call_command("collectstatic", verbosity=0, interactive=False)
    for slug in Exchange.objects.filter(enabled=True, slug__in=ADAPTERS).values_list("slug", flat=True):
        schedules.start_now(slug)
