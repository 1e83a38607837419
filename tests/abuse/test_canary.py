"""U13: every way of failing is forced while secrets with a known mark are in use; the mark is nowhere that anybody can read."""

import io
import json
import logging
import traceback

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_q.models import Task
from django_q.monitor import save_task

from exchanges.models import Exchange
from exchanges.simulator.server import running
from exchanges.transport import Transport
from markets import asking, channels, keys, outbox, read, redaction
from markets.analysis.messages import Message
from markets.models import ApiKey, Channel, Delivery
from tests.abuse.addresses import every
from tests.engine.test_logs import lines, pipe  # noqa: F401

MARK = "CANARY7f3b91c2"
SECRETS = {f"PEBBLE_BITGET_API_{word}": f"{MARK}-{word.lower()}-of-an-exchange" for word in ("KEY", "SECRET", "PASSPHRASE")}
TOLD = (
    f"cannot log in with {SECRETS['PEBBLE_BITGET_API_SECRET']} at https://u:{MARK}-password@h/p?signature={MARK}-signed "
    f"Authorization: Bearer {MARK}-bearer"
)


FAILING = ("/", "/status/", "/compare/BTC-USDT/", "/api/v1/status/", "/api/v1/exchanges/", "/api/v1/compare/BTC-USDT/", "/healthz", "/readyz", "/status.json")


@pytest.fixture
def marked(root, settings, monkeypatch, tmp_path):
    """An installation whose every secret holds the mark."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD, settings.METRICS_TOKEN = "pebble", f"{MARK}-mail-password", f"{MARK}-metrics-token"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    settings.LOOPBACK_WEBHOOKS = True
    settings.LIMITS_FILE = tmp_path / "limits.sqlite3"  # what is asked here counts nowhere else
    redaction.remember(settings.EMAIL_HOST_PASSWORD, settings.METRICS_TOKEN, *SECRETS.values())
    return root


def test_the_mark_is_nowhere(marked, lines, settings, monkeypatch):  # noqa: F811
    seen = [*exchange_that_refuses_the_key(monkeypatch), *deliveries_that_fail(), *tasks_that_fail()]
    seen += [*people_who_mistype(settings), *pages_that_fail(monkeypatch), *everything_shown(marked, settings)]
    out = io.StringIO()
    call_command("dumpdata", "--all", stdout=out)
    seen += [("dumpdata", out.getvalue()), *((f"log line {number}", json.dumps(line)) for number, line in enumerate(lines()))]
    assert len(seen) > 150 and len(out.getvalue()) > 10_000 and any(what.startswith("log") for what, _ in seen)
    assert [(what, text[max(text.find(MARK) - 80, 0) :][:200]) for what, text in seen if MARK in text] == []


def exchange_that_refuses_the_key(monkeypatch):
    """A signed call with a key that is none, and one that nobody answers."""
    with running(most=5) as simulator:
        for upstream in (simulator.url, "http://127.0.0.1:1"):
            transport = Transport(upstream=upstream)
            monkeypatch.setattr(asking, "transport", lambda found=transport: found)
            outcome = asking.client_for(Exchange.objects.get(slug="bitget")).fetch("copy_traders")
            assert outcome.outcome != "ok"
            transport.close()
            yield f"an exchange at {upstream}", repr(outcome)


def deliveries_that_fail():
    """A mail server and a webhook that are away."""
    hook = Channel.objects.create(kind="webhook", address="http://127.0.0.1:1/hook")
    Channel.objects.create(kind="email", address="ops@example.org")
    outbox.tell_operators(Message("canary", "incident", "Something is wrong", "It is.", critical=True), timezone.now())
    outbox.sweep()
    tried = list(Delivery.objects.filter(attempts__gt=0).values())
    assert len(tried) == 2
    return [("deliveries", repr(tried) if channels.secret_of(hook) not in repr(tried) else MARK)]


def tasks_that_fail():
    """As the queue's own process keeps them: what went wrong is a traceback."""
    try:
        raise OperationalError(TOLD)
    except OperationalError as error:
        result = f"{error} : {traceback.format_exc()}"
    now = timezone.now()
    for success in (False, True):
        save_task({"id": f"{success:d}" * 32, "name": "canary", "func": "markets.tasks.scan", "started": now, "stopped": now, "success": success,
                   "result": result, "args": (), "kwargs": {}, "group": None, "cluster": None, "sync": True}, None)  # fmt: skip
    logging.getLogger("django-q").error("Failed 'canary' (canary) - %s", result)
    kept = [(f"task {each.id}", each.result) for each in Task.objects.filter(name="canary")]
    assert len(kept) >= 1 and "OperationalError" in kept[0][1]
    return kept


def people_who_mistype(settings):
    """A key that opens nothing, one that is made, a wrong password, a link that is none."""
    visitor = Client(raise_request_exception=False)
    key = keys.make(User.objects.get(username="root"), "canary", ["read"], timezone.now())[1]
    yield "key", MARK if key in repr(list(ApiKey.objects.values())) else ""
    for path, more in (
        ("/api/v1/pairs/", {"headers": {"Authorization": f"Bearer pb_{MARK}_{MARK}"}}), ("/api/v1/pairs/", {"headers": {"Authorization": f"Basic {MARK}"}}),
        ("/metrics", {"headers": {"Authorization": f"Bearer {settings.METRICS_TOKEN}x"}}), (f"/accounts/reset/MQ/{MARK}/", {}), (f"/channels/stop/{MARK}/", {}),
    ):  # fmt: skip
        yield path.replace(MARK, "..."), visitor.get(path, **more).content.decode().replace(path, "")
    answer = visitor.post("/accounts/login/", {"username": "root", "password": f"{MARK}-wrong-password"})
    yield "sign-in", answer.content.decode()


def pages_that_fail(monkeypatch):
    """A view that fails with a secret in its exception: the database is away, or it is our own fault."""
    visitor = Client(raise_request_exception=False)
    for error, status in ((OperationalError(TOLD), {200, 503}), (RuntimeError(TOLD), {500})):
        with monkeypatch.context() as patch:
            for name in ("status", "overview", "exchanges", "compare"):
                patch.setattr(read, name, failing(error))
            for path in FAILING:
                read.forget()
                answer = visitor.get(path)
                assert answer.status_code in status | {200, 503}, (path, answer.status_code)
                yield f"{path} while {error.__class__.__name__}", answer.content.decode()


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


def everything_shown(root, settings):
    """Every address as who may see everything, the failed task's own page, and the numbers."""
    addresses = [*every(), *(f"/admin/django_q/{kind}/{task.pk}/change/" for task in Task.objects.all() for kind in ("failure", "success"))]
    for address in addresses:
        yield address, root.get(address).content.decode(errors="replace")
    metrics = root.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert metrics.status_code == 200
    yield "metrics", metrics.content.decode()
