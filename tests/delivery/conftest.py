"""Channels that lead to real servers of loopback, and a clock that is moved by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from markets import outbox
from markets.analysis.messages import Message
from markets.models import Channel
from tests.delivery.servers import Mailbox, Receiver, running

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """What time it is; `+=` moves it."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def __iadd__(self, seconds):
        self.now += timedelta(seconds=seconds)
        return self


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(outbox, "_again", {"haste": float("inf"), "mail": float("-inf")})
    return Clock()


@pytest.fixture
def mailbox(settings):
    with running(Mailbox()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def receiver(settings):
    settings.LOOPBACK_WEBHOOKS = True
    with running(Receiver()) as server:
        yield server


@pytest.fixture
def hook(db, receiver):
    return Channel.objects.create(kind="webhook", address=receiver.url)


@pytest.fixture
def mail(db, mailbox):
    return Channel.objects.create(kind="email", address="operator@example.org")


def message(number=0, **more):
    return Message(**{"key": f"incident {number}", "kind": "incident", "subject": f"Down {number}", "text": "It fails.", "path": "/status/", **more})
