"""I9: parts as services. Nothing serves half prepared; a web server that is asked to stop answers what it has taken."""

import http.client
import json
import signal
import threading

import pytest

from tests.drills.installation import get
from tests.engine.conftest import Site, until
from tests.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("workers")]


def test_i9_not_ready_before_the_migrations_and_no_request_lost_at_the_stop(tmp_path):
    port = free_port()
    site = Site(tmp_path, f"sqlite:///{tmp_path}/site.sqlite3", PEBBLE_PORT=str(port), PEBBLE_WEB_WORKERS="1", PEBBLE_DRAIN_S="3")
    try:
        web, workers = site.start("run", "--only", "web"), site.start("run", "--only", "workers")
        until(lambda: get(port, "/healthz")[0] == 200, 60, why=web.log.read_text)
        status, body = get(port, "/readyz")
        assert status == 503 and "manage.py migrate" in json.loads(body)["checks"]["migrations"]
        until(lambda: "waiting for the database" in workers.log.read_text(), 60, why=workers.log.read_text)
        assert site.manage("prepare", timeout=180).returncode == 0
        until(lambda: json.loads(get(port, "/readyz")[1])["checks"]["migrations"] == "ok", 60)
        answered, lost = _hammered_while(port, lambda: _stopped(web))
        assert answered > 0 and lost == 0
        assert web.returncode == 0, web.log.read_text()
        said = [json.loads(line) for line in web.log.read_text().splitlines()]
        assert said[-1]["message"] == "pebble: stopped" and any(line["event"] == "request" for line in said)
    finally:
        site.stop()


def _stopped(web):
    web.send_signal(signal.SIGTERM)
    web.wait(60)


def _hammered_while(port, then):
    """(answers, requests without one) of four clients behind a proxy that looks at /healthz and sends nobody to a server that stops."""
    counts, started, away = {"answered": 0, "lost": 0}, threading.Semaphore(0), threading.Event()

    def client():
        while not away.is_set():
            counts["answered" if _answered(port) else "lost"] += 1
            started.release()

    clients = [threading.Thread(target=client) for _ in range(4)]
    for one in clients:
        one.start()
    for _ in range(8):
        assert started.acquire(timeout=60)
    stop = threading.Thread(target=then)
    stop.start()
    until(lambda: get(port, "/healthz")[0] == 503, 30)
    before = counts["answered"]
    until(lambda: counts["answered"] > before, 30)  # it answers on while it says that it stops
    away.set()
    for one in (*clients, stop):
        one.join(60)
    return counts["answered"], counts["lost"]


def _answered(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/api/v1/exchanges/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
