"""A sixth exchange is one file in a folder: rows, schedules, admin, status, API and prices follow with no other edit."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.exchanges.test_adapters import TOY

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]

LISTED = '    instruments=Source((Part("all", Request("api.toy.example", "/instruments"), {"all": 1}, listed),), period_s=300),\n'
WITH_INSTRUMENTS = (
    TOY.replace("from exchanges.adapter import", "from exchanges.rows import Instrument\nfrom exchanges.adapter import Parsed,")
    .replace("ADAPTER = ", 'def listed(body, headers, known):\n    return Parsed([Instrument("BTCUSDT", "BTC", "USDT")])\n\n\nADAPTER = ')
    .replace("    tickers=", LISTED + "    tickers=")
)

# What an operator and a program see, printed as JSON by a process of the installation.
LOOK = """
import django, json
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.contrib.auth.models import User
from django.test import Client
from django_q.models import Schedule
from exchanges.models import Exchange
from exchanges.setup import ensure_rows
from markets import read, schedules, store, tasks
ensure_rows(); schedules.ensure()
toy = Exchange.objects.get(slug="toy")
seen = {"enabled": toy.enabled, "schedules": Schedule.objects.filter(name__contains="toy").count(), "outcome": tasks.poll("toy", "tickers")}
client = Client()
client.force_login(User.objects.create_superuser("me"))
seen["list"] = "Toy" in client.get("/admin/exchanges/exchange/").content.decode()
seen["form"] = client.get(f"/admin/exchanges/exchange/{toy.pk}/change/").status_code
seen["status"] = "Toy" in client.get("/status/").content.decode()
seen["api"] = client.get("/api/v1/exchanges/toy/").json()
Exchange.objects.filter(slug="toy").update(enabled=True, release="on")
store.touch("switches")
seen["polls"] = [tasks.poll("toy", "instruments"), tasks.poll("toy", "tickers")]
read.forget()
seen["compare"] = client.get("/api/v1/compare/BTC-USDT/").json()["best"]["buy"]
seen["page"] = "ex-6" in client.get("/compare/BTC-USDT/").content.decode()
print(json.dumps(seen))
"""


class _Toy(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps([{"s": "BTCUSDT", "b": "1.5", "a": "1.6", "bs": "3", "as": "4"}]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def toy_server():
    server = HTTPServer(("127.0.0.1", 0), _Toy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_one_file_is_all_it_takes(tmp_path, toy_server):
    folder = tmp_path / "adapters"
    folder.mkdir()
    (folder / "toy.py").write_text(WITH_INSTRUMENTS)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PEBBLE_", "DATABASE_URL", "REDIS_URL"))}
    ours = {"DJANGO_SETTINGS_MODULE": "pebble.settings", "PEBBLE_MARKET": "simulated", "PEBBLE_DATA_DIR": str(tmp_path / "var"), "PEBBLE_UPSTREAM": toy_server}

    def run(*command, **env):
        done = subprocess.run([sys.executable, *command], env=clean | ours | env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("manage.py", "migrate", "-v0")  # an installation with five
    run("manage.py", "createcachetable")
    run("manage.py", "collectstatic", "--noinput", "-v0")
    seen = json.loads(run("-c", LOOK, PEBBLE_ADAPTER_DIRS=str(folder)).splitlines()[-1])
    assert (seen["enabled"], seen["outcome"]) == (False, "disabled"), "a newcomer waits for an operator"
    assert seen["schedules"] == 2
    assert (seen["list"], seen["form"], seen["status"]) == (True, 200, True)
    assert (seen["api"]["exchange"], seen["api"]["monogram"], seen["api"]["enabled"]) == ("toy", "TY", False)
    assert seen["polls"] == ["ok", "ok"]
    assert (seen["compare"]["exchange"], seen["compare"]["price"], seen["page"]) == ("toy", "1.6", True)
