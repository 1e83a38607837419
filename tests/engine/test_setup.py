"""Rows from adapters: shipped ones are on in a fresh installation, what turns up later is off, nothing is overwritten."""

import subprocess
import sys

import pytest
from django.core.management import call_command

from exchanges import setup
from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed
from tests.engine.conftest import ROOT

TOY = '''
"""A sixth exchange, as a file."""
from decimal import Decimal
from exchanges.adapter import Adapter, Parsed, Part, Request, Source

ADAPTER = Adapter(
    slug="toy", name="Toy", monogram="T", hosts=("api.toy.test",), pools=(), budget=77, taker_fee=Decimal("0.002"), trade_page="https://toy.test/",
    check=lambda status, headers, body: None, position=900,
    tickers=Source((Part("tickers", Request("api.toy.test", "/t"), {}, lambda body, headers, instruments: Parsed([])),), period_s=20),
)
'''


@pytest.mark.django_db
class TestFresh:
    def test_every_adapter_has_its_row_in_the_customers_order(self):
        rows = list(Exchange.objects.order_by("priority", "id").values_list("slug", "name", "budget_per_minute", "enabled"))
        assert rows == [(a.slug, a.name, a.budget, True) for a in ADAPTERS.values()]
        assert len(rows) >= 5

    def test_every_source_has_its_feed_at_its_own_period(self):
        wanted = {(a.slug, name): s.period_s for a in ADAPTERS.values() for name, s in a.sources.items()}
        assert {(f.exchange.slug, f.source): f.period_s for f in Feed.objects.select_related("exchange")} == wanted

    def test_again_changes_nothing_an_operator_decided(self):
        slug = next(iter(ADAPTERS))
        Exchange.objects.filter(slug=slug).update(enabled=False, budget_per_minute=3, name="Mine")
        Feed.objects.filter(exchange__slug=slug).update(period_s=33, enabled=False)
        before = list(Exchange.objects.values()), list(Feed.objects.values())
        setup.ensure_rows()
        call_command("migrate", verbosity=0)
        assert (list(Exchange.objects.values()), list(Feed.objects.values())) == before

    def test_one_that_turns_up_later_is_off(self):
        slug = next(iter(ADAPTERS))
        Exchange.objects.filter(slug=slug).delete()
        setup.ensure_rows()
        assert not Exchange.objects.get(slug=slug).enabled
        assert Feed.objects.filter(exchange__slug=slug).count() == len(ADAPTERS[slug].sources)


@pytest.mark.system
def test_a_file_of_another_folder_is_an_exchange_switched_off(sqlite_site, tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    sqlite_site.env["PEBBLE_ADAPTER_DIRS"] = str(tmp_path)
    done = sqlite_site.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    assert sqlite_site.sql("SELECT name, enabled, budget_per_minute, priority FROM exchanges_exchange WHERE slug = 'toy'") == [("Toy", 0, 77, 900)]
    assert sqlite_site.sql("SELECT cron FROM django_q_schedule WHERE name = 'poll toy tickers'")
    assert {on for (on,) in sqlite_site.sql("SELECT enabled FROM exchanges_exchange WHERE slug <> 'toy'")} == {1}


@pytest.mark.system
def test_in_a_fresh_database_too(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    code = "import django; django.setup(); from exchanges import setup; print(setup._shipped('toy'), setup._shipped(next(iter(setup.ADAPTERS))))"
    env = {"PEBBLE_ADAPTER_DIRS": str(tmp_path), "PEBBLE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "pebble.settings", "PEBBLE_MARKET": "simulated"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
