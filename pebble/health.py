"""Is this process alive (/healthz), is the installation ready (/readyz), and is anything being polled at all?"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from markets.asking import limits
from markets.away import polling
from markets.ourselves import ROOM_BYTES, ROOM_SHARE
from pebble.metrics import metrics

logger = logging.getLogger(__name__)

STOPPING = "PEBBLE_STOPPING"  # the file that a web server's supervisor makes when the server is about to stop


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


@cache  # an answer is remembered, a raised error is not: once migrated, always migrated
def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError
    return True


def _migrations() -> str:
    try:
        _migrated()
    except LookupError:
        return "waiting: run manage.py migrate"
    return ""


def _cache() -> str:
    shared_cache.get("readyz")
    return ""


def _polling() -> str:
    found = polling(timezone.now())
    return str(found) if found.stopped else ""


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "cache": _cache, "polling": _polling}


def _limits() -> str:
    trouble = limits().trouble()
    return trouble.detail if trouble else ""


def _disk() -> str:
    total, _, free = shutil.disk_usage(settings.DATA_DIR)
    return f"{free // 2**20:,} MB are free where the data lies" if free < max(ROOM_BYTES, total * ROOM_SHARE) else ""


# Prices are still current: taking this installation out of service would only make it worse. Somebody should look.
WARNINGS: dict[str, Callable[[], str]] = {"limits": _limits, "disk": _disk}


def _verdict(check: Callable[[], str]) -> str:
    try:
        return check() or "ok"
    except Exception as error:  # the edge: whatever is broken is the answer; its text may name hosts, so it is logged only
        logger.warning("not ready", exc_info=True)
        return type(error).__name__


def unprepared() -> str:
    """Why no worker may start yet: the database does not answer, or waits for its migrations. "" when it may. Raises WrongMarket."""
    try:
        return _database() or _migrations()
    except DatabaseError as error:
        return f"it does not answer ({type(error).__name__})"


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers, 503 from the moment its web server is asked to stop. Nothing else is touched."""
    file = os.environ.get(STOPPING)
    stopping = bool(file) and Path(file).exists()
    return HttpResponse("stopping\n" if stopping else "ok\n", content_type="text/plain", status=503 if stopping else 200)


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when this installation can serve current prices, else 503, each check with its reason. Warnings change nothing of that."""
    checks, warnings = ({name: _verdict(check) for name, check in kind.items()} for kind in (CHECKS, WARNINGS))
    ready = set(checks.values()) == {"ok"}
    return JsonResponse({"ready": ready, "checks": checks, "warnings": warnings}, status=200 if ready else 503)


class Probes:
    """First of the middleware: a probe needs no session, no https and no particular host name."""

    paths = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the three addresses here, pass everything else on."""
        probe = self.paths.get(request.path)
        return probe(request) if probe else self.get_response(request)
