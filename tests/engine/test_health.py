"""Probes: alive needs nothing, ready needs everything, and polling has stopped only when no poll of any outcome ends."""

import io
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from exchanges.models import Feed
from markets import away
from pebble import health


def finished(seconds_ago):
    Feed.objects.update(finished_at=None)
    Feed.objects.filter(pk=Feed.objects.first().pk).update(finished_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_alive_touches_no_database_and_no_session_whatever_the_visitor_sends():
    # No django_db mark: any query would raise.
    client = Client(headers={"host": "10.1.2.3:9"})
    client.cookies["sessionid"] = "anything"
    client.get("/healthz")
    began = time.process_time()
    answer = client.get("/healthz")
    assert time.process_time() - began < 0.01  # of a processor: whatever else the machine does, it costs next to nothing
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.django_db
class TestReady:
    def test_when_all_is_well(self):
        finished(1)
        answer = Client().get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {
            "ready": True, "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "polling": "ok"}, "warnings": {"limits": "ok", "disk": "ok"}
        }  # fmt: skip

    def test_a_full_disk_is_told_and_takes_nothing_out_of_service(self, monkeypatch):
        finished(1)
        monkeypatch.setattr(health, "ROOM_BYTES", 2**70)
        answer = Client().get("/readyz")
        assert answer.status_code == 200 and "MB are free" in answer.json()["warnings"]["disk"]

    def test_when_nothing_is_polled(self):
        finished(31)
        answer = Client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"]["polling"] == "the last poll ended 31 s ago, 30 s are allowed"

    def test_when_a_migration_waits(self):
        finished(1)
        health._migrated.cache_clear()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'markets'")
        answer = Client().get("/readyz")
        assert answer.status_code == 503 and "migrate" in answer.json()["checks"]["migrations"]

    def test_a_broken_part_is_named_without_its_secrets(self, monkeypatch):
        finished(1)

        def broken():
            raise OperationalError("password=hunter2 host=db.internal")

        monkeypatch.setitem(health.CHECKS, "database", broken)
        answer = Client().get("/readyz")
        assert answer.status_code == 503 and answer.json()["checks"]["database"] == "OperationalError"
        assert b"hunter2" not in answer.content


@pytest.mark.django_db
class TestPolling:
    def test_never(self):
        assert away.polling(timezone.now()).stopped

    @pytest.mark.parametrize(("period", "limit"), [(10, 30), (5, 30), (60, 180)])
    def test_the_limit_is_three_periods_and_at_least_half_a_minute(self, period, limit):
        Feed.objects.update(period_s=period)
        now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        Feed.objects.update(finished_at=now)
        assert not away.polling(now + timedelta(seconds=limit)).stopped
        assert away.polling(now + timedelta(seconds=limit + 1)).stopped

    def test_healthcheck_says_the_same(self):
        finished(2)
        out = io.StringIO()
        call_command("healthcheck", stdout=out)
        assert out.getvalue().startswith("ok")
        finished(100)
        with pytest.raises(CommandError, match="polling has stopped"):
            call_command("healthcheck")


@pytest.mark.django_db
class TestOperator:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        return tmp_path

    def setup(self):
        out = io.StringIO()
        call_command("setup_operator", stdout=out)
        return out.getvalue()

    def test_the_password_is_printed_once_kept_privately_and_works(self, folder, django_user_model):
        said = self.setup()
        file = folder / "operator.txt"
        name, password = file.read_text().split()
        assert name == "operator" and password in said and len(password) >= 16
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert django_user_model.objects.get(username="operator").check_password(password)
        assert password not in self.setup()

    def test_a_service_whose_output_is_a_log_says_where_it_is_only(self, folder):
        out = io.StringIO()
        call_command("setup_operator", stdout=out, unseen=True)
        assert (folder / "operator.txt").read_text().split()[1] not in out.getvalue() and "operator.txt" in out.getvalue()

    def test_the_other_market_of_an_installation_gets_the_same(self, folder, django_user_model):
        self.setup()
        django_user_model.objects.all().delete()
        self.setup()
        assert django_user_model.objects.get(username="operator").check_password((folder / "operator.txt").read_text().split()[1])
